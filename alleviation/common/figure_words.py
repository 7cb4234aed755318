"""A figure in words, in English and Chinese: its hedge, its numbers with their unit, and what they are counted per."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from django.utils.translation import gettext

from alleviation.common import words

Bound = Decimal | None
# Stated figures have four decimals at most: bounds that are closer are those of a quotient that does not end.
LEAST_STATED = Decimal("0.0001")


def told(low: Bound, high: Bound, qualifier: str, *, unit: str, basis: str) -> str:
    """The figure with these bounds in words: "over RMB 300,000", "about RMB 2,640 per person a year"."""
    if qualifier == "unstated":
        return gettext("not stated")
    if qualifier == "most":
        return gettext("most, number not stated")
    if low is None and high is None:
        return gettext("no bounds known")
    quantity = words.at_rate(_quantity(_shown(low, high, qualifier), unit), basis)
    return words.over_time(_hedge(low, high, qualifier) % {"figure": quantity}, basis)


def _shown(low: Bound, high: Bound, qualifier: str) -> list[Decimal]:
    """The bounds there are, without digits that only a quotient has; one number where only those differ."""
    if low is not None and qualifier == "exact":
        return [low]
    if low is not None and high is not None and qualifier == "about" and high - low < LEAST_STATED:
        return [words.shortened(low, ROUND_HALF_UP)]
    ends = ((low, ROUND_FLOOR), (high, ROUND_CEILING))
    return [words.shortened(bound, rounding) for bound, rounding in ends if bound is not None]


def _quantity(bounds: list[Decimal], unit: str) -> str:
    numbers = [words.quantity(bound, unit) for bound in bounds]
    (low, low_unit), (high, high_unit) = numbers[0], numbers[-1]
    if low_unit != high_unit:
        return f"{words.with_unit(low, low_unit)}–{words.with_unit(high, high_unit)}"
    return words.with_unit(low if low == high else f"{low}–{high}", low_unit)


def _hedge(low: Bound, high: Bound, qualifier: str) -> str:
    if qualifier == "about" and high is None:
        return gettext("about %(figure)s or more")
    if qualifier == "about" and low is None:
        return gettext("about %(figure)s or less")
    hedges = {
        "over": gettext("over %(figure)s"),
        "at_least": gettext("at least %(figure)s"),
        "under": gettext("under %(figure)s"),
        "at_most": gettext("at most %(figure)s"),
        "about": gettext("about %(figure)s"),
    }
    return hedges.get(qualifier, "%(figure)s")

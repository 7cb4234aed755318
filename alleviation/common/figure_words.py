"""A figure in words, in English and Chinese: its hedge, its numbers with their unit, and what they are counted per."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from django.utils.translation import gettext

from alleviation.common import words

Bound = Decimal | None
# Stated figures have four decimals at most: bounds that are closer are those of a quotient that does not end.
LEAST_STATED = Decimal("0.0001")


def told(low: Bound, high: Bound, qualifier: str, *, unit: str, basis: str, in_short: bool = False) -> str:
    """The figure with these bounds in words: "over RMB 300,000", "about RMB 2,640 per person a year".

    `in_short`: money for a glance, "about RMB 4.23 million"; a bound is rounded away from the other one, so that what
    is told stays true.
    """
    if qualifier == "unstated":
        return gettext("not stated")
    if qualifier == "most":
        return gettext("most, number not stated")
    if low is None and high is None:
        return gettext("no bounds known")
    is_short = in_short and unit in words.MONEY_UNITS
    amount = _short(low, high) if is_short else _quantity(_shown(low, high, qualifier), unit)
    quantity = words.at_rate(amount, basis)
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


def _short(low: Bound, high: Bound) -> str:
    """Money with two decimals at most: an exact amount is rounded half up, as is one that is about so much."""
    if low is not None and low == high:
        return words.in_short(*words.quantity_in_short(low))
    ends = ((low, ROUND_FLOOR), (high, ROUND_CEILING))
    told_ends = [words.quantity_in_short(bound, rounding) for bound, rounding in ends if bound is not None]
    (first, step), (last, last_step) = told_ends[0], told_ends[-1]
    if step != last_step:
        return "–".join(words.in_short(*one) for one in told_ends)
    return words.in_short(first if first == last else f"{first}–{last}", step)


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

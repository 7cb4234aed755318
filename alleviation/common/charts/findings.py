"""What is seen in a chart, in a sentence: from the values that are drawn, and nothing where too few are known."""

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal
from itertools import accumulate

from django.utils.translation import gettext

from alleviation.common.chart_layout import Axis, Series, axis_of, named_unit
from alleviation.common.charts.spread import Bin
from alleviation.common.words import grouped, sentences

Category = str | int


def trend(
    series: Series,
    categories: Sequence[Category],
    unit: str = "",
    *,
    so_far: Category | None = None,
    reference: Series | None = None,
) -> str:
    """How a series went from its first known value to its last, where it was highest, and the reference beside it.

    A category that is `so_far`, such as the running year, is not over. "" where fewer than two values are known.
    """
    known = series.known
    if len(known) < 2:
        return ""
    axis = axis_of([value for _index, value in known], named_unit(unit))
    (start, first), (end, last) = known[0], known[-1]
    told = {
        "name": series.name,
        "first": axis.value_label(first),
        "last": axis.value_label(last),
        "unit": axis.caption,
        "start": categories[start],
        "end": _named(categories[end], so_far),
    }
    parts = [_moved(last - first, told), _highest(known, categories, axis), _held(reference, categories, end, axis)]
    return sentences(*parts)


def ranking(series: Series, categories: Sequence[Category], unit: str = "", *, adds_up: bool = False) -> str:
    """Who has the most and, where all are known, who the least or, if values add up, the share of the most.

    "" for fewer than two values, and for those that are the same.
    """
    known = series.known
    values = [value for _index, value in known]
    if len(known) < 2 or min(values) == max(values):
        return ""
    axis = axis_of(values, named_unit(unit))
    most, least = max(known, key=lambda pair: pair[1]), min(known, key=lambda pair: pair[1])
    told = {
        "most": categories[most[0]],
        "high": axis.value_label(most[1]),
        "least": categories[least[0]],
        "low": axis.value_label(least[1]),
        "unit": axis.caption,
    }
    if len(known) < len(categories):
        told["count"] = str(len(known))
        return _tidy(gettext("%(most)s has the most of the %(count)s that are known: %(high)s %(unit)s.") % told)
    if not adds_up:
        return _tidy(gettext("%(most)s is highest with %(high)s %(unit)s, %(least)s lowest with %(low)s.") % told)
    if least[1] < 0:
        return _tidy(gettext("%(most)s has the most: %(high)s %(unit)s.") % told)
    told["share"] = _percent(most[1], sum(values))
    return _tidy(gettext("%(most)s has the most: %(high)s %(unit)s, %(share)s of all.") % told)


def largest_part(series: Sequence[Series], categories: Sequence[Category]) -> str:
    """Which part is the largest in the last category; "" where one of its parts is not known or below 0."""
    if not categories:
        return ""
    parts = {row.name: row.amounts[-1] for row in series}
    known = {name: value for name, value in parts.items() if value is not None and value >= 0}
    if len(known) < len(parts) or sum(known.values()) <= 0:
        return ""
    name = max(known, key=lambda name: known[name])
    told = {"name": name, "share": _percent(known[name], sum(known.values())), "category": categories[-1]}
    return gettext("Largest part in %(category)s: %(name)s, %(share)s.") % told


def contributions(series: Sequence[Series], categories: Sequence[Category], unit: str = "") -> str:
    """What added most and what took most away in the last category that is known; "" where nothing is."""
    for index in reversed(range(len(categories))):
        known = {row.name: value for row in series if (value := row.amounts[index]) is not None}
        if any(known.values()):
            axis = axis_of(list(known.values()), named_unit(unit))
            most, least = max(known, key=lambda name: known[name]), min(known, key=lambda name: known[name])
            told = {
                "category": categories[index],
                "unit": axis.caption,
                "most": most,
                "up": axis.value_label(known[most]),
                "least": least,
                "down": axis.value_label(abs(known[least])),
            }
            return _tidy(_added(known[most] > 0, known[least] < 0) % told)
    return ""


def _added(is_up: bool, is_down: bool) -> str:
    if is_up and is_down:
        return gettext(
            "%(category)s: %(most)s added most (%(up)s %(unit)s), %(least)s took most away (%(down)s %(unit)s)."
        )
    if is_up:
        return gettext("%(category)s: %(most)s added most (%(up)s %(unit)s).")
    return gettext("%(category)s: %(least)s took most away (%(down)s %(unit)s).")


def middle(bins: Sequence[Bin], unit: str = "") -> str:
    """In which bin the middle one of all lies; "" where a count is not known or nothing is counted."""
    counts = [one.count for one in bins if one.count is not None]
    total = sum(counts)
    if len(counts) < len(bins) or not total:
        return ""
    found = next(one for one, upto in zip(bins, accumulate(counts), strict=True) if upto * 2 >= total)
    told = {"count": grouped(total), "bin": found.words, "unit": named_unit(unit)}
    return _tidy(gettext("The middle one of %(count)s: %(bin)s %(unit)s.") % told)


def _named(category: Category, so_far: Category | None) -> str:
    return gettext("%(end)s so far") % {"end": category} if category == so_far else str(category)


def _moved(by: Decimal, told: Mapping[str, object]) -> str:
    if told["first"] == told["last"]:
        words = gettext("%(name)s: %(last)s %(unit)s in %(start)s as in %(end)s.")
    elif by > 0:
        words = gettext("%(name)s rose from %(first)s to %(last)s %(unit)s, %(start)s to %(end)s.")
    else:
        words = gettext("%(name)s fell from %(first)s to %(last)s %(unit)s, %(start)s to %(end)s.")
    return _tidy(words % told)


def _highest(known: Sequence[tuple[int, Decimal]], categories: Sequence[Category], axis: Axis) -> str:
    """Where it was highest, if that was neither at its beginning nor at its end."""
    index, value = max(known, key=lambda pair: pair[1])
    if value in (known[0][1], known[-1][1]):
        return ""
    told = {"category": categories[index], "value": axis.value_label(value), "unit": axis.caption}
    return _tidy(gettext("Highest in %(category)s: %(value)s %(unit)s.") % told)


def _held(reference: Series | None, categories: Sequence[Category], index: int, axis: Axis) -> str:
    """The reference beside the last value, where it is known there."""
    value = reference.amounts[index] if reference else None
    if reference is None or value is None:
        return ""
    told = {
        "name": reference.name,
        "category": categories[index],
        "value": reference.sign(index) + axis.value_label(value),
    }
    return _tidy(gettext("%(name)s in %(category)s: %(value)s %(unit)s.") % {**told, "unit": axis.caption})


def _percent(part: Decimal, whole: Decimal | int) -> str:
    """A share in whole percent, rounded down, so that no part that is less than all reads 100%."""
    return f"{(part * 100 / whole).to_integral_value(ROUND_FLOOR)}%"


def _tidy(words: str) -> str:
    """Without the blank that a figure without a unit leaves."""
    return re.sub(r"\s+(?=[.,:;)。，：；）]|$)", "", words).replace("  ", " ")

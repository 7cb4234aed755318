"""Bars of figures as sources state them: what is certain is solid, what may be is hatched, what is open fades."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from alleviation.common.chart_layout import Axis, Series, axis_of, named_unit, uid_of
from alleviation.common.charts.lying import gridlines
from alleviation.common.charts.marks import (
    FADE,
    arrow,
    box,
    fades,
    fading,
    hatched,
    hatching,
    short_name,
)
from alleviation.common.charts.parts import LABEL_LIMIT, LINE, WIDTH, Key, legend, picture, square
from alleviation.common.figures import Bound, Figure, Qualifier
from alleviation.common.svg import ZERO, join, num, shorten, tag, text, text_width

ROW = Decimal(24)
THICK = Decimal(14)
SIGNS = {"over": "> ", "at_least": "≥ ", "under": "< ", "at_most": "≤ ", "about": "≈ "}


@dataclass(frozen=True)
class Bounded:
    """A name and what is stated of it: bounds (None for an open side) and how the source hedges them."""

    name: str
    low: Bound
    high: Bound
    qualifier: str = Qualifier.EXACT

    @classmethod
    def of(cls, name: str, figure: Figure | None) -> "Bounded":
        """The row of a figure; without one, of nothing stated."""
        return cls(name, figure.low, figure.high, figure.qualifier) if figure else cls(name, None, None, "unstated")

    @property
    def stated(self) -> list[Decimal]:
        """The bounds there are."""
        return [bound for bound in (self.low, self.high) if bound is not None]

    @property
    def is_open_above(self) -> bool:
        """Whether it may be more than its last bound."""
        return bool(self.stated) and self.high is None

    @property
    def is_open_below(self) -> bool:
        """Whether it may be less than its first bound."""
        return bool(self.stated) and self.low is None

    def label(self, axis: Axis) -> str:
        """The bounds in the unit of an axis, with the sign of the hedge: "> 4.33", "20–100", "≈ 2.64"."""
        sign = SIGNS.get(self.qualifier, "")
        if self.qualifier == Qualifier.ABOUT and len(self.stated) == 1:
            sign += SIGNS["at_least" if self.low is not None else "at_most"]
        return sign + "–".join(dict.fromkeys(axis.value_label(bound) for bound in self.stated))

    def words(self, unit: str) -> str:
        """The figure in full, for a tip."""
        return Figure(self.low, self.high, Qualifier(self.qualifier), is_sum=True).words(unit)


def stated_series(name: str, figures: Sequence[Figure | None]) -> Series:
    """Figures as the values of a series, each with the sign of its hedge; of bounds the low one, else the high one."""
    rows = [Bounded.of(name, figure) for figure in figures]
    signs = [SIGNS["at_least"] if row.qualifier == Qualifier.RANGE else SIGNS.get(row.qualifier, "") for row in rows]
    return Series(name, [row.stated[0] if row.stated else None for row in rows], signs)


@dataclass(frozen=True)
class _Sheet:
    uid: str
    axis: Axis
    unit: str
    left: Decimal
    top: Decimal
    width: Decimal

    def x(self, value: Decimal) -> Decimal:
        return self.left + self.width * self.axis.part(value)


def bounds_chart(
    title: str, description: str, rows: Sequence[Bounded], unit: str = "", *, uid: str = ""
) -> SafeString:
    """Lying bars, solid up to the low bound and hatched on to the high one; an empty string if no bound is known.

    An open side fades out with an arrow; "about" ends in a wave. Of a figure that is only at most so much, all is
    hatched: no part of it is certain.
    """
    stated = [bound for row in rows for bound in row.stated]
    if not stated:
        return SafeString()
    uid = uid or uid_of(title, description, rows)
    axis = axis_of(stated, named_unit(unit), parts=4)
    head, top = legend(axis.caption, _keys(uid, rows), WIDTH)
    names = min(LABEL_LIMIT, max(text_width(row.name) for row in rows)) + 10
    is_below = any(row.low is None and (row.high or 0) <= 0 for row in rows if row.stated)
    left = names + (FADE if is_below else ZERO)
    right = max(_room(row, axis) for row in rows) + 8
    sheet = _Sheet(uid, axis, unit, left, top, WIDTH - left - right)
    bottom = top + ROW * len(rows)
    lines = gridlines(axis, (left, sheet.width), (top, bottom))
    marks = [_row(sheet, row, top + ROW * number, names) for number, row in enumerate(rows)]
    parts = [hatching(uid), fades(uid), head, lines, *marks]
    return picture((uid, title, description), (WIDTH, bottom + LINE + 4), parts)


def _keys(uid: str, rows: Sequence[Bounded]) -> list[Key]:
    """What solid and hatched mean, where anything is hatched; a sign of its own explains the rest."""
    if not any(_spans(row)[1] for row in rows) and not any(row.is_open_above for row in rows):
        return []
    return [
        Key(pgettext("figure", "certain"), square("chart-bar chart-s1")),
        Key(pgettext("figure", "may be"), square("chart-hatched", **hatched(uid))),
    ]


def _room(row: Bounded, axis: Axis) -> Decimal:
    """What a row needs beyond its last bound: its label, and where it is open above, its fading end."""
    return text_width(row.label(axis)) + (FADE if row.is_open_above else ZERO) if row.stated else ZERO


def _spans(row: Bounded) -> tuple[tuple[Decimal, Decimal] | None, tuple[Decimal, Decimal] | None]:
    """From where to where a row is certain, and from where to where it may be, as values from 0 on."""
    low, high = row.low, row.high
    if low is None:
        if high is None:
            return None, None
        return (None, (ZERO, high)) if high >= 0 else ((high, ZERO), None)
    if high is None:
        return ((ZERO, low), None) if low >= 0 else (None, (low, ZERO))
    if low >= 0:
        return (ZERO, low), (low, high) if high > low else None
    if high <= 0:
        return (high, ZERO), (low, high) if high > low else None
    return None, (low, high)


def _row(sheet: _Sheet, row: Bounded, top: Decimal, names: Decimal) -> SafeString:
    y = top + (ROW - THICK) / 2
    name = short_name(names - 6, top + ROW / 2 + 4, row.name, LABEL_LIMIT, anchor="end")
    tip = f"{row.name}: {row.words(sheet.unit)}"
    if not row.stated:
        words = shorten(row.words(sheet.unit), WIDTH - sheet.x(ZERO) - 10)
        return name + text(sheet.x(ZERO) + 6, y + 11, words, "chart-gap", anchor="start")
    end = max(sheet.x(ZERO), *(sheet.x(bound) for bound in row.stated)) + (FADE if row.is_open_above else ZERO)
    label = text(end + 6, y + 11, row.label(sheet.axis), "chart-value", anchor="start")
    return name + tag("g", join([tag("title", tip), *_marks(sheet, row, y)])) + label


def _marks(sheet: _Sheet, row: Bounded, y: Decimal) -> Iterator[SafeString]:
    certain, maybe = _spans(row)
    if maybe:
        start, end = sheet.x(maybe[0]), sheet.x(maybe[1])
        yield tag("rect", class_="chart-hatched", **box(start, y, end - start, THICK), **hatched(sheet.uid))
    if row.is_open_above:
        yield _open_end(sheet, "up", sheet.x(max(row.stated[0], ZERO)), y)
    if row.is_open_below and row.stated[0] <= 0:
        yield _open_end(sheet, "down", sheet.x(row.stated[0]), y)
    if certain:
        start, end = sheet.x(certain[0]), sheet.x(certain[1])
        if row.qualifier == Qualifier.ABOUT:
            yield _wave(start, end, y, row.stated[0] < 0)
        else:
            yield tag("rect", class_="chart-bar chart-s1", **box(start, y, end - start, THICK))


def _open_end(sheet: _Sheet, side: str, x: Decimal, y: Decimal) -> SafeString:
    """A stretch that fades out, and an arrow past it."""
    start, tip = (x, x + FADE - 1) if side == "up" else (x - FADE, x - FADE + 1)
    fade = tag("rect", class_="chart-bar chart-s1", **box(start, y, FADE, THICK), **fading(sheet.uid, side))
    return fade + arrow(tip, y + THICK / 2, side)


def _wave(start: Decimal, end: Decimal, y: Decimal, is_negative: bool) -> SafeString:
    """A bar whose end waves: the number is near, not exact."""
    zero, tip = (end, start) if is_negative else (start, end)
    half = THICK / 2
    wave = f"q6,{num(half / 2)} 0,{num(half)}q-6,{num(half / 2)} 0,{num(half)}"
    return tag("path", class_="chart-bar chart-s1", d=f"M{num(zero)},{num(y)}H{num(tip)}{wave}H{num(zero)}Z")

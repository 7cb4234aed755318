"""Upright charts, one slot for each category: bars side by side, bars in stacks, and lines."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString

from alleviation.common.chart_layout import Amounts, Plot, Series, Sheet, axis_of
from alleviation.common.charts.lines import reference_line, series_lines
from alleviation.common.charts.marks import (
    box,
    colour,
    not_known,
    unknown,
    weaves,
    woven,
)
from alleviation.common.charts.parts import (
    LABEL_LIMIT,
    WIDE,
    WIDTH,
    Key,
    Mark,
    dashes,
    legend,
    line_key,
    picture,
    square,
)
from alleviation.common.svg import FONT, ZERO, join, num, shorten, tag, text, text_width

FEW = 12  # more categories than this take the wide sheet
RIGHT = Decimal(14)
WIDEST_BAR = Decimal(44)
BREAK_LINE = Decimal(16)
BELOW = Decimal(-22)  # lifts a label to the other side of its point
SLOPE_DOWN, SLOPE_ALONG = Decimal("0.65"), Decimal("0.77")  # sine and cosine of the 40° of turned labels

Marks = Callable[[Plot], SafeString]


@dataclass(frozen=True)
class Break:
    """Where a series breaks: values from this category on count something else than those before; and why."""

    before: str | int
    words: str


# --- the three charts -------------------------------------------------------------------------------------------
def bar_chart(
    title: str,
    description: str,
    series: Sequence[Series],
    categories: Sequence[str | int],
    unit: str = "",
    *,
    reference: Series | None = None,
    uid: str = "",
) -> SafeString:
    """Upright bars, side by side for several series; an empty string if no value is known."""
    sheet = Sheet(title, description, series, categories, unit, reference, uid)
    return _upright(sheet, sheet.known, _bars)


def stacked_bars(
    title: str,
    description: str,
    series: Sequence[Series],
    categories: Sequence[str | int],
    unit: str = "",
    *,
    uid: str = "",
) -> SafeString:
    """Upright bars of parts that add up; negative parts hang below zero. Only for series of one class."""
    sheet = Sheet(title, description, series, categories, unit, uid=uid)
    if not sheet.known:
        return SafeString()
    columns = list(zip(*(row.amounts for row in series), strict=True))
    ends = [sum((v for v in column if v and (v > 0) == up), ZERO) for column in columns for up in (True, False)]
    return _upright(sheet, ends, _stacks)


def line_chart(
    title: str,
    description: str,
    series: Sequence[Series],
    categories: Sequence[str | int],
    unit: str = "",
    *,
    reference: Series | None = None,
    breaks: Sequence[Break] = (),
    uid: str = "",
) -> SafeString:
    """Lines that break where a value is not known, with a dashed reference such as the poverty line.

    Where a series breaks, so does the line, and an upright dashed mark says why.
    """
    sheet = Sheet(title, description, series, categories, unit, reference, uid)
    return _upright(sheet, sheet.known, _lines, breaks)


# --- upright charts ---------------------------------------------------------------------------------------------
def _upright(sheet: Sheet, ends: Sequence[Decimal], marks: Marks, breaks: Sequence[Break] = ()) -> SafeString:
    if not ends:
        return SafeString()
    axis = axis_of(ends, sheet.unit_words)
    sheet_width = WIDTH if len(sheet.categories) <= FEW else WIDE
    keys, top = legend(axis.caption, _keys(sheet, line_key if marks is _lines else None), sheet_width)
    left = max(text_width(axis.tick_label(tick)) for tick in axis.ticks) + 12
    if _widest(sheet) > (sheet_width - left - RIGHT) / len(sheet.categories) and not _are_years(sheet):
        # Names that will be turned lean to the left of their slots.
        left = max(left, min(_widest(sheet) * SLOPE_ALONG, Decimal(76)))
    broken = [one for one in breaks if str(one.before) in sheet.names[1:]]
    top += 14 + BREAK_LINE * len(broken)
    plot = Plot(
        sheet, axis, left, top, sheet_width - left - RIGHT, breaks=frozenset(str(one.before) for one in broken)
    )
    labels, below = _category_labels(plot)
    defs = weaves(sheet.key, len(sheet.series)) if marks is not _lines else SafeString()
    parts = [defs, keys, _grid(plot), _broken(plot, broken), marks(plot), labels]
    return picture(sheet.called, (sheet_width, plot.top + plot.height + below), parts)


def _keys(sheet: Sheet, line: Callable[[int], Mark] | None) -> list[Key]:
    """The series and, last, the reference; none where there is but one."""
    if len(sheet.rows) < 2:
        return []
    keys = [
        Key(str(row.name), line(n) if line else square(f"chart-bar {colour(n)}", **woven(sheet.key, n)))
        for n, row in enumerate(sheet.series)
    ]
    return [*keys, Key(str(sheet.reference.name), dashes)] if sheet.reference else keys


def _broken(plot: Plot, breaks: Sequence[Break]) -> SafeString:
    """An upright mark before each category that a series breaks at; its words above, each on a line of its own."""
    parts, right = [], plot.left + plot.width + RIGHT
    for number, one in enumerate(breaks):
        x = plot.left + plot.slot * plot.sheet.names.index(str(one.before))
        y = plot.top - 12 - BREAK_LINE * (len(breaks) - 1 - number)
        ends = {"x1": num(x), "x2": num(x), "y1": num(y + 4), "y2": num(plot.top + plot.height)}
        parts.append(tag("line", tag("title", one.words), class_="chart-break", **ends))
        words = shorten(one.words, right)
        start = max(ZERO, min(x, right - text_width(words)))
        parts.append(text(start, y, format_html("{}{}", words, tag("title", one.words)), "chart-note", anchor="start"))
    return join(parts)


def _bars(plot: Plot) -> SafeString:
    rows = plot.sheet.series
    bar = min(WIDEST_BAR, plot.slot * Decimal("0.76") / len(rows))
    room = plot.slot - 2 if len(rows) == 1 else bar + 1
    parts = []
    fits = all(text_width(plot.axis.value_label(value)) <= room for row in rows for _index, value in row.known)
    for number, row in enumerate(rows):
        for index, value in enumerate(row.amounts):
            x = plot.x(index) + bar * (number - Decimal(len(rows)) / 2)
            if value is None:
                parts.append(_gap(plot, row, index, x + bar / 2))
                continue
            tip = plot.sheet.tip(row, index, value)
            parts.append(_bar(plot, number, (x, bar), (max(value, ZERO), min(value, ZERO)), tip))
            if fits:
                parts.append(_value_text(plot, x + bar / 2, value))
    return join([*parts, reference_line(plot), _reference_label(plot)])


def _stacks(plot: Plot) -> SafeString:
    bar = min(WIDEST_BAR, plot.slot * Decimal("0.76"))
    columns = zip(*(row.amounts for row in plot.sheet.series), strict=True)
    return join([part for index, column in enumerate(columns) for part in _stack(plot, index, list(column), bar)])


def _stack(plot: Plot, index: int, column: Amounts, bar: Decimal) -> Iterator[SafeString]:
    up = down = ZERO
    x = plot.x(index) - bar / 2
    for number, value in enumerate(column):
        if not value:
            continue
        base = up if value > 0 else down
        tip = plot.sheet.tip(plot.sheet.series[number], index, value)
        yield _bar(plot, number, (x, bar), (max(base, base + value), min(base, base + value)), tip)
        up, down = up + max(value, ZERO), down + min(value, ZERO)
    if all(value is None for value in column):
        yield _gap(plot, plot.sheet.series[0], index, plot.x(index))
    # A sum with an unknown part, or of parts with both signs, would say more than is drawn.
    elif None not in column and not (up and down) and text_width(plot.axis.value_label(up + down)) <= plot.slot - 2:
        yield _value_text(plot, plot.x(index), up + down)


def _lines(plot: Plot) -> SafeString:
    labels = [label for row in plot.sheet.series for label in _point_labels(plot, row)]
    return join([reference_line(plot), _reference_label(plot), *series_lines(plot), *labels])


def _point_labels(plot: Plot, row: Series) -> Iterator[SafeString]:
    """The values of a single line where they fit, else the last; above the line that is highest there, else below."""
    fits = all(text_width(plot.axis.value_label(value)) <= plot.slot - 2 for _index, value in row.known)
    is_alone = len(plot.sheet.series) == 1
    for index, value in row.known if fits and is_alone else row.known[-1:]:
        beside = [other.amounts[index] for other in plot.sheet.series]
        is_lower = any(other is not None and other > value for other in beside)
        yield _value_text(plot, plot.x(index), value, lift=BELOW if is_lower else Decimal(4))


def _reference_label(plot: Plot) -> SafeString:
    """The last value of the reference line, on the side where no series covers it; among several there is no room."""
    row = plot.sheet.reference
    if row is None or not row.known or len(plot.sheet.series) > 1:
        return SafeString()
    index, value = row.known[-1]
    beside = plot.sheet.series[0].amounts[index]
    above = beside is not None and beside >= value
    return _value_text(plot, plot.x(index), value, lift=BELOW if above else Decimal(2), sign=row.sign(index))


def _grid(plot: Plot) -> SafeString:
    parts = []
    for tick in plot.axis.ticks:
        y, right = plot.y(tick), plot.left + plot.width
        line = {"x1": num(plot.left), "x2": num(right), "y1": num(y), "y2": num(y)}
        parts.append(tag("line", class_="chart-zero" if tick == 0 else "chart-grid", **line))
        parts.append(text(plot.left - 6, y + 4, plot.axis.tick_label(tick), "chart-tick", anchor="end"))
    return join(parts)


def _category_labels(plot: Plot) -> tuple[SafeString, Decimal]:
    """The names under the slots and the height they take: level if they fit; years are skipped, names turned."""
    names, widest = plot.sheet.names, _widest(plot.sheet)
    y = plot.top + plot.height + 18
    if widest <= plot.slot - 2 or _are_years(plot.sheet):
        every = int(((widest + 6) / plot.slot).to_integral_value(ROUND_CEILING)) if widest > plot.slot - 2 else 1
        shown = [text(plot.x(i), y, name, "chart-label") for i, name in enumerate(names) if i % every == 0]
        return join(shown), Decimal(28)
    every = int((FONT / (plot.slot * SLOPE_DOWN)).to_integral_value(ROUND_CEILING))
    # The first name leans to the left of its slot and must not leave the sheet.
    limit = min(LABEL_LIMIT, (plot.left + plot.slot / 2) / SLOPE_ALONG)
    turned = [_turned(plot.x(i) + 4, y - 4, name, limit) for i, name in enumerate(names) if i % every == 0]
    return join(turned), min(widest, limit) * SLOPE_DOWN + 30


def _widest(sheet: Sheet) -> Decimal:
    return max(text_width(name) for name in sheet.names)


def _are_years(sheet: Sheet) -> bool:
    return all(name.isdecimal() for name in sheet.names)


def _turned(x: Decimal, y: Decimal, name: str, limit: Decimal) -> SafeString:
    label = format_html("{}{}", shorten(name, limit), tag("title", name))
    place = {"x": num(x), "y": num(y), "transform": f"rotate(-40 {num(x)} {num(y)})"}
    return tag("text", label, class_="chart-label", text_anchor="end", **place)


def _bar(
    plot: Plot, number: int, place: tuple[Decimal, Decimal], ends: tuple[Decimal, Decimal], tip: str
) -> SafeString:
    """A bar of a series at x, so wide, between a high and a low value."""
    (x, width), (high, low) = place, ends
    sides = {**box(x, plot.y(high), width, plot.y(low) - plot.y(high)), **woven(plot.sheet.key, number)}
    return tag("rect", tag("title", tip), class_=f"chart-bar {colour(number)}", **sides)


def _value_text(plot: Plot, x: Decimal, value: Decimal, lift: Decimal = ZERO, sign: str = "") -> SafeString:
    label = sign + plot.axis.value_label(value)
    # A label must not hang over the right edge of the sheet.
    inside = min(x, plot.left + plot.width + RIGHT - text_width(label) / 2)
    return text(inside, plot.y(value) + (15 if value < 0 else -5 - lift), label, "chart-value")


def _gap(plot: Plot, row: Series, index: int, x: Decimal) -> SafeString:
    return unknown(x, plot.y(ZERO) - 5, not_known(plot.sheet.names[index], row.name))

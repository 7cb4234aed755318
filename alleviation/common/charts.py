"""Charts as SVG, drawn on the server: pure functions from titles and numbers to text.

A strict content security policy leaves room for no script and no style attribute, so a chart carries only
geometry and class names; static/css/app.css gives `chart-s1` to `chart-s6` their colours. Coordinates are
reckoned in Decimal and rounded to a tenth of a unit, only for drawing. Every chart stands above a table with
the same figures: the drawing gives the shape, the table the figures and their explanations.
"""

import zlib
from collections.abc import Callable, Iterator, Sequence
from decimal import ROUND_CEILING, Decimal
from itertools import accumulate, groupby

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from alleviation.common.chart_layout import Amounts, Axis, Plot, Series, Sheet, axis_of
from alleviation.common.svg import FONT, ZERO, join, num, shorten, tag, text, text_width

__all__ = ["Series", "bar_chart", "horizontal_bars", "line_chart", "stacked_bars"]

LINE = Decimal(20)
WIDTH, WIDE = Decimal(420), Decimal(720)
FEW = 12  # more categories than this take the wide sheet
RIGHT = Decimal(14)
WIDEST_BAR = Decimal(44)
LABEL_LIMIT = Decimal(150)
COLOURS = 6
BELOW = Decimal(-22)  # lifts a label to the other side of its point
SLOPE_DOWN, SLOPE_ALONG = Decimal("0.65"), Decimal("0.77")  # sine and cosine of the 40° of turned labels

Marks = Callable[[Plot], SafeString]


# --- the four charts --------------------------------------------------------------------------------------------
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
    uid: str = "",
) -> SafeString:
    """Lines that break where a value is not known, with a dashed reference such as the poverty line."""
    sheet = Sheet(title, description, series, categories, unit, reference, uid)
    return _upright(sheet, sheet.known, _lines)


def horizontal_bars(
    title: str,
    description: str,
    series: Sequence[Series],
    categories: Sequence[str | int],
    unit: str = "",
    *,
    uid: str = "",
) -> SafeString:
    """Bars that lie, one below the other, for categories with long names or many of them."""
    sheet = Sheet(title, description, series, categories, unit, uid=uid)
    if not sheet.known:
        return SafeString()
    axis = axis_of(sheet.known, sheet.unit_words, parts=4)
    legend, top = _legend(sheet, axis, WIDTH)
    left = min(LABEL_LIMIT, _widest(sheet)) + 10
    room = max(text_width(axis.value_label(value)) for value in sheet.known) + 8
    row = Decimal(14) * len(series) + 9
    # The bars leave room for the value beside them; below zero, the value stands on the other side.
    start = left + (room if axis.low < 0 else ZERO)
    plot = Plot(sheet, axis, start, top, WIDTH - start - room, row * len(categories))
    parts = [legend, _upright_grid(plot), *(_lying_rows(plot, row, left))]
    return _svg(sheet, WIDTH, plot.top + plot.height + LINE + 4, parts)


# --- upright charts ---------------------------------------------------------------------------------------------
def _upright(sheet: Sheet, ends: Sequence[Decimal], marks: Marks) -> SafeString:
    if not ends:
        return SafeString()
    axis = axis_of(ends, sheet.unit_words)
    sheet_width = WIDTH if len(sheet.categories) <= FEW else WIDE
    legend, top = _legend(sheet, axis, sheet_width)
    left = max(text_width(axis.tick_label(tick)) for tick in axis.ticks) + 12
    if _widest(sheet) > (sheet_width - left - RIGHT) / len(sheet.categories) and not _are_years(sheet):
        # Names that will be turned lean to the left of their slots.
        left = max(left, min(_widest(sheet) * SLOPE_ALONG, Decimal(76)))
    plot = Plot(sheet, axis, left, top + 14, sheet_width - left - RIGHT)
    labels, below = _category_labels(plot)
    return _svg(sheet, sheet_width, plot.top + plot.height + below, [legend, _grid(plot), marks(plot), labels])


def _bars(plot: Plot) -> SafeString:
    rows = plot.sheet.series
    bar = min(WIDEST_BAR, plot.slot * Decimal("0.76") / len(rows))
    room = plot.slot - 2 if len(rows) == 1 else bar + 1
    parts = []
    for number, row in enumerate(rows):
        fits = all(text_width(plot.axis.value_label(value)) <= room for _index, value in row.known)
        for index, value in enumerate(row.amounts):
            x = plot.x(index) + bar * (number - Decimal(len(rows)) / 2)
            if value is None:
                parts.append(_gap(plot, row, index, x + bar / 2))
                continue
            tip = plot.sheet.tip(row, index, value)
            parts.append(_bar(number, x, bar, plot.y(max(value, ZERO)), plot.y(min(value, ZERO)), tip))
            if fits:
                parts.append(_value_text(plot, x + bar / 2, value))
    return join([*parts, _reference(plot)])


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
        yield _bar(number, x, bar, plot.y(max(base, base + value)), plot.y(min(base, base + value)), tip)
        up, down = up + max(value, ZERO), down + min(value, ZERO)
    if all(value is None for value in column):
        yield _gap(plot, plot.sheet.series[0], index, plot.x(index))
    # A sum with an unknown part, or of parts with both signs, would say more than is drawn.
    elif None not in column and not (up and down) and text_width(plot.axis.value_label(up + down)) <= plot.slot - 2:
        yield _value_text(plot, plot.x(index), up + down)


def _lines(plot: Plot) -> SafeString:
    parts = [_reference(plot)]
    for number, row in enumerate(plot.sheet.series):
        parts += [
            tag("polyline", points=run, class_=f"chart-line {_colour(number)}") for run in _runs(plot, row.amounts)
        ]
        for index, value in row.known:
            tip = tag("title", plot.sheet.tip(row, index, value))
            dot = {"cx": num(plot.x(index)), "cy": num(plot.y(value)), "r": "3.5"}
            parts.append(tag("circle", tip, class_=f"chart-dot {_colour(number)}", **dot))
        parts += _point_labels(plot, row)
    return join(parts)


def _point_labels(plot: Plot, row: Series) -> Iterator[SafeString]:
    """The values of a single line where they fit, else the last; above the highest line and below the others."""
    fits = all(text_width(plot.axis.value_label(value)) <= plot.slot - 2 for _index, value in row.known)
    lower = any(_last(other) > _last(row) for other in plot.sheet.series)
    for index, value in row.known if fits and len(plot.sheet.series) == 1 else row.known[-1:]:
        yield _value_text(plot, plot.x(index), value, lift=BELOW if lower else Decimal(4))


def _last(row: Series) -> Decimal:
    return row.known[-1][1] if row.known else ZERO


def _reference(plot: Plot) -> SafeString:
    row = plot.sheet.reference
    if row is None:
        return SafeString()
    tip = tag("title", row.name)
    # A value that stands alone has no neighbour to be joined to: it is drawn across its own slot.
    runs = [run if " " in run else _across(plot, run) for run in _runs(plot, row.amounts)]
    lines = [tag("polyline", tip, points=run, class_="chart-reference") for run in runs]
    # Among several lines there is seldom room for it.
    labelled = row.known[-1:] if len(plot.sheet.series) == 1 else []
    return join(lines + [_reference_label(plot, index, value) for index, value in labelled])


def _reference_label(plot: Plot, index: int, value: Decimal) -> SafeString:
    """The last value of the reference line, on the side where no series covers it."""
    beside = [row.amounts[index] for row in plot.sheet.series]
    above = any(other is not None and other >= value for other in beside)
    return _value_text(plot, plot.x(index), value, lift=BELOW if above else Decimal(2))


def _across(plot: Plot, point: str) -> str:
    x, y = point.split(",")
    half = plot.slot / 2
    return f"{num(Decimal(x) - half)},{y} {num(Decimal(x) + half)},{y}"


def _runs(plot: Plot, amounts: Amounts) -> list[str]:
    """The points of each stretch of neighbouring known values."""
    runs = groupby(enumerate(amounts), key=lambda pair: pair[1] is not None)
    return [
        " ".join(f"{num(plot.x(index))},{num(plot.y(value))}" for index, value in run if value is not None)
        for is_known, run in runs
        if is_known
    ]


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


# --- lying bars -------------------------------------------------------------------------------------------------
def _upright_grid(plot: Plot) -> SafeString:
    parts = []
    for tick in plot.axis.ticks:
        x, bottom = plot.left + plot.width * plot.axis.part(tick), plot.top + plot.height
        line = {"x1": num(x), "x2": num(x), "y1": num(plot.top), "y2": num(bottom)}
        parts.append(tag("line", class_="chart-zero" if tick == 0 else "chart-grid", **line))
        parts.append(text(x, bottom + 16, plot.axis.tick_label(tick), "chart-tick"))
    return join(parts)


def _lying_rows(plot: Plot, row_height: Decimal, label_end: Decimal) -> Iterator[SafeString]:
    for index, name in enumerate(plot.sheet.names):
        top = plot.top + row_height * index
        label = format_html("{}{}", shorten(name, LABEL_LIMIT), tag("title", name))
        yield text(label_end - 6, top + row_height / 2 + 4, label, "chart-label", anchor="end")
        for number, row in enumerate(plot.sheet.series):
            value = row.amounts[index]
            yield _lying_bar(plot, number, index, value, top + Decimal("4.5") + 14 * number)


def _lying_bar(plot: Plot, number: int, index: int, value: Decimal | None, y: Decimal) -> SafeString:
    zero = plot.left + plot.width * plot.axis.part(ZERO)
    row = plot.sheet.series[number]
    if value is None:
        return _unknown(zero + 8, y + 10, plot.sheet, row, index)
    end = plot.left + plot.width * plot.axis.part(value)
    place = {"x": num(min(zero, end)), "y": num(y), "width": num(abs(end - zero)), "height": "13.0"}
    bar = tag("rect", tag("title", plot.sheet.tip(row, index, value)), class_=f"chart-bar {_colour(number)}", **place)
    side = -5 if value < 0 else 5
    label = plot.axis.value_label(value)
    return bar + text(end + side, y + 11, label, "chart-value", anchor="end" if value < 0 else "start")


# --- parts of all -----------------------------------------------------------------------------------------------
def _svg(sheet: Sheet, width: Decimal, height: Decimal, parts: list[SafeString]) -> SafeString:
    uid = sheet.uid or f"chart-{zlib.crc32(f'{sheet.title}|{sheet.description}|{sheet.series}'.encode()):08x}"
    head = [tag("title", sheet.title, id=f"{uid}-title"), tag("desc", sheet.description, id=f"{uid}-desc")]
    return tag(
        "svg",
        join(head + parts),
        xmlns="http://www.w3.org/2000/svg",
        class_="chart" if width == WIDTH else "chart chart-wide",
        viewBox=f"0 0 {num(width)} {num(height)}",
        role="img",
        aria_labelledby=f"{uid}-title {uid}-desc",
    )


def _legend(sheet: Sheet, axis: Axis, width: Decimal) -> tuple[SafeString, Decimal]:
    """The unit and, for several rows, their keys, in as many lines as they need; and the height of all."""
    parts = [text(ZERO, FONT, axis.caption, "chart-unit", anchor="start")] if axis.caption else []
    y = LINE if parts else ZERO
    if len(sheet.rows) > 1:
        room = [text_width(shorten(str(row.name), width - 30)) + 34 for row in sheet.rows]
        ends = list(accumulate(room))
        line, start = 0, ZERO
        for number, (row, end) in enumerate(zip(sheet.rows, ends, strict=True)):
            if end - start > width + 14 and end - room[number] > start:
                line, start = line + 1, end - room[number]
            parts.append(_key(sheet, row, number, end - room[number] - start, y + LINE * line, width))
        y += LINE * (line + 1)
    return join(parts), y


def _key(sheet: Sheet, row: Series, number: int, x: Decimal, y: Decimal, width: Decimal) -> SafeString:
    if row is sheet.reference:
        middle = num(y + 9)
        swatch = tag("line", class_="chart-reference", x1=num(x), x2=num(x + 14), y1=middle, y2=middle)
    else:
        place = {"x": num(x), "y": num(y + 4), "width": "11", "height": "11"}
        swatch = tag("rect", class_=f"chart-bar {_colour(number)}", **place)
    return swatch + text(x + 18, y + FONT, shorten(str(row.name), width - 30), "chart-key", anchor="start")


def _bar(number: int, x: Decimal, width: Decimal, top: Decimal, bottom: Decimal, tip: str) -> SafeString:
    place = {"x": num(x), "y": num(top), "width": num(width), "height": num(bottom - top)}
    return tag("rect", tag("title", tip), class_=f"chart-bar {_colour(number)}", **place)


def _value_text(plot: Plot, x: Decimal, value: Decimal, lift: Decimal = ZERO) -> SafeString:
    label = plot.axis.value_label(value)
    # A label must not hang over the right edge of the sheet.
    inside = min(x, plot.left + plot.width + RIGHT - text_width(label) / 2)
    return text(inside, plot.y(value) + (15 if value < 0 else -5 - lift), label, "chart-value")


def _gap(plot: Plot, row: Series, index: int, x: Decimal) -> SafeString:
    return _unknown(x, plot.y(ZERO) - 5, plot.sheet, row, index)


def _unknown(x: Decimal, y: Decimal, sheet: Sheet, row: Series, index: int) -> SafeString:
    words = gettext("{category} · {series}: not known").format(category=sheet.names[index], series=row.name)
    return text(x, y, format_html("—{}", tag("title", words)), "chart-gap")


def _colour(number: int) -> str:
    return f"chart-s{number % COLOURS + 1}"

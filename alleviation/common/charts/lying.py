"""Bars that lie, one below the other."""

from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, Decimal

from django.utils.safestring import SafeString

from alleviation.common.chart_layout import Axis, Plot, Series, Sheet, axis_of
from alleviation.common.charts.marks import (
    LINE_APART,
    box,
    colour,
    long_name,
    not_known,
    unknown,
    weaves,
    woven,
)
from alleviation.common.charts.parts import LABEL_LIMIT, LINE, WIDTH, Key, legend, picture, square
from alleviation.common.svg import ZERO, in_lines, join, num, tag, text, text_width


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
    several = sheet.series if len(sheet.series) > 1 else []
    keys = [
        Key(str(row.name), square(f"chart-bar {colour(n)}", **woven(sheet.key, n))) for n, row in enumerate(several)
    ]
    head, top = legend(axis.caption, keys, WIDTH)
    left = min(LABEL_LIMIT, max(text_width(name) for name in sheet.names)) + 10
    room = max(text_width(axis.value_label(value)) for value in sheet.known) + 8
    lines = max(len(in_lines(name, LABEL_LIMIT, 2)) for name in sheet.names)
    row = max(Decimal(14) * len(series) + 9, LINE_APART * lines + 6)
    # The bars leave room for the value beside them; below zero, the value stands on the other side.
    start = left + (room if axis.low < 0 else ZERO)
    plot = Plot(sheet, axis, start, top, WIDTH - start - room, row * len(categories))
    grid = gridlines(axis, (start, plot.width), (top, top + plot.height))
    parts = [weaves(sheet.key, len(series)), head, grid, *_rows(plot, row, left)]
    return picture(sheet.called, (WIDTH, plot.top + plot.height + LINE + 4), parts)


def gridlines(axis: Axis, across: tuple[Decimal, Decimal], down: tuple[Decimal, Decimal]) -> SafeString:
    """Upright lines at the ticks of an axis that starts at x and is so wide, from top to bottom, labelled below."""
    (left, width), (top, bottom) = across, down
    parts, widest = [], max(text_width(axis.tick_label(tick)) for tick in axis.ticks)
    every = int(((widest + 4) * (len(axis.ticks) - 1) / width).to_integral_value(ROUND_CEILING))
    labelled = [tick for tick in axis.ticks if (tick / axis.step) % every == 0]
    for tick in axis.ticks:
        x = left + width * axis.part(tick)
        line = {"x1": num(x), "x2": num(x), "y1": num(top), "y2": num(bottom)}
        parts.append(tag("line", class_="chart-zero" if tick == 0 else "chart-grid", **line))
        if tick in labelled:
            parts.append(text(x, bottom + 16, axis.tick_label(tick), "chart-tick"))
    return join(parts)


def _rows(plot: Plot, row_height: Decimal, label_end: Decimal) -> Iterator[SafeString]:
    for index, name in enumerate(plot.sheet.names):
        top = plot.top + row_height * index
        yield long_name(label_end - 6, top + row_height / 2 + 4, name, LABEL_LIMIT)
        first = top + (row_height - 14 * len(plot.sheet.series) + 1) / 2
        for number, row in enumerate(plot.sheet.series):
            value = row.amounts[index]
            yield _bar(plot, number, index, value, first + 14 * number)


def _bar(plot: Plot, number: int, index: int, value: Decimal | None, y: Decimal) -> SafeString:
    zero = plot.left + plot.width * plot.axis.part(ZERO)
    row = plot.sheet.series[number]
    if value is None:
        return unknown(zero + 8, y + 10, not_known(plot.sheet.names[index], row.name))
    end = plot.left + plot.width * plot.axis.part(value)
    place = {**box(min(zero, end), y, abs(end - zero), Decimal(13)), **woven(plot.sheet.key, number)}
    bar = tag("rect", tag("title", plot.sheet.tip(row, index, value)), class_=f"chart-bar {colour(number)}", **place)
    side = -5 if value < 0 else 5
    label = plot.axis.value_label(value)
    return bar + text(end + side, y + 11, label, "chart-value", anchor="end" if value < 0 else "start")

"""The lines of a chart: of its series, broken where nothing is known or where they break, and of its reference."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import accumulate, groupby

from django.utils.safestring import SafeString

from alleviation.common.chart_layout import Amounts, Plot, Series
from alleviation.common.charts.marks import colour, dot
from alleviation.common.svg import join, num, tag

WAVES, DEEP = 3, 5  # so many crests across a slot, drawn toward points so far off the line


def series_lines(plot: Plot) -> Iterator[SafeString]:
    """The lines and points of every series."""
    for number, row in enumerate(plot.sheet.series):
        for run in _runs(plot, row.amounts):
            yield tag("polyline", points=run, class_=f"chart-line {colour(number)}")
        for index, value in row.known:
            yield dot(number, plot.x(index), plot.y(value), plot.sheet.tip(row, index, value))


def reference_line(plot: Plot) -> SafeString:
    """The dashed line of the reference, such as the poverty line; what is hedged is a wave across its own slot."""
    row = plot.sheet.reference
    if row is None:
        return SafeString()
    tip = tag("title", row.name)
    exact: Amounts = [None if row.sign(index) else value for index, value in enumerate(row.amounts)]
    # A value that stands alone has no neighbour to be joined to: it is drawn across its own slot.
    runs = [run if " " in run else _across(plot, run) for run in _runs(plot, exact)]
    lines = [tag("polyline", tip, points=run, class_="chart-reference") for run in runs]
    return join([*lines, *(_wave(plot, row, index, value) for index, value in row.known if row.sign(index))])


def _wave(plot: Plot, row: Series, index: int, value: Decimal) -> SafeString:
    """A value that is near, not exact, as bars that are end in a wave."""
    length = plot.slot / (2 * WAVES)
    curve = f"q{num(length / 2)},-{DEEP} {num(length)},0t{num(length)},0" + f"t{num(length)},0" * (2 * WAVES - 2)
    path = f"M{num(plot.x(index) - plot.slot / 2)},{num(plot.y(value))}{curve}"
    return tag("path", tag("title", plot.sheet.tip(row, index, value)), class_="chart-reference chart-about", d=path)


def _across(plot: Plot, point: str) -> str:
    x, y = point.split(",")
    half = plot.slot / 2
    return f"{num(Decimal(x) - half)},{y} {num(Decimal(x) + half)},{y}"


def _runs(plot: Plot, amounts: Amounts) -> list[str]:
    """The points of each stretch of neighbouring known values with no break between them."""
    stretch = accumulate(name in plot.breaks for name in plot.sheet.names)
    runs = groupby(
        zip(stretch, enumerate(amounts), strict=True), key=lambda found: (found[0], found[1][1] is not None)
    )
    return [
        " ".join(f"{num(plot.x(index))},{num(plot.y(value))}" for _n, (index, value) in run if value is not None)
        for (_stretch, is_known), run in runs
        if is_known
    ]

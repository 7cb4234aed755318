"""Small charts side by side, one for each area say, all on one scale so that they can be held against each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from django.utils.safestring import SafeString

from alleviation.common.chart_layout import Plot, Series, Sheet, axis_of
from alleviation.common.charts.lines import reference_line, series_lines
from alleviation.common.charts.marks import short_name
from alleviation.common.charts.parts import WIDE, WIDTH, Key, dashes, legend, line_key, picture
from alleviation.common.svg import join, num, tag, text, text_width

COLUMNS = 4
FEW_COLUMNS = 2  # of few panels, on the narrow sheet
HEIGHT = Decimal(86)
ABOVE, BELOW, APART = Decimal(20), Decimal(22), Decimal(16)


@dataclass(frozen=True)
class Panel:
    """One of the small charts: its name and its series; each panel has the same series in the same order."""

    name: str
    series: Series | Sequence[Series]

    @property
    def rows(self) -> list[Series]:
        """Its series as a list."""
        return [self.series] if isinstance(self.series, Series) else list(self.series)


def small_multiples(
    title: str,
    description: str,
    panels: Sequence[Panel],
    categories: Sequence[str | int],
    reference: Series | None = None,
    unit: str = "",
    *,
    uid: str = "",
) -> SafeString:
    """Line charts on the same scale, in rows; those without a known value say so. Empty if no value is known."""
    sheets = [Sheet(panel.name, "", panel.rows, categories, unit, reference) for panel in panels]
    known = [value for sheet in sheets for row in sheet.series for _index, value in row.known]
    if not known:
        return SafeString()
    whole = Sheet(title, description, sheets[0].series, categories, unit, reference, uid)
    axis = axis_of([value for sheet in sheets for value in sheet.known], whole.unit_words, parts=3)
    width, columns = (WIDTH, len(panels)) if len(panels) <= FEW_COLUMNS else (WIDE, COLUMNS)
    keys, top = legend(axis.caption, _keys(whole), width)
    left = max(text_width(axis.tick_label(tick)) for tick in axis.ticks) + 12
    room = (width - left + APART) / columns - APART
    parts = [keys]
    for number, sheet in enumerate(sheets):
        x = left + (room + APART) * (number % columns)
        y = top + (ABOVE + HEIGHT + BELOW) * (number // columns) + ABOVE
        parts.append(_panel(Plot(sheet, axis, x, y, room, HEIGHT), is_first=number % columns == 0))
    rows = int((Decimal(len(panels)) / columns).to_integral_value(ROUND_CEILING))
    return picture(whole.called, (width, top + (ABOVE + HEIGHT + BELOW) * rows), parts)


def _keys(sheet: Sheet) -> list[Key]:
    several = [Key(str(row.name), line_key(n)) for n, row in enumerate(sheet.series)] if len(sheet.rows) > 1 else []
    return [*several, *([Key(str(sheet.reference.name), dashes)] if sheet.reference else [])]


def _panel(plot: Plot, *, is_first: bool) -> SafeString:
    name = short_name(plot.left, plot.top - 7, plot.sheet.title, plot.width)
    parts = [name, *_grid(plot, is_first=is_first), reference_line(plot)]
    if any(row.known for row in plot.sheet.series):
        parts += [*series_lines(plot), *_last_value(plot)]
    else:
        parts.append(text(plot.left + plot.width / 2, plot.top + HEIGHT / 2 + 4, "—", "chart-gap"))
    return join(parts)


def _grid(plot: Plot, *, is_first: bool) -> Iterator[SafeString]:
    """The lines of the ticks, named in the first panel of a row alone; below, the first and the last category."""
    right = plot.left + plot.width
    for tick in plot.axis.ticks:
        y = plot.y(tick)
        line = {"x1": num(plot.left), "x2": num(right), "y1": num(y), "y2": num(y)}
        yield tag("line", class_="chart-zero" if tick == 0 else "chart-grid", **line)
        if is_first:
            yield text(plot.left - 6, y + 4, plot.axis.tick_label(tick), "chart-tick", anchor="end")
    below, names = plot.top + HEIGHT + 15, plot.sheet.names
    yield text(plot.left, below, names[0], "chart-tick", anchor="start")
    if len(names) > 1 and text_width(names[0]) + text_width(names[-1]) + 6 <= plot.width:
        yield text(right, below, names[-1], "chart-tick", anchor="end")


def _last_value(plot: Plot) -> Iterator[SafeString]:
    """The last value that is known, where the panel has one series."""
    if len(plot.sheet.series) == 1:
        index, value = plot.sheet.series[0].known[-1]
        label = plot.axis.value_label(value)
        half = text_width(label) / 2
        x = max(min(plot.x(index), plot.left + plot.width - half), plot.left + half)
        # A label above the highest point would touch the name of the panel.
        y = plot.y(value) + (17 if plot.axis.part(value) > Decimal("0.8") else -8)
        yield text(x, y, label, "chart-value")

"""Charts as SVG, drawn on the server: pure functions from titles and numbers to text.

A strict content security policy leaves room for no script and no style attribute, so a chart carries only
geometry and class names; static/css/app.css gives `chart-s1` to `chart-s6` their colours. Coordinates are
reckoned in Decimal and rounded to a tenth of a unit, only for drawing. Every chart stands above a table with
the same figures: the drawing gives the shape, the table the figures and their explanations. docs/charts.md.
"""

from alleviation.common.chart_layout import Series
from alleviation.common.charts.bounds import Bounded, bounds_chart, stated_series
from alleviation.common.charts.flows import Flow, flow
from alleviation.common.charts.lying import horizontal_bars
from alleviation.common.charts.multiples import Panel, small_multiples
from alleviation.common.charts.progress import Progress, progress_bars
from alleviation.common.charts.spread import Bin, Mark, histogram
from alleviation.common.charts.tiles import Tile, tile_map
from alleviation.common.charts.timelines import Event, timeline
from alleviation.common.charts.upright import Break, bar_chart, line_chart, stacked_bars

__all__ = [
    "Bin",
    "Bounded",
    "Break",
    "Event",
    "Flow",
    "Mark",
    "Panel",
    "Progress",
    "Series",
    "Tile",
    "bar_chart",
    "bounds_chart",
    "flow",
    "histogram",
    "horizontal_bars",
    "line_chart",
    "progress_bars",
    "small_multiples",
    "stacked_bars",
    "stated_series",
    "tile_map",
    "timeline",
]

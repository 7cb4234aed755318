"""Charts as SVG, drawn on the server: pure functions from titles and numbers to text.

A strict content security policy leaves room for no script and no style attribute, so a chart carries only
geometry and class names; static/css/app.css gives `chart-s1` to `chart-s6` their colours. Coordinates are
reckoned in Decimal and rounded to a tenth of a unit, only for drawing. Every chart stands above a table with
the same figures: the drawing gives the shape, the table the figures and their explanations. docs/charts.md.
"""

from alleviation.common.chart_layout import Series
from alleviation.common.charts.lying import horizontal_bars
from alleviation.common.charts.upright import Break, bar_chart, line_chart, stacked_bars

__all__ = ["Break", "Series", "bar_chart", "horizontal_bars", "line_chart", "stacked_bars"]

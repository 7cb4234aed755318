"""The drawings of the income page that need more than a table by year."""

from django.utils.translation import gettext as _

from alleviation.common.charts import Bin, Mark, histogram, stated_series
from alleviation.common.charts.findings import middle
from alleviation.common.drawings import Drawing
from alleviation.common.query import Query
from alleviation.common.tables import Table
from alleviation.dashboards.figures.funding_drawings import rows_of
from beneficiaries.choices import LineKind
from beneficiaries.rollups import poverty_lines


def distribution(table: Table, query: Query) -> Drawing:
    """How many households live on how much, with the lines of the year."""
    lines = [(kind.label, poverty_lines(query, kind).get(query.first_year)) for kind in LineKind]
    stated = [stated_series(str(name).capitalize(), [line.figure]) for name, line in lines if line]
    marks = [Mark(row.name, value, row.sign(index)) for row in stated for index, value in row.known]
    ranges = [row["_range"] for row in rows_of(table)]
    bins = [Bin(one.low, one.high, one.households) for one in ranges]
    description = _("Households by net income per person of the year, in yuan; dashed: the lines of the year.")
    svg = histogram(str(table.title), description, bins, marks, "CNY", uid="drawing-distribution")
    return Drawing("distribution", str(table.title), svg, table.slug, middle(bins, "CNY"))

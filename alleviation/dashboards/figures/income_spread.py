"""How many households live on how much: the table beneath the histogram, and per-capita income by area and year."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common.query import Query
from alleviation.common.tables import Column, Kind, Table, mark_of
from alleviation.dashboards.figures.crossed import Crossed, Figure, Head, crossed_table
from alleviation.dashboards.figures.funding_crossed import place_cells
from alleviation.dashboards.figures.funding_tables import names_below, of_year
from alleviation.dashboards.figures.income_tables import EMPTY, note
from alleviation.scrutiny.figures.ranges import words_of
from beneficiaries.rollups.distribution import income_ranges
from beneficiaries.rollups.incomes import income_by_year_and_area
from projects.models import Division
from projects.rollups.places import asked_of_place, child_level

PER_CAPITA = Figure(
    "",
    "per-capita-income",
    lambda one: one.per_capita,
    mark=lambda one: mark_of(one.made_up, one.households or 0),
    is_withheld=lambda one: one.withheld,
    unit=_("yuan per person"),
)
WITHHELD = _(
    "How incomes are distributed is told of all that you may see at once, not of a part of it, and where it tells of "
    "enough households."
)


def distribution(query: Query) -> Table:
    """The households of a year by what each of their persons lives on."""
    ranges = income_ranges(query)
    rows = [
        {
            "range": words_of(one),
            "households": one.households,
            "_range": one,
            "_asked": {"of": one.name},
            "_made_up": mark_of(one.made_up, one.households),
        }
        for one in ranges
    ]
    total = sum(one.households for one in ranges)
    made_up = mark_of(sum(one.made_up for one in ranges), total)
    return Table(
        slug="income-distribution",
        title=gettext("Households by per-capita income, %(year)s") % {"year": query.year},
        columns=(
            Column("range", _("Yuan per person")),
            Column("households", _("Households"), Kind.COUNT, explained="households-in-range"),
        ),
        rows=rows,
        total={"households": total, "_explained": {"households": "households"}, "_made_up": made_up} if rows else None,
        note=_(
            "Net income ÷ persons counted, at current prices. Ranges are cut at the lines, and at one and a half "
            "times these."
        ),
        empty=WITHHELD,
        asked=query.asked(),
    )


def by_area_and_year(query: Query, division: Division | None) -> Table:
    """Per-capita income by place right below one, and year."""
    level = child_level(division)
    sums = income_by_year_and_area(query, division) if level else []
    names = names_below(query, (one.key[1] for one in sums), level)
    codes = sorted({one.key[1] for one in sums}, key=lambda code: (code == "", code))
    cells = {one.key[::-1]: one for one in sums}
    return crossed_table(
        query,
        slug="per-capita-by-area",
        title=_("Per-capita income by area and year"),
        first=Column("area", _("Area")),
        lines=[(code, {**place_cells(names, code), "_asked": asked_of_place(code, level)}) for code in codes],
        heads=[Head(year, str(year), of_year(year)) for year in sorted({one.key[0] for one in sums})],
        figure=PER_CAPITA,
        sums=Crossed(cells),
        note=note(*sums),
        empty=EMPTY,
    )

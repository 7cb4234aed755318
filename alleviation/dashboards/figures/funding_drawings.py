"""The drawings of the funding page, from the rows of the tables beneath them."""

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alleviation.common.charts import (
    Bounded,
    Flow,
    Panel,
    Series,
    Tile,
    bounds_chart,
    flow,
    small_multiples,
    stacked_bars,
    tile_map,
)
from alleviation.common.charts.findings import largest_part, ranking
from alleviation.common.drawings import Drawing
from alleviation.common.tables import Table
from alleviation.dashboards.figures.crossed import WHOLE

Rows = list[dict[str, Any]]
# A stack of more parts than this is a rainbow, and more small charts than these are a wall.
PARTS, PANELS = 6, 12


def rows_of(table: Table) -> Rows:
    """The rows of a table, to be read more than once."""
    return [dict(row) for row in table.rows]


def pledged_by_year(table: Table) -> Drawing:
    """What was promised for each year, as surely as it was said."""
    title = _("Money pledged by year")
    rows = [Bounded.of(str(row["year"]), row["pledged"].figure) for row in rows_of(table) if row.get("pledged")]
    description = _("What was promised for each year, in yuan: solid where certain, hatched where it may be.")
    svg = bounds_chart(title, description, rows, "CNY", uid="drawing-pledged-by-year")
    return Drawing("pledged-by-year", title, svg, table.slug)


def stacked_by_year(table: Table, slug: str, title: str) -> Drawing:
    """The columns of a table by year as stacks; the smallest together where they are many."""
    rows = rows_of(table)
    columns = [column for column in table.columns[1:] if column.key != WHOLE]
    largest = sorted(columns, key=lambda column: -sum(row.get(column.key) or 0 for row in rows))
    kept = columns if len(columns) <= PARTS else [one for one in columns if one in largest[: PARTS - 1]]
    series = [Series(str(column.title), [row.get(column.key) for row in rows]) for column in kept]
    if rest := [column.key for column in columns if column not in kept]:
        series.append(Series(pgettext("parts", "others"), [sum(row.get(key) or 0 for key in rest) for row in rows]))
    years = [row["year"] for row in rows]
    svg = stacked_bars(title, _("Money allocated, in yuan."), series, years, "CNY", uid=f"drawing-{slug}")
    return Drawing(slug, title, svg, table.slug, largest_part(series, years))


def flows(table: Table) -> Drawing:
    """From source over kind of project to area, as wide as what was allocated."""
    stages = [str(column.title) for column in table.columns[:3]]
    found: dict[tuple[int, str, str], Decimal] = defaultdict(Decimal)
    for row in rows_of(table):
        for number, pair in enumerate(pairwise((row["source"], row["kind"], row["area"]))):
            found[number, *pair] += max(row["allocated"], Decimal(0))
    links = [Flow(stages[n], one, stages[n + 1], other, value) for (n, one, other), value in found.items()]
    title, description = _("Where the money goes"), _("Money allocated, from source over kind of project to area.")
    svg = flow(title, description, links, "CNY", uid="drawing-flows")
    sources: dict[str, Decimal] = defaultdict(Decimal)
    for link in links:
        if link.stage_from == stages[0]:
            sources[link.name_from] += link.value
    seen = ranking(Series(stages[0], [*sources.values()]), [*sources], "CNY", adds_up=True)
    return Drawing("flows", title, svg, table.slug, seen)


def by_area_and_year(table: Table, slug: str, title: str, unit: str = "CNY") -> Drawing:
    """A small line for each area, those with most first; none where there are no two years to be joined.

    Most in all years, where these are added up, else in the last one.
    """
    columns = [column for column in table.columns[1:] if column.key != WHOLE]
    first = table.columns[-1].key
    placed = [row for row in rows_of(table) if row.get("_narrows")] if len(columns) > 1 else []
    rows = sorted(placed, key=lambda row: (row.get(first) is None, -(row.get(first) or 0)))[:PANELS]
    panels = [Panel(str(row["area"]), Series(title, [row.get(column.key) for column in columns])) for row in rows]
    described = _("One small chart for each area, at most twelve, those with most first; all on one scale.")
    seen = ranking(Series(title, [row.get(columns[-1].key) for row in placed]), [row["area"] for row in placed], unit)
    latest = _("%(year)s: %(seen)s") % {"year": columns[-1].title, "seen": seen} if seen else ""
    years = [str(column.title) for column in columns]
    svg = small_multiples(title, described, panels, years, unit=unit, uid=f"drawing-{slug}") if len(panels) > 1 else ""
    return Drawing(slug, title, svg, table.slug, latest)


def tiles(table: Table, key: str, slug: str, title: str, narrow: Callable[..., str]) -> Drawing:
    """The areas of a table, shaded by one of its columns; each leads to that area."""
    rows = [row for row in rows_of(table) if row.get("_narrows")]
    drawn = [
        Tile(row["_narrows"]["area"], str(row["area"]), row.get(key), narrow(area=row["_narrows"]["area"]))
        for row in rows
    ]
    description = _("Each area with its figure, the more the darker.")
    svg = tile_map(title, description, drawn, "CNY", uid=f"drawing-{slug}") if len(drawn) > 1 else ""
    seen = ranking(Series(title, [tile.value for tile in drawn]), [tile.name for tile in drawn], "CNY")
    return Drawing(slug, title, svg, table.slug, seen)

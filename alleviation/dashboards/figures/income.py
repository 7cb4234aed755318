"""The income page: what people live on by year and area, held against the lines, and how it changes and is spread."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from alleviation.accounts.rights import Right
from alleviation.common.drawings import Drawing
from alleviation.common.query import Query
from alleviation.common.tables import Table
from alleviation.dashboards.figures import (
    charts,
    income_bands,
    income_changes,
    income_cuts,
    income_stats,
    income_tables,
)
from alleviation.dashboards.pages import needs, page
from alleviation.scrutiny.unchanged import unless_unchanged
from beneficiaries.filters import INCOME_FIELDS, IncomeQueryForm
from beneficiaries.rollups import latest_year
from beneficiaries.rollups.sized import is_worked_out_at_once
from beneficiaries.rollups.telling import changes_told
from projects.models import Division


@unless_unchanged(incomes=True)
@needs(Right.VIEW_FIGURES)
def show(request: HttpRequest) -> HttpResponseBase:
    """Incomes of the years asked for; the cuts and the areas are those of the latest of them."""
    form = IncomeQueryForm(request.GET, user=request.user, fields=INCOME_FIELDS)  # type: ignore[arg-type]
    query = form.query()
    if query is None:
        return page(request, "dashboards/income.html", title=_("Income"), tables=[], form=form)
    # A file works out whatever it is of; a page does not have everybody wait for the nation.
    is_whole = "csv" in request.GET or is_worked_out_at_once(query)
    figures = _figures(query, form.place, is_whole=is_whole)
    return page(request, "dashboards/income.html", title=_("Income"), form=form, **figures)


def _figures(query: Query, place: Division | None, *, is_whole: bool) -> dict[str, Any]:
    by_year, year, changes = income_tables.by_year(query), latest_year(query), changes_told(query)
    bands, checked = income_bands.bands_tables(query), income_bands.checks_table(query)
    parts, changed = income_tables.components(by_year), income_changes.changes_table(query, changes, is_whole)
    by_area, cuts = _of_year(query.of_years(year, year), place, is_whole=is_whole) if year else (None, [])
    return {
        "tables": [
            by_year,
            *bands,
            *([by_area] if by_area else []),
            changed,
            income_changes.benefits_table(query, changes),
            parts,
            *([income_bands.spread_table(query)] if is_whole else []),
            *cuts,
            checked,
            income_tables.lines_table(query),
        ],
        "year": year,
        "stats": income_stats.latest(query, year, by_year, changed, bands, checked) if year else [],
        "breaks": [row["_breaks"].words for row in by_year.rows if row["_breaks"]],
        "is_whole": is_whole,
        "is_as_recorded": bool(query.boundaries),
        "drawings": [
            charts.per_capita(by_year),
            charts.change(changed),
            charts.composition(parts),
            *([_by_area_drawn(by_area, year)] if by_area and year else []),
        ],
    }


def _of_year(query: Query, place: Division | None, *, is_whole: bool) -> tuple[Table, list[Table]]:
    """The latest year by area, and by how households stood."""
    return income_tables.by_area(query, place), income_cuts.cut_tables(query) if is_whole else []


def _by_area_drawn(table: Table, year: int) -> Drawing:
    title = _("Per-capita income by area, %(year)s") % {"year": year}
    return charts.income_by(table, "area", title)

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
    funding_drawings,
    income_bands,
    income_changes,
    income_cuts,
    income_drawings,
    income_spread,
    income_stats,
    income_tables,
)
from alleviation.dashboards.pages import needs, page
from alleviation.scrutiny.unchanged import unless_unchanged
from beneficiaries.filters import INCOME_FIELDS, IncomeQueryForm
from beneficiaries.rollups import latest_year
from beneficiaries.rollups.sized import are_cuts_worked_out_at_once, is_worked_out_at_once
from beneficiaries.rollups.telling import changes_told
from projects.rollups.places import child_level


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
    is_cut = is_whole and ("csv" in request.GET or are_cuts_worked_out_at_once(query))
    figures = _figures(query, form, is_whole=is_whole, is_cut=is_cut)
    return page(request, "dashboards/income.html", title=_("Income"), form=form, **figures)


def _figures(query: Query, form: IncomeQueryForm, *, is_whole: bool, is_cut: bool) -> dict[str, Any]:
    by_year, year = income_tables.by_year(query), latest_year(query)
    changes = changes_told(query, benefits=is_whole)
    bands, checked = income_bands.bands_tables(query), income_bands.checks_table(query)
    parts, changed = income_tables.components(by_year), income_changes.changes_table(query, changes, is_whole)
    of_areas, areas_drawn = _of_areas(query, form, year) if year else ([], [])
    spread, spread_drawn = _of_all_households(query, year, is_cut) if year and is_whole else ([], [])
    return {
        "tables": [
            by_year,
            *bands,
            *of_areas,
            changed,
            *([income_changes.benefits_table(query, changes)] if is_whole else []),
            parts,
            *([income_bands.spread_table(query)] if is_whole else []),
            *spread,
            checked,
            income_tables.lines_table(query),
        ],
        "year": year,
        "stats": income_stats.latest(query, year, by_year, changed, bands, checked) if year else [],
        "breaks": [row["_breaks"].words for row in by_year.rows if row["_breaks"]],
        "is_whole": is_whole,
        "is_cut": is_cut,
        "is_as_recorded": bool(query.boundaries),
        "drawings": [
            charts.per_capita(by_year),
            *spread_drawn,
            charts.change(changed),
            charts.composition(parts),
            *areas_drawn,
        ],
    }


def _of_areas(query: Query, form: IncomeQueryForm, year: int) -> tuple[list[Table], list[Drawing]]:
    """The latest year by area, and all years asked for; a village has no smaller places."""
    by_area = income_tables.by_area(query.of_years(year, year), form.place)
    if child_level(form.place) is None:
        return [by_area], []
    of_years, named = income_spread.by_area_and_year(query, form.place), {"year": year}
    small = funding_drawings.by_area_and_year(of_years, "per-capita-by-area", _("Per-capita income by area and year"))
    title = _("Per-capita income by area, %(year)s") % named
    tiles = funding_drawings.tiles(by_area, "per_capita", "areas", title, form.narrowed)
    return [by_area, of_years], [small, tiles]


def _of_all_households(query: Query, year: int, is_cut: bool) -> tuple[list[Table], list[Drawing]]:
    """What asks every household of the latest year: how they are distributed, and cut by how they stood."""
    asked = query.of_years(year, year)
    table = income_spread.distribution(asked)
    cuts = income_cuts.cut_tables(asked) if is_cut else []
    return [table, *cuts], [income_drawings.distribution(table, asked)]

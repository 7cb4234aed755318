"""The funding page: promised, allocated, disbursed and spent, by year, plan, source, kind, project and area."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from alleviation.accounts.rights import Right
from alleviation.common.drawings import Drawing
from alleviation.common.query import Query
from alleviation.common.tables import Table
from alleviation.dashboards.figures import charts, funding_crossed, funding_tables, ledger_tables, pledge_tables
from alleviation.dashboards.figures import funding_drawings as drawings
from alleviation.dashboards.figures.claimed import stated_money
from alleviation.dashboards.pages import needs, page
from alleviation.scrutiny.unchanged import unless_unchanged
from projects.filters import QueryForm
from projects.rollups import beside_total
from projects.rollups.places import child_level

FILTERS = ("year", "plan", "area", "kind", "project", "source", "source_code", "as_of")


@unless_unchanged(incomes=False)
@needs(Right.VIEW_FIGURES)
def show(request: HttpRequest) -> HttpResponseBase:
    """Every way of cutting the same money; each table's total is the same."""
    form = QueryForm(request.GET, user=request.user, fields=FILTERS)  # type: ignore[arg-type]
    query = form.query()
    figures = {"tables": []} if query is None else _figures(query, form)
    return page(request, "dashboards/funding.html", title=_("Funding"), form=form, **figures)


def _figures(query: Query, form: QueryForm) -> dict[str, Any]:
    place, whole = form.place, beside_total(query)
    by_year, by_area = funding_tables.by_year(query, whole), funding_tables.by_area(query, whole, place)
    levels, kinds = funding_crossed.by_year_and_level(query), funding_crossed.by_year_and_kind(query)
    areas, flows = funding_crossed.by_area_and_year(query, place), funding_crossed.flows(query, place)
    cuts = [
        funding_tables.by_plan(query, whole),
        funding_tables.by_source(query, whole),
        funding_tables.by_kind(query, whole),
        funding_tables.by_project(query, whole),
        by_area,
    ]
    return {
        "tables": [
            by_year,
            *ledger_tables.pending(query),
            # What the sums are is said once.
            cuts[0],
            *(replace(cut, note="") for cut in cuts[1:]),
            levels,
            kinds,
            *([areas] if child_level(place) else []),
            flows,
            pledge_tables.pledges_table(query),
            ledger_tables.without_upstream(query),
            stated_money(query),
        ],
        "drawings": [
            charts.booked_by_year(by_year),
            drawings.pledged_by_year(by_year),
            drawings.stacked_by_year(levels, "allocated-by-level", _("Allocated by level of the source")),
            drawings.stacked_by_year(kinds, "allocated-by-kind", _("Allocated by kind of project")),
            drawings.flows(flows),
            *_of_areas(areas, by_area),
        ],
    }


def _of_areas(areas: Table, by_area: Table) -> list[Drawing]:
    """The areas over the years; where there is but one year, beside each other."""
    by_year = drawings.by_area_and_year(areas, "allocated-by-area", _("Allocated by area and year"))
    return [by_year if by_year.svg else charts.allocated_by(by_area, "area", _("Allocated by area"))]

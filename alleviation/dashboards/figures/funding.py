"""The funding page: promised, allocated, disbursed and spent, by year, plan, source, kind, project and area."""

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from alleviation.accounts.rights import Right
from alleviation.dashboards.figures import charts, funding_tables, ledger_tables, pledge_tables
from alleviation.dashboards.figures.claimed import stated_money
from alleviation.dashboards.pages import needs, page
from alleviation.scrutiny.unchanged import unless_unchanged
from projects.filters import QueryForm
from projects.rollups import beside_total

FILTERS = ("year", "plan", "area", "kind", "project", "source", "source_code", "as_of")


@unless_unchanged(incomes=False)
@needs(Right.VIEW_FIGURES)
def show(request: HttpRequest) -> HttpResponseBase:
    """Every way of cutting the same money; each table's total is the same."""
    form = QueryForm(request.GET, user=request.user, fields=FILTERS)  # type: ignore[arg-type]
    query = form.query()
    if query is None:
        return page(request, "dashboards/funding.html", title=_("Funding"), tables=[], form=form)
    whole = beside_total(query)
    by_year = funding_tables.by_year(query, whole)
    by_area = funding_tables.by_area(query, whole, form.place)
    tables = [
        by_year,
        *ledger_tables.pending(query),
        funding_tables.by_plan(query, whole),
        funding_tables.by_source(query, whole),
        funding_tables.by_kind(query, whole),
        funding_tables.by_project(query, whole),
        by_area,
        pledge_tables.pledges_table(query),
        ledger_tables.without_upstream(query),
        stated_money(query),
    ]
    return page(
        request,
        "dashboards/funding.html",
        title=_("Funding"),
        tables=tables,
        form=form,
        drawings=[
            charts.booked_by_year(by_year),
            charts.allocated_by(by_area, "area", _("Allocated by area")),
        ],
    )

"""The overview: what was promised, allocated, disbursed and spent, and what people live on."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.dashboards.figures import area_tables, charts, funding_tables, income_tables, ledger_tables, stats
from alleviation.dashboards.pages import needs, page
from alleviation.scrutiny.unchanged import unless_unchanged
from projects.filters import QueryForm
from projects.rollups import beside_total


def show(request: HttpRequest) -> HttpResponseBase:
    """The first page; an administrator, who sees no business data, is led to the accounts."""
    user: User = request.user  # type: ignore[assignment]
    if not user.may(Right.VIEW_FIGURES) and user.can_enter_records:
        return redirect("admin:index")
    return _overview(request)


@unless_unchanged(incomes=True)
@needs(Right.VIEW_FIGURES)
def _overview(request: HttpRequest) -> HttpResponseBase:
    form = QueryForm(request.GET, user=request.user, fields=("year", "plan", "area", "as_of"))  # type: ignore[arg-type]
    query = form.query()
    if query is None:
        return page(request, "dashboards/overview.html", title=_("Overview"), tables=[], form=form)
    by_year = funding_tables.by_year(query, beside_total(query))
    incomes = income_tables.by_year(query)
    return page(
        request,
        "dashboards/overview.html",
        title=_("Overview"),
        tables=[
            by_year,
            *ledger_tables.pending(query),
            incomes,
            area_tables.children(query, form.place, listed=False),
        ],
        form=form,
        money=stats.money(query),
        people=stats.people(query),
        records=[*stats.records(query), *stats.warnings(query)],
        drawings=[charts.booked_by_year(by_year), charts.per_capita(incomes)],
    )

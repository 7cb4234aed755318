"""The overview: what came in and went out, what people live on, whom it reached, and what needs attention."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.tables import Table
from alleviation.dashboards.figures import (
    area_tables,
    attention,
    charts,
    funding_tables,
    income_tables,
    ledger_tables,
    money_stats,
    people_stats,
    reach_stats,
    stats,
)
from alleviation.dashboards.pages import needs, page
from alleviation.scrutiny.unchanged import unless_unchanged
from beneficiaries.rollups import Income
from projects.filters import QueryForm
from projects.models import Division
from projects.rollups import Funding

TEMPLATE = "dashboards/overview.html"


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
        return page(request, TEMPLATE, title=_("Overview"), tables=[], form=form)
    figures = _figures(query, form.place)
    if not request.GET and not figures["money"] and not figures["people"]:
        # A wall of empty tables would hide where to begin.
        figures |= {"tables": [], "drawings": [], "beginnings": _beginnings(query.user)}
    return page(request, TEMPLATE, title=_("Overview"), form=form, **figures)


def _beginnings(user: User) -> list[tuple[str, str]]:
    """Where whoever enters records begins, in the order in which one thing needs the other."""
    if not user.may(Right.ENTER_RECORDS):
        return []
    return [
        (_("Enter a project"), reverse("admin:projects_project_add")),
        (_("Enter a ledger entry"), reverse("admin:projects_ledgerentry_add")),
        (_("Bring in a spreadsheet"), reverse("imports:index")),
    ]


def _figures(query: Query, place: Division | None) -> dict[str, Any]:
    """Each kind of figure is read once, for the cards, the charts and the tables."""
    money, incomes = money_stats.read(query), income_tables.by_year(query)
    by_year = funding_tables.by_year(query, money.whole, money.asked)
    reach = reach_stats.read(query)
    return {
        "money": money_stats.money(money),
        "year": money.year,
        "plan": money_stats.plan_words(money),
        "people": people_stats.people(query, incomes),
        "reach": reach,
        "reach_rows": reach_stats.rows(query, reach),
        "reach_lines": reach_stats.lines(query, reach),
        # What waits is told as of now alone.
        "needs": attention.needs(query) if query.as_of is None else None,
        "acts_first": attention.acts_first(query.user),
        "records": stats.records(query),
        "tables": [
            by_year,
            *ledger_tables.pending(query),
            incomes,
            area_tables.children(query, place, listed=False, totals=_totals(money, incomes)),
        ],
        "drawings": [
            charts.booked_by_year(by_year),
            charts.per_capita(incomes),
            *reach_stats.drawn(reach),
        ],
    }


def _totals(money: money_stats.Money, incomes: Table) -> area_tables.Totals:
    """What the places make together, as the tables of years have it."""
    latest = max(incomes.rows, key=lambda row: row["year"], default=None)
    year, income = (latest["year"], latest["_income"]) if latest else (None, Income())
    return area_tables.Totals(year, income, money.whole.funding or Funding())

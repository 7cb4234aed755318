"""Area pages: from the provinces down to a village, money and incomes side by side."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.areas import covers
from alleviation.common.query import Query
from alleviation.dashboards.figures import (
    area_tables,
    charts,
    funding_tables,
    income_bands,
    income_tables,
    ledger_tables,
)
from alleviation.dashboards.pages import needs, page
from alleviation.dashboards.records.parts import place_url
from alleviation.scrutiny.unchanged import unless_unchanged
from beneficiaries.choices import LineKind
from projects.choices import Level
from projects.filters import QueryForm, place_or_404
from projects.models import Division, Succession
from projects.rollups import area_query, beside_total


@unless_unchanged(incomes=True)
@needs(Right.VIEW_FIGURES)
def nation(request: HttpRequest) -> HttpResponseBase:
    """The provinces; whoever works in one area is led there with what they asked."""
    user: User = request.user  # type: ignore[assignment]
    if user.area:
        asked = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(reverse("dashboards:area", args=[user.area.ljust(12, "0")]) + asked)
    return _show(request, user, None)


@unless_unchanged(incomes=True)
@needs(Right.VIEW_FIGURES)
def show(request: HttpRequest, code: str) -> HttpResponseBase:
    """One place: its figures by year, the places below, its projects and alliances, what it was and became."""
    user: User = request.user  # type: ignore[assignment]
    return _show(request, user, place_or_404(code, user))


def _show(request: HttpRequest, user: User, place: Division | None) -> HttpResponseBase:
    form = QueryForm(request.GET, user=user, fields=("year", "plan", "as_of"))
    asked = form.query()
    title = place.local_name if place else _("Areas")
    context: dict[str, Any] = {"form": form, "place": place, "breadcrumbs": _breadcrumbs(place, user)}
    if asked is None:
        return page(request, "dashboards/area.html", title=title, tables=[], **context)
    query = area_query(asked, place) if place else asked
    return page(request, "dashboards/area.html", title=title, **context, **_figures(query, place))


def _figures(query: Query, place: Division | None) -> dict[str, Any]:
    by_year = funding_tables.by_year(query, beside_total(query))
    incomes = income_tables.by_year(query)
    tables = [
        *([] if place and place.level == Level.VILLAGE else [area_tables.children(query, place)]),
        by_year,
        *ledger_tables.pending(query),
        incomes,
        income_bands.bands_table(query, LineKind.POVERTY),
        area_tables.projects(query),
        area_tables.alliances(query),
    ]
    return {
        "tables": tables,
        "drawings": [charts.booked_by_year(by_year), charts.per_capita(incomes)],
        "other_names": list(place.other_names) if place else [],
        "former": _former(query, place) if place else [],
        "became": [(step, place_url(step.successor, query.user)) for step in place.successors] if place else [],
    }


def _former(query: Query, place: Division) -> list[tuple[Succession, str, bool]]:
    """What the place was, with its page, and whether its records are in this reader's sums."""
    area, prefixes = query.user.area, query.prefixes or ()
    return [
        (
            step,
            place_url(step.predecessor, query.user),
            step.predecessor.prefix in prefixes and covers(area, step.predecessor.code),
        )
        for step in place.predecessors
    ]


def _breadcrumbs(place: Division | None, user: User) -> list[tuple[str, str]]:
    """The way down to the place; only the steps that this person may open are links."""
    if place is None:
        return []
    steps = [] if user.area else [(_("Areas"), reverse("dashboards:areas"))]
    above = [
        (one.local_name, one.get_absolute_url() if one.code.startswith(user.area) else "") for one in place.ancestors
    ]
    return [*steps, *above, (place.local_name, "")]

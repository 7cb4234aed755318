"""Area pages: from the provinces down to a village, money and incomes side by side."""

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.areas import covers
from alleviation.common.drawings import Drawing
from alleviation.common.query import Query
from alleviation.common.tables import Table
from alleviation.dashboards.figures import (
    area_tables,
    charts,
    funding_drawings,
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
from projects.filters import Chip, QueryForm, place_or_404
from projects.models import Division, Succession
from projects.rollups import beside_total

DIVISION_CODE = re.compile("[0-9]{12}")
# What the filter of a place's page asks the nation by: what is left empty is not sent.
NATION = "0" * 12


class PlaceForm(QueryForm):
    """The filter of a place's page, which is about that place: to ask for another one leads to the page of that."""

    def __init__(self, request: HttpRequest, place: Division | None) -> None:
        user: User = request.user  # type: ignore[assignment]
        code = place.code if place else ""
        super().__init__({**request.GET.dict(), "area": code}, user=user, fields=("year", "plan", "area", "as_of"))
        self.code, self.place = code, place

    def _area_choices(self) -> list[tuple[str, Any]]:
        return [(value or NATION, words) for value, words in super()._area_choices()]

    @property
    def chips(self) -> list[Chip]:
        """What is asked besides the place, which the heading names."""
        area = str(self.fields["area"].label)
        return [chip for chip in super().chips if chip.label != area]

    def address(self, asked: dict[str, str]) -> str:
        """The page of the place asked for, by its own address."""
        rest = {name: value for name, value in asked.items() if name != "area"}
        given, area = f"?{urlencode(rest)}", asked.get("area", "")
        return given if area == self.code else page_of(area) + (given if rest else "")


@unless_unchanged(incomes=True)
@needs(Right.VIEW_FIGURES)
def nation(request: HttpRequest) -> HttpResponseBase:
    """The provinces; whoever works in one area is led there with what they asked."""
    user: User = request.user  # type: ignore[assignment]
    if not user.area or request.GET.get("area"):
        return _show(request, user, None)
    return _led_to(request, user.area.ljust(12, "0"))


@unless_unchanged(incomes=True)
@needs(Right.VIEW_FIGURES)
def show(request: HttpRequest, code: str) -> HttpResponseBase:
    """One place: its figures by year, the places below, its projects and alliances, what it was and became."""
    user: User = request.user  # type: ignore[assignment]
    return _show(request, user, place_or_404(code, user))


def page_of(code: str) -> str:
    """The address of a place's page; of the nation's without a code."""
    return reverse("dashboards:area", args=[code]) if code else reverse("dashboards:areas")


def _show(request: HttpRequest, user: User, place: Division | None) -> HttpResponseBase:
    if "area" in request.GET:
        return _led_to(request)
    form = PlaceForm(request, place)
    query = form.query()
    context: dict[str, Any] = {"form": form, "place": place, "title": place.local_name if place else _("Areas")}
    figures = {"tables": []} if query is None else _figures(query, form, place)
    return page(request, "dashboards/area.html", **context, **figures)


def _led_to(request: HttpRequest, otherwise: str = "") -> HttpResponseBase:
    """To the page of the place that the filter asks for, "" being the nation, with the rest of what is asked."""
    rest = request.GET.copy()
    code = str(rest.pop("area", [otherwise])[-1])
    if code and not DIVISION_CODE.fullmatch(code):
        raise Http404
    return redirect(page_of("" if code == NATION else code) + (f"?{rest.urlencode()}" if rest else ""))


def _figures(query: Query, form: PlaceForm, place: Division | None) -> dict[str, Any]:
    by_year = funding_tables.by_year(query, beside_total(query))
    incomes = income_tables.by_year(query)
    below = [] if place and place.level == Level.VILLAGE else [area_tables.children(query, place)]
    tables = [
        *below,
        by_year,
        *ledger_tables.pending(query),
        incomes,
        area_tables.per_person(query, by_year, incomes),
        income_bands.bands_table(query, LineKind.POVERTY),
        area_tables.projects(query),
        area_tables.alliances(query),
    ]
    return {
        "tables": tables,
        "drawings": [
            charts.booked_by_year(by_year),
            charts.per_capita(incomes),
            *(_tiles(table, form) for table in below),
        ],
        "other_names": list(place.other_names) if place else [],
        "former": _former(query, place) if place else [],
        "became": [(step, place_url(step.successor, query.user)) for step in place.successors] if place else [],
    }


def _tiles(table: Table, form: PlaceForm) -> Drawing:
    """The places below, shaded by what they live on, else by what was allocated; each leads to its page."""
    narrow = form.narrowed
    incomes = funding_drawings.tiles(table, "per_capita", "places", _("Per-capita income by area"), narrow)
    money = funding_drawings.tiles(table, "allocated", "places", _("Money allocated by area"), narrow)
    return incomes if incomes.svg else money


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

"""What documents claim beside what our records hold: every claim with its state."""

from dataclasses import replace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.tables import Column, Kind, Table
from alleviation.dashboards.pages import needs, page
from alleviation.scrutiny.reconciled import COLUMNS, NOTE, OWN_AREA, reconciled_row
from alleviation.scrutiny.reconciliation import Reconciled, Support, counted_by_support, reconcile
from projects.filters import EVERYTHING, QueryForm


class ReconciliationForm(QueryForm):
    """The filter of the page: a measure and a state."""

    support = forms.ChoiceField(label=_("State"), required=False, choices=[EVERYTHING, *Support.choices])

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data, user=user, fields=("measure", "support"))


@needs(Right.VIEW_RECORDS)
def index(request: HttpRequest) -> HttpResponseBase:
    """Every claim with what is recorded, and how many are in each state."""
    user: User = request.user  # type: ignore[assignment]
    form = ReconciliationForm(request.GET, user=user)
    query = form.query()
    found = [] if query is None else reconcile(query)
    wanted = form.cleaned_data.get("support") if query else ""
    rows = [one for one in found if wanted in ("", one.support)]
    title = gettext("Claimed and recorded")
    return page(
        request,
        "dashboards/reconciliation.html",
        title=title,
        tables=[] if query is None else [states_table(found, query), claims_table(rows), apart_table(rows)],
        form=form,
        own_area=OWN_AREA if user.area else "",
        breadcrumbs=[(gettext("Claims"), reverse("dashboards:claims")), (title, "")],
    )


def states_table(found: list[Reconciled], query: Query) -> Table:
    """How many claims are in each state."""
    return Table(
        slug="states",
        title=_("Claims by state"),
        columns=(
            Column("support", _("State")),
            Column("claims", _("Claims"), Kind.COUNT, explained="claims-in-state"),
        ),
        rows=[
            {
                "support": support.label,
                "claims": number,
                "_asked": {"of": support.value},
                "_url": f"?{_kept(query)}support={support.value}#{_place_of(support)}",
            }
            for support, number in counted_by_support(found).items()
        ],
        note=_("Counts of claims, whatever their measure; amounts of different claims are not added."),
        asked=replace(query, of="").asked(),
    )


def claims_table(found: list[Reconciled]) -> Table:
    """Each claim that can be held against records, with what is recorded of the same."""
    return Table(
        slug="reconciliation",
        title=_("Claims beside our records"),
        columns=COLUMNS,
        rows=[reconciled_row(one) for one in found if one.support != Support.NOT_COMPARABLE],
        note=NOTE,
        empty=_("No claim that can be held against records is there for this filter."),
        asked={},
    )


def apart_table(found: list[Reconciled]) -> Table:
    """What cannot be held against any record of ours, and why."""
    return Table(
        slug="not-comparable",
        title=_("Not comparable"),
        columns=(
            *(column for column in COLUMNS if column.key in ("code", "fact", "measure", "claimed", "unit")),
            Column("what", _("Why not")),
        ),
        rows=[reconciled_row(one) for one in found if one.support == Support.NOT_COMPARABLE],
        note=_("What documents say that none of our records can bear out or contradict."),
        empty=_("Every claim of this filter can be held against records."),
        asked={},
    )


def _place_of(support: Support) -> str:
    return "not-comparable" if support == Support.NOT_COMPARABLE else "reconciliation"


def _kept(query: Query) -> str:
    return f"measure={query.measure}&" if query.measure else ""

"""Funding sources: who pays, what of it is booked for what, and what they promised."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.drawings import Drawing
from alleviation.common.query import Query
from alleviation.common.tables import Column, Row, Table, mark_of
from alleviation.dashboards.figures import charts, funding_tables, ledger_tables, pledge_tables
from alleviation.dashboards.pages import needs, page
from alleviation.dashboards.records.parts import Fact, both_names, entry_url, fact, source_url
from alleviation.dashboards.records.project_tables import MONEY, money_cells
from alleviation.dashboards.records.source_story import source_story
from alleviation.dashboards.records.story import LONG, total_stat
from alleviation.scrutiny.unchanged import unless_unchanged
from projects.choices import Level
from projects.filters import QueryForm
from projects.models import Division, FundingSource
from projects.rollups import Funding, beside_total, funding_by_source
from projects.rollups.lists import sources_in


@unless_unchanged(incomes=False)
@needs(Right.VIEW_RECORDS)
def index(request: HttpRequest) -> HttpResponseBase:
    """Every funding source with what is booked of it."""
    user: User = request.user  # type: ignore[assignment]
    form = QueryForm(request.GET, user=user, fields=("year", "plan", "area", "kind", "source", "as_of"))
    query = form.query()
    tables = [] if query is None else [_list_table(query)]
    return page(
        request,
        "dashboards/records.html",
        title=gettext("Funding sources"),
        tables=tables,
        stats=[total_stat(tables[0], column.key) for column in MONEY] if tables and tables[0].total else [],
        form=form,
        add_url=entry_url(user, "fundingsource"),
        add_label=gettext("Enter a funding source"),
    )


@needs(Right.VIEW_RECORDS)
def show(request: HttpRequest, code: str) -> HttpResponseBase:
    """One funding source: its money by year, the projects it pays for, its pledges."""
    user: User = request.user  # type: ignore[assignment]
    source = get_object_or_404(FundingSource.objects.visible_to(user), code=code)
    form = QueryForm(request.GET, user=user, fields=("as_of",))
    asked = form.query()
    tables = [] if asked is None else _tables(replace(asked, source_code=source.code))
    return page(
        request,
        "dashboards/record.html",
        title=both_names(source),
        tables=tables,
        drawings=_drawings(tables),
        form=form,
        is_made_up=source.is_made_up,
        facts=_facts(source),
        story=source_story(source, user, {table.slug: table for table in tables}),
        go_url=f"{reverse('dashboards:funding')}?{urlencode({'source_code': source.code})}",
        go_label=gettext("Its money on the funding page"),
        change_url=entry_url(user, "fundingsource", source.pk),
        breadcrumbs=[(gettext("Funding sources"), reverse("dashboards:sources")), (both_names(source), "")],
    )


def _tables(query: Query) -> list[Table]:
    whole = beside_total(query)
    return [
        funding_tables.by_year(query, whole),
        *ledger_tables.pending(query),
        funding_tables.by_kind(query, whole),
        funding_tables.by_area(query, whole, _upper_place(query.user)),
        funding_tables.by_project(query, whole),
        pledge_tables.pledges_table(query),
    ]


def _upper_place(user: User) -> Division:
    """Whose smaller places its money is told by: the reader's area, else any prefecture, for the counties."""
    own = Division.objects.latest_of(user.area.ljust(12, "0")) if user.area else None
    return own or Division(level=Level.PREFECTURE)


def _drawings(tables: list[Table]) -> list[Drawing]:
    """Where its money goes: over the years, to which kinds of projects, and to which places."""
    found = {table.slug: table for table in tables}
    if not found or not found["funding-by-kind"].rows:
        return []
    return [
        charts.booked_by_year(found["annual-funding"]),
        charts.allocated_by(found["funding-by-kind"], "kind", gettext("Allocated by kind of project")),
        charts.allocated_by(found["funding-by-area"], "area", gettext("Allocated by area")),
    ]


def _facts(source: FundingSource) -> list[Fact]:
    return [fact(_("Code"), source.code), fact(_("Level"), source.get_level_display())]


def _list_table(query: Query) -> Table:
    booked = {one.key[0]: one for one in funding_by_source(query)}
    sources = sources_in(query)
    total = sum(booked.values(), Funding())
    return Table(
        slug="sources",
        title=_("Funding sources"),
        columns=(Column("name", _("Funding source")), Column("level", _("Level")), *MONEY),
        rows=[
            {**_source_row(source, booked.get(source.code)), "_asked": {"source_code": source.code}}
            for source in sources
        ],
        total={**money_cells(total), "_made_up": mark_of(total.made_up, total.entries)} if total.entries else None,
        note=_(
            "Money booked in the ledger for the years and the area of the filter; a dash where no entry is booked. "
            "Allocated, disbursed and spent are different sums and are never added together."
        ),
        empty=_("No funding source is recorded for this filter. Funding sources are entered in the admin."),
        first=LONG,
        asked=query.asked(),
    )


def _source_row(source: FundingSource, booked: Funding | None) -> Row:
    sums = booked or Funding()
    return {
        "name": both_names(source),
        "level": source.get_level_display(),
        **(money_cells(booked) if booked else {}),
        "_url": source_url(source.code),
        # The source is a row of its own beside its entries: either may be made up without the other.
        "_made_up": mark_of(sums.made_up + source.is_made_up, sums.entries + 1),
    }

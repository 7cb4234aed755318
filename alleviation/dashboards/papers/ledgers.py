"""The ledger on paper (资金台账): of a project, of a place, of a year. Its sums are those of the funding page."""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.tables import Column, Row, Table
from alleviation.common.words import count
from alleviation.common.years import FIRST_YEAR, LAST_YEAR
from alleviation.dashboards.figures import funding_tables
from alleviation.dashboards.pages import needs
from alleviation.dashboards.papers.forms import BY_SLUG
from alleviation.dashboards.papers.sheets import sheet
from alleviation.dashboards.records.parts import both_names
from projects.filters import QueryForm, place_or_404
from projects.models import Project
from projects.reports import FundingLedger
from projects.rollups import area_query, beside_total

# As many entries as somebody reads on paper: some forty sheets.
MOST = 1000
PEOPLE = (Column("entered_by", _("Entered by")), Column("checked_by", _("Checked by")))


@needs(Right.VIEW_RECORDS)
def of_project(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every entry of one project."""
    user: User = request.user  # type: ignore[assignment]
    project = get_object_or_404(Project.objects.visible_to(user), code=code)
    form = QueryForm(request.GET, user=user, fields=BY_SLUG["project-ledger"].asked_by)
    asked = form.query()
    query = None if asked is None else replace(asked, project_code=project.code)
    way = [(project.code, project.get_absolute_url())]
    return _sheet(request, form, query, f"{project.code} {both_names(project)}", without=("project",), way=way)


@needs(Right.VIEW_RECORDS)
def of_area(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every entry of a place and those within it."""
    user: User = request.user  # type: ignore[assignment]
    place = place_or_404(code, user)
    form = QueryForm(request.GET, user=user, fields=BY_SLUG["area-ledger"].asked_by)
    asked = form.query()
    query = None if asked is None else area_query(asked, place)
    way = [(place.local_name, place.get_absolute_url())]
    return _sheet(request, form, query, f"{place.local_name} {place.code}", place=place, way=way)


@needs(Right.VIEW_RECORDS)
def of_year(request: HttpRequest, year: int) -> HttpResponseBase:
    """Every entry of a year, in the reader's area."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    form = QueryForm(request.GET, user=request.user, fields=BY_SLUG["year-ledger"].asked_by)  # type: ignore[arg-type]
    asked = form.query()
    query = None if asked is None else asked.of_years(year, year)
    way = [(gettext("Funding"), f"{reverse('dashboards:funding')}?year={year}")]
    return _sheet(request, form, query, str(year), way=way)


def _sheet(
    request: HttpRequest, form: QueryForm, query: Query | None, of: str, without: tuple[str, ...] = (), **context: Any
) -> HttpResponseBase:
    tables = [] if query is None else _tables(query, without)
    title = gettext("Funding ledger: %(of)s") % {"of": of}
    return sheet(request, "papers/ledger.html", title=title, tables=tables, form=form, **context)


def _tables(query: Query, without: tuple[str, ...]) -> list[Table]:
    """The entries, and their sums by kind of entry, by year and by source."""
    whole = beside_total(query)
    by_year = funding_tables.by_year(query, whole)
    sums = [] if query.year else [by_year]
    return [_entries(query, without), *sums, funding_tables.by_source(query, whole)]


def _entries(query: Query, without: tuple[str, ...]) -> Table:
    """The entries by day and voucher, each with who entered and who checked it; the total is the roll-up's."""
    report = FundingLedger()
    rows = report.first(query, MOST + 1)
    columns = (*(one for one in FundingLedger.columns if one.key not in without), *PEOPLE)
    table = replace(report.table(query), columns=columns, title=_("Entries of the ledger"))
    if len(rows) > MOST:
        told = gettext("More than %(most)s entries do not go on paper: ask for a year, or a smaller place.")
        return replace(table, rows=[], empty=told % {"most": count(MOST)})
    return replace(table, rows=sorted(rows, key=_by_day))


def _by_day(row: Row) -> tuple[Any, ...]:
    return row["date"], row["voucher"], -row["amount"]

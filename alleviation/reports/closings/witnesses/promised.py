"""The events of promised money beside what is booked."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model, QuerySet

from alleviation.common.query import Query
from alleviation.reports.closings.compare import Key
from alleviation.reports.closings.witnesses.booked import MONEY, booked_events
from alleviation.reports.closings.witnesses.incomes import of_files
from alleviation.reports.closings.witnesses.named import entries_of, names, pledges_of
from alleviation.reports.closings.witnesses.traces import Trace, Trail
from beneficiaries.models import Household, IncomeRecord
from projects.models import Document, FundingSource, Pledge, Project

BOOKED = frozenset({*MONEY, "execution_rate", "made_up"})
PROMISED = frozenset({"pledged", "pledged_not_stated", "made_up"})


def of_annual_funding(trail: Trail, query: Query) -> Iterable[Trace]:
    """A row is a year and a source: told by the entries and pledges of that source, and by the source itself."""
    year = str(query.year)
    for one in booked_events(trail, query):
        yield Trace(one.event, frozenset({(year, one.cell[0])}), BOOKED, MONEY, one.counted, one.counted)
    sources = dict(pledges_of(query).values_list("id", "source__code"))
    yield from _promises(trail, query, {number: (year, code) for number, code in sources.items()})
    yield from names(trail, query)


def of_cells(trail: Trail, query: Query) -> Iterable[Trace]:
    """A row is a year, a source, a project and a place: told by the entries and pledges there."""
    year = str(query.year)
    for one in booked_events(trail, query):
        if not one.is_placed:
            yield Trace(one.event, None, BOOKED, total=one.counted)
            continue
        if one.above == one.cell:
            yield Trace(one.event, frozenset({(year, *one.cell)}), BOOKED, MONEY)
            continue
        yield Trace(one.event, frozenset({(year, *one.cell)}), BOOKED, MONEY, one.moved, one.counted)
        if one.above:
            yield Trace(one.event, frozenset({(year, *one.above)}), BOOKED, MONEY, one.taken_off)
    pledges = pledges_of(query).select_related("source", "project__division", "division")
    cells = {
        one.pk: (year, one.source.code, one.project.code if one.project else "", one.division.code) for one in pledges
    }
    yield from _promises(trail, query, cells)
    yield from names(trail, query)


def _promises(trail: Trail, query: Query, rows: Mapping[int, Key]) -> Iterable[Trace]:
    """Events of pledges in their rows; of their documents, and of pledges that are gone, in any row."""
    pledges = pledges_of(query)
    for event in trail.of(Pledge, pledges.values("id")):
        row = rows.get(event.subject_id or 0)
        yield Trace(event, frozenset({row}) if row else None, PROMISED)
    for event in trail.of(Document, pledges.filter(stated_in__isnull=False).values("stated_in_id")):
        yield Trace(event, None, PROMISED)


def anything(trail: Trail, query: Query) -> Iterable[Trace]:
    """For a report that nobody wrote a witness for: whatever happened to money and incomes of the area and year."""
    for one in booked_events(trail, query):
        yield Trace(one.event)
    area = list(query.prefixes or ())
    entries = entries_of(query)
    records = IncomeRecord.objects.of_years(query.first_year, query.last_year).in_any_area(area).order_by()
    named: tuple[tuple[type[Model], QuerySet[Any]], ...] = (
        (Pledge, Pledge.objects.in_any_area(area).order_by().values("id")),
        (IncomeRecord, records.values("id")),
        (Household, records.values("household_id")),
        (Project, entries.filter(project__isnull=False).values("project_id")),
        (FundingSource, entries.values("source_id")),
    )
    for model, numbers in named:
        yield from (Trace(event) for event in trail.of(model, numbers))
    yield from (Trace(event) for event, _village, _moved in of_files(trail, records))

"""The records that the rows of money name."""

from collections.abc import Iterable

from django.db.models import QuerySet

from alleviation.common.query import Query
from alleviation.reports.closings.witnesses.traces import Naming, Trace, Trail
from projects.models import FundingSource, LedgerEntry, Pledge, Project


def entries_of(query: Query) -> QuerySet[LedgerEntry]:
    entries = LedgerEntry.objects.posted().of_years(query.first_year, query.last_year)
    return entries.in_any_area(list(query.prefixes or ())).order_by()


def pledges_of(query: Query) -> QuerySet[Pledge]:
    return Pledge.objects.in_any_area(list(query.prefixes or ())).order_by()


def names(trail: Trail, query: Query) -> Iterable[Trace]:
    """Events of the projects and sources that entries and pledges name: they change words, never sums."""
    entries, pledges = entries_of(query), pledges_of(query)
    projects = entries.filter(project__isnull=False).values("project_id")
    projects = projects.union(pledges.filter(project__isnull=False).values("project_id"))
    for event in trail.of(Project, projects):
        yield Naming(event, columns=frozenset({"project", "project_code"}))
    for event in trail.of(FundingSource, entries.values("source_id").union(pledges.values("source_id"))):
        yield Naming(event, columns=frozenset({"source", "source_code", "level"}))

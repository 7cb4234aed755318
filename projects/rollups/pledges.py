"""Promised money by year. Shown beside what is booked, never added to it.

A promise has versions: the first, and the revisions that name it. A revision supersedes the years that it names, and
no others: first to last year; without a last one, from the first on; without a first one, until the last; without
any, all there were. Of the versions that name a year the latest holds. Years that no earlier version had are added.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from alleviation.accounts.rights import Right
from alleviation.audit.models import AuditEvent, Verb
from alleviation.common.areas import covers
from alleviation.common.figures import Figure, FigureSum, total
from alleviation.common.query import Query
from alleviation.common.years import FIRST_YEAR, LAST_YEAR
from projects.choices import PledgeBasis
from projects.models import Document, FundingSource, Pledge
from projects.rollups.past import (
    as_they_were,
    narrowed,
    placed,
    project_ids,
    projects_of,
    records,
    seen_projects,
    source_ids,
)

TAKEN_BACK = Figure.exact("0.00")


@dataclass(frozen=True)
class PledgedYear:
    """One promise in one year, in yuan: `pledge` is the version that holds for it."""

    year: int
    pledge: Pledge


@dataclass(frozen=True)
class Promise:
    """A pledge with its revisions, the first version first. Source, project, place and basis are the first's."""

    versions: tuple[Pledge, ...]

    @property
    def first(self) -> Pledge:
        return self.versions[0]

    def holding(self, *, until: int) -> dict[int, Pledge]:
        """The version that holds for each year in which the promise is due, the last one `until` where none is stated.

        Empty where no year is known: no first year is stated, nor a dated document.
        """
        found = dict.fromkeys(years_of(self.first, until=until), self.first)
        for revision in self.versions[1:]:
            if self.first.basis == PledgeBasis.ONCE:
                found = dict.fromkeys(_paid_once(revision, found), revision)
            else:
                found |= dict.fromkeys(_named_years(revision, found, until), revision)
        return dict(sorted(found.items()))

    def years_of(self, version: Pledge, *, until: int) -> list[int]:
        """The years in which this version holds."""
        return [year for year, one in self.holding(until=until).items() if one.pk == version.pk]


def promises(query: Query) -> list[Promise]:
    """The promises that a question is about, and this person may see, each with its versions, whatever their years."""
    firsts = _firsts(query)
    numbers = {first.pk for first in firsts}
    versions: dict[int, list[Pledge]] = {first.pk: [first] for first in firsts}
    for revision in _revisions(query, numbers):
        first = versions[revision.revises_id or 0][0]
        # Whatever a later version says of these, the promise is the one that was made.
        revision.source, revision.division, revision.project = first.source, first.division, first.project
        revision.basis, revision.revises = first.basis, first
        versions[first.pk].append(revision)
    return [Promise(tuple(one)) for one in versions.values()]


def promise_of(query: Query, pledge_id: int) -> Promise | None:
    """The promise that one of its versions belongs to; None where this person may not see it, or it is not there."""
    found = promises(query)
    return next((one for one in found if any(version.pk == pledge_id for version in one.versions)), None)


def entered(promise: Promise) -> dict[int, AuditEvent]:
    """The event that tells who entered each version, and when, by the version's id."""
    numbers = [version.pk for version in promise.versions]
    events = AuditEvent.objects.filter(
        subject_type=Pledge._meta.label_lower, subject_id__in=numbers, verb=Verb.CREATED
    )
    return {event.subject_id or 0: event for event in events}


def pledges(query: Query) -> list[Pledge]:
    """Every version of these promises, those of one promise in their order."""
    return [version for promise in promises(query) for version in promise.versions]


def pledged_years(query: Query, *, until: int) -> list[PledgedYear]:
    """Each promise in each of its years among those asked for, ordered by year, as the version that holds has it.

    A pledge with no stated first year begins in the year of the document that states it. With no stated last year it
    is shown up to `until`, else in each stated year, past or to come. With neither a first year nor a dated document
    it has no year and is left out here. What was taken back is exactly 0 in its years.
    """
    expanded = [
        PledgedYear(year, pledge)
        for promise in promises(query)
        for year, pledge in promise.holding(until=until).items()
        if query.holds_year(year)
    ]
    return sorted(expanded, key=lambda one: (one.year, one.pledge.pk))


def years_of(pledge: Pledge, *, until: int) -> Iterable[int]:
    """The years in which a first version is due, the last one `until` where none is stated."""
    first = pledge.shown_from
    if first is None:
        return []
    if pledge.basis == PledgeBasis.ONCE:
        return [first]
    return range(first, (pledge.last_year or until) + 1)


def pledged(years: Iterable[PledgedYear]) -> FigureSum:
    """Σ of pledges as a figure in yuan; those without a stated amount are counted beside it."""
    return total(one.pledge.figure for one in years)


def _named_years(revision: Pledge, found: Iterable[int], until: int) -> list[int]:
    """The years that a revision of a yearly payment names, among those there were and those it adds."""
    known = sorted(found)
    if revision.first_year is None and revision.last_year is None:
        return known
    first = revision.first_year or (known[0] if known else LAST_YEAR + 1)
    last = revision.last_year or max([until, *known])
    return list(range(max(first, FIRST_YEAR), last + 1))


def _paid_once(revision: Pledge, found: Iterable[int]) -> list[int]:
    """The year of a payment that is made once: as the revision says, else as it was."""
    named = revision.first_year or revision.last_year
    return [named] if named is not None else list(found)


def _firsts(query: Query) -> list[Pledge]:
    if query.as_of is not None:
        return [one for one in _then(query) if one.revises_id is None and _is_asked(one, query)]
    found = Pledge.objects.visible_to(query.user).with_names().filter(narrowed(query), revises__isnull=True)
    return list(found.filter(query.located("division__code")))


def _revisions(query: Query, firsts: set[int]) -> list[Pledge]:
    if query.as_of is not None:
        then = (one for one in _then(query) if one.revises_id in firsts)
        return sorted(then, key=lambda one: one.pk)
    found = Pledge.objects.with_names().filter(revises__in=firsts)
    return list(found.beyond("they belong to promises in view").order_by("id")) if firsts else []


def _then(query: Query) -> list[Pledge]:
    """Every pledge at the moment asked about, with what it names as that was then, in the order of its table."""
    found = placed(as_they_were(query, Pledge))
    sources = records(query, FundingSource, (one.source_id for one in found.values()))
    projects = projects_of(query, (one.project_id for one in found.values()))
    documents = records(query, Document, (one.stated_in_id for one in found.values()))
    for one in found.values():
        one.source, one.project = sources[one.source_id], projects.get(one.project_id or 0)
        one.stated_in = documents.get(one.stated_in_id or 0)
    return sorted(found.values(), key=lambda one: (one.division.code, one.pk))


def _is_asked(pledge: Pledge, query: Query) -> bool:
    """Whether a pledge of then is among those asked for, as its table would be asked today."""
    code = pledge.division.code
    seen = query.user.may(Right.VIEW_RECORDS) and covers(query.user.area, code)
    tied = query.project_id in (None, pledge.project_id or 0)
    named: Any = [
        (project_ids(query), pledge.project_id),
        (source_ids(query), pledge.source_id),
        (seen_projects(query), pledge.project_id),
    ]
    return (
        seen and tied and query.holds(code) and all(numbers is None or number in numbers for numbers, number in named)
    )

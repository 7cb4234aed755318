"""Promised money by year. Shown beside what is booked, never added to it."""

from collections.abc import Iterable
from dataclasses import dataclass

from alleviation.common.figures import FigureSum, total
from alleviation.common.query import Query
from projects.choices import PledgeBasis
from projects.models import Pledge


@dataclass(frozen=True)
class PledgedYear:
    """One pledge in one year, in yuan."""

    year: int
    pledge: Pledge


def pledges(query: Query) -> list[Pledge]:
    """The pledges that a question is about, and this person may see, whatever their years."""
    found = Pledge.objects.visible_to(query.user).with_names()
    if query.prefixes is not None:
        found = found.in_any_area(list(query.prefixes))
    conditions = {
        "project__kind": query.project_kind,
        "source__level": query.source_level,
        "source__code": query.source_code,
        "project__code": query.project_code,
    }
    return list(found.filter(**{name: value for name, value in conditions.items() if value}))


def pledged_years(query: Query, *, until: int) -> list[PledgedYear]:
    """Each pledge in each of its years among those asked for, ordered by year.

    A pledge with no stated first year begins in the year of the document that states it. With no stated last year it
    is shown up to `until`, else in each stated year, past or to come. With neither a first year nor a dated document
    it has no year and is left out here.
    """
    expanded = [
        PledgedYear(year, pledge)
        for pledge in pledges(query)
        for year in years_of(pledge, until=until)
        if query.first_year <= year <= query.last_year
    ]
    return sorted(expanded, key=lambda one: (one.year, one.pledge.pk))


def years_of(pledge: Pledge, *, until: int) -> Iterable[int]:
    """The years in which a pledge is due, the last one `until` where none is stated."""
    first = pledge.shown_from
    if first is None:
        return []
    if pledge.basis == PledgeBasis.ONCE:
        return [first]
    return range(first, (pledge.last_year or until) + 1)


def pledged(years: Iterable[PledgedYear]) -> FigureSum:
    """Σ of pledges as a figure in yuan; those without a stated amount are counted beside it."""
    return total(one.pledge.figure for one in years)

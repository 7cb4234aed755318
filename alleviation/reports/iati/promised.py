"""What is promised, as far as the standard can say it: exact amounts of stated years.

IATI has no word for "over" or "about", and none for a promise whose years nobody stated. What it cannot say is told
in words, and never as a number.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from alleviation.common.figures import Qualifier
from alleviation.common.query import Query
from projects.choices import PledgeBasis
from projects.models import FundingSource, Pledge
from projects.rollups import Promise


class Planned(NamedTuple):
    """So much promised for a time, from its first to its last day."""

    first: date
    last: date
    amount: Decimal
    source: FundingSource
    is_revised: bool


@dataclass(frozen=True)
class Promised:
    """The promises of one project: what can be planned with, and what can be told in words alone."""

    planned: tuple[Planned, ...] = ()
    in_words: tuple[Pledge, ...] = ()
    pledges: frozenset[int] = frozenset()

    def __add__(self, other: "Promised") -> "Promised":
        return Promised(self.planned + other.planned, self.in_words + other.in_words, self.pledges | other.pledges)


def promised_of(promise: Promise, query: Query) -> Promised:
    """One promise in the years asked for."""
    first = promise.first
    held = {year: one for year, one in promise.holding(until=query.present_year).items() if query.holds_year(year)}
    numbers = frozenset(version.pk for version in promise.versions)
    if first.basis == PledgeBasis.ONCE:
        due = [_once(version, year) for year, version in held.items() if _is_stated_once(first, version)]
        vague = [version for version in held.values() if not _is_stated_once(first, version)]
    else:
        are_years_stated = first.first_year is not None and first.last_year is not None
        due = [_of_year(one, year) for year, one in held.items() if are_years_stated and _is_exact(one)]
        vague = [one for one in held.values() if not (are_years_stated and _is_exact(one))]
    # Without any year it is told whatever the years asked for.
    vague = vague or ([] if due or promise.holding(until=query.present_year) else [first])
    return Promised(tuple(one for one in due if one.amount), tuple(_each_once(vague)), numbers)


def by_project(promises: Iterable[Promise], query: Query) -> dict[int | None, Promised]:
    """What is promised for each project, by its id; None: for no project."""
    found: dict[int | None, Promised] = {}
    for promise in promises:
        number = promise.first.project_id
        found[number] = found.get(number, Promised()) + promised_of(promise, query)
    return found


def _is_exact(version: Pledge) -> bool:
    return version.qualifier == Qualifier.EXACT and version.low is not None


def _is_stated_once(first: Pledge, version: Pledge) -> bool:
    """A revision that names one year may name it as its last."""
    named = version.last_year if version.revises_id else None
    return _is_exact(version) and (version.first_year or named or first.first_year) is not None


def _once(version: Pledge, year: int) -> Planned:
    """A payment made once, within the years that are stated."""
    first, last = version.first_year or year, version.last_year or version.first_year or year
    return _planned(version, first, last)


def _of_year(version: Pledge, year: int) -> Planned:
    return _planned(version, year, year)


def _planned(version: Pledge, first: int, last: int) -> Planned:
    is_revised = version.revises_id is not None
    return Planned(date(first, 1, 1), date(last, 12, 31), version.low or Decimal(0), version.source, is_revised)


def _each_once(versions: Iterable[Pledge]) -> list[Pledge]:
    return list({one.pk: one for one in versions}.values())

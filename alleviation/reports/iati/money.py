"""Posted money as transactions, in the order of their projects: as many as the ledger's report has rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from heapq import merge
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet

from alleviation.common.query import Query
from projects.models import Division, FundingSource, LedgerEntry
from projects.rollups import booked, handed_on

CHUNK = 2000


@dataclass(frozen=True)
class Ledger:
    """The entries that a file is made of, and what is taken off above where money was handed on."""

    own: QuerySet[LedgerEntry]
    # Of entries with columns of the place above, which their table does not have.
    above: QuerySet[Any]

    @classmethod
    def of(cls, query: Query, *, with_made_up: bool) -> "Ledger":
        """What a question is about; the made-up example is no part of it unless asked for."""
        own: QuerySet[LedgerEntry] = booked(query)
        above: QuerySet[Any] = handed_on(query)
        if with_made_up:
            return cls(own, above)
        real = Q(is_made_up=False) & (Q(project=None) | Q(project__is_made_up=False))
        return cls(own.filter(real), above.filter(real))

    def of_no_project(self) -> "Ledger":
        """What is tied to none."""
        return Ledger(self.own.filter(project=None), self.above.filter(above_project=None))

    def of_projects(self, projects: QuerySet[Any], *, outside: bool = False) -> "Ledger":
        """What is tied to these, or to any others."""
        here, above = Q(project__in=projects), Q(above_project__in=projects)
        if outside:
            here, above = Q(project__isnull=False) & ~here, Q(above_project__isnull=False) & ~above
        return Ledger(self.own.filter(here), self.above.filter(above))


class Transaction(NamedTuple):
    """One entry, or what is taken off the place above it, whose `handed_to` is the place that has it now."""

    project: int
    on: date
    number: int
    voucher: str
    kind: str
    amount: Decimal
    source: FundingSource
    place: Division
    reverses: str
    handed_to: Division | None
    is_made_up: bool


def transactions(ledger: Ledger, *, together: bool = False) -> Iterator[Transaction]:
    """The money by project, in the order of their ids, then of days; `together`: as of one project alone."""
    order = ("booked_on", "pk") if together else ("project_id", "booked_on", "pk")
    above = ("booked_on", "pk") if together else ("above_project", "booked_on", "pk")
    own = (_own(entry, together) for entry in _each(ledger.own, order))
    numbers = ledger.above.order_by().values_list("above_division", flat=True).distinct()
    places = Division.objects.in_bulk(set(numbers))
    taken = (_taken_off(entry, together, places) for entry in _each(ledger.above, above))
    return merge(own, taken, key=lambda one: one[:3])


def _each(entries: QuerySet[LedgerEntry], order: tuple[str, ...]) -> Iterator[Any]:
    named = entries.select_related("source", "division").order_by(*(F(name) for name in order))
    return named.iterator(chunk_size=CHUNK)


def _own(entry: LedgerEntry, together: bool) -> Transaction:
    return Transaction(
        0 if together else entry.project_id or 0,
        entry.booked_on,
        entry.pk,
        entry.voucher,
        entry.kind,
        entry.amount,
        entry.source,
        entry.division,
        entry.reverses,
        None,
        entry.is_made_up,
    )


def _taken_off(entry: Any, together: bool, places: dict[int, Division]) -> Transaction:
    """Money that was handed on, below zero at the place that had it before."""
    own = _own(entry, together)
    project = 0 if together else entry.above_project or 0
    place = places[entry.above_division]
    return own._replace(project=project, amount=-own.amount, place=place, handed_to=own.place, reverses="")

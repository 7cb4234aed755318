"""Figures whose rows are entries of the ledger: read in stretches, so that a page of them is all that is read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind, Mark, mark_of
from alleviation.scrutiny.figures.base import Explained, once
from alleviation.scrutiny.figures.proof import proven_among, with_proof
from projects.models import LedgerEntry
from projects.reports.cells import MONEY, marked
from projects.reports.ledger import ENTRY, ENTRY_LINKS
from projects.rollups import Funding
from projects.rollups.funding import funding_of_entries

YUAN = Column("value", _("Figure"), Kind.YUAN)
FILTERS = ("year", "plan", "area", "kind", "source", "as_of")
LEDGER_LAW = _(
    "The words of the ledger itself: allocation (下达), disbursement (拨付), expenditure (支出) and refund (退回) are "
    "four sums that are never added together. Only posted entries count; docs/ledger.md."
)
PEOPLE = (
    Column("entered_by", _("Entered by")),
    Column("checked_by", _("Checked by")),
    Column("evidence", _("Evidence"), Kind.COUNT),
)
AMOUNT_OF = {column.key: column for column in MONEY}


def entry_columns(*keys: str) -> tuple[Column, ...]:
    """The columns of an entry, with the amounts of these kinds, who entered and who checked it, and its evidence."""
    amounts = (AMOUNT_OF[key] for key in keys)
    return (*ENTRY, *amounts, Column("remark", _("Remark")), *PEOPLE, *ENTRY_LINKS, MADE_UP)


@dataclass(frozen=True)
class Stretch:
    """Entries that stand together among the rows of a figure, and how they are told."""

    entries: QuerySet[LedgerEntry]
    told: Callable[[Any, Query], Iterable[Row]]


class EntryFigure(Explained, abstract=True):
    """A figure whose rows are those of its stretches, one after another."""

    permission = Right.VIEW_RECORDS
    filters: ClassVar[tuple[str, ...]] = FILTERS
    source = LEDGER_LAW

    def stretches(self, query: Query) -> tuple[Stretch, ...]:
        """The entries that make the figure."""
        raise NotImplementedError

    def rows(self, query: Query) -> Iterable[Row]:
        return with_proof(chain.from_iterable(one.told(one.entries, query) for one in self.stretches(query)))

    def number(self, query: Query) -> int:
        return sum(self._numbers(query))

    def part(self, query: Query, first: int, last: int) -> list[Row]:
        """Of each stretch just what lies between `first` and `last`."""
        found: list[Iterable[Row]] = []
        for one, number in zip(self.stretches(query), self._numbers(query), strict=True):
            start, end = max(first, 0), min(last, number)
            if start < end:
                found.append(one.told(one.entries[start:end], query))
            first, last = first - number, last - number
        return list(with_proof(chain.from_iterable(found)))

    def proven(self, query: Query) -> int:
        numbers = (one.entries.order_by().values("pk") for one in self.stretches(query))
        return sum(proven_among(LedgerEntry, one) for one in numbers)

    def sums(self, query: Query) -> list[Funding]:
        """What each stretch adds up to, as booked."""
        return once(query, (self.slug, "sums"), lambda: [funding_of_entries(s.entries) for s in self.stretches(query)])

    def mark(self, query: Query) -> Mark:
        found = self.sums(query)
        return mark_of(sum(one.made_up for one in found), sum(one.entries for one in found))

    def _numbers(self, query: Query) -> list[int]:
        return [one.entries for one in self.sums(query)]


class OneSum(EntryFigure, abstract=True):
    """A figure that is the sum of one column of entries."""

    key: ClassVar[str]
    value_column = YUAN

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if hasattr(cls, "key"):
            cls.columns = entry_columns(cls.key)
            cls.adds_up = (cls.key,)
        super().__init_subclass__(**kwargs)

    def value(self, query: Query) -> Decimal:
        return sum((Decimal(getattr(one, self.key)) for one in self.sums(query)), Decimal("0.00"))

    def total(self, query: Query) -> Row:
        return {self.key: self.value(query), **marked(self.mark(query))}

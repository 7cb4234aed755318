"""What an explanation is: a report of one figure, whose rows add up to it."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import islice
from typing import Any, ClassVar, TypeVar

from django.http import Http404

from alleviation.common.query import Query
from alleviation.common.reports import DECLARED, Report, Row
from alleviation.common.tables import Column, Mark, Table, Text, shown

Found = TypeVar("Found")


@dataclass(frozen=True)
class LeftOut:
    """Something that is not in a figure, and why: how many rows, and the figure they make, where it can be told."""

    reason: Text
    number: int | None = None
    figure: str = ""
    url: str = ""


@dataclass(frozen=True)
class Part:
    """A figure that another is computed from, with the question that opens it."""

    label: Text
    words: str
    figure: str = ""
    asked: dict[str, str] = field(default_factory=dict)


class Explained(Report, abstract=True):
    """A figure that can be opened at /explain/<slug>/.

    Beside what a report declares: `value_column` says how the figure is shown (its kind and unit), `formula` tells it
    in symbols, `source` where the rule is from, and `adds_up` which columns of the rows make it: one key, whose sum it
    is; two, whose sums it is the ratio of; none, where it is the number of rows. `fields` are those of the address.
    What is `of_all_areas` is not cut down to the reader's own area where the address names none.
    """

    declared = (*DECLARED, "value_column", "formula", "source", "adds_up")

    value_column: ClassVar[Column]
    formula: ClassVar[Any]
    source: ClassVar[Any]
    adds_up: ClassVar[tuple[str, ...]]
    of_all_areas: ClassVar[bool] = False

    def value(self, query: Query) -> Any:
        """The figure itself, by the same roll-up as on the pages; None where it is not known."""
        raise NotImplementedError

    def working(self, query: Query) -> str:
        """The formula with its numbers put in; "" where there is nothing to compute."""
        return ""

    def parts(self, query: Query) -> list[Part]:
        """The figures that this one is computed from."""
        return []

    def left_out(self, query: Query) -> list[LeftOut]:
        """What a reader might look for among the rows and not find, and why."""
        return []

    def names_it(self, query: Query) -> str:
        """The record or class that the figure is of, where the address names one; raises Http404 where it is none.

        A figure that reads `query.of` says here what that is; of any other nothing is asked.
        """
        if query.of:
            raise Http404
        return ""

    def made_of(self, sums: Sequence[Any]) -> Any:
        """What the sums of the columns that `adds_up` names make: the sum itself, or the ratio of the two.

        A sum of no rows, which may come as None, divides as 0; by one nothing can be divided.
        """
        if len(sums) < 2:
            return sums[0] if sums else None
        over, by = sums
        return (over or Decimal(0)) / by if by else None

    def nothing(self, query: Query) -> Text:
        """What stands where there are no rows: that there is nothing, or that this reader is not told."""
        return self.empty

    def mark(self, query: Query) -> Mark:
        """Whether rows of the made-up example are in it."""
        return (self.total(query) or {}).get("_made_up") or False

    def proven(self, query: Query) -> int | None:
        """How many of the rows have evidence; None where the rows are no records that files could prove."""
        return None

    def columns_of(self, query: Query) -> tuple[Column, ...]:
        """The columns of the rows; a figure whose rows depend on who asks has fewer or others for some."""
        return self.columns

    def table(self, query: Query) -> Table:
        return replace(super().table(query), columns=self.columns_of(query))

    def part(self, query: Query, first: int, last: int) -> list[Row]:
        """The rows from `first` up to `last`; where there are many, the database is asked for just these."""
        return list(islice(self.rows(query), first, last))

    def words(self, query: Query) -> str:
        """The figure as the page shows it."""
        return shown(self.value(query), self.value_column, unit=str(self.value_column.unit))


def once(query: Query, name: Hashable, compute: Callable[[], Found]) -> Found:
    """What is asked several times while one explanation is made, computed once."""
    key = (name, query)
    if key not in query.memory:
        query.memory[key] = compute()
    found: Found = query.memory[key]
    return found

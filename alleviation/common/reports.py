"""A report: what it is called, its columns, its rows and its total. Pages, CSV and commands render the same rows."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from itertools import islice
from typing import Any, ClassVar

from django.db.models import QuerySet

from alleviation.common.query import Query
from alleviation.common.selections import Selection
from alleviation.common.tables import NOTHING_YET, Column, Table

Row = dict[str, Any]
RowSets = tuple[QuerySet[Any], ...]
DECLARED = ("slug", "title", "description", "columns", "permission")


class Report(ABC):
    """A table to take away. A subclass that leaves something out is refused when it is defined.

    One that is `abstract` is there to be subclassed. `permission` is the right its readers need; `filters` are the
    fields of the filter form that it answers to.
    """

    declared: ClassVar[tuple[str, ...]] = DECLARED

    slug: ClassVar[str]
    title: ClassVar[Any]
    description: ClassVar[Any]
    columns: ClassVar[tuple[Column, ...]]
    permission: ClassVar[str]
    filters: ClassVar[tuple[str, ...]] = ()
    empty: ClassVar[Any] = NOTHING_YET
    # Whether it depends on the day it is asked on, so that it is not frozen with a year.
    is_of_the_day: ClassVar[bool] = False
    # Whether readers who may not see households are told less of it: a file of all of it is not for them.
    tells_of_few: ClassVar[bool] = False
    # The columns whose total is the sum of all rows; of others it is a figure of its own, such as a ratio of sums.
    added: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, *, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        missing = [] if abstract else [name for name in cls.declared if not hasattr(cls, name)]
        if missing:
            raise TypeError(f"{cls.__name__} lacks {', '.join(missing)}")

    @abstractmethod
    def rows(self, query: Query) -> Iterable[Row]:
        """The rows this person may see, in a fixed order."""

    @abstractmethod
    def total(self, query: Query) -> Row | None:
        """The total row, computed by the roll-up and not from the rows; None where nothing may be added."""

    def number(self, query: Query) -> int:
        """How many rows there are."""
        if counted := self.row_sets(query):
            return sum(rows.order_by().count() for rows in counted)
        return sum(1 for _row in self.rows(query))

    def number_up_to(self, query: Query, most: int) -> int:
        """How many rows there are, as far as that: nobody waits for millions to be counted."""
        if counted := self.row_sets(query):
            return min(sum(rows.order_by()[:most].count() for rows in counted), most)
        return sum(1 for _row in islice(self.rows(query), most))

    def row_sets(self, query: Query) -> RowSets:
        """Of a report of many rows what the database counts, a row each; none: the rows are gone through."""
        return ()

    def first(self, query: Query, number: int) -> list[Row]:
        """The first rows; a report of many rows asks for no others."""
        return list(islice(self.rows(query), number))

    def begin(self, query: Query, number: int, most: int) -> tuple[list[Row], int]:
        """The first rows, and how many there are, as far as `most`; the rows are gone through once."""
        if self.row_sets(query):
            rows = self.first(query, number)
            return rows, len(rows) if len(rows) < number else self.number_up_to(query, most)
        every = iter(self.rows(query))
        rows = list(islice(every, number))
        return rows, len(rows) + sum(1 for _row in islice(every, most - len(rows)))

    def selections(self, query: Query) -> tuple[Selection, ...]:
        """The same rows for the database to write by itself, one part after the other; none: row by row."""
        return ()

    def table(self, query: Query) -> Table:
        """The report as a table, for a page or a file."""
        return Table(
            slug=self.slug,
            title=self.title,
            columns=self.columns,
            rows=self.rows(query),
            total=self.total(query),
            note=self.description,
            empty=self.empty,
            asked=query.asked(),
        )

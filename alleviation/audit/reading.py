"""Rows as they stand, however somebody has spoilt them: read in blocks, so that memory stays the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet

BLOCK = 2000
# What fields raise at a value that no field could have written, and SQLite at text that is none.
SPOILT = (ValueError, TypeError, ArithmeticError, DatabaseError)


@dataclass(frozen=True)
class Unreadable:
    """A row of which a column cannot be read."""

    number: int


def rows_of(rows: QuerySet[Any], *, after: int | None = None, block: int = BLOCK) -> Iterator[Any]:
    """The rows in the order of their ids, those after a number only; Unreadable stands for one that is spoilt.

    Rows are records, or values() with their id.
    """
    rows = rows.order_by("pk")
    while True:
        part = (rows if after is None else rows.filter(pk__gt=after))[:block]
        found = _read(rows, part)
        if not found:
            return
        yield from found
        after = number_of(found[-1])


def number_of(row: Any) -> int:
    """The id of a row."""
    if isinstance(row, Unreadable):
        return row.number
    number: int = row["id"] if isinstance(row, dict) else row.pk
    return number


def _read(rows: QuerySet[Any], part: QuerySet[Any]) -> list[Any]:
    try:
        return list(part)
    except SPOILT:
        return [_read_one(rows, number) for number in part.values_list("pk", flat=True)]


def _read_one(rows: QuerySet[Any], number: int) -> Any:
    try:
        return rows.get(pk=number)
    except SPOILT:
        return Unreadable(number)


@contextmanager
def as_of_one_moment() -> Iterator[None]:
    """See the tables as they are now, whoever writes meanwhile, and hold nobody up.

    Inside a transaction it is that of the caller.
    """
    if connection.in_atomic_block:
        yield
        return
    database: Any = connection
    mode = getattr(database, "transaction_mode", None)
    # SQLite's own way to begin would wait for writers, and have them wait.
    database.transaction_mode = "DEFERRED"
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    finally:
        database.transaction_mode = mode

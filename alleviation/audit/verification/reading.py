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
    """The rows in the order of their ids, those after a number only; Unreadable stands for one that is spoilt."""
    rows = rows.order_by("pk")
    while True:
        part = (rows if after is None else rows.filter(pk__gt=after))[:block]
        # Of values() the numbers are asked apart, since the row need not hold them.
        numbers = list(part.values_list("pk", flat=True))
        if not numbers:
            return
        yield from _read(rows.filter(pk__gte=numbers[0], pk__lte=numbers[-1]), rows, numbers)
        after = numbers[-1]


def _read(part: QuerySet[Any], rows: QuerySet[Any], numbers: list[int]) -> list[Any]:
    try:
        with transaction.atomic(savepoint=connection.vendor == "postgresql"):
            return list(part)
    except SPOILT:
        return [_read_one(rows, number) for number in numbers]


def _read_one(rows: QuerySet[Any], number: int) -> Any:
    try:
        with transaction.atomic(savepoint=connection.vendor == "postgresql"):
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

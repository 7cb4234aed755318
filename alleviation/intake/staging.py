"""A table of one import alone: the rows of a file, held against the tables of the app by the database itself.

It is temporary, goes with the transaction, and nobody else sees it. Its SQL is ours and the same on both databases;
what people typed is only ever a value in it.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection, transaction

# How many rows are held at a time.
CHUNK = 2000
# How many values one statement names; SQLite takes a limited number.
NAMED = 500
# What the types of a staged column are called.
TYPES = {
    "postgresql": {"integer": "bigint", "text": "text"},
    "sqlite": {"integer": "integer", "text": "text"},
}
# What PostgreSQL may take for one step of a statement that looks at all rows of a file.
WORK_MEMORY = "64MB"
Value = str | int | None
# PostgreSQL takes no more statements in this transaction.
IN_ERROR = 3


@contextmanager
def looking() -> Iterator[None]:
    """A transaction that reads, and keeps tables of its own: on SQLite it holds up no writer."""
    database: Any = connection
    if database.in_atomic_block:
        # A part of the transaction that PostgreSQL can take back alone, where the reading breaks off.
        with transaction.atomic():
            yield
        return
    mode = getattr(database, "transaction_mode", None)
    database.transaction_mode = "DEFERRED"
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        database.transaction_mode = mode


@contextmanager
def staged(name: str, columns: dict[str, str], rows: Iterable[Sequence[Value]]) -> Iterator[int]:
    """A temporary table of these columns (name → integer or text) with these rows; gives how many these are.

    Call it in a transaction.
    """
    if connection.vendor == "postgresql":
        # Until the transaction ends: rows are joined and sorted in memory, not on disk.
        run(f"SET LOCAL work_mem = '{WORK_MEMORY}'")
    types = TYPES[connection.vendor]
    told = ", ".join(f"{column} {types[kind]}" for column, kind in columns.items())
    run(f"CREATE TEMPORARY TABLE {name} ({told})")
    try:
        yield _load(name, list(columns), rows)
    finally:
        drop(name)


def drop(name: str) -> None:
    """Take a temporary table away; a transaction that PostgreSQL gave up takes it along."""
    raw: Any = connection.connection
    if connection.vendor == "postgresql" and raw.info.transaction_status == IN_ERROR:
        return
    run(f"DROP TABLE {name}")


def derived(name: str, select: str, values: Sequence[Any] = ()) -> None:
    """A temporary table of what a query finds; it goes with `drop`, or with the transaction."""
    run(f"CREATE TEMPORARY TABLE {name} AS {select}", values)
    analyse(name)


def analyse(name: str) -> None:
    """Let the database see what the table is like, so that it joins it well."""
    if connection.vendor == "postgresql":
        run(f"ANALYZE {name}")


def run(sql: str, values: Sequence[Any] = ()) -> int:
    """Run a statement; answers with how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return int(cursor.rowcount)


def rows_of(sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
    """The rows that a query finds, in parts: nothing of a million rows is held at once on SQLite.

    Ask for few on PostgreSQL, whose driver holds what it is sent.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        while rows := cursor.fetchmany(CHUNK):
            yield from rows


def parted(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """As many values as one statement may name."""
    return (values[first : first + NAMED] for first in range(0, len(values), NAMED))


def one_row(sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...]:
    """The one row that a query of sums gives."""
    (row,) = rows_of(sql, values)
    return row


def _load(name: str, columns: list[str], rows: Iterable[Sequence[Value]]) -> int:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _copy(cursor.cursor, f"COPY {name} ({', '.join(columns)}) FROM STDIN WITH (FORMAT csv)", _Lines(rows))
            number = cursor.cursor.rowcount
        else:
            places = ", ".join(["?"] * len(columns))
            sql = f"INSERT INTO temp.{name} VALUES ({places})"  # noqa: S608
            number = cursor.cursor.connection.executemany(sql, rows).rowcount
    analyse(name)
    # SQLite says -1 where there was no row.
    return max(int(number), 0)


def _copy(cursor: Any, sql: str, lines: "_Lines") -> None:
    """Copy lines in. What broke their making off is raised as it was: the driver tells only that something did."""
    try:
        cursor.copy_expert(sql, lines, 1 << 16)
    except Exception:
        if lines.failure:
            raise lines.failure from None
        raise


class _Lines(io.RawIOBase):
    """Rows as the CSV that PostgreSQL reads, made while it reads: memory is that of a part of them.

    An unquoted empty cell is NULL to it, so empty text is never among our values. `failure` is what broke it off.
    """

    def __init__(self, rows: Iterable[Sequence[Value]]) -> None:
        self.rows, self.rest = iter(rows), b""
        self.failure: BaseException | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while not self.rest:
            try:
                part = list(islice(self.rows, CHUNK))
            except BaseException as failure:
                self.failure = failure
                raise
            if not part:
                return b""
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows(part)
            self.rest = text.getvalue().encode()
        given, self.rest = self.rest[:size], self.rest[size:]
        return given

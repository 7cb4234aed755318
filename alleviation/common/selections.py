"""Rows that the database writes by itself, as lines of CSV: COPY on PostgreSQL, a cursor on SQLite.

No row becomes an object of Python, so that a file of a whole country is as quick as the database, and no larger in
memory than a small one.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, groupby, islice, repeat
from queue import Queue
from threading import Thread
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet
from django.db.models.expressions import Combinable

from alleviation.common.csv_out import LINE_END, Block
from alleviation.common.snapshots import Snapshot
from alleviation.common.sql_cells import Line, guarding, rendered
from alleviation.common.tables import Column

Statement = tuple[str, list[Any]]
BLOCK = 128 * 1024
# How many blocks wait for a slow reader before the database is kept waiting.
WAITING = 8
ROWS = 2000
COPYING = "copying rows"
# Stands for a place in a statement that is asked for each; no code has a blank.
EACH_PLACE = "each place"
# Places in the order of an index, what lies there by an index, and what that names by its key: the first row comes at
# once and none is kept, where a join of whole tables would hold the smaller and sort all.
WALK = (
    "SET LOCAL enable_hashjoin = off",
    "SET LOCAL enable_mergejoin = off",
    "SET LOCAL enable_sort = off",
)
PLAIN = ("SET LOCAL jit = off", "SET LOCAL max_parallel_workers_per_gather = 0", "SET LOCAL datestyle = ISO")


@dataclass(frozen=True)
class Walk:
    """Rows are ordered by a place's code first: `field` is the way to it, `codes` are those that have rows, in order.

    SQLite is asked place by place, since it would sort all rows otherwise.
    """

    field: str
    codes: QuerySet[Any]


@dataclass(frozen=True)
class Selection:
    """Rows in their order, those that the reader may see alone, and what each column's cell is made of.

    `cells` are by the key of a column: the name of a field, or an expression; a column that is not there is empty.
    `is_guarded`: texts are written for spreadsheets (csv_out.guarded).
    """

    rows: QuerySet[Any]
    cells: Mapping[str, Combinable | str]
    walk: Walk | None = None
    is_guarded: bool = True

    def blocks(self, columns: tuple[Column, ...], snapshot: Snapshot) -> Iterator[Block]:
        """The rows as blocks of lines, the first of them small, so that it comes at once."""
        with suppress(EmptyResultSet):
            if snapshot.connection.vendor == "postgresql":
                yield from _copied(*self._statement(self.rows, columns, snapshot), snapshot, is_walk=bool(self.walk))
            else:
                yield from _lines(self._fetched(columns, snapshot))

    def _statement(self, rows: QuerySet[Any], columns: tuple[Column, ...], snapshot: Snapshot) -> Statement:
        cells = [rendered(column, self.cells.get(column.key)) for column in columns]
        written = cells if snapshot.connection.vendor == "postgresql" else [Line(*cells)]
        query = rows.select_related(None).values_list(*written).query
        with guarding(self.is_guarded):
            sql, params = query.get_compiler(connection=snapshot.connection).as_sql()
        return sql, list(params)

    def _fetched(self, columns: tuple[Column, ...], snapshot: Snapshot) -> Iterator[tuple[str]]:
        if self.walk is None:
            return _executed(snapshot, *self._statement(self.rows, columns, snapshot))
        here = self.rows.filter(**{self.walk.field: EACH_PLACE})
        sql, params = self._statement(here, columns, snapshot)
        codes = (code for code, _same in groupby(snapshot.ask(_code_rows, self.walk, snapshot)))
        asked = ([code if one == EACH_PLACE else one for one in params] for code in codes)
        return chain.from_iterable(_executed(snapshot, sql, each) for each in asked)


def _code_rows(walk: Walk, snapshot: Snapshot) -> Iterator[str]:
    return iter(walk.codes.iterator(chunk_size=ROWS))


def _executed(snapshot: Snapshot, sql: str, params: list[Any]) -> Iterator[tuple[str]]:
    cursor = snapshot.connection.cursor()
    cursor.execute(sql, params)
    # The driver's own cursor hands on rows without a look at each.
    return iter(cursor.cursor)


def _lines(rows: Iterator[tuple[str]]) -> Iterator[Block]:
    for size in chain([1], repeat(ROWS)):
        if not (some := [line for (line,) in islice(rows, size)]):
            return
        yield Block((LINE_END.join(some) + LINE_END).encode(), len(some))


def _copied(sql: str, params: list[Any], snapshot: Snapshot, *, is_walk: bool) -> Iterator[Block]:
    """What COPY writes, read by a thread of its own. Whoever stops reading stops the statement."""
    if snapshot.is_own:
        snapshot.execute("; ".join((*PLAIN, *(WALK if is_walk else ()))))
    raw: Any = snapshot.connection.connection
    cursor = raw.cursor()
    sink = _Sink()
    copy = f"COPY ({cursor.mogrify(sql, params).decode()}) TO STDOUT WITH (FORMAT csv)"
    thread = Thread(target=sink.fill, args=(cursor, copy), name=COPYING, daemon=True)
    thread.start()
    is_read = False
    try:
        yield from iter(sink.blocks.get, None)
        is_read = True
        if sink.error:
            raise sink.error
    finally:
        if not is_read:
            sink.is_closed = True
            raw.cancel()
            deque(iter(sink.blocks.get, None), maxlen=0)
        thread.join()


class _Sink:
    """Where COPY writes its rows: blocks of lines in a queue that holds a few, None behind the last."""

    def __init__(self) -> None:
        self.blocks: Queue[Block | None] = Queue(WAITING)
        self.error: BaseException | None = None
        self.is_closed = False
        self._lines: list[bytes] = []
        self._size = 0
        self._enough = 1

    def fill(self, cursor: Any, copy: str) -> None:
        """Run the statement to its end, or to its failure."""
        try:
            cursor.copy_expert(copy, self)
            self._hand_on()
        except BaseException as error:
            # Whoever reads raises it.
            self.error = error
        finally:
            self.blocks.put(None)

    def write(self, line: bytes) -> None:
        """Take a row; the driver hands them on one by one, each with its line end."""
        self._lines.append(line)
        self._size += len(line)
        if self._size >= self._enough:
            self._hand_on()
            self._enough = BLOCK

    def _hand_on(self) -> None:
        if self.is_closed:
            raise BrokenPipeError
        lines, self._lines, self._size = self._lines, [], 0
        if not lines:
            return
        content, end = b"".join(lines), LINE_END.encode()
        if content.count(b"\n") == len(lines):
            content = content.replace(b"\n", end)
        else:
            # A cell holds a line break of its own, which stays.
            content = b"".join(line[:-1] + end for line in lines)
        self.blocks.put(Block(content, len(lines)))

"""One view of the database for all that a file tells, however long it takes and whatever is written meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec, Self, TypeVar

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from alleviation.common.bounded import give_time
from alleviation.common.replica.places import present_place, read_from

P = ParamSpec("P")
T = TypeVar("T")
BEGIN = {
    "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    # The view begins with the first thing read; whoever writes is kept waiting for nothing.
    "sqlite": "BEGIN DEFERRED",
}


class Snapshot:
    """A reading transaction on a connection of its own: every question asked within sees the same rows.

    It is of the database that is read from where it is made, be it read to its end when that page is long done.
    Where somebody is in a transaction already, theirs is taken, for only it sees what they wrote. Use it as a context
    manager; questions go through `ask` and `each`, which put the connection in the place of Django's for as long.
    """

    def __init__(self) -> None:
        self.place = present_place()
        present: Any = connections[self.place.alias]
        self.is_own = not present.in_atomic_block
        self.connection: BaseDatabaseWrapper = present.copy() if self.is_own else present

    def __enter__(self) -> Self:
        if self.is_own:
            self.execute(BEGIN[self.connection.vendor])
            give_time(self.connection)
        return self

    def __exit__(self, *_failure: object) -> None:
        if self.is_own:
            self.connection.close()

    def execute(self, statement: str) -> None:
        """Run a statement that asks for nothing."""
        with self.connection.cursor() as cursor:
            cursor.execute(statement)

    def ask(self, question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What a function answers that reads through Django's models."""
        with self._in_place():
            return question(*args, **kwargs)

    def each(self, found: Iterator[T]) -> Iterator[T]:
        """What a lazy reader finds, one after the other."""
        end = object()
        while (one := self.ask(next, found, end)) is not end:
            yield one  # type: ignore[misc]

    @contextmanager
    def _in_place(self) -> Iterator[None]:
        alias = self.place.alias
        present = connections[alias]
        connections[alias] = self.connection
        try:
            with read_from(self.place):
                yield
        finally:
            connections[alias] = present

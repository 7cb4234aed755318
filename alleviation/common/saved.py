"""Whether the request that is being answered has saved anything yet, so that a page of failure can tell.

It watches the connection, so it knows of every write whichever way it took. What is but the app's own does not count:
who is signed in, who mistyped a password.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

WRITE = re.compile(r"\s*(?:WITH|INSERT|UPDATE|DELETE|REPLACE|MERGE|COPY)\b", re.IGNORECASE)
OWN = re.compile(r"\b(?:django_session|accounts_session|accounts_tally|axes_\w+)\b")


class Remembered:
    """What is known of one request."""

    def __init__(self) -> None:
        self.is_saved = False

    def remember(self) -> None:
        self.is_saved = True


_present: ContextVar[Remembered | None] = ContextVar("saved", default=None)


@contextmanager
def watched() -> Iterator[Remembered]:
    """While a request is answered."""
    remembered = Remembered()
    token = _present.set(remembered)
    try:
        yield remembered
    finally:
        _present.reset(token)


def is_anything_saved() -> bool:
    """Whether this request has written something for good."""
    present = _present.get()
    return present is not None and present.is_saved


def watch(connection: BaseDatabaseWrapper, **_rest: Any) -> None:
    """Look at the writes of a connection."""
    if note_write not in connection.execute_wrappers:
        # First, as whoever adds a wrapper of their own takes the last away again.
        connection.execute_wrappers.insert(0, note_write)


def note_write(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Let a statement through; what it writes is saved when its transaction ends well."""
    result = execute(sql, params, many, context)
    present = _present.get()
    if present is not None and not present.is_saved and _is_write(sql):
        context["connection"].on_commit(present.remember)
    return result


def _is_write(sql: Any) -> bool:
    text = str(sql)[:200]
    return WRITE.match(text) is not None and OWN.search(text) is None

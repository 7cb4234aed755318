"""How long a page may keep the database busy: one question that takes too long is broken off, and the page says so."""

from collections.abc import Callable
from time import monotonic
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from alleviation.common.unheard import listen

# How long somebody waits for a lock that another holds, as on SQLite (settings.database).
LOCK_SECONDS = 20
# How much SQLite computes before it looks at the clock: some milliseconds.
STEPS = 100_000


class Clock:
    """When the statement that runs on a connection has had its time. SQLite, which knows no such limit, asks it."""

    def __init__(self) -> None:
        self.seconds = self.end = 0

    def give(self, seconds: int) -> None:
        """So many seconds for each statement from now on, and for the reading of what it finds."""
        self.seconds = seconds
        self.end = int(monotonic()) + seconds

    def begin(self, execute: Callable[..., Any], *statement: Any) -> Any:
        self.end = int(monotonic()) + self.seconds
        return execute(*statement)

    def is_over(self) -> bool:
        return monotonic() > self.end


def bound(connection: BaseDatabaseWrapper, **_rest: Any) -> None:
    """Give each statement of this connection, which was made just now, STATEMENT_SECONDS."""
    raw: Any = connection
    if not hasattr(raw, "clock"):
        raw.clock = Clock()
        if connection.vendor == "sqlite":
            connection.execute_wrappers.insert(0, raw.clock.begin)
    if connection.vendor == "sqlite":
        raw.connection.set_progress_handler(raw.clock.is_over, STEPS)
        raw.clock.give(settings.STATEMENT_SECONDS)
    else:
        raw.clock.seconds = settings.STATEMENT_SECONDS
        listen(connection, raw.clock)
        _set(connection, f"SET lock_timeout = '{LOCK_SECONDS}s'; ", "SESSION", settings.STATEMENT_SECONDS)


def give_time(connection: BaseDatabaseWrapper) -> None:
    """Give a file that is read on this connection, in a transaction of its own, DOWNLOAD_SECONDS.

    A command's connection has no such bounds, and gets none.
    """
    clock: Clock | None = getattr(connection, "clock", None)
    if clock and connection.vendor == "sqlite":
        clock.give(settings.DOWNLOAD_SECONDS)
    elif clock:
        clock.seconds = settings.DOWNLOAD_SECONDS
        _set(connection, "", "LOCAL", settings.DOWNLOAD_SECONDS)


def _set(connection: BaseDatabaseWrapper, first: str, span: str, seconds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"{first}SET {span} statement_timeout = '{seconds}s'")

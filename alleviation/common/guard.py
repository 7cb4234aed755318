"""No write to an audited table by accident: whoever does not say that they write through the trail is refused.

The trail opens the guard for the statement that it tells of. All else (`save()`, `update()`, `bulk_create()`, a raw
cursor) ends at the connection, whatever way it took there.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper

WRITES = re.compile(
    r"""\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE(?:\s+OR\s+\w+)?(?:\s+ONLY)?"""
    r"""|DELETE\s+FROM(?:\s+ONLY)?|TRUNCATE(?:\s+TABLE)?(?:\s+ONLY)?|MERGE\s+INTO|COPY)\s+"""
    r"""(?:["\[`]?\w+["\]`]?\.)?["\[`]?(\w+)""",
    re.IGNORECASE,
)
TRUNCATE = re.compile(r"\bTRUNCATE\b", re.IGNORECASE)
COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
WORD = re.compile(r"\w+")

_is_open: ContextVar[bool] = ContextVar("guard_is_open", default=False)


class WrittenAround(RuntimeError):
    """Something wrote to an audited table without an event. Write through the actions."""


@contextmanager
def writing() -> Iterator[None]:
    """Open the guard for the writes in here, which leave an event."""
    yield from _with(True)


@contextmanager
def enforced() -> Iterator[None]:
    """Close the guard again, within a part where it was open."""
    yield from _with(False)


def _with(is_open: bool) -> Iterator[None]:
    token = _is_open.set(is_open)
    try:
        yield
    finally:
        _is_open.reset(token)


def watch(connection: BaseDatabaseWrapper, **_rest: Any) -> None:
    """Have the guard look at every statement of a connection."""
    if refuse_around not in connection.execute_wrappers:
        # Outermost: whoever adds a wrapper of their own takes the last away again.
        connection.execute_wrappers.insert(0, refuse_around)


def refuse_around(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Let a statement through, unless it writes to an audited table while the guard is closed.

    Raises WrittenAround.
    """
    if not _is_open.get() and (tables := written_tables(_text(sql, context)) & audited_tables()):
        raise WrittenAround(
            f"{', '.join(sorted(tables))}: written through actions only, so that the trail tells of it"
        )
    return execute(sql, params, many, context)


def written_tables(sql: str) -> set[str]:
    """The tables that a statement, or several in one, names as those it writes to."""
    if sql[:7].upper() == "SELECT " and ";" not in sql:
        return set()
    plain = COMMENT.sub(" ", sql)
    found = {name.lower() for name in WRITES.findall(plain)}
    # It may name several, and takes along what refers to them.
    return found | set(map(str.lower, WORD.findall(plain))) if TRUNCATE.search(plain) else found


def _text(sql: Any, context: dict[str, Any]) -> str:
    """A statement as the database gets it; the driver of PostgreSQL composes some of parts."""
    return sql.as_string(context["cursor"].cursor) if hasattr(sql, "as_string") else str(sql)


@cache
def audited_tables() -> frozenset[str]:
    """The tables of the audited models, and of the trail itself (AppConfig.guarded)."""
    return frozenset(model._meta.db_table for model in (*audited_models(), *_named("guarded")))


@cache
def audited_models() -> tuple[type[Any], ...]:
    """The models whose every write leaves an event, as their apps name them (AppConfig.audited)."""
    return tuple(_named("audited"))


def _named(what: str) -> list[type[Any]]:
    return [apps.get_model(name) for config in apps.get_app_configs() for name in getattr(config, what, ())]

"""Where a page reads: from the primary or from the replica, and from one of them alone.

Models ask the router (router.py); whoever speaks to the database directly asks `reading()` for the alias.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS, connections

PRIMARY, REPLICA = DEFAULT_DB_ALIAS, "replica"


@dataclass(frozen=True)
class Place:
    """The database that is read from, and the moment up to which it holds all that was written.

    `as_of` is None for the primary, which holds what is written now.
    """

    alias: str = PRIMARY
    as_of: datetime | None = None


_place: ContextVar[Place] = ContextVar("read_from", default=Place())  # noqa: B039 - it is frozen


def is_elsewhere() -> bool:
    """Whether pages are read from the replica here, outside of a transaction that writes."""
    # Whoever is in a transaction of the primary must see what they wrote in it.
    return _place.get().alias != PRIMARY and not connections[PRIMARY].in_atomic_block


def reading() -> str:
    """The alias of the database that is read from here."""
    return _place.get().alias if is_elsewhere() else PRIMARY


def read_as_of() -> datetime | None:
    """Up to which moment what is read here holds all that was written; None: up to now."""
    return _place.get().as_of


def present_place() -> Place:
    """Where it is read here, to be taken along to where a file is made."""
    return _place.get() if is_elsewhere() else Place()


@contextmanager
def read_from(place: Place) -> Iterator[None]:
    """Read from there in here."""
    token = _place.set(place)
    try:
        yield
    finally:
        _place.reset(token)

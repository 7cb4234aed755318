"""Sums that the write itself keeps: what a transaction touches is added up anew at its end, before its events.

An app names for a model which sums its rows are in (`touched`) and how these are added up anew (`refresh`). Each sum
is refreshed once, however often the transaction wrote to its rows, and the sums of all models in one order, so that
two writers who wait for each other do so in no ring. A savepoint that was rolled back leaves sums touched that have
not changed: they come out the same.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from django.db.models.base import Model

Keys = set[Any]


class Keeper(NamedTuple):
    """Which sums rows are in, and how sums are added up anew. Both are called inside the transaction."""

    touched: Callable[[Sequence[Any]], Iterable[Hashable]]
    refresh: Callable[[Keys], None]


_keepers: dict[type[Model], Keeper] = {}
_touched: ContextVar[dict[type[Model], Keys] | None] = ContextVar("touched_sums", default=None)


def keep(
    model: type[Model], *, touched: Callable[[Sequence[Any]], Iterable[Hashable]], refresh: Callable[[Keys], None]
) -> None:
    """Have the sums over a model's rows kept by whatever writes them; called when the app is ready."""
    _keepers[model] = Keeper(touched, refresh)


def kept_models() -> tuple[type[Model], ...]:
    """The models whose sums are kept, in the order in which they are refreshed."""
    return tuple(sorted(_keepers, key=lambda model: model._meta.label))


@contextmanager
def collecting() -> Iterator[None]:
    """Collect what is touched in here; `settle` adds it up."""
    token = _touched.set({})
    try:
        yield
    finally:
        _touched.reset(token)


def touch(model: type[Model], rows: Sequence[Model]) -> None:
    """Say that these rows are written: call it while they stand as before, and again once they stand as after."""
    if model in _keepers and rows:
        touch_keys(model, _keepers[model].touched(rows))


def touch_keys(model: type[Model], keys: Iterable[Hashable]) -> None:
    """Say which sums a write touches that does not hold its rows in memory.

    Raises RuntimeError outside of `trail.together()`: nobody would add them up.
    """
    found = _touched.get()
    if found is None:
        raise RuntimeError("sums are kept within trail.together()")
    found.setdefault(model, set()).update(keys)


def settle() -> None:
    """Add up anew what was touched."""
    found = _touched.get() or {}
    for model in kept_models():
        if keys := found.pop(model, None):
            _keepers[model].refresh(keys)

"""Rows in parts, so that none of a million is held at once, and a statement names no more than it may."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
# How many values one statement names; SQLite takes a limited number.
NAMED = 500


def in_parts(found: Iterable[T], size: int = NAMED) -> Iterator[list[T]]:
    """One list of so many after the other."""
    rest = iter(found)
    while part := list(islice(rest, size)):
        yield part

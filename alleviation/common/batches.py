"""Rows in parts, so that none of a million is held at once nor named in one statement; numbers in unbroken runs."""

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


def runs_of(numbers: Iterable[int]) -> list[list[int]]:
    """Numbers in their order as [first, last] of each unbroken run."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return runs


def named_runs(numbers: Iterable[int]) -> list[str]:
    """The same in words: 3, 5-7, 9."""
    return [str(first) if first == last else f"{first}-{last}" for first, last in runs_of(numbers)]

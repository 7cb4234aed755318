"""A check: a sentence about the records that must be true, and where it is not."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Check:
    """`title` says what must hold, in the reader's language; `faults` finds where it does not, naming no person."""

    title: Any
    faults: Callable[[], Iterable[str]]

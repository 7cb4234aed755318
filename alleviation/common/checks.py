"""A check: a sentence about the records that must be true, and where it is not."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext


@dataclass(frozen=True)
class Check:
    """`title` says what must hold, in the reader's language; `faults` finds where it does not, naming no person.

    One that `is_slow` asks more of the database than an hourly check should.
    """

    title: Any
    faults: Callable[[], Iterable[str]]
    is_slow: bool = False


# A sum by any key, and each of its parts by name: money in whole fen, the rest counted.
Sums = Mapping[Any, Mapping[str, int]]


def differences(what: str, slow: Sums, fast: Sums) -> Iterator[str]:
    """Where a roll-up says something else than the rows add up to: "by year, 2019, allocated: …"."""
    for key in sorted(slow.keys() | fast.keys(), key=str):
        rows, said = slow.get(key, {}), fast.get(key, {})
        for name in sorted(rows.keys() | said.keys()):
            if rows.get(name, 0) != said.get(name, 0):
                words = {
                    "what": ", ".join(filter(None, (what, spelt(key), name))),
                    "rows": rows.get(name, 0),
                    "said": said.get(name, 0),
                }
                yield gettext("%(what)s: the rows add up to %(rows)s, the roll-up says %(said)s") % words


def spelt(key: Any) -> str:
    """A key in words; empty for the total."""
    parts = key if isinstance(key, tuple) else (key,)
    return " ".join("—" if part in (None, "") else str(part) for part in parts)


def added(cells: Iterable[tuple[Any, Mapping[str, int]]]) -> dict[Any, Counter[str]]:
    """Sums by key, in plain Python."""
    found: dict[Any, Counter[str]] = {}
    for key, sums in cells:
        # update() keeps a sum that is zero or below, which + would drop.
        found.setdefault(key, Counter()).update(sums)
    return found

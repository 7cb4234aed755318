"""Two people who open the same record and save at the same moment: python -m tests.faults.editors --runs 200

One of the two succeeds each time, the other is told, and nothing of the first is written over. Exits with 1 else.
"""

import argparse
import os
import random
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from tests.faults.databases import DATABASES, opened

SAVED, TOLD = "saved", "told"
COLUMNS = ("runs", "one saved", "the first", "both", "neither", "overwritten", "broken")
PATIENCE = 60


@dataclass(frozen=True)
class Record:
    """A kind of record that two people open: how it is made, opened and saved, and what it then says."""

    make: Callable[[int], int]
    open: Callable[[int], Any]
    save: Callable[[Any, int], None]
    says: Callable[[int], list[Any]]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.editors", description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--database", choices=sorted(DATABASES), default="sqlite")
    asked = parser.parse_args(arguments)
    with opened(asked.database):
        print(f"{asked.database}, {asked.runs} races")
        return report(asked.runs)


def report(runs: int) -> int:
    """Run the races and print the counts by kind of record. The exit code."""
    from django.db import connections

    from tests.faults.records import records
    from tests.faults.truth import chain_faults, replay_faults

    kinds = records()
    made = [(name, kinds[name].make(number)) for number, name in zip(range(runs), cycle(list(kinds)), strict=False)]
    connections.close_all()
    counts: dict[str, Counter[str]] = {name: Counter() for name in kinds}
    with Editors(kinds) as editors:
        for (name, number), outcomes in zip(made, map(editors.race, made), strict=True):
            counts[name].update(judged(outcomes, kinds[name].says(number)))
            connections.close_all()
    print(f"{'':20}", *(f"{column:>11}" for column in COLUMNS))
    total = sum(counts.values(), Counter())
    for name, count in [*counts.items(), ("all", total)]:
        print(f"{name:20}", *(f"{count[column]:>11}" for column in COLUMNS))
    faults = chain_faults() + len(list(replay_faults()))
    print(f"events that do not fit, rows that their events do not tell: {faults}")
    is_well = total["one saved"] == total["runs"] == runs and not (total["overwritten"] or total["broken"])
    return 0 if is_well and not faults else 1


def cycle(names: list[str]) -> Any:
    """The names again and again."""
    while True:
        yield from names


def judged(outcomes: list[str], says: list[Any]) -> Counter[str]:
    """What a race came to: `says` is who the record says has saved, by number, as often as it was saved."""
    saved = [number for number, outcome in enumerate(outcomes) if outcome == SAVED]
    broken = [outcome for outcome in outcomes if outcome not in (SAVED, TOLD)]
    for words in broken:
        print(words, file=sys.stderr)
    count = {1: "one saved", 2: "both", 0: "neither"}[len(saved)]
    counts = {"runs": 1, count: 1, "overwritten": says != saved, "broken": len(broken)}
    # Of the one who saved it is told how often it was the first of the two: both have to win now and then.
    return Counter(counts | {"the first": saved == [0]})


class Editors:
    """Two processes, each with a connection of its own, that open, wait for each other, and save."""

    def __init__(self, kinds: dict[str, Record]) -> None:
        context = get_context("fork")
        # They wait for each other with the record open, and again with it changed: only the saving is left.
        barrier = context.Barrier(2)
        self._pipes = []
        self._people = []
        for number in range(2):
            ours, theirs = context.Pipe()
            person = context.Process(target=edit, args=(number, kinds, barrier, theirs), daemon=True)
            person.start()
            self._pipes.append(ours)
            self._people.append(person)

    def __enter__(self) -> "Editors":
        return self

    def __exit__(self, *error: object) -> None:
        for pipe in self._pipes:
            pipe.send(None)
        for person in self._people:
            person.join(PATIENCE)

    def race(self, record: tuple[str, int]) -> list[str]:
        """Have both open and save it. What became of each."""
        for pipe in self._pipes:
            pipe.send(record)
        return [pipe.recv() if pipe.poll(PATIENCE) else "did not come back" for pipe in self._pipes]


def edit(number: int, kinds: dict[str, Record], barrier: Any, pipe: Any) -> None:
    """The life of one of the two."""
    from django.core.exceptions import ValidationError

    from alleviation.audit.versions import version_of

    dice = random.Random(os.getpid())
    while (asked := pipe.recv()) is not None:
        name, key = asked
        record = kinds[name].open(key)
        record.seen_version = version_of(record)
        barrier.wait(PATIENCE)
        # Not always in the same order of the same statements.
        for _step in range(dice.randrange(20_000)):
            pass
        try:
            kinds[name].save(record, number)
            pipe.send(SAVED)
        except ValidationError:
            pipe.send(TOLD)
        except Exception as error:
            pipe.send(f"{name}: {error!r}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

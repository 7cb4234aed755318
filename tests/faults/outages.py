"""Breaks what an office runs on while people work: python -m tests.faults.outages --runs 20 --database sqlite

Prints what became of the forms that were sent, and exits with 1 where anything was lost, half, doubled or untrue.
"""

import argparse
import os
import random
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from tests.faults.__main__ import verified
from tests.faults.databases import DATABASES
from tests.faults.office import Office, office

COUNTED = (
    *("forms", "done", "refused", "unknown", "told", "unanswered"),
    *("lost", "half", "doubled", "lied", "gaps", "unbound", "rude", "stuck"),
)
WRONG = COUNTED[6:]
# Clerks at once, each with a reviewer.
PEOPLE = 3
# Seconds after which an office that does not come back is given up.
UNTIL_WELL = 300.0
# Seconds at most until a fault begins, since somebody is to be in the midst of a form; and until forms have met it.
STRIKES_BY = 15.0
FORMS_BETWEEN = 2


def main(arguments: list[str]) -> int:
    from tests.faults.plights import PLIGHTS

    parser = argparse.ArgumentParser(prog="python -m tests.faults.outages", description=__doc__)
    parser.add_argument("--runs", type=int, default=20, help="of each fault")
    parser.add_argument("--database", choices=sorted(DATABASES), default="sqlite")
    parser.add_argument("--fault", action="append", help="one of them, by a part of its name; may be given again")
    parser.add_argument("--seed", type=int, default=None)
    asked = parser.parse_args(arguments)
    # Asked to end, we tidy up first.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    seed = random.randrange(10**6) if asked.seed is None else asked.seed
    chosen = [one for one in PLIGHTS if asked.database in one.databases]
    if asked.fault:
        chosen = [one for one in chosen if any(part in one.name for part in asked.fault)]
    with office(asked.database) as place:
        prepare(place)
        print(f"{asked.database}, {asked.runs} runs of each, seed {seed}")
        return report(place, chosen, asked.runs, random.Random(seed))


def prepare(place: Office) -> None:
    """Set Django up for the database itself, past any network, and make the tables."""
    os.environ |= place.environment() | {"DATABASE_URL": place.url, "ACCESS_LOG": "false"}
    import django
    from django.conf import settings
    from django.core.management import call_command

    from tests.browser.making import NoMigrations

    django.setup()
    # The tables as the models have them, with their triggers: what migrations lead to takes longer.
    settings.MIGRATION_MODULES = NoMigrations()
    call_command("migrate", run_syncdb=True, verbosity=0)


@dataclass
class Tally:
    """What the runs of one fault came to."""

    runs: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))
    recoveries: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        return not any(self.counts[name] for name in WRONG)

    def add(self, other: "Tally") -> None:
        self.runs += other.runs
        self.counts = {name: value + other.counts[name] for name, value in self.counts.items()}
        self.recoveries += other.recoveries
        self.seconds += other.seconds

    def cells(self) -> list[str]:
        times = self.recoveries or [0.0]
        well = [f"{median(times):.1f}", f"{max(times):.1f}"]
        return [str(self.runs), *map(str, self.counts.values()), *well, f"{self.seconds:.0f}"]


def report(place: Office, chosen: list[Any], runs: int, dice: random.Random) -> int:
    """Do the runs and print the table. The exit code."""
    from tests.faults.scenes import Scenes

    scenes = Scenes(place, dice)
    line("", ["runs", *COUNTED, "well", "at most", "seconds"])
    total, number = Tally(), 0
    for plight in chosen:
        if lacking := plight.lacks(place):
            print(f"!!! SKIPPED: {plight.name}: {lacking}", flush=True)
            continue
        place.open(is_clock_faked=plight.is_of_clock)
        number += 1
        tally = strikes(scenes, plight, f"r{number}", runs, dice)
        line(plight.name, tally.cells())
        total.add(tally)
    line("all", total.cells())
    is_verified = verified()
    print(f"manage.py verify: {'everything holds' if is_verified else 'found faults'}")
    return 0 if total.holds and is_verified else 1


def strikes(scenes: Any, plight: Any, name: str, runs: int, dice: random.Random) -> Tally:
    """People work on and on; the fault comes and goes so many times; they bring to an end what they began."""
    from tests.faults.runner import wait_until

    began, stopping, tally = time.monotonic(), threading.Event(), Tally(runs=runs)
    people = scenes.people(name, stopping, PEOPLE)
    browsers = [browser for one in people for browser in (one.clerk, one.reviewer)]
    threads = [threading.Thread(target=one.live, args=[plight.works], daemon=True) for one in people]
    for thread in threads:
        thread.start()

    def answered(number: int, since: int) -> None:
        wait_until(lambda: sum(one.sent for one in browsers) >= since + number, patience=STRIKES_BY)

    for _run in range(runs):
        # Somebody has got something done, and somebody is in the midst of a form.
        answered(FORMS_BETWEEN, sum(one.sent for one in browsers))
        wait_until(lambda: any(one.is_sending for one in browsers), patience=STRIKES_BY)
        time.sleep(dice.uniform(0, 0.3))
        sent = sum(one.sent for one in browsers)
        plight.begin(scenes.place, dice)
        time.sleep(dice.uniform(*plight.seconds))
        answered(plight.forms, sent)
        plight.end(scenes.place)
        tally.recoveries.append(scenes.until_well())
    stopping.set()
    for thread in threads:
        thread.join()
    tally.seconds = time.monotonic() - began
    count(tally, people, scenes.judge.judge([wish for one in people for wish in one.wishes]), plight.name)
    return tally


def count(tally: Tally, people: list[Any], verdict: Any, name: str) -> None:
    """What came of it all; what is wrong is printed."""
    browsers = [browser for one in people for browser in (one.clerk, one.reviewer)]
    rude = [words for browser in browsers for words in browser.rude]
    tally.counts |= {one: getattr(verdict, one) for one in tally.counts if hasattr(verdict, one)}
    # What somebody was told of the forms; `told` counts the pages of failure, those for reading among them.
    tally.counts["told"] = sum(browser.told for browser in browsers)
    tally.counts |= {
        "forms": sum(len(one.wishes) for one in people),
        "unanswered": sum(one.counts["unanswered"] for one in people),
        "rude": len(rude),
        "stuck": sum(one.is_stuck for one in people) + sum(one > UNTIL_WELL for one in tally.recoveries),
    }
    odd = [words for one in people for words in one.odd]
    for words in (*rude, *odd, *verdict.told):
        print(f"    {name}: {words}", flush=True)


def line(name: str, words: list[str]) -> None:
    widths = [4, *(max(len(column), 5) for column in COUNTED), 6, 7, 7]
    print(f"{name:28}", *(f"{word:>{width}}" for word, width in zip(words, widths, strict=True)), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

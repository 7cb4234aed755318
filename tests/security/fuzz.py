"""Asks the app everything that nobody asks: python -m tests.security.fuzz --requests 100000 --seed 1 --jobs 2

Every pattern of the resolver, every method, every role; keys, queries, headers, bodies and forms that are real,
foreign, missing, spoiled. Each request is taken back, so that each can be made again by itself:

    python -m tests.security.fuzz --seed 1 --only 4711

Exits with 1 where an answer is a failure, tells what is not for its reader, takes too long, or somebody wrote what
they may not. DATABASE_URL says which database; `python -m tests.postgres python -m tests.security.fuzz …` brings one.
"""

import argparse
import gc
import logging
import os
import pickle
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

SLOWEST = 20
# Each so many-th write is followed by all checks of `verify`, which take as long as some twenty requests.
VERIFIED = 20
# After so many a process tells what it has found.
PART = 250


@dataclass
class Outcome:
    """What came of some requests."""

    statuses: Counter[Any] = field(default_factory=Counter)
    written: Counter[Any] = field(default_factory=Counter)
    # By the place to be mended: how often, and the first numbers.
    faults: dict[str, list[Any]] = field(default_factory=dict)
    slowest: list[tuple[float, int, str]] = field(default_factory=list)
    patterns: set[str] = field(default_factory=set)

    def add(self, other: "Outcome") -> None:
        """Count another one in."""
        self.statuses.update(other.statuses)
        self.written.update(other.written)
        for place, (count, first, details) in other.faults.items():
            known = self.faults.setdefault(place, [0, [], details])
            known[0], known[1] = known[0] + count, sorted(known[1] + first)[:5]
        self.slowest = sorted(self.slowest + other.slowest, reverse=True)[:SLOWEST]
        self.patterns |= other.patterns


def run(numbers: Iterable[int], maker: Any, sender: Any, place: Any) -> Outcome:
    """Send these requests, each taken back, and judge the answers."""
    from tests.security.fuzz_harvest import route_of
    from tests.security.fuzz_judging import TRAIL, judged
    from tests.security.fuzz_world import taken_back

    outcome, writes = Outcome(), 0
    for number in numbers:
        asked = maker.asked(number)
        with taken_back():
            answer = sender.send(asked)
            writes += bool(answer.written - TRAIL)
            found = list(judged(asked, answer, place, verify=writes % VERIFIED == 1))
        outcome.statuses[asked.role, answer.status] += 1
        outcome.written.update((asked.role, table) for table in answer.written)
        outcome.patterns.add(route_of(asked.path))
        outcome.slowest.append((answer.seconds, number, asked.address[:80]))
        for where, details in found:
            known = outcome.faults.setdefault(where, [0, [], f"{asked.method} {asked.address[:300]}\n{details}"])
            known[0] += 1
            known[1] = [*known[1], number][:5]
        if len(outcome.slowest) > 500:
            outcome.slowest = sorted(outcome.slowest, reverse=True)[:SLOWEST]
    outcome.slowest = sorted(outcome.slowest, reverse=True)[:SLOWEST]
    return outcome


def work(job: tuple[int, int, argparse.Namespace, Any]) -> Outcome:
    """The share of one process, over a database of its own."""
    mine, jobs, given, found = job
    numbers = [given.only] if given.only is not None else list(range(mine, given.requests, jobs))
    with ready(given) as (place, sender, _harvest):
        maker = maker_of(given, found)
        gc.freeze()
        outcome = Outcome()
        for at in range(0, len(numbers), PART):
            part = run(numbers[at : at + PART], maker, sender, place)
            new = [f"  {one} #{part.faults[one][1][0]}\n" for one in part.faults.keys() - outcome.faults.keys()]
            outcome.add(part)
            sys.stderr.write(f"{mine}: {min(at + PART, len(numbers))} of {len(numbers)}\n{''.join(new)}")
            sys.stderr.flush()
        if given.only is not None:
            show(maker.asked(given.only), sender)
        return outcome


def prepare() -> None:
    """Set Django up in a process."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alleviation.settings")
    django.setup()
    logging.disable(logging.CRITICAL)


@contextmanager
def ready(given: argparse.Namespace) -> Iterator[tuple[Any, Any, Callable[[], Any]]]:
    """A database with its people, the app over it, and what reads all its pages."""
    from tests.security.fuzz_harvest import harvest
    from tests.security.fuzz_sending import Asked, Sender
    from tests.security.fuzz_world import inhabited, taken_back

    with tempfile.TemporaryDirectory() as folder, inhabited(Path(folder), f"fuzz_{os.getpid()}") as place:
        sender = Sender(place.sessions, place.tokens)

        def get(asked: Asked) -> Any:
            with taken_back():
                return sender.send(asked)

        yield place, sender, lambda: harvest(place, get, each=given.each)


def harvested(given: argparse.Namespace) -> Any:
    """What there is to ask, read once for all processes; kept in a file where one is named."""
    if given.kept and given.kept.exists():
        # Our own, of a run before.
        return pickle.loads(given.kept.read_bytes())
    with ready(given) as (_place, _sender, harvest):
        found = harvest()
    if given.kept:
        given.kept.write_bytes(pickle.dumps(found))
    return found


def maker_of(given: argparse.Namespace, found: Any) -> Any:
    from tests.security.fuzz_requests import Maker
    from tests.security.fuzz_world import ROLES

    return Maker(given.seed, found, (given.role,) if given.role else ROLES)


def show(asked: Any, sender: Any) -> None:
    """One request and its answer, in full."""
    from tests.security.fuzz_judging import plain
    from tests.security.fuzz_world import taken_back

    with taken_back():
        answer = sender.send(asked)
    sys.stdout.write(f"{asked.role}: {asked.method} {asked.address[:2000]}\n{asked.headers}\n{asked.content_type}\n")
    sys.stdout.write(f"{asked.body[:5000]!r}\n\n{answer.status} {answer.headers} in {answer.seconds:.2f} s\n")
    sys.stdout.write(f"{plain(answer)[:1500]}\n" + "\n".join(whole for _place, whole in answer.raised) + "\n")


def report(outcome: Outcome, given: argparse.Namespace) -> None:
    """What came of all, the failures by the place to be mended."""
    say = sys.stdout.write
    by_status = Counter[int]()
    for (_role, status), count in outcome.statuses.items():
        by_status[status] += count
    say(f"{sum(by_status.values())} requests of seed {given.seed}, {len(outcome.patterns)} patterns met\n")
    say("answers: " + ", ".join(f"{status} × {count}" for status, count in sorted(by_status.items())) + "\n")
    say("writes:\n" + "".join(f"  {who} {table}: {n}\n" for (who, table), n in sorted(outcome.written.items())))
    say("slowest:\n" + "".join(f"  {took:.2f} s  #{n}  {address}\n" for took, n, address in outcome.slowest))
    for place, (count, numbers, details) in sorted(outcome.faults.items(), key=lambda one: -one[1][0]):
        say(f"\n=== {count} × {place}\n{details[-2500:]}\n")
        role = f" --role {given.role}" if given.role else ""
        say("".join(f"  python -m tests.security.fuzz --seed {given.seed}{role} --only {n}\n" for n in numbers[:3]))
    say(f"\n{sum(count for count, *_rest in outcome.faults.values())} faults at {len(outcome.faults)} places\n")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.security.fuzz", description=__doc__.partition("\n")[0])
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--role")
    parser.add_argument("--only", type=int, help="one request alone, shown in full")
    parser.add_argument("--each", type=int, default=1, help="so many pages of each pattern are read for their forms")
    parser.add_argument(
        "--kept", type=Path, help="a file that keeps what was read, for the next run over the same app"
    )
    given = parser.parse_args()
    jobs = 1 if given.only is not None else given.jobs
    prepare()
    outcome = Outcome()
    with get_context("spawn").Pool(jobs, prepare, maxtasksperchild=1) as pool:
        found = pool.apply(harvested, (given,))
        for one in pool.imap_unordered(work, [(mine, jobs, given, found) for mine in range(jobs)]):
            outcome.add(one)
    report(outcome, given)
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())

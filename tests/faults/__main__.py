"""Kills writers and databases in the middle of their work: python -m tests.faults --runs 200 --database sqlite

Prints what was found after each kind of kill, and exits with 1 where anything was lost, half or doubled.
"""

import argparse
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.faults.databases import DATABASES, Throwaway, opened

ROOT = Path(__file__).resolve().parents[2]
WRITERS_QUIET, POSTINGS_QUIET = 8, 25
# At least this share of the kills has to hit inside an open transaction.
SHARE = 0.4
COLUMNS = (
    "kills",
    "inside",
    "committing",
    "done",
    "committed",
    "rolled back",
    "refused",
    "lost",
    "half",
    "doubled",
    "gaps",
    "unbound",
    "stuck",
    "broken",
    "seconds",
)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--database", choices=sorted(DATABASES), default="sqlite")
    parser.add_argument("--seed", type=int, default=None, help="repeats the same choices; not the same moments")
    asked = parser.parse_args(arguments)
    seed = random.randrange(10**6) if asked.seed is None else asked.seed
    with opened(asked.database) as database, tempfile.TemporaryDirectory(prefix="journals-") as folder:
        print(f"{asked.database}, {asked.runs} runs, seed {seed}")
        return report(database, asked.runs, seed, Path(folder))


def report(database: Throwaway, runs: int, seed: int, folder: Path) -> int:
    """Do the runs and print the table. The exit code."""
    from tests.faults.runner import Runner, Tally
    from tests.faults.scene import build

    runner = Runner(database, build(), folder, random.Random(seed))
    quiet = runner.quiet(POSTINGS_QUIET)
    line("", COLUMNS)
    line(f"nobody: {WRITERS_QUIET} writers x {POSTINGS_QUIET}", cells(quiet))
    tallies = {blow: Tally() for blow in database.blows}
    for number in range(runs):
        blow, tally = runner.run(number)
        tallies[blow] += tally
        if not tally.holds:
            print(f"run {number}: {tally}", flush=True)
    for blow, tally in tallies.items():
        line(blow, cells(tally))
    total = sum(tallies.values(), Tally())
    line("all", cells(total))
    for why, times in runner.reader.refusals.items():
        print(f"refused {times} times, {why}")
    share = total.inside / max(total.kills, 1)
    print(f"inside an open transaction: {total.inside} of {total.kills} kills, {share:.0%}")
    is_verified = verified()
    print(f"manage.py verify: {'everything holds' if is_verified else 'found faults'}")
    # Writers wait for each other, but never in a ring.
    is_ring = any("deadlock" in why for why in runner.reader.refusals)
    return 0 if total.holds and quiet.holds and is_verified and share >= SHARE and not is_ring else 1


def cells(tally: object) -> tuple[str, ...]:
    """The counts of a tally in the order of the columns."""
    told = vars(tally) | vars(vars(tally)["findings"])
    return tuple(f"{told[name.replace(' ', '_')]:.0f}" for name in COLUMNS)


def line(name: str, words: tuple[str, ...]) -> None:
    widths = [max(len(column), 6) for column in COLUMNS]
    print(f"{name:24}", *(f"{word:>{width}}" for word, width in zip(words, widths, strict=True)), flush=True)


def verified() -> bool:
    """Whether the app's own verification finds nothing wrong, in a process of its own."""
    command = [sys.executable, str(ROOT / "manage.py"), "verify"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n")
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""An office at work beside a large import: is anything refused, and how much longer do pages take.

    python -m benchmarks.load [--people 50] [--minutes 10] [--rows 1000000] [--database postgresql|sqlite]

First one person does everything, and nothing else happens: that is idle. Then so many people read pages of figures,
enter, check and take files away, each thinking between, while somebody imports files of IMPORT_MAX_ROWS rows by the
pages and the worker, until a million are in. Each answer has to be whole, each entry saved is there once.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.inside import ROOT, environment, inside
from benchmarks.load_telling import Ran, tell_kinds, tell_shares, tell_what_is_left
from benchmarks.load_world import AREA, files, homes, left, people_and_addresses, wrong_sums
from benchmarks.machine import machine, server_of
from benchmarks.pairs import processor_time_of_all, say
from benchmarks.servers import Server, serving
from benchmarks.sheets import Sheet
from benchmarks.worlds import KINDS, is_sqlite, loaded, postmaster

YEARS = 5
# As many rows as one file may have (IMPORT_MAX_ROWS); of fewer than that no worker would be needed.
ROWS_OF_A_FILE, LEAST_ROWS = 20_000, 4_000
# Of ten people so many do each work; an office reads more than it writes.
OF_TEN = {"reads": 6, "enters": 2, "checks": 1, "takes away": 1}
# How often the one person does each, before the others come.
TIMES = {"reads": 240, "enters": 20, "checks": 20, "takes away": 25}


def main() -> int:
    parser = argparse.ArgumentParser(description="People at work beside an import, against one person alone.")
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows that are imported meanwhile, and are there")
    parser.add_argument("--database", choices=KINDS, default="postgresql")
    parser.add_argument("--workers", type=int, default=2, help="of the server, of eight threads each")
    parser.add_argument("--idle", type=float, default=1, help="how much of the idle round is done: 1 is 305 deeds")
    given = parser.parse_args()
    sheet = Sheet()
    with KINDS[given.database]() as base, tempfile.TemporaryDirectory(prefix="load-") as folder:
        sheet.fact(f"{machine()}; {given.database}, {given.people} people, {given.minutes:g} minutes")
        if given.database == "postgresql":
            sheet.fact(server_of(base))
        url = loaded(base, given.rows // YEARS, area=AREA)
        work_on(sheet, url, Path(folder), given)
    return sheet.code


def work_on(sheet: Sheet, url: str, folder: Path, given: argparse.Namespace) -> None:
    """One person alone, then all of them beside the import; then what is left of it."""
    works = works_of(given.people)
    world = inside(url, people_and_addresses, works=[*works, "imports", *OF_TEN])
    people, one_of_each = world["people"][: len(works) + 1], world["people"][len(works) + 1 :]
    paths = files(folder, inside(url, homes, area=AREA), min(ROWS_OF_A_FILE, max(LEAST_ROWS, given.rows // 10)))
    with serving(url, given.workers) as server, worker(url) as importing:
        asked = {"port": server.port, "addresses": world["addresses"]}
        say("one person alone")
        times = {name: max(2, int(number * given.idle)) for name, number in TIMES.items()}
        sessions = {one["work"]: one["session"] for one in one_of_each}
        idle = ran({**asked, "alone": sessions, "times": times, "seconds": 0}, server, url, importing)
        say(f"{len(works)} people, and an import")
        office = {"people": people, "files": paths, "rows": given.rows, "seconds": given.minutes * 60}
        busy = ran({**asked, **office}, server, url, importing)
    tell_kinds(sheet, idle, busy)
    tell_shares(sheet, busy)
    tell_what_is_left(sheet, [idle, busy], inside(url, left), given.rows)
    sheet.check("kept sums that are not what the rows add up to", inside(url, wrong_sums), "")


def works_of(people: int) -> list[str]:
    """What each of so many people does."""
    of_ten = [work for work, number in OF_TEN.items() for _one in range(number)]
    # Of fewer than ten at least one does each.
    order = [*OF_TEN, *of_ten] if people < len(of_ten) else of_ten * (people // len(of_ten) + 1)
    return order[:people]


def ran(asked: dict[str, Any], server: Server, url: str, importing: int) -> Ran:
    """Let people work in a process of their own, and see what all processes have used meanwhile."""
    processes = {"server": server.process, "worker of imports": importing}
    if not is_sqlite(url):
        processes["PostgreSQL"] = postmaster(url)
    before = {name: processor_time_of_all(number) for name, number in processes.items()}
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.load_people"]
    done = subprocess.run(command, cwd=ROOT, input=json.dumps(asked), stdout=subprocess.PIPE, text=True, check=True)
    used = {name: processor_time_of_all(number) - before[name] for name, number in processes.items()}
    told = json.loads(done.stdout)
    return Ran(told, {**used, "people (this benchmark)": told["processor"]})


@contextmanager
def worker(url: str) -> Iterator[int]:
    """The worker of imports, as in production; its number."""
    command = [sys.executable, "-W", "ignore", "manage.py", "run_imports"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(url), stderr=subprocess.DEVNULL)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())

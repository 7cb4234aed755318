"""Files of incomes for the benchmarks that import them, and the command of the product that does."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from benchmarks.inside import ROOT, environment, inside
from benchmarks.pairs import say
from benchmarks.worlds import copy_of

COMMAND = "import_incomes"
MOST_ROWS, MOST_BYTES = 20_000_000, 2_000_000_000
HEADER = (
    *("village_code", "household_no", "head_name", "id_number", "size", "year"),
    *("wage_income", "business_income", "property_income", "transfer_income", "expenses"),
)
# Amounts in fen of a household and year by arithmetic on their number: one step for each component.
STEPS = (7919, 104_729, 31, 611, 1301)
MOST_FEN = 2_000_000


@dataclass(frozen=True)
class Imported:
    """What became of an import: its exit code, what it printed, the seconds and the most memory (MiB) it took.

    `processor` are the seconds of processor of the command alone, without those of a server.
    """

    code: int
    printed: str
    seconds: float
    memory: float
    processor: float


@dataclass(frozen=True)
class Importer:
    """A clerk who imports into a database."""

    url: str
    name: str

    def in_copy(self, name: str) -> "Importer":
        """The same clerk in a fresh copy of the database."""
        return replace(self, url=copy_of(self.url, name))

    def imports(self, path: Path, *options: str, folder: Path | None = None, kind: str = COMMAND) -> Imported:
        """Import a file by the command; what it prints goes to a file, so that nobody waits for a reader."""
        size = (f"--max-rows={MOST_ROWS}", f"--max-bytes={MOST_BYTES}")
        command = [sys.executable, "-W", "ignore", "manage.py", kind, str(path), "--by", self.name, *size, *options]
        printed = (folder or path.parent) / "printed.txt"
        start = perf_counter()
        with printed.open("w") as out:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment(self.url), stdout=out, stderr=subprocess.STDOUT
            )
            # Only so does it tell of this process what memory it had.
            _pid, status, usage = os.wait4(process.pid, 0)
        seconds = perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        words = printed.read_text(errors="replace")
        if process.returncode not in (0, 1):
            say(f"{kind} ended with {process.returncode}: {words[-500:]}")
        return Imported(process.returncode, words, seconds, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime)


def importer(url: str, area: str = "") -> Importer:
    """A clerk of an area; without one, of the province of the first household."""
    return Importer(url, inside(url, make_importer, area=area))


def make_importer(area: str) -> str:
    """Runs inside: makes the clerk, if need be."""
    from alleviation.accounts.models import User
    from alleviation.audit.trail import write
    from beneficiaries.models import Household

    if not area:
        area = Household.objects.select_related("village").order_by("pk")[0].village.code[:2]
    name = f"importer-of-benchmarks-{area}"
    if not User.objects.filter(username=name).exists():
        person = User(username=name, role="clerk", area=area)
        person.set_unusable_password()
        write(person, by="benchmarks")
    return name


def amounts(number: int) -> Iterator[int]:
    """Fen by component of the household and year of a number."""
    return (number * step % MOST_FEN for step in STEPS)


def lines_of(homes: list[list[str]], year: int, seed: int = 0) -> Iterator[tuple[object, ...]]:
    """A row for each (village code, household number), in plain yuan."""
    for place, (village, number) in enumerate(homes, start=seed):
        yield village, number, "", "", 1 + place % 8, year, *(f"{fen / 100:.2f}" for fen in amounts(place))

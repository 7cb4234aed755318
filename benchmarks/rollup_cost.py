"""What it costs that sums are kept by the write itself: one income saved, and a file of a million.

    python -m benchmarks.rollup_cost [--saves 100] [--rows 1000000] [--rounds 5]

The same writes in turns with the sums kept, and with nobody keeping them: alleviation/audit/kept.py forgets its
keepers in the process that is measured, and nowhere else.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.import_incomes import AREA, YEARS, Files
from benchmarks.importing import MOST_BYTES, MOST_ROWS, importer
from benchmarks.inside import inside
from benchmarks.machine import machine, server_of
from benchmarks.pairs import in_turns, ratio_of
from benchmarks.rollup_exactness import wrong_cells
from benchmarks.sheets import Sheet
from benchmarks.worlds import copy_of, drop, loaded, postgresql

MOST_SAVE, MOST_BULK = 1.7, 1.15
# A year of which nothing is recorded yet.
NEW_YEAR = 2015
BY = "benchmarks"
# How many are saved before the others have their turn.
BLOCK = 10


def main() -> int:
    parser = argparse.ArgumentParser(description="Writes with sums kept, against writes without.")
    parser.add_argument("--households", type=int, default=15_000, help="in the database that single incomes go into")
    parser.add_argument("--saves", type=int, default=100)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    sheet = Sheet()
    with postgresql() as cluster, tempfile.TemporaryDirectory(prefix="imports-") as folder:
        sheet.fact(machine())
        sheet.fact(server_of(cluster))
        single(sheet, copy_of(loaded(cluster, given.households), "costs"), given.saves)
        bulk(sheet, loaded(cluster, given.rows // len(YEARS), years=1, area=AREA), Path(folder), given.rounds)
    return sheet.code


def single(sheet: Sheet, url: str, saves: int) -> None:
    """One income after the other by the action that the pages use, by itself a transaction with its event."""
    found = inside(url, save, saves=saves)
    sheet.figure(
        "one income saved, with sums kept / without", ratio_of(found["with"], found["without"]), most=MOST_SAVE
    )
    for name, seconds in found.items():
        sheet.figure(f"  {name}", median(seconds) / BLOCK * 1000, "ms")
    inside(url, rebuild)
    sheet.check("cells that are wrong once those without are added up", wrong_cells(url), 0)
    drop(url)


def bulk(sheet: Sheet, ground: str, folder: Path, rounds: int) -> None:
    """A file of incomes, imported as a whole."""
    by = importer(ground, AREA)
    files = Files(folder, ground)
    copies: dict[str, str] = {}

    def imported(name: str, *, is_kept: bool) -> float:
        copies[name] = copy_of(ground, f"bulk_{name}")
        return float(inside(copies[name], bring_in, path=str(files.good), by=by.name, is_kept=is_kept))

    works = {
        "with": lambda: imported("with", is_kept=True),
        "without": lambda: imported("without", is_kept=False),
    }
    times = in_turns(rounds, works)
    ratio = ratio_of(times["with"], times["without"])
    sheet.figure(f"{files.rows:,} incomes imported, with sums kept / without", ratio, most=MOST_BULK)
    for name, seconds in times.items():
        sheet.figure(f"  {name}", median(seconds), "s")
    sheet.check("cells that are wrong after the import with sums kept", wrong_cells(copies["with"]), 0)
    sheet.check("without, cells are missing", wrong_cells(copies["without"]) > 0, True)
    for copy in copies.values():
        drop(copy)


def save(saves: int) -> dict[str, list[float]]:
    """Runs inside: seconds of each block of incomes saved with the sums kept, and without, in turns."""
    from beneficiaries.actions.incomes import record_income
    from beneficiaries.models import Household, IncomeRecord

    homes = iter(Household.objects.order_by("pk").select_related("village")[: 2 * (saves + BLOCK)])
    money = dict.fromkeys(("wage_income", "business_income", "property_income", "transfer_income", "expenses"), 100)

    def block() -> float:
        incomes = [IncomeRecord(household=next(homes), year=NEW_YEAR, persons=3, **money) for _one in range(BLOCK)]
        start = perf_counter()
        for income in incomes:
            record_income(income, by=BY)
        return perf_counter() - start

    def without() -> float:
        with nobody_keeps():
            return block()

    # The first of all learns what Django looks up once.
    block(), without()
    return in_turns(saves // BLOCK, {"with": block, "without": without})


@contextmanager
def nobody_keeps() -> Iterator[None]:
    """No sum is kept in here."""
    from alleviation.audit import kept

    keepers = dict(kept._keepers)
    kept._keepers.clear()
    try:
        yield
    finally:
        kept._keepers.update(keepers)


def bring_in(path: str, by: str, is_kept: bool) -> float:
    """Runs inside: seconds to import a file by the command, in this process."""
    from django.core.management import call_command

    size = {"max_rows": MOST_ROWS, "max_bytes": MOST_BYTES}
    with nullcontext() if is_kept else nobody_keeps():
        start = perf_counter()
        call_command("import_incomes", path, by=by, verbosity=0, **size)
        return perf_counter() - start


def rebuild() -> None:
    """Runs inside: adds all cells up anew."""
    from django.core.management import call_command

    call_command("rebuild_rollups", verbosity=0)


if __name__ == "__main__":
    sys.exit(main())

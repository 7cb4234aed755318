"""How close an import of incomes comes to copying rows into the table that are right already.

    python -m benchmarks.import_incomes [--rows 1000000] [--rounds 3]

`manage.py import_incomes` takes a CSV of codes, numbers and yuan: it checks each row, finds each household, previews,
writes rows, sums and one event, all or nothing. psql copies the same incomes with ids found and fen counted into the
same table, with all its keys, constraints and rules. Each time into a fresh copy of one database, in turns.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

import psycopg2

from benchmarks.import_peers import by_import_export
from benchmarks.importing import HEADER, Imported, Importer, amounts, importer
from benchmarks.inside import inside
from benchmarks.machine import machine, server_of
from benchmarks.pairs import in_turns, ratio_of, seconds_of
from benchmarks.peers import import_export
from benchmarks.rollup_exactness import wrong_cells
from benchmarks.sheets import Sheet
from benchmarks.worlds import copy_of, drop, loaded, named, postgresql

AREA, YEARS = "51", range(2017, 2022)
TABLE = "beneficiaries_incomerecord"
COPIED = (
    *("household_id", "village_id", "year", "persons"),
    *("wage_income", "business_income", "property_income", "transfer_income", "expenses"),
    *("concept", "income_year", "status", "state", "reason", "check_note", "recorded_at", "recorded_by_id"),
)
ALIKE = ("disposable", "calendar", "received", "submitted", "", "", "2022-02-01 12:00:00+00", "1")
BAD_LINES, PEER_ROWS = 1_000, 20_000
MOST, MOST_MEMORY, MOST_OF_ERRORS, LEAST_PEER = 1.8, 120, 0.7, 10
SUMS = f"""
    SELECT count(*), sum(persons), sum(wage_income), sum(business_income), sum(property_income), sum(transfer_income),
    sum(expenses), sum(household_id % 1000 * year) FROM {TABLE} WHERE superseded_at IS NULL"""
EVENTS = "SELECT count(*) FROM audit_auditevent WHERE subject_type = 'beneficiaries.incomerecord'"


def main() -> int:
    parser = argparse.ArgumentParser(description="An import of validated incomes, against psql copying right rows.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-peers", action="store_true", help="leave out what has to be fetched, or takes long")
    given = parser.parse_args()
    sheet = Sheet()
    with postgresql() as cluster, tempfile.TemporaryDirectory(prefix="imports-") as folder:
        sheet.fact(f"{machine()}; {given.rows:,} rows")
        sheet.fact(server_of(cluster))
        ground = loaded(cluster, given.rows // len(YEARS), years=1, area=AREA)
        by = importer(ground, AREA)
        files = Files(Path(folder), ground)
        sheet.check("rows in the file", files.rows, given.rows // len(YEARS) * len(YEARS))
        against_psql(sheet, by, files, given.rounds)
        if not given.no_peers:
            against_import_export(sheet, by, files)
        drop(named(ground, "imported"))
        drop(named(ground, "copied"))
    return sheet.code


class Files:
    """The same incomes three times: as people hand them in, with wrong lines, and with ids for psql."""

    def __init__(self, folder: Path, url: str) -> None:
        self.good, self.bad, self.ids = (folder / f"{name}.csv" for name in ("good", "bad", "ids"))
        self.rows = 0
        with self.good.open("w", newline="") as good, self.ids.open("w", newline="") as ids:
            writers = csv.writer(good), csv.writer(ids)
            writers[0].writerow(HEADER)
            for typed, known in _incomes(url):
                writers[0].writerow(typed)
                writers[1].writerow(known)
                self.rows += 1
        self.wrong = min(BAD_LINES, self.rows // 10)
        self._spoil()

    def _spoil(self) -> None:
        """The same file with wrong lines all through it, each with an amount that is no number."""
        step = self.rows // self.wrong
        with self.good.open(newline="") as good, self.bad.open("w", newline="") as bad:
            for number, line in enumerate(good):
                is_wrong = number and number % step == 0 and number // step <= self.wrong
                bad.write(line.replace(".", "万", 1) if is_wrong else line)


def _incomes(url: str) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    """Each income as typed, and as the table has it: household after household, year after year."""
    homes = (
        "SELECT d.code, h.number, h.id, d.id FROM beneficiaries_household h "
        "JOIN projects_division d ON d.id = h.village_id ORDER BY h.id"
    )
    with closing(psycopg2.connect(url)) as connection, connection.cursor("homes") as cursor:
        cursor.execute(homes)
        for place, (code, number, household, village) in enumerate(cursor):
            for year in YEARS:
                fen = list(amounts(place * len(YEARS) + year))
                yuan = (f"{one // 100}.{one % 100:02}" for one in fen)
                persons = 1 + place % 8
                yield (code, number, "", "", persons, year, *yuan), (household, village, year, persons, *fen, *ALIKE)


def against_psql(sheet: Sheet, by: Importer, files: Files, rounds: int) -> None:
    """Time, memory and result of the import; the same rows by psql; and the file with wrong lines."""
    imports: list[Imported] = []
    reports: list[Imported] = []

    def imported() -> float:
        imports.append(by.in_copy("imported").imports(files.good))
        return imports[-1].seconds

    def reported() -> float:
        reports.append(by.in_copy("imported").imports(files.bad, "--json"))
        return reports[-1].seconds

    works: dict[str, Callable[[], float]] = {
        "psql": lambda: _copied(copy_of(by.url, "copied"), files.ids),
        "errors": reported,
        "import": imported,
    }
    times = in_turns(rounds, works)
    # The last round need not end with a good import.
    imported()
    right(sheet, by.url, imports[-1])
    sheet.figure("import / psql \\copy of resolved ids", ratio_of(times["import"], times["psql"]), most=MOST)
    sheet.figure("its peak memory", max(one.memory for one in imports), "MiB", most=MOST_MEMORY)
    wrong_lines(sheet, reports[-1], files)
    what = f"report of {files.wrong:,} wrong lines / good import"
    sheet.figure(what, ratio_of(times["errors"], times["import"]), most=MOST_OF_ERRORS)
    for name, seconds in times.items():
        sheet.figure(f"  {name}", median(seconds), "s")


def right(sheet: Sheet, ground: str, done: Imported) -> None:
    """The import and psql left the same incomes; the import also sums that are right, and one event."""
    ours, theirs = named(ground, "imported"), named(ground, "copied")
    sheet.check("the import is accepted", (done.code, done.printed[-200:] if done.code else ""), (0, ""))
    sheet.check("incomes after the import are those after psql", _one(ours, SUMS), _one(theirs, SUMS))
    sheet.check("cells that are not what the incomes add up to", wrong_cells(ours), 0)
    sheet.check("events that tell of the incomes", _one(ours, EVENTS), (1,))


def wrong_lines(sheet: Sheet, report: Imported, files: Files) -> None:
    """Each wrong line is told once, and nothing is written."""
    told = json.loads(report.printed.splitlines()[-1])
    sheet.check("a file with wrong lines is not taken", (report.code, told["outcome"]), (1, "row_errors"))
    sheet.check("all of its wrong lines are told", len({error["row"] for error in told["errors"]}), files.wrong)


def against_import_export(sheet: Sheet, by: Importer, files: Files) -> None:
    """Seconds a row of django-import-export, with households looked up at once and rows created in bulk."""
    rows = min(files.rows, PEER_ROWS)
    what = f"tuned django-import-export, {rows:,} rows / import, a row"
    with import_export() as python:
        if not python:
            sheet.skipped(what, "it is not installed and could not be fetched")
            return
        peer = copy_of(by.url, "copied")
        theirs = inside(peer, by_import_export, python=python, path=str(files.good), rows=rows) / rows
        ours = by.in_copy("imported").imports(files.good).seconds / files.rows
    sheet.figure(what, theirs / ours, least=LEAST_PEER)


def _copied(url: str, path: Path) -> float:
    copy = f"\\copy {TABLE} ({', '.join(COPIED)}) from '{path}' with (format csv, force_not_null (reason, check_note))"
    return seconds_of(lambda: subprocess.run(["psql", url, "-X", "-q", "-c", copy], check=True))


def _one(url: str, sql: str) -> tuple[Any, ...]:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        found: tuple[Any, ...] = cursor.fetchone()
        return found


if __name__ == "__main__":
    sys.exit(main())

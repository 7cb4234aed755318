"""Whether sums stay exact while six write to the same few villages and a file is imported into them.

    python -m benchmarks.rollup_exactness [--rounds 200] [--writes 5]

After each round all cells are compared with sums that plain SQL makes of the rows. Then some rounds with the lock
taken away, which must find wrong cells: else the rounds would prove nothing.
"""

import argparse
import csv
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from benchmarks.importing import HEADER, importer, lines_of
from benchmarks.inside import ROOT, environment, inside
from benchmarks.machine import machine, server_of
from benchmarks.pairs import say
from benchmarks.sheets import Sheet
from benchmarks.worlds import copy_of, drop, loaded, named, postgresql
from benchmarks.writers import YEARS, contended

SIX = 6
# Two counties of one province, the second of them with two villages.
HOUSEHOLDS, AREA = 3660, "51"
ROUNDS_WITHOUT = 10
SUMS = (
    *("households", "persons", "wage_income", "business_income", "property_income", "transfer_income", "expenses"),
    *("unverified", "made_up"),
)
RAW = """
    SELECT i.village_id, i.year, count(*) AS households, sum(persons) AS persons, sum(wage_income) AS wage_income,
    sum(business_income) AS business_income, sum(property_income) AS property_income,
    sum(transfer_income) AS transfer_income, sum(expenses) AS expenses,
    count(*) FILTER (WHERE i.state <> 'verified') AS unverified, count(*) FILTER (WHERE h.is_made_up) AS made_up
    FROM beneficiaries_incomerecord i JOIN beneficiaries_household h ON h.id = i.household_id
    WHERE i.superseded_at IS NULL GROUP BY 1, 2"""
OF_COUNTIES = (
    f"SELECT county, year, {', '.join(f'sum({name}) AS {name}' for name in SUMS)} "
    "FROM beneficiaries_villageyear GROUP BY 1, 2"
)


def _differing(cells: str, rows: str, keys: tuple[str, str], names: tuple[str, str]) -> str:
    """SQL: how many cells are other than the rows say, too many or missing."""
    both = " AND ".join(f"c.{one} = r.{other}" for one, other in zip(keys, names, strict=True))
    one, other = (", ".join(f"{table}.{name}" for name in SUMS) for table in "cr")
    return f"SELECT count(*) FROM {cells} c FULL JOIN ({rows}) r ON {both} WHERE ({one}) IS DISTINCT FROM ({other})"


WRONG = (
    _differing("beneficiaries_villageyear", RAW, ("village_number", "year"), ("village_id", "year")),
    _differing("beneficiaries_countyyear", OF_COUNTIES, ("county", "year"), ("county", "year")),
)


def main() -> int:
    parser = argparse.ArgumentParser(description="Wrong cells after rounds of concurrent writers.")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--writes", type=int, default=5, help="writes of each writer in a round")
    parser.add_argument("--writers", type=int, default=SIX)
    given = parser.parse_args()
    sheet = Sheet()
    with postgresql() as cluster:
        sheet.fact(machine())
        sheet.fact(server_of(cluster))
        ground = loaded(cluster, HOUSEHOLDS, area=AREA)
        size = (given.writers, given.writes)
        with_lock(sheet, copy_of(ground, "exactness"), given.rounds, *size)
        without_lock(sheet, copy_of(ground, "exactness"), min(ROUNDS_WITHOUT, given.rounds), *size)
        drop(named(ground, "exactness"))
    return sheet.code


def with_lock(sheet: Sheet, url: str, rounds: int, writers: int, writes: int) -> None:
    """No cell is ever wrong."""
    sheet.check("no cell is wrong before the first round", wrong_cells(url), 0)
    wrong, done = rounds_of(url, rounds, writers, writes, is_importing=True)
    sheet.fact(f"{rounds} rounds of {writers} writers: {_in_words(done)}")
    sheet.check(f"rounds that left a wrong cell, of {rounds}", sum(map(bool, wrong)), 0)
    sheet.figure("wrong cells after all rounds", wrong[-1], most=0)
    sheet.check("  files were imported meanwhile", done["imported"] > 0, True)
    sheet.figure("  deadlocks", done["deadlocks"])


def without_lock(sheet: Sheet, url: str, rounds: int, writers: int, writes: int) -> None:
    """Were cells added up without a lock, the same rounds would find it."""
    wrong, _done = rounds_of(url, rounds, writers, writes, is_importing=False, without_lock=True)
    sheet.figure(f"rounds that left a wrong cell without the lock, of {rounds}", sum(map(bool, wrong)), least=1)


def rounds_of(
    url: str, rounds: int, writers: int, writes: int, *, is_importing: bool, without_lock: bool = False
) -> tuple[list[int], Counter[str]]:
    """Wrong cells after each round, and what was done in all."""
    wrong, done = [], Counter[str]()
    with _writers(url, writers, without_lock=without_lock) as started, _import(url, is_importing) as files:
        for number in range(rounds):
            for writer in started:
                writer.stdin.write(f"{writes}\n")
                writer.stdin.flush()
            done["imported"] += files(number)
            for writer in started:
                for word in writer.stdout.readline().split():
                    what, _, times = word.partition("=")
                    done[what] += int(times)
            wrong.append(wrong_cells(url))
            say(f"round {number + 1} of {rounds}: {wrong[-1]} wrong cells")
    return wrong, done


def wrong_cells(url: str) -> int:
    """How many cells of villages and of counties are not what the rows add up to."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        found = 0
        for sql in WRONG:
            cursor.execute(sql)
            found += cursor.fetchone()[0]
        return found


@contextmanager
def _writers(url: str, number: int, *, without_lock: bool) -> Iterator[list[Any]]:
    """Processes that write a round when they are told to."""
    option = ["--without-lock"] if without_lock else []
    started = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "benchmarks.writers", str(seed), *option],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment(url),
        )
        for seed in range(number)
    ]
    try:
        yield started
    finally:
        for one in started:
            one.terminate()
        for one in started:
            one.wait()


@contextmanager
def _import(url: str, is_importing: bool) -> Iterator[Any]:
    """What imports a file of a village and a year while the others write; it says how many rows went in."""
    if not is_importing:
        yield lambda _number: 0
        return
    by, villages = importer(url), inside(url, contended)
    homes = [inside(url, homes_of, village=village) for village in villages]
    with tempfile.TemporaryDirectory() as folder:

        def one(number: int) -> int:
            path = Path(folder) / f"{number}.csv"
            rows = list(lines_of(homes[number % len(homes)], YEARS[number // len(homes) % len(YEARS)], number))
            with path.open("w", encoding="utf-8", newline="") as handle:
                csv.writer(handle).writerows([HEADER, *rows])
            return len(rows) if by.imports(path).code == 0 else 0

        yield one


def homes_of(village: int) -> list[list[str]]:
    """Runs inside: village code and number of the households of a village."""
    from beneficiaries.models import Household

    rows = Household.objects.filter(village=village).order_by("pk")
    return [list(row) for row in rows.values_list("village__code", "number")]


def _in_words(done: Counter[str]) -> str:
    return ", ".join(f"{number:,} {name.replace('-', ' ')}" for name, number in sorted(done.items()))


if __name__ == "__main__":
    sys.exit(main())

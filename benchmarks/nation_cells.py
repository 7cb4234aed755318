"""Whether pages read the sums of a nation at once: 128,000 villages × 10 years.

    python -m benchmarks.nation_cells [--villages 128000] [--rounds 3]

The incomes of one year are loaded and added up; their cells stand for those of nine more years.
"""

import argparse
import sys
from contextlib import closing
from operator import itemgetter
from typing import Any

import psycopg2

from benchmarks.asker import asker
from benchmarks.dashboards import COUNTY, PAGES, ROLE, first_county
from benchmarks.machine import machine, server_of
from benchmarks.people import session_of
from benchmarks.sheets import Sheet
from benchmarks.worlds import copy_of, drop, loaded, postgresql

VILLAGES, HOUSEHOLDS_EACH, YEARS = 128_000, 30, 10
CELLS = ("beneficiaries_villageyear", "beneficiaries_countyyear")
MOST_SQL = 15


def main() -> int:
    parser = argparse.ArgumentParser(description="The SQL of first pages over the cells of a nation.")
    parser.add_argument("--villages", type=int, default=VILLAGES)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    sheet = Sheet()
    with postgresql() as cluster:
        sheet.fact(machine())
        sheet.fact(server_of(cluster))
        url = copy_of(loaded(cluster, given.villages * HOUSEHOLDS_EACH, years=1), "nation")
        sheet.check("cells of villages", more_years(url), given.villages * YEARS)
        measure(sheet, url, given.rounds)
        drop(url)
    return sheet.code


def more_years(url: str) -> int:
    """Have the cells of one year stand for ten; how many cells of villages there are."""
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for table in CELLS:
                columns = _columns(cursor, table)
                years = ", ".join("year - again" if name == "year" else name for name in columns)
                cursor.execute(
                    f"INSERT INTO {table} ({', '.join(columns)}) "
                    f"SELECT {years} FROM {table}, generate_series(1, {YEARS - 1}) AS again"
                )
                cursor.execute(f"VACUUM ANALYZE {table}")
            cursor.execute(f"SELECT count(*) FROM {CELLS[0]}")
            return int(cursor.fetchone()[0])


def measure(sheet: Sheet, url: str, rounds: int) -> None:
    """Each page: its SQL; the overview is the first page that anybody sees."""
    pages, session = {**PAGES, COUNTY: f"/areas/{first_county(url)}/"}, session_of(url, ROLE)
    with asker(url) as one:
        for page, path in pages.items():
            found = sorted((one.ask(path, session) for _round in range(rounds)), key=itemgetter("sql"))
            middle = found[len(found) // 2]
            sheet.check(f"{page}: the page is there", middle["status"], 200)
            most = MOST_SQL if page == next(iter(pages)) else None
            sheet.figure(f"{page}: SQL over the cells of a nation", middle["sql"], "ms", most=most)
            sheet.fact(
                f"  {middle['queries']} queries, {middle['page']:.0f} ms for the page; slowest: {middle['slowest']}"
            )


def _columns(cursor: Any, table: str) -> list[str]:
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id'", [table]
    )
    return [row[0] for row in cursor.fetchall()]


if __name__ == "__main__":
    sys.exit(main())

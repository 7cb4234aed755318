"""Whether dashboards cost the same with 3,000,000 households as with 15,000, and what cells spare them.

    python -m benchmarks.dashboards [--small 15000] [--large 3000000] [--rounds 5]

Each page is asked for again and again in a process of its own for each database, in turns; its SQL is timed on the
way to the database. The overview's figures are also added up from the raw incomes, in plain SQL, and must be the same.
"""

import argparse
import sys
from contextlib import closing
from functools import partial
from statistics import median
from typing import Any

import psycopg2

from benchmarks.asker import asker
from benchmarks.machine import machine, server_of
from benchmarks.pairs import in_turns, ratio_of, seconds_of
from benchmarks.people import session_of
from benchmarks.sheets import Sheet
from benchmarks.worlds import LARGE, SMALL, loaded, postgresql

PAGES = {"overview": "/", "income": "/income/", "funding": "/funding/", "places": "/areas/"}
# A page with as many rows whatever the size: the villages of one county.
COUNTY = "a county with 120 villages"
# For whom dashboards are; what may be told of few is worked out on the way.
ROLE = "manager"
MOST_SQL, MOST_PAGE, LEAST_RAW = 3, 1.5, 500
REPEATS = 5
FIGURES = """
    SUM({households}), SUM(persons), SUM(wage_income), SUM(business_income), SUM(property_income),
    SUM(transfer_income), SUM(expenses)"""
FROM_RAW = (
    f"SELECT substr(d.code, 1, 6), i.year, {FIGURES.format(households='1')} FROM beneficiaries_incomerecord i "
    "JOIN projects_division d ON d.id = i.village_id WHERE i.superseded_at IS NULL GROUP BY 1, 2 ORDER BY 1, 2"
)
FROM_CELLS = (
    f"SELECT county, year, {FIGURES.format(households='households')} "
    "FROM beneficiaries_countyyear GROUP BY 1, 2 ORDER BY 1, 2"
)


def main() -> int:
    parser = argparse.ArgumentParser(description="Dashboards at two sizes, and from raw rows and from cells.")
    parser.add_argument("--small", type=int, default=SMALL)
    parser.add_argument("--large", type=int, default=LARGE)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    sheet = Sheet()
    with postgresql() as cluster:
        sheet.fact(machine())
        sheet.fact(server_of(cluster))
        urls = {size: loaded(cluster, size) for size in (given.small, given.large)}
        at_both_sizes(sheet, urls[given.small], urls[given.large], given.rounds)
        from_raw_rows(sheet, urls[given.large])
    return sheet.code


def at_both_sizes(sheet: Sheet, small: str, large: str, rounds: int) -> None:
    """Each page at both sizes: its SQL, and the whole of it where it shows as many rows."""
    urls = {"small": small, "large": large}
    pages = {name: {**PAGES, COUNTY: f"/areas/{first_county(url)}/"} for name, url in urls.items()}
    sessions = {name: session_of(url, ROLE) for name, url in urls.items()}
    with asker(small) as one, asker(large) as other:
        askers = {"small": one, "large": other}
        for page in pages["small"]:
            found = in_turns(
                rounds, {name: partial(askers[name].ask, pages[name][page], sessions[name]) for name in urls}
            )
            answers = [answer["status"] for asked in found.values() for answer in asked]
            sheet.check(f"{page}: the page is there at both sizes", set(answers), {200})
            _tell(sheet, page, found["large"], found["small"])


def _tell(sheet: Sheet, page: str, large: list[dict[str, Any]], small: list[dict[str, Any]]) -> None:
    ratio = {key: ratio_of([a[key] for a in large], [a[key] for a in small]) for key in ("sql", "page", "rows")}
    ms = {key: median(a[key] for a in large) for key in ("sql", "page", "queries", "rows")}
    sheet.figure(f"{page}: SQL, large / small", ratio["sql"], most=MOST_SQL)
    is_alike = ratio["rows"] == 1
    rows = ", as many rows" if is_alike else f", {ratio['rows']:.2g} times the rows"
    sheet.figure(
        f"{page}: page, large / small{rows}",
        ratio["page"],
        most=MOST_PAGE if is_alike else None,
    )
    sheet.fact(
        f"  large: {ms['sql']:.1f} ms of SQL in {ms['queries']:.0f} queries, {ms['page']:.0f} ms, "
        f"{ms['rows']:.0f} rows; slowest: {max(large, key=lambda a: a['sql'])['slowest']}"
    )


def from_raw_rows(sheet: Sheet, url: str) -> None:
    """What the overview shows, by county and year, from the incomes themselves and from the kept sums."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:

        def rows(sql: str) -> list[tuple[Any, ...]]:
            cursor.execute(sql)
            return list(cursor.fetchall())

        raw, cells = rows(FROM_RAW), rows(FROM_CELLS)
        sheet.check("the cells are the sums of the raw incomes, by county and year", cells, raw)
        works = {"raw": lambda: seconds_of(lambda: rows(FROM_RAW)), "cells": lambda: _best(lambda: rows(FROM_CELLS))}
        times = in_turns(3, works)
    sheet.figure("overview from raw rows / from cells", ratio_of(times["raw"], times["cells"]), least=LEAST_RAW)
    sheet.fact(f"  raw {median(times['raw']):.2f} s, cells {median(times['cells']) * 1000:.1f} ms")


def _best(work: Any) -> float:
    """The median of several: it is over in a moment."""
    return median(seconds_of(work) for _time in range(REPEATS))


def first_county(url: str) -> str:
    """The code of the first county that has households."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT substr(d.code, 1, 6) || '000000' FROM beneficiaries_household h "
            "JOIN projects_division d ON d.id = h.village_id ORDER BY h.id LIMIT 1"
        )
        return str(cursor.fetchone()[0])


if __name__ == "__main__":
    sys.exit(main())

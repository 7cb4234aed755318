"""Whether the lists, searches and forms of the admin cost the same with 3,000,000 households as with 15,000.

    python -m benchmarks.admin_at_size [--households 15000 3000000] [--rounds 5]

The real pages, asked for by people who see a village, a county and everything, in a process of its own for each
database, one page at a time in turns. What a page shows is as long at both sizes: fifty rows, or one record.
"""

import argparse
import sys
from collections.abc import Callable
from contextlib import closing
from statistics import median
from typing import Any

import psycopg2

from benchmarks.asker import Asker, asker
from benchmarks.machine import machine, server_of
from benchmarks.pairs import in_turns, ratio_of
from benchmarks.people import session_of
from benchmarks.sheets import Sheet
from benchmarks.worlds import LARGE, SMALL, loaded, postgresql

MOST = 1.5
PEOPLE = ("everything", "a county", "a village")
HOUSEHOLDS, INCOMES = "/admin/beneficiaries/household/", "/admin/beneficiaries/incomerecord/"
LEDGER, PROJECTS, TRAIL = "/admin/projects/ledgerentry/", "/admin/projects/project/", "/admin/audit/auditevent/"
# The household two thirds through the register, and an entry of its county.
SAMPLE = """
    SELECT h.id, h.number, d.code, (SELECT i.id FROM beneficiaries_incomerecord i WHERE i.household_id = h.id LIMIT 1)
    FROM beneficiaries_household h JOIN projects_division d ON d.id = h.village_id
    WHERE h.id >= (SELECT min(id) + (max(id) - min(id)) * 2 / 3 FROM beneficiaries_household) ORDER BY h.id LIMIT 1"""
ENTRY = """
    SELECT e.id, e.voucher FROM projects_ledgerentry e JOIN projects_division d ON d.id = e.division_id
    WHERE e.voucher <> '' AND d.code >= %(county)s AND d.code < %(next)s ORDER BY e.id LIMIT 1"""

# Whether there are a hundred pages of fifty rows.
DEEP = "SELECT 1 FROM beneficiaries_household OFFSET 5000 LIMIT 1"


def main() -> int:
    parser = argparse.ArgumentParser(description="The admin at two sizes.")
    parser.add_argument("--households", type=int, nargs=2, default=(SMALL, LARGE), metavar=("FEW", "MANY"))
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args()
    sheet, (few, many) = Sheet(), given.households
    with postgresql() as cluster:
        sheet.fact(machine())
        sheet.fact(server_of(cluster))
        urls = {"small": loaded(cluster, few), "large": loaded(cluster, many)}
        with asker(urls["small"]) as small, asker(urls["large"]) as large:
            compare(sheet, urls, {"small": small, "large": large}, given.rounds)
    return sheet.code


def compare(sheet: Sheet, urls: dict[str, str], askers: dict[str, Asker], rounds: int) -> None:
    """Each page at both sizes in turns, for everybody who asks for it."""
    pages = {name: pages_of(url) for name, url in urls.items()}
    for who in PEOPLE:
        sessions = {name: session_of(urls[name], *pages[name][who][0]) for name in urls}
        for page in pages["small"][who][1]:
            works = {name: _asking(askers[name], pages[name][who][1][page], sessions[name]) for name in urls}
            found = in_turns(rounds, works)
            _tell(sheet, f"{page}, of {who}", found["large"], found["small"])


def _asking(one: Asker, path: str, session: str) -> Callable[[], dict[str, Any]]:
    return lambda: one.ask(path, session)


def pages_of(url: str) -> dict[str, tuple[tuple[str, str], dict[str, str]]]:
    """Who asks: their role and area, and the pages they ask for."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(SAMPLE)
        household, number, village, income = cursor.fetchone()
        county = village[:6]
        cursor.execute(ENTRY, {"county": county, "next": str(int(county) + 1)})
        entry, voucher = cursor.fetchone()
        cursor.execute(DEEP)
        has_deep = cursor.fetchone() is not None
    lists = {
        "households": HOUSEHOLDS,
        "households of a status": f"{HOUSEHOLDS}?status__exact=monitored",
        "households: search by number": f"{HOUSEHOLDS}?q={number}",
        "households: search by village and number": f"{HOUSEHOLDS}?q={village}+{number}",
        "incomes": f"{INCOMES}?state=all",
        "incomes of a year": f"{INCOMES}?state=all&year=2020",
        "incomes that wait": f"{INCOMES}?state=waiting",
        "incomes: search by village": f"{INCOMES}?state=all&q={village}",
        "ledger": f"{LEDGER}?state=all",
        "ledger of a kind": f"{LEDGER}?state=all&kind__exact=refund",
        "ledger: search by voucher": f"{LEDGER}?state=all&q={voucher}",
    }
    forms = {
        "form of a household": f"{HOUSEHOLDS}{household}/change/",
        "form of an income": f"{INCOMES}{income}/change/",
        "form of an entry": f"{LEDGER}{entry}/change/",
    }
    deep = {f"households: page {number}": f"{HOUSEHOLDS}?p={number}" for number in (100, 1_000_000) if has_deep}
    everywhere = {**lists, **forms, **deep, "register": "/households/", "trail": TRAIL, "projects": PROJECTS}
    of_village = {**lists, "form of a household": forms["form of a household"]}
    asked = (
        (("auditor", ""), everywhere),
        (("clerk", county), {**lists, **forms}),
        (("clerk", village), of_village),
    )
    return dict(zip(PEOPLE, asked, strict=True))


def _tell(sheet: Sheet, page: str, large: list[dict[str, Any]], small: list[dict[str, Any]]) -> None:
    sheet.check(f"{page}: there at both sizes", {one["status"] for one in (*large, *small)}, {200})
    # Where there is less to show at the small size, the two pages are not alike. A form may have no rows at all.
    shown = [median(one["rows"] for one in some) for some in (large, small)]
    is_alike = shown[0] == shown[1]
    rows = "" if is_alike else f", {shown[0]:.0f} rows for {shown[1]:.0f}"
    ratio = ratio_of([one["page"] for one in large], [one["page"] for one in small])
    sheet.figure(f"{page}: page, large / small{rows}", ratio, most=MOST if is_alike else None)
    ms = {key: median(one[key] for one in large) for key in ("sql", "page", "queries", "rows")}
    queries = "/".join(map(str, sorted({one["queries"] for one in (*large, *small)})))
    sheet.fact(
        f"  large: {ms['page']:.0f} ms, of it {ms['sql']:.1f} ms of SQL in {queries} queries, "
        f"{ms['rows']:.0f} rows; slowest: {max(large, key=lambda one: one['sql'])['slowest']}"
    )


if __name__ == "__main__":
    sys.exit(main())

"""How close the CSV of a report comes to what the database itself can write.

    python -m benchmarks.export_http [--rows 1000000] [--large 15000000] [--rounds 5]
    python -m benchmarks.export_http --database sqlite [--rows 1000000]

The report of incomes is downloaded from the app, served as in production, and the same SELECT is copied by psql or
printed by sqlite3 to /dev/null, in turns. The bytes must be the same, and the columns add up to what the rows do.
"""

import argparse
import csv
import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path
from statistics import median

from benchmarks.export_selects import (
    by_import_export,
    by_iterator,
    select_of_incomes,
    settings_of_walk,
    sums_of_incomes,
)
from benchmarks.inside import inside
from benchmarks.machine import machine, server_of
from benchmarks.pairs import in_turns, ratio_of, seconds_of
from benchmarks.peers import import_export
from benchmarks.people import session_of as opened
from benchmarks.servers import Answer, Server, get, serving
from benchmarks.sheets import Sheet
from benchmarks.worlds import KINDS, is_sqlite, loaded, path_of

PATH = "/reports/incomes.csv"
YEARS = 5
PEER_ROWS = 20_000
# A session stays open as long as its database.
session_of = cache(opened)
MOST = {"postgresql": 1.15, "sqlite": 1.6}
LEAST_IMPORT_EXPORT, LEAST_ITERATOR = 50, 3
MOST_MORE, MOST_MEMORY, MOST_FIRST = 10, 100, 50
PERSONS, NET_INCOME = 4, 10


def main() -> int:
    parser = argparse.ArgumentParser(description="The CSV of a report over HTTP, against psql or sqlite3.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--large", type=int, default=15_000_000, help="rows whose memory and first row are measured")
    parser.add_argument("--small", type=int, default=15_000, help="rows whose memory is held against that")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--database", choices=KINDS, default="postgresql")
    parser.add_argument("--no-peers", action="store_true", help="leave out what has to be fetched, or takes long")
    given = parser.parse_args()
    sheet = Sheet()
    with KINDS[given.database]() as base:
        sheet.fact(f"{machine()}; {given.database}, {given.rows:,} rows")
        if given.database == "postgresql":
            sheet.fact(server_of(base))
        url = loaded(base, given.rows // YEARS)
        against_the_database(sheet, url, given.rounds)
        if not given.no_peers:
            against_peers(sheet, url, given.rows, given.rounds)
        large = url if given.database == "sqlite" else loaded(base, given.large // YEARS)
        memory_and_first_row(sheet, loaded(base, given.small // YEARS), large)
    return sheet.code


def against_the_database(sheet: Sheet, url: str, rounds: int) -> None:
    """The same rows from the app and from the database's own program."""
    tool = "sqlite3 -csv" if is_sqlite(url) else "psql \\copy"
    if not shutil.which(tool.split()[0]):
        sheet.skipped(f"export over HTTP / {tool}", f"there is no {tool.split()[0]} here (apt-get install)")
        return
    select, session = inside(url, select_of_incomes), session_of(url)
    own = [] if is_sqlite(url) else inside(url, settings_of_walk)
    right(sheet, url, select, session)
    works: dict[str, Callable[[], float]] = {
        "http": lambda: _downloaded(url, session).seconds,
        "tool": lambda: seconds_of(lambda: _copied(url, select, "/dev/null")),
    }
    if own:
        works["tool, planned alike"] = lambda: seconds_of(lambda: _copied(url, select, "/dev/null", own))
    times = in_turns(rounds, works)
    kind = "sqlite" if is_sqlite(url) else "postgresql"
    ratio = ratio_of(times["http"], times["tool"])
    sheet.figure(f"export over HTTP / {tool} of the same SELECT", ratio, most=MOST[kind])
    if own:
        ratio = ratio_of(times["http"], times["tool, planned alike"])
        sheet.figure(f"export over HTTP / {tool}, planned as the report is (first row at once)", ratio)
    for name, seconds in times.items():
        sheet.figure(f"  {name}", median(seconds), "s")


def right(sheet: Sheet, url: str, select: str, session: str) -> None:
    """The body is what the database's program writes, and adds up to what the rows do."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copied.csv"
        _copied(url, select, str(path))
        copied = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    answer = _downloaded(url, session, keep=True)
    # Between the line of titles and that of the total, which ends the file.
    start, end = answer.body.index(b"\n") + 1, answer.body.rindex(b"\r\n", 0, -2) + 2
    body = bytes(answer.body[start:end])
    rows = list(csv.reader(io.StringIO(body.decode())))
    if is_sqlite(url):
        # sqlite3 puts quotes around more than need be.
        theirs = list(csv.reader(io.StringIO(copied.decode())))
        sheet.check("the rows over HTTP are those of the database's program, cell by cell", rows == theirs, True)
    else:
        sheet.check("the rows over HTTP are those of the database's program, byte for byte", body == copied, True)
    net = sum((Decimal(row[NET_INCOME]) for row in rows), Decimal(0))
    sums = [str(len(rows)), str(sum(int(row[PERSONS]) for row in rows)), f"{net:.2f}"]
    expected = inside(url, sums_of_incomes)
    sheet.check("they are as many, and add up to as much, as the rows of the table", sums, expected)
    total = next(csv.reader([answer.body[end:].decode()]))
    sheet.check("the total in the file is their sum", [total[PERSONS], total[NET_INCOME]], sums[1:])


def against_peers(sheet: Sheet, url: str, rows: int, rounds: int) -> None:
    """Seconds a row of what else could write such a file."""
    session, few = session_of(url), min(rows, PEER_ROWS)
    with import_export() as python:
        works: dict[str, Callable[[], float]] = {
            "http": lambda: _downloaded(url, session).seconds / rows,
            "iterator": lambda: inside(url, by_iterator, rows=rows) / rows,
        }
        if python:
            works["import-export"] = lambda: inside(url, by_import_export, python=python, rows=few) / few
        times = in_turns(max(1, rounds - 2), works)
    sheet.figure(
        "iterator() and csv.writer / export", ratio_of(times["iterator"], times["http"]), least=LEAST_ITERATOR
    )
    what = f"django-import-export, {few:,} rows / export, a row"
    if python:
        sheet.figure(what, ratio_of(times["import-export"], times["http"]), least=LEAST_IMPORT_EXPORT)
    else:
        sheet.skipped(what, "it is not installed and could not be fetched")


def memory_and_first_row(sheet: Sheet, small: str, large: str) -> None:
    """What the worker needs for few rows and for many, each in a worker of its own."""
    peaks, answers = [], []
    for url in (small, large):
        session = session_of(url)
        with serving(url) as server:
            answers.append(get(server, PATH, session=session))
            peaks.append(server.memory)
    few, many = (answer.lines for answer in answers)
    sheet.figure(f"worker's peak memory with {many:,} lines", peaks[1], "MiB", most=MOST_MEMORY)
    sheet.figure(f"  more than with {few:,}", peaks[1] - peaks[0], "MiB", most=MOST_MORE)
    first = (answers[1].first_row or 0) * 1000
    sheet.figure("first row of data in the first download of a fresh worker", first, "ms")
    session = session_of(large)
    with serving(large) as server:
        again = [_first_row(server, session) for _time in range(5)]
    sheet.figure(f"first row of data of {many:,} lines", median(again), "ms", most=MOST_FIRST)


def _first_row(server: Server, session: str) -> float:
    """Milliseconds until the first row; what follows is left unread."""
    answer = get(server, PATH, session=session, is_enough=True)
    return (answer.first_row or 0) * 1000


def _downloaded(url: str, session: str, *, keep: bool = False) -> Answer:
    """A whole download from a fresh, warm worker."""
    with serving(url) as server:
        return get(server, PATH, session=session, keep=keep)


def _copied(url: str, select: str, path: str, settings: list[str] | None = None) -> None:
    """The rows of a SELECT written by the database's own program."""
    if is_sqlite(url):
        with Path(path).open("wb") as out:
            subprocess.run(["sqlite3", "-csv", str(path_of(url)), select], check=True, stdout=out)
        return
    words = [word for one in settings or [] for word in ("-c", one)]
    copy = f"\\copy ({select}) to '{path}' with (format csv)"
    subprocess.run(["psql", url, "-X", "-q", *words, "-c", copy], check=True)


if __name__ == "__main__":
    sys.exit(main())

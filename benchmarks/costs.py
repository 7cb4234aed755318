"""What a page, an import, a download and a backup cost: seconds of the processor of the app and of the server."""

import csv
import os
import subprocess
from contextlib import closing
from pathlib import Path
from statistics import median

import psycopg2

from benchmarks.asker import asker
from benchmarks.dashboards import COUNTY, PAGES, ROLE, first_county
from benchmarks.importing import HEADER, importer, lines_of
from benchmarks.occupied import rows_of, server_time, written_ahead
from benchmarks.pairs import processor_time, seconds_of
from benchmarks.people import session_of
from benchmarks.servers import get, serving
from benchmarks.sheets import Sheet

# Years of which the load records nothing, and that are over.
IMPORTED_YEARS = range(2021, 2026)
ROWS = 100_000
REPORT = "/reports/incomes.csv"
# How often a page is asked for; each time twice, and what the first of all finds cold is not counted.
TIMES = 5
HOMES = (
    "SELECT d.code, h.number FROM beneficiaries_household h JOIN projects_division d ON d.id = h.village_id "
    f"ORDER BY h.id LIMIT {ROWS // len(IMPORTED_YEARS)}"
)


def pages(sheet: Sheet, url: str, at: str) -> None:
    """Milliseconds of each page: of the processor, of SQL, of waiting."""
    addresses = {**PAGES, COUNTY: f"/areas/{first_county(url)}/"}
    session = session_of(url, ROLE)
    with asker(url) as one:
        for name, path in addresses.items():
            one.ask(path, session)
            before = processor_time(one.pid) + server_time(url)
            answers = [one.ask(path, session) for _time in range(TIMES)]
            # Each is asked for twice, so that what is told of is warm.
            spent = (processor_time(one.pid) + server_time(url) - before) / TIMES / 2 * 1000
            sheet.check(f"{name}: the page is there; {at}", {answer["status"] for answer in answers}, {200})
            sheet.figure(f"{name}: processor; {at}", spent, "ms")
            sheet.figure(f"{name}: SQL; {at}", median(answer["sql"] for answer in answers), "ms")
            sheet.figure(f"{name}: page; {at}", median(answer["page"] for answer in answers), "ms")


def imported(sheet: Sheet, url: str, at: str, folder: Path) -> None:
    """A file of incomes of years that are new, by the command of the product, for each 100,000 rows."""
    path = folder / "incomes.csv"
    rows = incomes_file(path, url)
    by = importer(url)
    log, before = written_ahead(url), server_time(url)
    done = by.imports(path)
    server = server_time(url) - before
    sheet.check(f"the import is accepted; {at}", (done.code, done.printed[-200:] if done.code else ""), (0, ""))
    sheet.figure(f"import: rows; {at}", rows)
    for name, value, unit in (
        ("processor of the app", done.processor, "s"),
        ("processor of the server", server, "s"),
        ("wall time, with others at work", done.seconds, "s"),
        ("log of the server (WAL)", (written_ahead(url) - log) / 2**20, "MiB"),
    ):
        sheet.figure(f"import: {name}, 100,000 rows; {at}", value * ROWS / rows, unit)
    sheet.figure(f"import: peak memory; {at}", done.memory, "MiB")


def incomes_file(path: Path, url: str) -> int:
    """Incomes of the first households in years of which nothing is recorded yet; how many rows."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(HOMES)
        homes = [[code, number] for code, number in cursor.fetchall()]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for year in IMPORTED_YEARS:
            writer.writerows(lines_of(homes, year))
    return len(homes) * len(IMPORTED_YEARS)


def exported(sheet: Sheet, url: str, at: str) -> None:
    """The report of all incomes as CSV over HTTP, for each 100,000 rows."""
    session = session_of(url)
    with serving(url) as server:
        before = processor_time(server.worker) + server_time(url)
        answer = get(server, REPORT, session=session)
        spent = processor_time(server.worker) + server_time(url) - before
        # The title and the total stand around the rows.
        rows = rows_of(url, "beneficiaries_incomerecord", "superseded_at IS NULL")
        sheet.check(f"the download is whole; {at}", (answer.status, answer.lines), (200, rows + 2))
        sheet.figure(f"download: peak memory of the worker; {at}", server.memory, "MiB")
    lines = max(answer.lines, 1)
    sheet.figure(f"download: lines; {at}", answer.lines)
    sheet.figure(f"download: processor, 100,000 lines; {at}", spent * ROWS / lines, "s")
    sheet.figure(f"download: lines a second, with others at work; {at}", lines / answer.seconds)
    sheet.figure(f"download: bytes a line; {at}", answer.size / lines, "bytes")


def dumped(sheet: Sheet, url: str, at: str, folder: Path) -> None:
    """A packed copy of the whole database as pg_dump writes it."""
    path = folder / "dump"
    before = server_time(url) + os.times().children_user + os.times().children_system
    seconds = seconds_of(lambda: subprocess.run(["pg_dump", "--format=custom", f"--file={path}", url], check=True))
    spent = server_time(url) + os.times().children_user + os.times().children_system - before
    sheet.figure(f"backup: pg_dump, packed; {at}", path.stat().st_size / 2**20, "MiB")
    sheet.figure(f"backup: processor; {at}", spent, "s")
    sheet.figure(f"backup: wall time, with others at work; {at}", seconds, "s")
    path.unlink()

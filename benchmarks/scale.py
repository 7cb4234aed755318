"""What it takes: bytes on the disk, imports, pages, downloads and backups at three sizes, for docs/scale.md.

    nice python -m benchmarks.scale [--households 3000 30000 300000]

On PostgreSQL, each size with incomes of five years in one province. Told are bytes and seconds of the processor, of
the app and of the server together, which a busy machine changes little; seconds that one waits stand beside them.
benchmarks/projecting.py reads what this prints, so each line says what it is of.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.costs import dumped, exported, imported, pages
from benchmarks.entering import enter, people_file, villages_of
from benchmarks.importing import importer
from benchmarks.inside import inside
from benchmarks.machine import machine, server_of
from benchmarks.occupied import GROUPS, Taken, rows_of, server_time, tables_of
from benchmarks.sheets import Sheet
from benchmarks.worlds import copy_of, drop, loaded, postgresql

# Sichuan: its counties take 658,800 households of the load.
AREA, YEARS = "51", 5
SIZES = (3_000, 30_000, 300_000)
NEW_HOUSEHOLDS, SAVES = 600, 500
EVENTS = "audit_auditevent"


def main() -> int:
    parser = argparse.ArgumentParser(description="Bytes, imports, pages, downloads and backups at three sizes.")
    parser.add_argument("--households", type=int, nargs=3, default=SIZES)
    sizes: list[int] = parser.parse_args().households
    sheet = Sheet()
    with postgresql() as cluster, tempfile.TemporaryDirectory(prefix="scale-") as folder:
        sheet.fact(f"{machine()}, niceness {os.nice(0)}")
        sheet.fact(server_of(cluster))
        for households in sizes:
            of_size(sheet, loaded(cluster, households, years=YEARS, area=AREA), households, Path(folder))
        entered(sheet, loaded(cluster, sizes[0], years=YEARS, area=AREA), Path(folder))
    return sheet.code


def of_size(sheet: Sheet, url: str, households: int, folder: Path) -> None:
    """Everything of one size."""
    at = f"{households * YEARS:,} household-years"
    taken(sheet, url, at)
    pages(sheet, url, at)
    exported(sheet, url, at)
    dumped(sheet, url, at, folder)
    copy = copy_of(url, "scale_import")
    imported(sheet, copy, at, folder)
    drop(copy)


def taken(sheet: Sheet, url: str, at: str) -> None:
    """Bytes by what there is one row of, and of that the indexes."""
    tables = tables_of(url)
    for name, members in GROUPS.items():
        size = sum((tables.pop(table) for table in members), Taken())
        rows = rows_of(url, members[0])
        told(sheet, f"{name}: rows", at, rows)
        told(sheet, f"{name}: bytes a row, indexes included", at, size.total / max(rows, 1), "bytes")
        told(sheet, f"{name}: of that indexes", at, size.indexes / max(rows, 1), "bytes")
    rest = sum(tables.values(), Taken())
    told(sheet, "everything else", at, rest.total / 2**20, "MiB")
    whole = sum(tables_of(url).values(), Taken())
    told(sheet, "the whole database", at, whole.total / 2**20, "MiB")


def entered(sheet: Sheet, url: str, folder: Path) -> None:
    """What a household, a person and an income take that are recorded one by one, with their events of the trail."""
    copy = copy_of(url, "scale_entered")
    path = folder / "people.csv"
    members = people_file(path, villages_of(copy), NEW_HOUSEHOLDS)
    before, begun = tables_of(copy), rows_of(copy, EVENTS)
    server = server_time(copy)
    done = importer(copy, AREA).imports(path, kind="import_households")
    sheet.check("the register is accepted", (done.code, done.printed[-200:] if done.code else ""), (0, ""))
    spent = done.processor + server_time(copy) - server
    after, events = tables_of(copy), rows_of(copy, EVENTS) - begun
    grown = {
        name: sum(((after[table] - before[table]) for table in GROUPS[name]), Taken()).total
        for name in ("households", "persons", "events")
    }
    sheet.figure("register: bytes a household, events aside", grown["households"] / NEW_HOUSEHOLDS, "bytes")
    sheet.figure("register: bytes a person with name and number, events aside", grown["persons"] / members, "bytes")
    sheet.figure("register: events a household with its members", events / NEW_HOUSEHOLDS)
    sheet.figure("register: bytes an event", grown["events"] / events, "bytes")
    sheet.figure("register: processor, 1,000 persons", spent * 1000 / members, "s")
    typed(sheet, copy)
    drop(copy)


def typed(sheet: Sheet, url: str) -> None:
    """Incomes that are entered by hand."""
    before, begun = tables_of(url)[EVENTS], rows_of(url, EVENTS)
    inside(url, enter, saves=SAVES)
    events = rows_of(url, EVENTS) - begun
    sheet.figure("by hand: events an income", events / SAVES)
    sheet.figure("by hand: bytes an event", (tables_of(url)[EVENTS] - before).total / events, "bytes")


def told(sheet: Sheet, what: str, at: str, value: float, unit: str = "") -> None:
    """A figure of one size."""
    sheet.figure(f"{what}; {at}", value, unit)


if __name__ == "__main__":
    sys.exit(main())

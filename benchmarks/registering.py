"""What a register takes that comes in a file, told by an event for each kind, and incomes that somebody types.

    python -m benchmarks.registering [--households 6000] [--saves 500]

Into a copy of a database of 15,000 household-years. Bytes are what tables grow by, those of the few events of a file
what these take. By default the file is about as large as one may be (IMPORT_MAX_ROWS).
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.entering import enter, people_file, villages_of
from benchmarks.importing import importer
from benchmarks.inside import inside
from benchmarks.machine import machine, server_of
from benchmarks.occupied import GROUPS, Taken, one, rows_of, server_time, tables_of
from benchmarks.sheets import Sheet
from benchmarks.worlds import copy_of, drop, loaded, postgresql

AREA, GROUND = "51", 3_000
EVENTS = "audit_auditevent"


def main() -> int:
    parser = argparse.ArgumentParser(description="Bytes and processor of a register, and of incomes one by one.")
    parser.add_argument("--households", type=int, default=6000)
    parser.add_argument("--saves", type=int, default=500)
    given = parser.parse_args()
    sheet = Sheet()
    with postgresql() as cluster, tempfile.TemporaryDirectory(prefix="register-") as folder:
        sheet.fact(f"{machine()}, niceness {os.nice(0)}")
        sheet.fact(server_of(cluster))
        ground = loaded(cluster, GROUND, area=AREA)
        entered(sheet, ground, given.households, given.saves, Path(folder))
    return sheet.code


def entered(sheet: Sheet, url: str, households: int, saves: int, folder: Path) -> None:
    """What a household and a person of a register take, an income by hand, and what the trail tells of them."""
    copy = copy_of(url, "entered")
    path = folder / "people.csv"
    members = people_file(path, villages_of(copy), households)
    dump = dump_of(copy, folder)
    before, begun = tables_of(copy), rows_of(copy, EVENTS)
    server = server_time(copy)
    done = importer(copy, AREA).imports(path, kind="import_households")
    sheet.check("the register is accepted", (done.code, done.printed[-200:] if done.code else ""), (0, ""))
    spent = done.processor + server_time(copy) - server
    after, events = tables_of(copy), rows_of(copy, EVENTS) - begun
    grown = {
        name: sum(((after[table] - before[table]) for table in GROUPS[name]), Taken()).total
        for name in ("households", "persons")
    }
    (told,) = one(copy, f"SELECT COALESCE(sum(pg_column_size(e)), 0) FROM {EVENTS} e WHERE id > {begun}")
    sheet.figure("register: rows", members)
    sheet.figure("register: bytes a household, events aside", grown["households"] / households, "bytes")
    sheet.figure("register: bytes a person with name and number, events aside", grown["persons"] / members, "bytes")
    sheet.figure("register: events of the file", events)
    sheet.figure("register: trail, bytes a person", float(told) / members, "bytes")
    packed = (dump_of(copy, folder) - dump) / members
    sheet.figure("register: packed dump, a person with all of this", packed, "bytes")
    sheet.figure("register: processor, 1,000 persons", spent * 1000 / members, "s")
    typed(sheet, copy, saves)
    drop(copy)


def typed(sheet: Sheet, url: str, saves: int) -> None:
    """Incomes that are entered by hand."""
    before, begun = tables_of(url)[EVENTS], rows_of(url, EVENTS)
    inside(url, enter, saves=saves)
    events = rows_of(url, EVENTS) - begun
    sheet.figure("by hand: events an income", events / saves)
    sheet.figure("by hand: bytes an event", (tables_of(url)[EVENTS] - before).total / events, "bytes")


def dump_of(url: str, folder: Path) -> int:
    """Bytes of a packed dump."""
    path = folder / "dump"
    subprocess.run(["pg_dump", "--format=custom", f"--file={path}", url], check=True)
    return path.stat().st_size


if __name__ == "__main__":
    sys.exit(main())

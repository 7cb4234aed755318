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
from benchmarks.machine import machine, server_of
from benchmarks.occupied import GROUPS, Taken, rows_of, tables_of
from benchmarks.sheets import Sheet
from benchmarks.worlds import copy_of, drop, loaded, postgresql

# Sichuan: its counties take 658,800 households of the load.
AREA, YEARS = "51", 5
SIZES = (3_000, 30_000, 300_000)


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


def told(sheet: Sheet, what: str, at: str, value: float, unit: str = "") -> None:
    """A figure of one size."""
    sheet.figure(f"{what}; {at}", value, unit)


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Checks reports that were taken away, with nothing but Python's standard library (3.8 or later).

    python check.py [datapackage.json]

For each CSV that the package names: its bytes, their SHA-256, its columns, the number of its rows, the sum of each
column of money or of a number of things, and its last line, the total. A file that was saved under another name is
found by its bytes. A total that is the sum of the rows is held
against that sum; others, such as ratios, against what the package says of them.

It says what is wrong and where, and ends with exit code 1; with 0 where everything holds. It needs no network and no
database, and is short enough to be read before it is run.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Iterator  # noqa: UP035 - Python 3.8 runs it

BLOCK = 1 << 20


def faults_of_bytes(path: Path, told: dict[str, Any]) -> Iterator[str]:
    """Where the file is not the one that was taken away."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        for block in iter(lambda: file.read(BLOCK), b""):
            digest.update(block)
            size += len(block)
    if size != told["bytes"]:
        yield f"it has {size} bytes, not {told['bytes']}"
    if "sha256:" + digest.hexdigest() != told["hash"]:
        yield "its SHA-256 is another"


def faults_of_rows(path: Path, told: dict[str, Any]) -> Iterator[str]:
    """Where the file does not hold what it has to add up to."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file)
        if next(lines, []) != [field["name"] for field in told["schema"]["fields"]]:
            yield "its columns are others"
            return
        keys = [field["key"] for field in told["schema"]["fields"]]
        places = {key: keys.index(key) for key in told["control_totals"]}
        sums = dict.fromkeys(places, Decimal(0))
        rows = 0
        last: list[str] = []
        for cells in lines:
            # The last line is the total, where the report has one.
            if last or told["total_row"] is None:
                rows += 1
                yield from faults_of_line(last or cells, places, sums, rows)
            last = cells if told["total_row"] is not None else []
    if rows != told["rows"]:
        yield f"it has {rows} rows, not {told['rows']}"
    for name, found in sums.items():
        if found != Decimal(told["control_totals"][name]):
            yield f"{name}: the rows add up to {found}, not {told['control_totals'][name]}"
    if told["total_row"] is not None:
        total = dict(zip(keys, last))  # noqa: B905 - Python 3.8 runs it
        yield from faults_of_total(total, sums, told)


def faults_of_line(cells: list[str], places: dict[str, int], sums: dict[str, Decimal], row: int) -> Iterator[str]:
    """Add a row up; where it is none."""
    for name, place in places.items():
        try:
            sums[name] += Decimal(cells[place] or 0)
        except (IndexError, InvalidOperation):
            yield f"row {row}: {name} is no number"


def faults_of_total(total: dict[str, str], sums: dict[str, Decimal], told: dict[str, Any]) -> Iterator[str]:
    """Where the last line is not the total that was told, or not the sum of the rows where it has to be."""
    for name, stated in told["total_row"].items():
        if total.get(name) != stated:
            yield f"{name}: the total is {total.get(name)}, not {stated}"
    for name in told["added"]:
        if Decimal(told["total_row"].get(name) or 0) != sums[name]:
            yield f"{name}: the total is {told['total_row'].get(name)}, the rows add up to {sums[name]}"


def place_of(folder: Path, told: dict[str, Any]) -> Path | None:
    """Where the file is: under its name, else under another, known by its bytes; None for nowhere."""
    path = folder / told["path"]
    if path.is_file():
        return path
    others = (one for one in sorted(folder.glob("*.csv")) if one.stat().st_size == told["bytes"])
    return next((one for one in others if not list(faults_of_bytes(one, told))), None)


def faults_of(folder: Path, told: dict[str, Any]) -> list[str]:
    """Everything that is wrong with one file."""
    path = place_of(folder, told)
    if path is None:
        return ["it is not there, under this name or any other"]
    return [*faults_of_bytes(path, told), *faults_of_rows(path, told)]


def main(arguments: list[str]) -> int:
    package = Path(arguments[0] if arguments else "datapackage.json")
    resources = json.loads(package.read_text(encoding="utf-8"))["resources"]
    faults = [(told["path"], fault) for told in resources for fault in faults_of(package.parent, told)]
    for path, fault in faults:
        print(f"{path}: {fault}")  # noqa: T201
    print(f"{len(resources)} files, {sum(told['rows'] for told in resources)} rows, {len(faults)} faults")  # noqa: T201
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

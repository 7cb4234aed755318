"""The files that the example is read from."""

import csv
import re
import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data"

PLACE_CODE = re.compile(r"\b\d{12}\b")

Row = dict[str, Any]


def rows_of(name: str) -> list[Row]:
    """The rows of a CSV file, without the cells that are empty."""
    with (DATA / name).open(encoding="utf-8", newline="") as handle:
        return [{key: value for key, value in row.items() if value} for row in csv.DictReader(handle)]


@cache
def tables_of(name: str) -> dict[str, Any]:
    """The tables of a TOML file; a number with a point would be read exactly."""
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"), parse_float=Decimal)


def text_of(name: str) -> bytes | None:
    """The bytes of a document that comes with the example; None for one whose text does not."""
    path = DATA / name
    return path.read_bytes() if path.is_file() else None


def codes_named() -> set[str]:
    """Every division code that a data file names."""
    files = [path for path in DATA.iterdir() if path.suffix in {".csv", ".toml"}]
    return {code for path in files for code in PLACE_CODE.findall(path.read_text(encoding="utf-8"))}

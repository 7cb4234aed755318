"""The hostile files, what must come of each, and what reading makes of them before any table is asked."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from io import TextIOWrapper
from pathlib import Path
from typing import Any
from unittest import mock

from alleviation.common.reading import Fault, FileRefused, ImportColumn, Limits, cells, layout, opened, xlsx_file
from alleviation.common.workbook.reader import answer

FOLDER = Path(__file__).parent / "hostile"
MANIFEST = json.loads((FOLDER / "manifest.json").read_text())
CASES = {case["id"]: case for case in MANIFEST["cases"]}
# What tables or a person's rights decide: to reading, there is nothing wrong with it.
ABOVE = {"duplicate", "out_of_scope"}
LIMITS = Limits(max_year=2026)


@dataclass(frozen=True)
class Outcome:
    """What became of a file: accept, row_errors or refuse, as the manifest says it."""

    word: str
    code: str | None = None
    faults: list[Fault] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def places(self) -> list[tuple[int, str | None, str]]:
        return [(fault.row, fault.column, fault.code) for fault in self.faults]


@cache
def columns() -> tuple[ImportColumn, ...]:
    """The columns of the manifest, as the import of incomes has them."""
    parsers = {
        "village_code": cells.village_code,
        "household_no": cells.code,
        "head_name": cells.name,
        "id_number": cells.id_number,
        "size": partial(cells.integer, low=1, high=LIMITS.max_household_size),
        "year": partial(cells.year, limits=LIMITS),
        "business_income": partial(cells.money, may_be_negative=True, limits=LIMITS),
    }
    money = partial(cells.money, limits=LIMITS)
    return tuple(ImportColumn(name, name.replace("_", " "), parsers.get(name, money)) for name in MANIFEST["columns"])


def outcome_of(path: Path, name: str | None = None) -> Outcome:
    """What reading makes of a file: all of its rows, or all that is wrong."""
    rows, faults = [], []
    try:
        with opened(path, name=name or path.name, limits=LIMITS) as file:
            found = layout(file.header, columns())
            for number, row in file.rows():
                values, wrong = found.read(number, row)
                rows.append(values)
                faults += wrong
    except FileRefused as refusal:
        return Outcome("refuse", refusal.code)
    return Outcome("row_errors" if faults else "accept", None, faults, [] if faults else rows)


def expected_of(case: dict[str, Any]) -> Outcome:
    """What the manifest expects of reading alone."""
    errors = [one for one in case["errors"] or [] if one["code"] not in ABOVE]
    if case["expect"] == "row_errors" and not errors:
        return Outcome("accept")
    faults = [Fault(one["row"], one["column"], "", one["code"], "") for one in errors]
    return Outcome(case["expect"], case["file_error"], faults)


@contextmanager
def workbooks_read_here() -> Iterator[None]:
    """Workbooks are read in this process: sooner than a new one starts."""
    with mock.patch.object(xlsx_file, "_read", _read_here):
        yield


def _read_here(file: Any, limits: Limits, spool: Any) -> dict[str, Any]:
    out = TextIOWrapper(spool, encoding="utf-8", newline="\n", write_through=True)
    try:
        return answer(file, xlsx_file.told(limits), out)
    finally:
        out.detach()

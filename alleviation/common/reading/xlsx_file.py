"""Reads XLSX: a process of its own turns the workbook into lines, kept in a nameless file until it closes."""

import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alleviation.common.apart import environment
from alleviation.common.reading.base import XLSX, Opened, no_rows, too_many_columns, too_many_rows
from alleviation.common.reading.faults import FileRefused
from alleviation.common.reading.grid import Cell, CellKind, Row
from alleviation.common.reading.limits import Limits
from alleviation.common.workbook import reader

ROOT = Path(reader.__file__).resolve().parents[3]
# Last on the path, so that no module of ours stands in for one of Python's.
START = "import sys; sys.path.append(sys.argv.pop(1)); from alleviation.common.workbook.reader import main; main()"
# How long the reader may compute; where more rows are allowed, so is a second for each of so many.
SECONDS, ROWS_A_SECOND = 8, 5_000
# So many times longer may it take on a busy machine.
PATIENCE = 3
KINDS = {kind.value: kind for kind in CellKind}

TOO_MUCH = gettext_lazy(
    "The workbook unpacks to far more than a table holds. Copy the table alone into a new workbook, as values."
)
DAMAGED = gettext_lazy("The workbook is damaged: it cannot be read. Open it in a spreadsheet and save it once more.")
CONTAINER = gettext_lazy(
    "The workbook was packed in a way that no spreadsheet packs it. Open it in a spreadsheet and save it once more."
)
REFUSALS = {
    "bomb": ("zip_bomb", TOO_MUCH),
    "exhausted": ("zip_bomb", TOO_MUCH),
    "many_members": ("zip_bomb", TOO_MUCH),
    "damaged": ("not_xlsx", DAMAGED),
    "no_workbook": ("not_xlsx", gettext_lazy("The file is packed, but no XLSX workbook. Save the table as XLSX.")),
    "doctype": ("xml_dtd", gettext_lazy("The workbook defines words of its own, as no spreadsheet does.")),
    "macro": ("macro", gettext_lazy("The workbook holds macros. Save it as XLSX, which holds none.")),
    "member_name": ("zip_member", CONTAINER),
    "member_twice": ("zip_member", CONTAINER),
    "packing": ("zip_member", CONTAINER),
    "encrypted": ("zip_member", gettext_lazy("The workbook is locked with a password. Save it without one.")),
    "sheets": (
        "sheets",
        gettext_lazy("More than one sheet holds something, a hidden one perhaps. Keep one, and delete the others."),
    ),
    "empty": ("empty", gettext_lazy("Nothing stands in the workbook.")),
}


class XlsxFile(Opened):
    """An XLSX workbook with rows on one sheet; formulas and errors come as what they are, never as values."""

    format = XLSX

    def __init__(self, path: Path, limits: Limits, spool: BinaryIO, *, sha256: str, size: int) -> None:
        super().__init__(path, limits, sha256=sha256, size=size)
        self.spool = spool

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Each row below the header that is not blank, as wide as the header or wider."""
        width, number = len(self.header), 1
        for number, row in self._lines():
            if number > 1:
                cells = [cell if isinstance(cell, str) else Cell(cell[0], KINDS[cell[1]]) for cell in row]
                yield number, [*cells, *[""] * (width - len(cells))]
        if number == 1:
            raise no_rows()

    def _lines(self) -> Iterator[tuple[int, list[Any]]]:
        with io.BufferedReader(_FromStart(self.spool.fileno()), 1 << 16) as lines:
            yield from map(json.loads, lines)

    def take_header(self, found: dict[str, Any]) -> None:
        """The first row as the header. Raises FileRefused: header, merged_cells."""
        number, row = next(self._lines())
        if number != 1:
            raise FileRefused(
                "header", _("Row 1 is blank: the header must stand there. Delete the blank rows above it.")
            )
        self.header = [cell if isinstance(cell, str) else str(cell[0]) for cell in row]
        # A title across the table is no header; that is said first, whatever else is merged.
        if sum(map(bool, map(str.strip, self.header))) > 1 or found["width"] == 1:
            self._refuse_merged(found["merged"])

    def _refuse_merged(self, ranges: list[str]) -> None:
        if ranges:
            told = _("Cells are merged (%(ranges)s), so that all but the first are empty. Undo that and fill each in.")
            raise FileRefused("merged_cells", told % {"ranges": ", ".join(ranges[:5])})


class _FromStart(io.RawIOBase):
    """An open file read from its start, whoever else reads it meanwhile."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.place = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        content = os.pread(self.descriptor, len(buffer), self.place)
        buffer[: len(content)] = content
        self.place += len(content)
        return len(content)


@contextmanager
def open_xlsx(path: Path, file: BinaryIO, limits: Limits, sha256: str, size: int) -> Iterator[XlsxFile]:
    """The file as XLSX. Raises FileRefused."""
    # Nameless, so that nothing of it is left wherever we are stopped.
    with tempfile.TemporaryFile() as spool:
        found = _read(file, limits, spool)
        _refuse(found, limits)
        read = XlsxFile(path, limits, spool, sha256=sha256, size=size)
        read.take_header(found)
        yield read


def told(limits: Limits) -> dict[str, int]:
    """The limits as the reader is told them. Its rows may take twice what the workbook unpacks to."""
    numbers = {name: value for name, value in asdict(limits).items() if isinstance(value, int)}
    seconds = max(SECONDS, limits.max_rows // ROWS_A_SECOND)
    return numbers | {"max_written": 2 * limits.max_unzipped_bytes, "seconds": seconds}


def _read(file: BinaryIO, limits: Limits, spool: BinaryIO) -> dict[str, Any]:
    """What the reader says of the workbook, whose rows are then in the spool."""
    allowed = told(limits)
    patience = PATIENCE * allowed["seconds"]
    command = [sys.executable, "-I", "-S", "-c", START, str(ROOT), json.dumps(allowed)]
    try:
        done = subprocess.run(  # noqa: S603  # nosec B603 # our own interpreter, no shell
            command, stdin=file, stdout=spool, stderr=subprocess.PIPE, timeout=patience, check=False, env=environment()
        )
    except subprocess.TimeoutExpired:
        return {"refused": "exhausted"}
    # Stopped by the system at its limit, it leaves no answer.
    answer = json.loads(done.stderr) if done.returncode == 0 and done.stderr else {"refused": "exhausted"}
    return dict(answer)


def _refuse(found: dict[str, Any], limits: Limits) -> None:
    reason = found.get("refused")
    if reason is None:
        return
    if reason == "many_columns":
        raise too_many_columns(limits)
    if reason == "many_rows":
        raise too_many_rows(limits)
    raise FileRefused(*REFUSALS[reason])

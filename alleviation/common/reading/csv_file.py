"""Reads CSV: as fast as Python's reader, in bounded memory, and strictly."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

from django.utils.translation import gettext as _

from alleviation.common.reading.base import CSV, Opened, no_rows, too_many_columns, too_many_rows
from alleviation.common.reading.encodings import CODECS, GB18030, encoding_of
from alleviation.common.reading.faults import FileRefused
from alleviation.common.reading.grid import Row
from alleviation.common.reading.limits import Limits

# A cell of 300 KB is one bad cell, told with its row; the reader's own limit would refuse the whole file.
csv.field_size_limit(16 * 1024 * 1024)


class CsvFile(Opened):
    """A CSV file: commas between cells, RFC 4180 quotation marks, any line end."""

    format = CSV
    # Commas behind the last name of the header: blank cells behind the last of a row are none of it either.
    is_padded = False

    def text(self) -> TextIO:
        """The file opened as text from its first character on, a byte order mark left out."""
        return self.path.open(encoding=CODECS[self.encoding], errors="strict", newline="")

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Each row below the header that is not blank, with its number: a line break in a cell counts for nothing."""
        count, most, width = 0, self.limits.max_rows, len(self.header)
        for number, row in self._numbered():
            # Most rows begin with something; the others are looked through.
            if number > 1 and ((row and row[0].strip()) or any(map(str.strip, row))):
                count += 1
                if count > most:
                    raise too_many_rows(self.limits)
                if len(row) > width and self.is_padded:
                    _cut_blank(row, width)
                yield number, row  # type: ignore[misc]
        if not count:
            raise no_rows()

    def _numbered(self) -> Iterator[tuple[int, list[str]]]:
        number = 0
        with self.text() as handle:
            try:
                for number, row in enumerate(csv.reader(handle, strict=True), 1):
                    yield number, row
            except csv.Error as error:
                told = _(
                    "From row %(row)s on, the quotation marks do not match: one is opened and not closed, or stands "
                    "within a text. Double the marks within a text, and close those around it."
                )
                raise FileRefused("csv_syntax", told % {"row": number + 1}) from error

    def read_header(self) -> None:
        """The first row as the header. Raises FileRefused: empty, header, too_many_columns."""
        rows = self._numbered()
        self.header = next(rows, (1, []))[1]
        if not any(cell.strip() for cell in self.header):
            if all(not any(map(str.strip, row)) for _number, row in rows):
                raise FileRefused("empty", _("Nothing stands in the file."))
            raise FileRefused(
                "header", _("Row 1 is blank: the header must stand there. Delete the blank rows above it.")
            )
        self.is_padded = _cut_blank(self.header, 0)
        if len(self.header) > self.limits.max_columns:
            raise too_many_columns(self.limits)


def _cut_blank(row: list[str], width: int) -> bool:
    """Takes the blank cells off the end of a row that is wider than this; whether there were any."""
    before = len(row)
    while len(row) > width and not row[-1].strip():
        row.pop()
    return len(row) < before


@contextmanager
def open_csv(path: Path, file: BinaryIO, limits: Limits, sha256: str, size: int) -> Iterator[CsvFile]:
    """The file as CSV. Raises FileRefused."""
    read = CsvFile(path, limits, sha256=sha256, size=size)
    read.encoding = encoding_of(file)
    read.is_guessed = read.encoding == GB18030
    read.read_header()
    yield read

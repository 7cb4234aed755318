"""The columns in which claims leave and come back, and how a file of them is written and read."""

import csv
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from alleviation.common.csv_out import guarded

COLUMNS = (
    "id",
    "document",
    "subject",
    "attribute",
    "measure",
    "qualifier",
    "low",
    "high",
    "unit",
    "basis",
    "period",
    "status",
    "start",
    "end",
    "quote",
)
# What Windows and Linux write, and what a Chinese Excel writes; the latter reads almost anything, so it comes last.
ENCODINGS = ("utf-8-sig", "gb18030")
LARGEST = 20 * 1024 * 1024
MOST_ROWS = 5_000


class FileRow(NamedTuple):
    """A row of a file: its number there, the header being row 1, and its cells by column."""

    number: int
    cells: dict[str, str]


def written(rows: Iterable[dict[str, str]]) -> bytes:
    """The file of these rows: UTF-8, CR LF, text that a spreadsheet would run kept from it by a ' before it."""
    handle = io.StringIO(newline="")
    writer = csv.DictWriter(handle, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: kept_from_running(cell) for name, cell in row.items()} for row in rows)
    return handle.getvalue().encode()


def read_rows(content: bytes) -> Iterator[FileRow]:
    """The rows of a file, column by column whatever their order; empty lines are no rows.

    Raises ValidationError where the file as a whole cannot be read.
    """
    lines = _lines(_decoded(content))
    header = next(lines, (1, []))[1]
    _refuse_other_columns(header)
    for number, (row, cells) in enumerate(lines):
        if number >= MOST_ROWS:
            raise ValidationError(_("The file has more than %(most)s rows: split it.") % {"most": MOST_ROWS})
        if len(cells) != len(header):
            raise ValidationError(
                _("Row %(row)s has %(found)s cells, the header %(wanted)s.")
                % {"row": row, "found": len(cells), "wanted": len(header)},
                code="ragged",
            )
        yield FileRow(row, {name: as_it_was(cell) for name, cell in zip(header, cells, strict=True)})


def kept_from_running(text: str) -> str:
    """Text that no spreadsheet runs as a formula, so that `as_it_was` gives it back as it is."""
    return f"'{text}" if _would_run(text) else text


def as_it_was(text: str) -> str:
    """The text that `kept_from_running` was given."""
    return text[1:] if text.startswith("'") and _would_run(text[1:]) else text


def number_text(value: Decimal | None) -> str:
    """A number in plain digits, with no more decimals than it has; empty for none."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _would_run(text: str) -> bool:
    """Whether a spreadsheet might run it, or it looks like what was kept from that."""
    bare = text.lstrip("'")
    return guarded(bare) != bare


def _decoded(content: bytes) -> str:
    if len(content) > LARGEST:
        raise ValidationError(_("The file is larger than 20 MB."), code="too_large")
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise ValidationError(
        _("The file is no text in UTF-8 or GB18030. Save it as CSV in UTF-8 and import it again."), code="encoding"
    )


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold something, numbered as a spreadsheet numbers its rows."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if any(cells):
                yield number, cells
    except csv.Error as error:
        raise ValidationError(
            _("After row %(row)s the file cannot be read as CSV (%(error)s). Save it as CSV again.")
            % {"row": number, "error": str(error)[:100]},
            code="unreadable",
        ) from error


def _refuse_other_columns(header: list[str]) -> None:
    missing = [name for name in COLUMNS if name not in header]
    strange = [name for name in header if name not in COLUMNS or header.count(name) > 1]
    if missing or strange:
        raise ValidationError(
            _("The columns must be %(wanted)s. Missing: %(missing)s. Unknown, or there twice: %(strange)s.")
            % {
                "wanted": ", ".join(COLUMNS),
                "missing": ", ".join(missing) or "—",
                "strange": ", ".join(dict.fromkeys(strange))[:200] or "—",
            },
            code="columns",
        )

"""CSV as auditors take it away: RFC 4180, UTF-8 with BOM, plain decimals, no formulas, honest about its end."""

import csv
import io
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import Any, NamedTuple, TextIO

from django.http import StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext

from alleviation.common import words
from alleviation.common.figures import Figure, FigureSum
from alleviation.common.tables import Column, Kind, Row, Table

logger = logging.getLogger(__name__)

BOM = "\ufeff"
CHUNK = 64 * 1024
LINE_END = "\r\n"
FORMULA_STARTS = tuple("=+-@＝＋－＠")
UNSEEN = "\u200b\u200e\u200f\u2060\ufeff"
# A header, the first rows, a line that says that they are all there is of it, and the end.
FIRST_PARTS = 4


class BrokenOff(Exception):
    """A file cannot be made to its end, though it has begun to go out."""


def guarded(text: str) -> str:
    """Text that no spreadsheet runs as a formula: a ' before = + - @ (full-width too), tab, CR or LF.

    Leading blanks are looked through, full-width and invisible ones too, since spreadsheets may drop them.
    """
    if text.startswith(("\t", "\r", "\n")) or _stripped(text).startswith(FORMULA_STARTS):
        return f"'{text}"
    return text


def _stripped(text: str) -> str:
    start = next((i for i, char in enumerate(text) if not char.isspace() and char not in UNSEEN), len(text))
    return text[start:]


def csv_rows(columns: tuple[Column, ...], rows: Iterable[Row], total: Row | None = None) -> Iterator[list[str]]:
    """Header, rows, and the total where there is one, as lists of text.

    A figure takes three columns (qualifier, low, high), so that its bounds can be added up.
    """
    yield [one.title for one in file_columns(columns)]
    for row in rows:
        yield [cell for column in columns for cell in _cells_of(row, column)]
    if total is not None:
        cells = [cell for column in columns for cell in _cells_of(total, column)]
        yield [gettext("Total"), *cells[1:]]


class Block(NamedTuple):
    """Some of a file's bytes, whole lines, and how many rows they are: the header and the total are none."""

    content: bytes
    rows: int = 0


class FileColumn(NamedTuple):
    """A column of a file, where a figure has three."""

    title: str
    kind: Kind
    key: str
    unit: str = ""
    places: int = 0


def file_columns(columns: tuple[Column, ...]) -> tuple[FileColumn, ...]:
    """The columns of a file in their order."""
    return tuple(one for column in columns for one in _parts_of(column))


def _parts_of(column: Column) -> Iterator[FileColumn]:
    if column.kind is not Kind.FIGURE:
        places = 2 if column.kind is Kind.YUAN else column.places if column.kind is Kind.RATIO else 0
        yield FileColumn(column.file_header, column.kind, column.key, column.unit_words, places)
        return
    qualifier, *bounds = (gettext("qualifier"), gettext("low"), gettext("high"))
    title = gettext("%(title)s: %(part)s")
    yield FileColumn(title % {"title": column.file_header, "part": qualifier}, Kind.TEXT, f"{column.key}_qualifier")
    for key, part in zip(("low", "high"), bounds, strict=True):
        named = title % {"title": column.file_header, "part": part}
        yield FileColumn(named, Kind.FIGURE, f"{column.key}_{key}", column.unit_words)


def lines_of(block: Block) -> Iterator[list[str]]:
    """A block's lines, each as its cells."""
    return csv.reader(io.StringIO(block.content.decode().removeprefix(BOM), newline=""))


def csv_cells(value: Any, column: Column, *, unit: str = "") -> list[str]:
    """The cell, or the three of a figure; None is empty, never 0. Money has two decimals, in a figure too."""
    if column.kind is Kind.FIGURE:
        return _figure_cells(value.figure if isinstance(value, FigureSum) else value, unit or str(column.unit))
    if value is None:
        return [""]
    if column.kind is Kind.YUAN:
        return [f"{words.rounded(value, 2):f}"]
    if column.kind is Kind.RATIO:
        return [f"{words.rounded(words.WIDE.scaleb(words.exact(value), 2), column.places):f}"]
    if isinstance(value, (date, datetime)):
        return [_iso(value)]
    if column.kind in Kind.WORDS or not isinstance(value, (int, Decimal)):
        return [guarded(str(value))]
    return [_plain(Decimal(value))]


def _figure_cells(figure: Figure | None, unit: str) -> list[str]:
    if figure is None:
        return ["", "", ""]
    places = 2 if unit in words.MONEY_UNITS else 0
    bounds = ("" if bound is None else _plain(bound, places) for bound in (figure.low, figure.high))
    return [str(figure.qualifier.value), *bounds]


def _cells_of(row: Row, column: Column) -> list[str]:
    return csv_cells(row.get(column.key), column, unit=str(row.get(column.unit_key) or ""))


def _plain(value: Decimal, least_places: int = 0) -> str:
    return f"{value:.{max(words.decimals(value), least_places)}f}"


def _iso(value: date | datetime) -> str:
    if not isinstance(value, datetime):
        return value.isoformat()
    return (timezone.localtime(value) if timezone.is_aware(value) else value).isoformat(timespec="seconds")


def csv_blocks(
    slug: str, columns: tuple[Column, ...], body: Iterable[Block], total: Callable[[], Row | None]
) -> Iterator[Block]:
    """A CSV: its header, the rows, then the total, which is not asked for before.

    A failure midway ends it with a line that says so, and is raised again.
    """
    written = 0
    try:
        yield Block(BOM.encode() + _line(next(csv_rows(columns, ()))))
        for block in body:
            yield block
            written += block.rows
        if (last := total()) is not None:
            *_header, cells = csv_rows(columns, (), last)
            yield Block(_line(cells))
    except Exception as error:
        # Without the message: it may quote a person's data.
        logger.error("%s.csv broke off after %d rows: %s", slug, written, type(error).__name__)
        yield Block(_line([gettext("THIS FILE IS INCOMPLETE. Do not use it; download it again.")]))
        raise


def row_blocks(columns: tuple[Column, ...], rows: Iterable[Row]) -> Iterator[Block]:
    """Rows as lines, some at a time; where they break off, those before the failure first."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator=LINE_END)
    held = 0
    try:
        for row in rows:
            writer.writerow([cell for column in columns for cell in _cells_of(row, column)])
            held += 1
            if buffer.tell() > CHUNK:
                yield Block(_drained(buffer), held)
                held = 0
    except Exception:
        # No block without a row: that would be the total.
        if held:
            yield Block(_drained(buffer), held)
        raise
    if held:
        yield Block(_drained(buffer), held)


def _line(cells: list[str]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator=LINE_END).writerow(cells)
    return _drained(buffer)


def _drained(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def table_blocks(table: Table) -> Iterator[Block]:
    """A table as CSV."""
    return csv_blocks(table.slug, table.columns, row_blocks(table.columns, table.rows), lambda: table.total)


def write_csv(table: Table, handle: TextIO) -> None:
    """Writes the table to an open text file (opened with newline="" and UTF-8), BOM first.

    A failure midway ends the file with a line that says so, and is raised again.
    """
    for block in table_blocks(table):
        handle.write(block.content.decode())


def stream_csv(table: Table, *, filename: str) -> StreamingHttpResponse:
    """A download of a table in the language of now; a failure midway ends it with a line that says so."""
    return download((block.content for block in table_blocks(table)), filename, "text/csv; charset=utf-8")


def download(parts: Iterable[bytes], filename: str, content_type: str) -> StreamingHttpResponse:
    """A file as it is made, in the language of now.

    What fails with its first rows is a page of failure. Where its making fails later, which is logged, the connection
    is cut, so that a browser calls the download broken; what came says so in its last line, or is a zip without end.
    """
    rest = iter(parts)
    begun = chain(list(islice(rest, FIRST_PARTS)), rest)
    response = StreamingHttpResponse(_in_language(begun, translation.get_language()), content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, filename)
    response["Cache-Control"] = "private, no-store"
    return response


def _in_language(parts: Iterable[bytes], language: str | None) -> Iterator[bytes]:
    with translation.override(language):
        try:
            yield from parts
        except Exception as error:
            # The server logs it, cuts the connection, and repeats no words of a row.
            raise BrokenOff(type(error).__name__) from None


def file_name(slug: str, area: str, year: int | str | None, now: datetime) -> str:
    """ "slug_area_year_YYYYMMDD-HHMM.csv" in local time; "all" for no area or no year."""
    moment = timezone.localtime(now) if timezone.is_aware(now) else now
    parts = (slug, area or "all", str(year or "all"), f"{moment:%Y%m%d-%H%M}")
    return "_".join(re.sub(r"[^A-Za-z0-9-]+", "-", part) for part in parts) + ".csv"


def span_of(years: str, as_of: str) -> str:
    """The part of a file's name for its years and the day it is as of: "2019", "all-as-of-2024-03-01"."""
    return f"{years or 'all'}-as-of-{as_of}" if as_of else years

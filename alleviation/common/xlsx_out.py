"""A report as a workbook: the cells of its CSV, numbers and days as such, all else as text, and no formula ever."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext

from alleviation.common.csv_out import Block, FileColumn, lines_of
from alleviation.common.fields import PLAIN_NUMBER
from alleviation.common.tables import Kind

# What a sheet opens with at once, and a person can look through.
XLSX_ROWS = 100_000
# The longest text that a cell takes.
LONGEST = 32_767
# What a number of a sheet keeps exactly; longer ones stay text.
DIGITS = 15
NUMBERS = Kind.NUMBERS | {Kind.YEAR}
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TooManyRows(ValueError):
    """More rows than a workbook is made of; the CSV has all of them."""


def write_xlsx(
    path: Path,
    columns: tuple[FileColumn, ...],
    blocks: Iterable[Block],
    about: Callable[[], Iterable[tuple[str, str]]],
) -> int:
    """Write a CSV's blocks as a workbook, row by row, and say how many rows it has.

    The header stays in sight; a second sheet tells `about` it. Raises TooManyRows.
    """
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)}) as book:
        sheet = book.add_worksheet(gettext("Rows"))
        sheet.freeze_panes(1, 0)
        forms = [_form(book, column) for column in columns]
        for number, column in enumerate(columns):
            sheet.set_column(number, number, min(max(len(column.title) + 2, 12), 40))
        bold, rows = book.add_format({"bold": True}), 0
        for line, (cells, is_row) in enumerate(_lines(blocks)):
            rows += is_row
            if rows > XLSX_ROWS:
                raise TooManyRows
            for place, (cell, column, form) in enumerate(zip(cells, columns, forms, strict=True)):
                if cell:
                    _write(sheet, line, place, cell, column.kind if line else Kind.TEXT, form if line else bold)
        _tell(book, about())
    return rows


def _lines(blocks: Iterable[Block]) -> Iterator[tuple[list[str], bool]]:
    for block in blocks:
        for cells in lines_of(block):
            yield cells, block.rows > 0


def _form(book: Any, column: FileColumn) -> Any:
    if column.kind is Kind.DATE:
        return book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    if column.kind is Kind.YUAN:
        return book.add_format({"num_format": "#,##0.00"})
    if column.kind is Kind.RATIO:
        return book.add_format({"num_format": "0." + "0" * column.places if column.places else "0"})
    return None


def _write(sheet: Any, line: int, place: int, cell: str, kind: Kind, form: Any) -> None:
    if kind in NUMBERS and (number := _number(cell)) is not None:
        sheet.write_number(line, place, number, form)
    elif kind is Kind.DATE and (day := _day(cell)):
        sheet.write_datetime(line, place, day, form)
    else:
        text = cell if len(cell) <= LONGEST else cell[: LONGEST - 1] + "\N{HORIZONTAL ELLIPSIS}"
        sheet.write_string(line, place, text, form)


def _number(cell: str) -> Decimal | None:
    is_number = PLAIN_NUMBER.fullmatch(cell) and sum(char.isdigit() for char in cell) <= DIGITS
    return Decimal(cell) if is_number else None


def _day(cell: str) -> date | None:
    """A day; a moment stays text, since a sheet has no time zones."""
    try:
        return datetime.strptime(cell, "%Y-%m-%d")  # noqa: DTZ007 - a day
    except ValueError:
        return None


def _tell(book: Any, about: Iterable[tuple[str, str]]) -> None:
    sheet = book.add_worksheet(gettext("About"))
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    bold, wrapped = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True})
    for line, (name, told) in enumerate(about):
        sheet.write_string(line, 0, name, bold)
        sheet.write_string(line, 1, told, wrapped)

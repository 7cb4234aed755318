"""The cells of a report as JSON holds them: the same values as in its CSV, under the same keys as in its data package.

What is not known is null, and so is an empty text. Money, ratios and bounds of figures are decimals as text, since a
number of JSON is a float to most who read it; years and things that are counted are numbers. No ' stands before a
text: it guards spreadsheets.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from alleviation.common.csv_out import FileColumn, csv_cells
from alleviation.common.tables import Column, Kind, Row

Value = str | int | None
COUNTED = (Kind.COUNT, Kind.YEAR)


def is_whole(kind: Kind, unit: str) -> bool:
    """Whether a column is of whole numbers: years, and things that are counted; an area of land is measured."""
    return kind in COUNTED and not unit


def values_of(row: Row, columns: tuple[Column, ...]) -> Iterator[Value]:
    """The cells of a row in the order of its keys."""
    for column in columns:
        yield from _values(row.get(column.key), column, str(row.get(column.unit_key) or ""))


def values_of_cells(cells: list[str], wholes: list[bool]) -> list[Value]:
    """The cells of a line that the database wrote, its texts unguarded; `wholes` says which are whole numbers."""
    return [_value(cell, whole) for cell, whole in zip(cells, wholes, strict=True)]


def wholes_of(columns: tuple[FileColumn, ...]) -> list[bool]:
    """Which columns are of whole numbers."""
    return [is_whole(one.kind, one.unit) for one in columns]


def _values(value: Any, column: Column, unit: str) -> list[Value]:
    is_text = column.kind is not Kind.FIGURE and not isinstance(value, int | Decimal | date | None)
    if is_text or (column.kind in Kind.WORDS and isinstance(value, int | Decimal)):
        return [str(value) or None]
    whole = is_whole(column.kind, str(column.unit))
    return [_value(cell, whole) for cell in csv_cells(value, column, unit=unit)]


def _value(cell: str, is_whole: bool) -> Value:
    """A cell as JSON holds it. A year that is none, such as that of no plan, stays a text."""
    return int(cell) if is_whole and cell.removeprefix("-").isdigit() else cell or None

"""The cells of a report as JSON holds them: the same values as in its CSV, under the same keys as in its data package.

What is not known is null, and so is an empty text. Money, ratios and bounds of figures are decimals as text, since a
number of JSON is a float to most who read it; years and things that are counted are numbers. No ' stands before a
text: it guards spreadsheets.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from alleviation.common.csv_out import csv_cells, file_columns
from alleviation.common.tables import Column, Kind, Row

Value = str | int | None
COUNTED = (Kind.COUNT, Kind.YEAR)


def is_whole(kind: Kind, unit: str) -> bool:
    """Whether a column is of whole numbers: years, and things that are counted; an area of land is measured."""
    return kind in COUNTED and not unit


def keys_of(columns: tuple[Column, ...]) -> list[str]:
    """The keys of a row in their order."""
    return [one.key for one in file_columns(columns)]


def values_of(row: Row, columns: tuple[Column, ...]) -> Iterator[Value]:
    """The cells of a row in the order of its keys."""
    for column in columns:
        yield from _values(row.get(column.key), column, str(row.get(column.unit_key) or ""))


def _values(value: Any, column: Column, unit: str) -> list[Value]:
    is_text = column.kind is not Kind.FIGURE and not isinstance(value, int | Decimal | date | None)
    if is_text or (column.kind in Kind.WORDS and isinstance(value, int | Decimal)):
        return [str(value) or None]
    cells = csv_cells(value, column, unit=unit)
    if is_whole(column.kind, str(column.unit)):
        return [int(cell) if _is_integer(cell) else cell or None for cell in cells]
    return [cell or None for cell in cells]


def _is_integer(cell: str) -> bool:
    return cell.removeprefix("-").isdigit()

"""A file that a person hands in (CSV or XLSX) becomes rows of cells, and cells become values, or a clear refusal.

    with opened(path, name="incomes.xlsx", limits=limits()) as file:
        found = layout(file.header, columns)
        for number, row in file.rows():
            values, faults = found.read(number, row)

It knows no table and nothing of what is imported; docs/imports-files.md says what it takes.
"""

from alleviation.common.reading import cells
from alleviation.common.reading.base import Opened
from alleviation.common.reading.columns import (
    ImportColumn,
    Layout,
    is_total_row,
    layout,
    letters,
    match_header,
    total_cell,
)
from alleviation.common.reading.faults import CellFault, Fault, FileRefused, shortened
from alleviation.common.reading.files import opened
from alleviation.common.reading.grid import Cell, CellKind, RawCell, Row, is_blank, is_blank_row
from alleviation.common.reading.limits import Limits, limits

__all__ = [
    "Cell",
    "CellFault",
    "CellKind",
    "Fault",
    "FileRefused",
    "ImportColumn",
    "Layout",
    "Limits",
    "Opened",
    "RawCell",
    "Row",
    "cells",
    "is_blank",
    "is_blank_row",
    "is_total_row",
    "layout",
    "letters",
    "limits",
    "match_header",
    "opened",
    "shortened",
    "total_cell",
]

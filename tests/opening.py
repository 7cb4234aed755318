"""Figures opened as a reader would open them: the question from the address, the sum from the lines of the file."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from alleviation.accounts.models import User
from alleviation.common import words
from alleviation.common.csv_out import csv_rows
from alleviation.common.figures import Figure, FigureSum, Qualifier, total
from alleviation.common.query import Query
from alleviation.common.tables import Column, Kind, Table, shown
from alleviation.scrutiny.asking import ExplainForm
from alleviation.scrutiny.catalogue import BY_SLUG
from alleviation.scrutiny.figures.base import Explained


@dataclass(frozen=True)
class Opening:
    """A cell that opens: what it holds, how, and where it leads."""

    value: Any
    column: Column
    url: str

    @property
    def text(self) -> str:
        """What the page shows."""
        return shown(self.value, self.column, unit=str(self.column.unit))


def openings(table: Table) -> Iterator[Opening]:
    """Every cell of a table that leads to an explanation, the total row's among them."""
    rows = list(table.rows)
    for row in [*rows, *([table.total] if table.total else [])]:
        for cell in table._cells(row):
            if cell.is_explained:
                yield Opening(row[cell.column.key], cell.column, cell.url)


def closed(table: Table) -> list[str]:
    """The numbers of a table that lead nowhere."""
    rows = [*table.rows, *([table.total] if table.total else [])]
    cells = (cell for row in rows for cell in table._cells(row))
    return [cell.text for cell in cells if cell.is_number and not cell.is_explained and cell.text != words.NOTHING]


def question(url: str, user: User) -> tuple[Explained, Query]:
    """What an address asks, for this reader."""
    parts = urlsplit(url)
    figure = BY_SLUG[parts.path.split("/")[2]]
    query = ExplainForm(dict(parse_qsl(parts.query)), user=user, fields=figure.filters).query()
    assert query is not None, url
    figure.names_it(query)
    return figure, query


def added_up(figure: Explained, query: Query) -> Any:
    """What the lines of the file make, by what the figure says they do; without any line, nothing."""
    lines = list(csv_rows(figure.columns_of(query), figure.rows(query)))
    header, rows = lines[0], lines[1:]
    if not figure.adds_up:
        return len(rows)
    sums = [_column(figure, query, key, header, rows) for key in figure.adds_up]
    return figure.made_of(sums)


def comparable(value: Any) -> Any:
    """A figure and the sum of it alone are the same."""
    return total([value]) if isinstance(value, Figure) else value


def _column(figure: Explained, query: Query, key: str, header: list[str], rows: list[list[str]]) -> Any:
    column = next(column for column in figure.columns_of(query) if column.key == key)
    if column.kind is not Kind.FIGURE:
        place = header.index(column.file_header)
        return sum((Decimal(row[place]) for row in rows if row[place]), Decimal("0.00"))
    place = header.index(f"{column.file_header}: qualifier")
    found = total(_figure(row[place : place + 3]) for row in rows)
    return found if rows else FigureSum(None, 0)


def _figure(cells: list[str]) -> Figure:
    qualifier, low, high = cells
    return Figure(Decimal(low) if low else None, Decimal(high) if high else None, Qualifier(qualifier), is_sum=True)

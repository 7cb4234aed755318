"""Where figures of a closed year lead: the frozen one to the rows of its file, that of today to its explanation."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from django.utils import translation

from alleviation.audit.models import YearClosing
from alleviation.common.csv_out import csv_cells
from alleviation.common.query import Query
from alleviation.common.reports import Report
from alleviation.common.tables import Column, Row, Table, explain_url
from alleviation.reports.closings.compare import TOTAL, CellChange, Comparison, Key, key_columns, number, numbered
from alleviation.reports.closings.freezing import MACHINE_LANGUAGE
from alleviation.scrutiny.figures.frozen_files import OF_HOUSEHOLDS, READABLE, Cell

# A ratio opens to the two columns that it is made of.
RATIOS = {
    "execution_rate": ("frozen-rate", ("spent", "allocated")),
    "share_below": ("frozen-rate", ("below_persons", "compared_persons")),
    "per_capita": ("frozen-per-head", ("net_income", "persons")),
}
Links = Mapping[Key, Mapping[str, str]]


def frozen_url(closing: YearClosing, slug: str, cell: CellChange, line: str, places: Mapping[str, int]) -> str:
    """What explains a frozen cell; "" for what is no number, and for a file whose cells do not open."""
    is_open = slug in READABLE | OF_HOUSEHOLDS
    if not is_open or not line or not cell.column.is_number or number(cell.frozen) is None:
        return ""
    figure, of = RATIOS.get(cell.column.key, ("frozen", ()))
    told = Cell(closing.pk, slug, cell.place, line, tuple(places[key] for key in of if key in places))
    return explain_url(figure, {"of": str(told)})


def today_urls(report: Report, query: Query, found: Comparison) -> Links:
    """What explains each number of the rows that differ, and of the total, by the key of the row and the column."""
    wanted = {TOTAL, *(row.key for row in found.rows)}
    table = report.table(query)
    rows = _keyed(report, table.rows) if found.rows else ()
    with translation.override(MACHINE_LANGUAGE):
        return {
            key: {column.key: _opens(table, row, column) for column in table.columns if column.is_number}
            for key, row in chain(rows, [(TOTAL, table.total or {})])
            if key in wanted
        }


def _opens(table: Table, row: Row, column: Column) -> str:
    """What explains a number; where the row is that of a record, the record."""
    return table.opens(row, column) or row.get("_urls", {}).get(column.key, "")


def _keyed(report: Report, rows: Iterable[Row]) -> Iterator[tuple[Key, Row]]:
    """Each row with the key that it has in the file."""
    columns = {column.key: column for column in report.columns}
    names = key_columns(report.slug, report.columns)
    seen: Counter[Key] = Counter()
    for row in rows:
        key = tuple(cell for name in names for cell in csv_cells(row.get(name), columns[name]))
        seen[key] += 1
        yield numbered(key, seen[key]), row

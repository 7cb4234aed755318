"""A report as JSON, written while it is read: one row a line, and nothing of it kept."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import get_language

from alleviation.api.cells import Value, values_of, values_of_cells, wholes_of
from alleviation.api.described import fields_of
from alleviation.audit.verification.anchors import anchor_of, last_event
from alleviation.common.csv_out import file_columns, lines_of
from alleviation.common.query import Query
from alleviation.common.reports import Report, Row
from alleviation.common.snapshots import Snapshot
from alleviation.common.tables import Kind
from alleviation.reports.files import report_blocks
from alleviation.reports.packages import SUMMED, described

CHUNK = 64 * 1024


@dataclass
class Taken:
    """A report that a program takes: what was asked and when, and with which event the trail ended then."""

    report: Report
    query: Query
    now: datetime
    chain: dict[str, Any] = field(default_factory=dict)

    @property
    def as_of(self) -> str:
        """The day that was asked about, else the moment of the answer."""
        return self.query.as_of_words or localtime(self.now).isoformat(timespec="seconds")

    def look(self, snapshot: Snapshot) -> None:
        """Note the end of the trail as these rows stand."""
        event = snapshot.ask(last_event)
        self.chain = json.loads(anchor_of(event).line) if event else {}


def csv_parts(taken: Taken) -> Iterator[bytes]:
    """Byte for byte the CSV of the report's page."""
    with Snapshot() as snapshot:
        taken.look(snapshot)
        for block in report_blocks(taken.report, taken.query, snapshot):
            yield block.content


def package_parts(taken: Taken) -> Iterator[bytes]:
    """What the CSV adds up to, as a data package to lie beside it."""
    with Snapshot() as snapshot:
        taken.look(snapshot)
        yield described(taken.report, taken.query, snapshot, by=taken.query.user.get_username(), now=taken.now)


def json_parts(taken: Taken) -> Iterator[bytes]:
    """What is asked, the rows, then how many they are, what they add up to, and the total of the roll-up.

    One that breaks off is no JSON, so that nobody takes it for the whole.
    """
    with Snapshot() as snapshot:
        taken.look(snapshot)
        head = _spelt(_head(taken)).removesuffix("}")
        yield f'{head}, "rows": ['.encode()
        tally = Tally(taken.report)
        yield from tally.lines(_rows(taken, snapshot))
        total = snapshot.ask(taken.report.total, taken.query)
        yield f"\n], {_spelt(tally.told() | {'total_row': _total(taken.report, total)})[1:]}\n".encode()


def _rows(taken: Taken, snapshot: Snapshot) -> Iterator[list[Value]]:
    """The values of each row: as the database writes them where the report is made for that, else row by row."""
    report, wholes = taken.report, wholes_of(file_columns(taken.report.columns))
    if selections := snapshot.ask(report.selections, taken.query):
        blocks = (
            block for one in selections for block in replace(one, is_guarded=False).blocks(report.columns, snapshot)
        )
        yield from (values_of_cells(cells, wholes) for block in blocks for cells in lines_of(block))
    else:
        for row in snapshot.each(iter(snapshot.ask(report.rows, taken.query))):
            yield list(values_of(row, report.columns))


def _head(taken: Taken) -> dict[str, Any]:
    return {
        "report": taken.report.slug,
        "title": str(taken.report.title),
        "description": str(taken.report.description),
        "user": taken.query.user.get_username(),
        "language": get_language(),
        "created": localtime(taken.now).isoformat(timespec="seconds"),
        "filter": taken.query.asked(),
        "as_of": taken.query.as_of_words,
        "chain": taken.chain,
        "fields": fields_of(taken.report),
    }


def _total(report: Report, total: Row | None) -> dict[str, Value] | None:
    """The numbers of the total row by their keys; of words it has none."""
    if total is None:
        return None
    cells = zip(file_columns(report.columns), values_of(total, report.columns), strict=True)
    return {column.key: value for column, value in cells if value is not None and column.kind in Kind.NUMBERS}


class Tally:
    """Rows as lines of JSON, counted and added up as they pass: as a data package tells it of the CSV."""

    def __init__(self, report: Report) -> None:
        columns = file_columns(report.columns)
        self.keys, self.rows = [one.key for one in columns], 0
        self.sums = {one.key: Decimal(0).scaleb(-one.places) for one in columns if one.kind in SUMMED}

    def lines(self, rows: Iterator[list[Value]]) -> Iterator[bytes]:
        """A line for each row, some at a time, with a comma before all but the first."""
        held, size = list[str](), 0
        for row in rows:
            line = self._line(row)
            held.append(f",\n{line}" if self.rows else f"\n{line}")
            self.rows += 1
            size += len(line)
            if size > CHUNK:
                yield "".join(held).encode()
                held, size = [], 0
        if held:
            yield "".join(held).encode()

    def _line(self, row: list[Value]) -> str:
        cells = dict(zip(self.keys, row, strict=True))
        for key in self.sums:
            if (value := cells[key]) is not None:
                self.sums[key] += Decimal(value)
        return _spelt(cells)

    def told(self) -> dict[str, Any]:
        """How many rows there were, and the sums of the columns that may be added."""
        return {"row_count": self.rows, "control_totals": {key: f"{one:f}" for key, one in self.sums.items()}}


def _spelt(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False)

"""Each changed row with its events, and what they leave unexplained."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from alleviation.audit.models import AuditEvent, YearClosing
from alleviation.common.query import Query
from alleviation.reports.closings.compare import CellChange, Change, Comparison, RowChange
from alleviation.reports.closings.witnesses.booked import of_ledger, of_unsourced
from alleviation.reports.closings.witnesses.incomes import of_incomes
from alleviation.reports.closings.witnesses.promised import anything, of_annual_funding, of_cells
from alleviation.reports.closings.witnesses.traces import ZERO, Trace, Trail

Witness = Callable[[Trail, Query], Iterable[Trace]]
# The names of places come with the lists of places, whose loading is no event of a record.
FROM_LISTS = frozenset({"place"})
WITNESSES: dict[str, Witness] = {
    "funding-ledger": of_ledger,
    "received-without-upstream": of_unsourced,
    "annual-funding": of_annual_funding,
    "pledges-and-funding": of_cells,
    "per-capita-income": of_incomes,
}


@dataclass(frozen=True)
class Unexplained:
    """A cell that no event accounts for, or only in part: `explained` of its difference is what events add up to."""

    cell: CellChange
    explained: Decimal | None = None


@dataclass(frozen=True)
class Explained:
    """A changed row with the events that explain it, and the cells that they do not."""

    row: RowChange
    events: tuple[AuditEvent, ...]
    unexplained: tuple[Unexplained, ...]
    is_from_lists: bool = False


def explain(slug: str, closing: YearClosing, query: Query, comparison: Comparison) -> list[Explained]:
    """Each changed row of a report with its events. A report without a witness of its own asks all of them."""
    if not comparison.rows:
        return []
    traces = list(WITNESSES.get(slug, anything)(Trail(closing), query))
    return [_explained(row, [trace for trace in traces if trace.touches(row)]) for row in comparison.rows]


def _explained(row: RowChange, traces: list[Trace]) -> Explained:
    telling = [trace for trace in traces if trace.columns == frozenset() or any(map(trace.covers, row.cells))]
    events = {trace.event.pk: trace.event for trace in telling}
    cells = [cell for cell in row.cells if row.change is Change.CHANGED or cell.column.key not in FROM_LISTS]
    unexplained = [found for cell in cells if (found := _unexplained(cell, row, telling)) is not None]
    listed = [one for one in unexplained if one.cell.column.key in FROM_LISTS]
    return Explained(
        row,
        tuple(events[number] for number in sorted(events)),
        tuple(one for one in unexplained if one not in listed),
        is_from_lists=bool(listed),
    )


def _unexplained(cell: CellChange, row: RowChange, traces: list[Trace]) -> Unexplained | None:
    column = cell.column.key
    covering = [trace for trace in traces if trace.covers(cell)]
    if not covering:
        # What stands in a row that came or went as a whole is told by whatever made it come or go.
        return None if row.change in Change.WHOLE and traces else Unexplained(cell)
    if not any(column in trace.sums for trace in covering):
        return None
    moved = sum((trace.moves(column, row) for trace in covering), ZERO)
    return None if moved == cell.moved else Unexplained(cell, moved)

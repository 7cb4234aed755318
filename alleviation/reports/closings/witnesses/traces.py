"""What an event may have changed in a report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Model, Q, QuerySet

from alleviation.audit.models import AuditEvent, Verb, YearClosing
from alleviation.reports.closings.compare import CellChange, Change, Key, RowChange

ZERO = Decimal(0)


@dataclass(frozen=True)
class Trace:
    """An event, the rows and columns that it may have changed, and by how much it moved the sums in them.

    `keys` None is every row. `columns` None is every column; without any the event is told, and explains nothing. Of
    the columns in `sums` it is known exactly by how much: `moved` in its rows, `total` in the total row, which counts
    money that was handed down once.
    """

    event: AuditEvent
    keys: frozenset[Key] | None = None
    columns: frozenset[str] | None = None
    sums: frozenset[str] = frozenset()
    moved: Mapping[str, Decimal] = field(default_factory=dict)
    total: Mapping[str, Decimal] = field(default_factory=dict)

    def touches(self, row: RowChange) -> bool:
        return row.is_total or self.keys is None or row.key in self.keys

    def covers(self, cell: CellChange) -> bool:
        """Whether it may have made the cell what it is."""
        return self.columns is None or cell.column.key in self.columns

    def moves(self, column: str, row: RowChange) -> Decimal:
        return (self.total if row.is_total else self.moved).get(column, ZERO)


@dataclass(frozen=True)
class Naming(Trace):
    """An event of a record that rows name, such as their source: it changes words that it speaks of, never sums."""

    def touches(self, row: RowChange) -> bool:
        return row.change is Change.CHANGED

    def covers(self, cell: CellChange) -> bool:
        before, after = self.event.before, self.event.after
        is_told = cell.frozen in before.values() or cell.today in after.values()
        return super().covers(cell) and (is_told or cell.column.key in after or "division_id" in after)


class Trail:
    """The events after a closing that write records."""

    def __init__(self, closing: YearClosing) -> None:
        # Its own events are among them; they are of no record that a report is made of.
        self.events = AuditEvent.objects.filter(id__gt=closing.event_number or 0, verb__in=sorted(Verb.WRITES))

    def of(self, model: type[Model], numbers: QuerySet[Any]) -> list[AuditEvent]:
        """The events of these records, and of all records of the kind that are gone, in their order."""
        mine = Q(subject_id__in=numbers) | Q(verb=Verb.REMOVED)
        return list(self.events.filter(mine, subject_type=model._meta.label_lower).order_by("id"))

    def of_many(self, model: type[Model]) -> list[AuditEvent]:
        """The events that tell of many records of the kind at once, in their order (alleviation/audit/bulk.py)."""
        return list(self.events.filter(subject_type=model._meta.label_lower, subject_id__isnull=True).order_by("id"))

"""Records that change later, written set-wise with a file and told by one event: how many, which, and their digest.

The event has the ids in runs, the columns, and a SHA-256 over the values of all rows as they came, line by line in the
order of the ids; what must not be told goes into it as the keyed hash that an event of its own would have. What a
record was when it came follows from what it is now and from its later events, each of which says what it found: from
the last of them back to the first. A model whose records may come so says `is_told_by_file`.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models.base import Model

from alleviation.audit.chain import ENCODER
from alleviation.audit.models import AuditEvent, Verb
from alleviation.audit.reading import Unreadable, rows_of
from alleviation.audit.values import Values, values_of
from alleviation.common.batches import runs_of

# How many rows, and events, are held at a time.
CHUNK = 2000
# (id, how it stands in the table, "" or the verb of an event, what it is or what the event found).
Found = tuple[int, str, Values]
ROW = ""


def birth_of(records: Sequence[Model]) -> Values:
    """What the event of these records says, which have their ids and are about to be written, or were."""
    ordered = sorted(records, key=lambda record: record.pk)
    columns = sorted(values_of(ordered[0]))
    digest = sha256()
    for record in ordered:
        digest.update(line_of(values_of(record), columns))
    numbers = [record.pk for record in ordered]
    told = {"rows": len(numbers), "digest": digest.hexdigest(), "columns": columns, "ids": runs_of(numbers)}
    return {**told, "first": numbers[0], "last": numbers[-1]}


def line_of(values: Values, columns: Iterable[str]) -> bytes:
    """One row as the digest takes it in."""
    return ENCODER.encode([values.get(name) for name in columns]).encode() + b"\n"


def births(model: Any, until: datetime | None = None) -> list[AuditEvent]:
    """The events that tell of records of a model that came with a file, in the order of the chain."""
    if not getattr(model, "is_told_by_file", False):
        return []
    events = AuditEvent.objects.filter(
        subject_type=model._meta.label_lower, subject_id__isnull=True, verb=Verb.CREATED, after__has_key="ids"
    )
    return list((events if until is None else events.filter(at__lte=until)).order_by("id"))


def births_of(model: Any, numbers: Iterable[int]) -> dict[int, AuditEvent]:
    """The event that tells of each of these records, by id; none of those that have one of their own."""
    wanted = sorted(number for number in set(numbers) if number is not None)
    if not wanted or not getattr(model, "is_told_by_file", False):
        return {}
    events = AuditEvent.objects.filter(
        subject_type=model._meta.label_lower,
        subject_id__isnull=True,
        verb=Verb.CREATED,
        after__first__lte=wanted[-1],
        after__last__gte=wanted[0],
    )
    of_each = _Runs(events)
    found = ((number, of_each.event(number)) for number in wanted)
    return {number: event for number, event in found if event is not None}


def born(model: Any, until: datetime | None = None) -> Iterator[tuple[int, AuditEvent, Values]]:
    """Each record that came with a file up to a moment, in the order of the ids, with its columns as it came.

    A row that somebody spoilt or took away without an event is left out. Memory is that of one record's history.
    """
    events = births(model, until)
    if not events:
        return
    of_each = _Runs(events)
    for number, parts in groupby(_found(model, of_each.first, of_each.last), key=itemgetter(0)):
        event = of_each.event(number)
        if event is not None and (values := _unwound(parts)) is not None:
            yield number, event, {name: values[name] for name in event.after["columns"] if name in values}


class _Runs:
    """Which event tells of an id."""

    def __init__(self, events: Iterable[AuditEvent]) -> None:
        self._runs = sorted(
            ((first, last, event) for event in events for first, last in event.after["ids"]), key=itemgetter(0)
        )
        self._firsts = [first for first, _last, _event in self._runs]

    @property
    def first(self) -> int:
        return self._firsts[0]

    @property
    def last(self) -> int:
        return max(last for _first, last, _event in self._runs)

    def event(self, number: int) -> AuditEvent | None:
        place = bisect_right(self._firsts, number) - 1
        if place < 0 or self._runs[place][1] < number:
            return None
        return self._runs[place][2]


def _found(model: type[Model], first: int, last: int) -> Iterator[Found]:
    """What there is of each record with such an id: what its events found, the last event first, and the row."""
    return merge(_removed_or_changed(model, first, last), _rows(model, first, last), key=itemgetter(0))


def _rows(model: type[Model], first: int, last: int) -> Iterator[Found]:
    for row in rows_of(model._base_manager.filter(pk__lte=last), after=first - 1, block=CHUNK):
        if not isinstance(row, Unreadable):
            yield row.pk, ROW, values_of(row)


def _removed_or_changed(model: type[Model], first: int, last: int) -> Iterator[Found]:
    events = AuditEvent.objects.filter(
        subject_type=model._meta.label_lower,
        subject_id__range=(first, last),
        verb__in=(Verb.CHANGED, Verb.REMOVED),
    )
    ordered = events.order_by("subject_id", "-id").values_list("subject_id", "verb", "before")
    return ordered.iterator(chunk_size=CHUNK)  # type: ignore[return-value]


def _unwound(parts: Iterable[Found]) -> Values | None:
    """The columns as they were before all of this, the last of it first; None where nothing says what there was."""
    values: Values | None = None
    later: list[Values] = []
    for _number, verb, found in parts:
        if verb == Verb.CHANGED:
            later.append(found)
        elif values is None:
            # Of a record that was removed its last event says all; who wrote its row again is found elsewhere.
            values = found
    if values is None:
        return None
    for before in later:
        values = {**values, **before}
    return values

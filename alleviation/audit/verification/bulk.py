"""Rows that one event tells of together are those that came, none more, none less, none other."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from django.db.models import QuerySet
from django.db.models.base import Model
from django.utils.translation import gettext

from alleviation.audit import births
from alleviation.audit.bulk import CHUNK, bulk_events, line_of
from alleviation.audit.chain import moment
from alleviation.audit.models import AuditEvent, Verb
from alleviation.audit.values import Values, plain
from alleviation.common.guard import audited_models


def batches_that_are_not_what_came() -> Iterator[str]:
    """Events of many rows whose rows, as the tables hold them now, make another number or digest."""
    for model in audited_models():
        if hasattr(model, "bulk"):
            yield from _faults(model, Verb.CREATED, model.bulk.born, model.bulk.content, line_of)
            yield from _faults(model, Verb.CHANGED, model.bulk.ended, ("id",), _number)
        yield from _files_that_are_not_what_came(model)


def _faults(model: Any, verb: Verb, column: str, names: tuple[str, ...], line: Any) -> Iterator[str]:
    events = bulk_events(model, verb)
    numbers, digests = dict.fromkeys(events, 0), {at: sha256() for at in events}
    for values in _rows(model, column, names, events) if events else ():
        at = values[column]
        numbers[at] += 1
        digests[at].update(line(model, values).encode() + b"\n")
    for at, event in events.items():
        yield from _held_against(event, numbers[at], digests[at].hexdigest())


def _files_that_are_not_what_came(model: type[Model]) -> Iterator[str]:
    """Files whose records, led back through their later events to what they were, make another number or digest."""
    events = births.births(model)
    numbers, digests = dict.fromkeys((one.pk for one in events), 0), {one.pk: sha256() for one in events}
    for _number_of, event, values in births.born(model) if events else ():
        numbers[event.pk] += 1
        digests[event.pk].update(births.line_of(values, event.after["columns"]))
    for event in events:
        yield from _held_against(event, numbers[event.pk], digests[event.pk].hexdigest())


def _held_against(event: AuditEvent, rows: int, digest: str) -> Iterator[str]:
    if rows != event.after["rows"]:
        yield _told(event, gettext("%(now)s rows are there, %(then)s came") % _numbers(rows, event))
    elif digest != event.after["digest"]:
        yield _told(event, gettext("its rows are not those that came"))


def _rows(model: Any, column: str, names: tuple[str, ...], events: dict[str, AuditEvent]) -> Iterator[Values]:
    """The rows of these moments in the order of their ids, removed ones among them, as their events kept them."""
    gone = iter(sorted(_removed(model, column, events), key=lambda values: values["id"]))
    before = next(gone, None)
    rows: QuerySet[Any] = model._base_manager.filter(**{f"{column}__in": list(events)}).order_by("pk")
    for row in rows.values(column, *names).iterator(chunk_size=CHUNK):
        while before is not None and before["id"] < row["id"]:
            yield before
            before = next(gone, None)
        yield {**{name: plain(row[name]) for name in names}, column: moment(row[column])}
    while before is not None:
        yield before
        before = next(gone, None)


def _removed(model: type[Model], column: str, events: dict[str, AuditEvent]) -> Iterator[Values]:
    removals = AuditEvent.objects.filter(subject_type=model._meta.label_lower, verb=Verb.REMOVED)
    for before in removals.values_list("before", flat=True).iterator(chunk_size=CHUNK):
        if before.get(column) in events:
            yield before


def _number(_model: Any, values: Values) -> str:
    return str(values["id"])


def _numbers(number: int, event: AuditEvent) -> dict[str, int]:
    return {"now": number, "then": event.after["rows"]}


def _told(event: AuditEvent, what: str) -> str:
    return gettext("event %(number)s, %(batch)s: %(what)s") % {
        "number": event.pk,
        "batch": event.subject,
        "what": what,
    }

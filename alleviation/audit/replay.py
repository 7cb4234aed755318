"""The trail played again: what every record of a model was at a moment, built from nothing but its events."""

from collections.abc import Iterator
from datetime import datetime
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar

from django.db.models.base import Model

from alleviation.audit.births import born
from alleviation.audit.bulk import bulk_states
from alleviation.audit.models import AuditEvent, Verb
from alleviation.audit.values import Values, is_sealed

Record = TypeVar("Record", bound=Model)
Told = tuple[int, str, Values]
# The verb of what ended together with many others.
ENDED = "ended"
# How many events are held at a time.
CHUNK = 2000


def states_of(model: type[Model], until: datetime | None = None) -> Iterator[tuple[int, Values]]:
    """Each record of a model with its columns as the events leave them, in the order of the ids.

    In: what was created, changed and removed up to and at `until`; None: up to now. Out: records that were removed.
    Rows that one event tells of together begin as it says, with the content that they have now, and end as it says;
    those that change later begin with the content that their later events lead back to.
    Memory is that of one record's history, however long the trail is.
    """
    for number, parts in groupby(merge(_bulk(model, until), _events(model, until), key=_order), key=itemgetter(0)):
        state: Values | None = None
        for _number, verb, after in parts:
            state = None if verb == Verb.REMOVED else {**(state or {}), **after}
        if state is not None:
            yield number, state


def states_as_of(model: type[Model], at: datetime) -> dict[int, Values]:
    """The columns of every record of a small model as they were at a moment, by id: all of them are held at once."""
    return dict(states_of(model, at))


def revive(model: type[Record], values: Values) -> Record:
    """A record, never to be saved, with the values of a state.

    Out: what the trail does not tell (sealed), which stays as in a new record; a long text is its length and hash.
    """
    told = {field.attname: field for field in model._meta.concrete_fields}
    kept: dict[str, Any] = {
        name: told[name].to_python(value) for name, value in values.items() if name in told and not is_sealed(value)
    }
    record = model(**kept)
    record._state.adding = False
    return record


def _bulk(model: type[Model], until: datetime | None) -> Iterator[Told]:
    """What is told of many rows in one event, row by row."""
    for number, began, end in bulk_states(model, until):
        if began is not None:
            yield number, Verb.CREATED, began
        if end:
            yield number, ENDED, end
    for number, _event, began in born(model, until):
        yield number, Verb.CREATED, began


def _order(told: Told) -> tuple[int, int]:
    """By record; that it was born with many comes first, that it ended with many last, as nothing follows on that."""
    return told[0], 1 if told[1] == ENDED else 0


def _events(model: type[Model], until: datetime | None) -> Iterator[Told]:
    """(record, verb, values after) of a model's writes, record by record, each in the order of the chain."""
    written = AuditEvent.objects.filter(
        subject_type=model._meta.label_lower, subject_id__isnull=False, verb__in=sorted(Verb.WRITES)
    )
    if until is not None:
        written = written.filter(at__lte=until)
    ordered = written.order_by("subject_id", "id").values_list("subject_id", "verb", "after")
    return ordered.iterator(chunk_size=CHUNK)  # type: ignore[return-value]

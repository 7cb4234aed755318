"""The only writer of audit events, and the one way a record is written together with its event."""

from collections.abc import Sequence
from typing import Any

from django.db import models, transaction
from django.db.models.base import Model

from alleviation.accounts.models import User
from alleviation.audit.models import AuditEvent, ImportBatch, Verb

Actor = User | str
# Who and when stand in the event itself.
UNTOLD = {"created_at", "changed_at"}
# Stands in an event for a value that must not: that it changed is told, from what to what is not.
NOT_TOLD = "(not told)"


def name_of(actor: Actor) -> str:
    """The words an event keeps of its actor."""
    return actor if isinstance(actor, str) else actor.get_username()


def values_of(record: Model) -> dict[str, Any]:
    """A record's own columns, as JSON can hold them; a long text is kept by its length only.

    A model names in `untold_fields` what must not be copied into the trail.
    """
    untold = UNTOLD | _untold_fields(record)
    return {
        field.attname: _plain(getattr(record, field.attname))
        for field in record._meta.concrete_fields
        if field.name not in untold
    }


def _untold_fields(record: Model) -> set[str]:
    return set(getattr(record, "untold_fields", ()))


def record(
    *,
    verb: Verb,
    subject: Model,
    by: Actor,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    batch: ImportBatch | None = None,
) -> AuditEvent:
    """Write one event. Call it inside the transaction of the write it tells of."""
    event = _event(verb, subject, by, before or {}, after or {}, batch)
    event.save()
    return event


def record_download(*, what: str, by: Actor, details: dict[str, Any]) -> AuditEvent:
    """Write that a file was taken away; `details` holds its filter."""
    return AuditEvent.objects.create(
        actor=name_of(by), verb=Verb.DOWNLOADED, subject_type="report", subject=what[:200], after=details
    )


def write(subject: Model, *, by: Actor, batch: ImportBatch | None = None) -> None:
    """Validate and save a record with its event, both or neither. A save that changes nothing leaves no event.

    Raises ValidationError where the record is not valid.
    """
    with transaction.atomic():
        stored = _stored(subject)
        subject.full_clean()
        subject.save()
        if stored is None:
            record(verb=Verb.CREATED, subject=subject, by=by, after=values_of(subject), batch=batch)
        elif (difference := _difference(stored, subject))[1]:
            record(verb=Verb.CHANGED, subject=subject, by=by, before=difference[0], after=difference[1], batch=batch)


def write_many(subjects: Sequence[Model], *, by: Actor, batch: ImportBatch) -> None:
    """Insert many records of one model with their events in one transaction.

    Ids are allotted before the insert, because no database promises to return them in order. Each record's own
    fields and rules are validated; uniqueness and foreign keys are left to the database, which refuses the whole lot.
    """
    if not subjects:
        return
    keys = {field.name for field in subjects[0]._meta.concrete_fields if field.is_relation}
    with transaction.atomic():
        for subject, number in zip(subjects, allot_ids(type(subjects[0]), len(subjects)), strict=True):
            subject.pk = number
            subject.clean_fields(exclude=keys)
            subject.clean()
        type(subjects[0])._default_manager.bulk_create(subjects, batch_size=500)
        events = [_event(Verb.CREATED, subject, by, {}, values_of(subject), batch) for subject in subjects]
        AuditEvent.objects.bulk_create(events, batch_size=500)


def remove(subject: Model, *, by: Actor) -> None:
    """Delete a record with its event, both or neither. Only the example is ever removed."""
    with transaction.atomic():
        record(verb=Verb.REMOVED, subject=subject, by=by, before=values_of(subject))
        subject.delete()


def remove_many(subjects: Sequence[Model], *, by: Actor, batch: ImportBatch | None = None) -> None:
    """Delete records of one model with their events, all or none. Only the example is ever removed."""
    if not subjects:
        return
    with transaction.atomic():
        events = [_event(Verb.REMOVED, subject, by, values_of(subject), {}, batch) for subject in subjects]
        AuditEvent.objects.bulk_create(events, batch_size=500)
        numbers = [subject.pk for subject in subjects]
        for first in range(0, len(numbers), 500):
            # SQLite takes a limited number of values in one statement.
            type(subjects[0])._default_manager.filter(pk__in=numbers[first : first + 500]).delete()


def allot_ids(model: type[Model], number: int) -> list[int]:
    """The next ids of a table, to be used in this transaction.

    PostgreSQL hands them out from the sequence; SQLite has one writer at a time, so the next free ones are ours.
    """
    from django.db import connection

    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [f'"{table}"', column, number],
            )
            return [row[0] for row in cursor.fetchall()]
    last = model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0
    cursor_start = max(last, _sqlite_sequence(table))
    return list(range(cursor_start + 1, cursor_start + number + 1))


def _sqlite_sequence(table: str) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
    return row[0] if row else 0


def _stored(subject: Model) -> Model | None:
    """The record as the database has it, under a lock; None for a new record."""
    if subject.pk is None:
        return None
    return type(subject)._default_manager.select_for_update().filter(pk=subject.pk).order_by().first()


def _difference(stored: Model, subject: Model) -> tuple[dict[str, Any], dict[str, Any]]:
    """What changed, as it was and as it is; of an untold field only that it changed."""
    was, now = values_of(stored), values_of(subject)
    changed = sorted(key for key in now if was[key] != now[key])
    hidden = sorted(key for key in _untold_fields(subject) if getattr(stored, key) != getattr(subject, key))
    return (
        {**{key: was[key] for key in changed}, **dict.fromkeys(hidden, NOT_TOLD)},
        {**{key: now[key] for key in changed}, **dict.fromkeys(hidden, NOT_TOLD)},
    )


def _event(
    verb: Verb,
    subject: Model,
    by: Actor,
    before: dict[str, Any],
    after: dict[str, Any],
    batch: ImportBatch | None,
) -> AuditEvent:
    return AuditEvent(
        actor=name_of(by),
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        subject=str(subject)[:200],
        before=before,
        after=after,
        batch=batch,
    )


def _plain(value: Any) -> Any:
    """Decimals and dates as the words they print; anything long by its length."""
    if isinstance(value, str) and len(value) > 1000:
        return f"({len(value)} characters)"
    return value if isinstance(value, (str, int, bool, type(None))) else str(value)

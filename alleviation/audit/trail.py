"""The only writer of audit events, and the one way a record is written together with its event."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.models.base import Model
from django.utils import timezone

from alleviation.accounts.asking import beyond_scope
from alleviation.accounts.models import User
from alleviation.accounts.scope import refuse_outside
from alleviation.audit import chain, kept
from alleviation.audit.births import birth_of
from alleviation.audit.models import AuditEvent, ImportBatch, TrailHead, Verb
from alleviation.audit.requests import origin
from alleviation.audit.values import differing, values_of
from alleviation.audit.versions import refuse_overwriting
from alleviation.common import constraints
from alleviation.common.guard import writing
from alleviation.common.parts import beside_whole

Actor = User | str
# SQLite takes a limited number of values in one statement.
BATCH = 500

_pending: ContextVar[list[AuditEvent] | None] = ContextVar("pending_events", default=None)
_anywhere: ContextVar[bool] = ContextVar("writes_anywhere", default=False)


def name_of(actor: Actor) -> str:
    """The words an event keeps of its actor."""
    return actor if isinstance(actor, str) else actor.get_username()


@contextmanager
def together() -> Iterator[None]:
    """One transaction whose events are bound to the chain at its very end.

    The sums that its writes touch are added up first (alleviation/audit/kept.py). The head of the chain is locked last
    and for the shortest time, so that a long import holds up nobody, and two writers who wait for each other's rows
    never hold it. Inside another one it is a part of that.

    Within, an action may look at rows outside its actor's area; what it wrote there is refused (`_refuse_outside`).
    A page or a file that is one transaction as a whole says `with together(), in_scope()`.
    """
    with beyond_scope("a write has to know what is locked, taken, closed or drawn on, wherever it is"):
        yield from _together()


def _together() -> Iterator[None]:
    waiting = _pending.get()
    if waiting is not None:
        number = len(waiting)
        try:
            with transaction.atomic():
                yield
        except BaseException:
            # What was not written leaves no event.
            del waiting[number:]
            raise
        return
    events: list[AuditEvent] = []
    with transaction.atomic(), kept.collecting():
        token = _pending.set(events)
        try:
            yield
        finally:
            _pending.reset(token)
        kept.settle()
        _append(_standing(events))


def record(
    *,
    verb: Verb,
    subject: Model,
    by: Actor,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    batch: ImportBatch | None = None,
    reason: str = "",
) -> AuditEvent:
    """Write one event. Call it inside the transaction of the write it tells of; it gets its number at the end."""
    return _tell(_event(verb, subject, by, before or {}, after or {}, batch, reason))


def record_download(*, what: str, by: Actor, details: dict[str, Any]) -> AuditEvent:
    """Write that a file was taken away; `details` holds its filter."""
    return record_words(verb=Verb.DOWNLOADED, what=what, by=by, details=details, kind="report")


def record_words(*, verb: Verb, what: str, by: Actor, kind: str, details: dict[str, Any] | None = None) -> AuditEvent:
    """Write what somebody did that changed no record: a download, a sign-in."""
    event = AuditEvent(
        actor=name_of(by), verb=verb, subject_type=kind, subject=what[:200], after=details or {}, before={}
    )
    return _tell(event)


def record_rows(
    *, verb: Verb, model: type[Model], by: Actor, after: dict[str, Any], batch: ImportBatch, reason: str = ""
) -> AuditEvent:
    """Write one event of many rows of a model that came in one batch (alleviation/audit/bulk.py, births.py)."""
    event = AuditEvent(
        actor=name_of(by),
        verb=verb,
        subject_type=model._meta.label_lower,
        subject=str(batch)[:200],
        before={},
        after=after,
        batch=batch,
        reason=reason[:300],
    )
    return _tell(event)


def write(subject: Model, *, by: Actor, batch: ImportBatch | None = None, reason: str = "") -> None:
    """Validate and save a record with its event, both or neither. A save that changes nothing leaves no event.

    A record whose `seen_version` is set is refused where it has changed since (ChangedMeanwhile).
    Raises ValidationError where the record is not valid, OutsideArea where its writer does not see it any more.
    """
    with together():
        stored = _stored(subject)
        if stored is not None:
            refuse_overwriting(stored, subject)
        constraints.validate(subject)
        if stored is not None:
            kept.touch(type(subject), [stored])
        with writing():
            subject.save()
        kept.touch(type(subject), [subject])
        _refuse_outside([subject], by)
        if stored is None:
            record(verb=Verb.CREATED, subject=subject, by=by, after=values_of(subject), batch=batch, reason=reason)
            return
        before, after = differing(stored, subject)
        if after:
            record(verb=Verb.CHANGED, subject=subject, by=by, before=before, after=after, batch=batch, reason=reason)


def write_many(subjects: Sequence[Model], *, by: Actor, batch: ImportBatch) -> None:
    """Insert many records of one model with their events in one transaction.

    Ids are allotted before the insert, because no database promises to return them in order. Each record's own
    fields and rules are validated; uniqueness and foreign keys are left to the database, which refuses the whole lot.
    """
    if not subjects:
        return
    keys = {field.name for field in subjects[0]._meta.concrete_fields if field.is_relation}
    with together():
        for subject, number in zip(subjects, allot_ids(type(subjects[0]), len(subjects)), strict=True):
            subject.pk = number
            subject.clean_fields(exclude=keys)
            subject.clean()
        with writing():
            type(subjects[0])._default_manager.bulk_create(subjects, batch_size=BATCH)
        kept.touch(type(subjects[0]), subjects)
        _refuse_outside(subjects, by)
        for subject in subjects:
            record(verb=Verb.CREATED, subject=subject, by=by, after=values_of(subject), batch=batch)


def write_together(subjects: Sequence[Model], *, by: Actor, batch: ImportBatch) -> None:
    """Insert many records of one model, told by one event (alleviation/audit/births.py), in one transaction.

    Ids are allotted before the insert. The caller has validated each record; the database refuses the whole lot.
    """
    if not subjects:
        return
    model = type(subjects[0])
    with together():
        for subject, number in zip(subjects, allot_ids(model, len(subjects)), strict=True):
            subject.pk = number
        with writing():
            model._default_manager.bulk_create(subjects, batch_size=BATCH)
        kept.touch(model, subjects)
        _refuse_outside(subjects, by)
        record_rows(verb=Verb.CREATED, model=model, by=by, after=birth_of(subjects), batch=batch)


def open_batch(*, kind: str, title: str, by: Actor) -> ImportBatch:
    """A new batch, for the records that come in together."""
    batch = ImportBatch(kind=kind, title=title, created_by=name_of(by))
    write(batch, by=by)
    return batch


def remove(subject: Model, *, by: Actor) -> None:
    """Delete a record with its event, both or neither. Only the example is ever removed."""
    remove_many([subject], by=by)


def remove_many(subjects: Sequence[Model], *, by: Actor, batch: ImportBatch | None = None) -> None:
    """Delete records of one model with their events, all or none. Only the example is ever removed."""
    if not subjects:
        return
    with together():
        _refuse_outside(subjects, by)
        for subject in subjects:
            record(verb=Verb.REMOVED, subject=subject, by=by, before=values_of(subject), batch=batch)
        kept.touch(type(subjects[0]), subjects)
        numbers = [subject.pk for subject in subjects]
        for first in range(0, len(numbers), BATCH):
            rows = type(subjects[0])._default_manager.filter(pk__in=numbers[first : first + BATCH]).order_by()
            with writing():
                # These and no others: what refers to them has gone before, or the database refuses.
                rows._raw_delete(rows.db)


@contextmanager
def anywhere(reason: str) -> Iterator[None]:
    """Let an action write outside its actor's area, for this reason. Raises ValueError without one."""
    if not reason:
        raise ValueError("say why it may write there")
    token = _anywhere.set(True)
    try:
        yield
    finally:
        _anywhere.reset(token)


def _refuse_outside(subjects: Sequence[Model], by: Actor) -> None:
    """Read again what a person wrote, through their scope. A command sees everything. Raises OutsideArea."""
    if isinstance(by, User) and not _anywhere.get():
        refuse_outside(subjects, by)


def allot_ids(model: type[Model], number: int) -> list[int]:
    """The next ids of a table, to be used in this transaction.

    PostgreSQL hands them out from the sequence; SQLite has one writer at a time, so the next free ones are ours.
    """
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
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
    return row[0] if row else 0


def _stored(subject: Model) -> Model | None:
    """The record as the database has it, under a lock; None for a new record."""
    if subject.pk is None:
        return None
    rows = type(subject)._default_manager.select_for_update().filter(pk=subject.pk).order_by()
    return rows.filter(**beside_whole(subject)).first() or rows.first()


def _tell(event: AuditEvent) -> AuditEvent:
    """Keep an event until the end of its transaction; one that stands alone is written at once."""
    where = origin()
    event.request, event.address = where.request, where.address
    event.before, event.after = _as_stored(event.before), _as_stored(event.after)
    waiting = _pending.get()
    if waiting is None:
        with transaction.atomic():
            _append([event])
    else:
        waiting.append(event)
        # Django forgets this mark with the savepoint that is rolled back.
        transaction.on_commit(_Mark(event))
    return event


class _Mark:
    """Says that the part of a transaction in which an event was told still stands."""

    def __init__(self, event: AuditEvent) -> None:
        self.event = event

    def __call__(self) -> None:
        """Nothing: the mark is looked for before the end, and has done its work then."""


def _standing(events: list[AuditEvent]) -> list[AuditEvent]:
    """Without those of a savepoint that was rolled back, whoever rolled it back."""
    calls = (waiting[1] for waiting in connection.run_on_commit)
    marked = {id(call.event) for call in calls if isinstance(call, _Mark)}
    return [event for event in events if id(event) in marked]


def _as_stored(values: dict[str, Any]) -> dict[str, Any]:
    """Values as both databases give them back. Raises TypeError for a float, which they do not give back alike."""
    return json.loads(json.dumps(values, cls=DjangoJSONEncoder), parse_float=_refuse_float)


def _refuse_float(text: str) -> None:
    raise TypeError(f"{text}: a float is not exact; give a Decimal or text")


def _append(events: list[AuditEvent]) -> None:
    """Bind these events to the chain, in their order; nobody else does so until the transaction ends."""
    if not events:
        return
    with writing():
        head, _is_new = TrailHead.objects.select_for_update().get_or_create(pk=1)
    # A clock that was set back does not turn the order of the trail round.
    now = max(filter(None, (timezone.now(), head.at)))
    digest = head.digest or chain.START
    for number, event in enumerate(events, start=head.number + 1):
        event.id, event.at = number, now
        digest = event.digest = chain.digest_of(vars(event), digest)
        event.mac = chain.mac_of(digest)
    with writing():
        AuditEvent.objects.bulk_create(events, batch_size=BATCH)
        TrailHead.objects.filter(pk=1).update(number=events[-1].id, digest=digest, at=now)


def _event(
    verb: Verb,
    subject: Model,
    by: Actor,
    before: dict[str, Any],
    after: dict[str, Any],
    batch: ImportBatch | None,
    reason: str,
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
        reason=reason[:300],
    )

"""Many rows written set-wise in one transaction, told by one event: how many, when, by whom, and their digest.

A model whose rows may come so says in `bulk` how they are known again: by the moment in which they were born, which no
other rows share, and by the moment in which they were ended. Of the columns that never change, the event has a
SHA-256 over all rows; the others begin alike in all of them, and the event says as what.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import connection
from django.db.models import Q
from django.db.models.base import Model

from alleviation.audit.chain import moment as spelled
from alleviation.audit.models import AuditEvent, ImportBatch, Verb
from alleviation.audit.trail import Actor, record_rows
from alleviation.audit.values import Values, plain

SEPARATOR = "|"
# How many rows are read at a time.
CHUNK = 5000


@dataclass(frozen=True)
class Bulk:
    """How rows that came together are known again: the columns of their moments, and those that never change.

    The content begins with the id; none of it is ever empty.
    """

    born: str
    content: tuple[str, ...]
    ended: str


def tell_born(
    model: Any, *, at: datetime, alike: Values, by: Actor, batch: ImportBatch, first: int, last: int, reason: str = ""
) -> AuditEvent:
    """Tell of the rows with ids from `first` to `last` that this transaction wrote, born at this moment.

    `alike` holds the columns that are not `content` as they are in all of these rows. Rows of others may lie between.
    """
    rows, digest = _digest_of_rows(model, at, first, last)
    told = {"rows": rows, "digest": digest, "at": spelled(at), "first": first, "last": last, "alike": alike}
    return record_rows(verb=Verb.CREATED, model=model, by=by, after=told, batch=batch, reason=reason)


def tell_ended(
    model: type[Model], select: str, *, at: datetime, by: Actor, batch: ImportBatch, reason: str = ""
) -> AuditEvent:
    """Tell of the rows that ended at this moment; `select` is SQL of ours for their ids, in order."""
    rows, digest = _digest_in_database(select, ())
    told = {"rows": rows, "digest": digest, "at": spelled(at)}
    return record_rows(verb=Verb.CHANGED, model=model, by=by, after=told, batch=batch, reason=reason)


def digest_of(lines: Iterable[str]) -> tuple[int, str]:
    """How many lines there are, and the SHA-256 over all of them, each with a line end."""
    number, digest = 0, sha256()
    for line in lines:
        number += 1
        digest.update(line.encode() + b"\n")
    return number, digest.hexdigest()


def line_of(model: Any, values: Values) -> str:
    """One row as the digest takes it in: its content in order, money in fen as the database has it."""
    fields = [model._meta.get_field(name) for name in model.bulk.content]
    told = (field.get_db_prep_value(field.to_python(values[field.attname]), connection) for field in fields)
    return SEPARATOR.join(map(str, told))


def bulk_events(model: type[Model], verb: Verb, until: datetime | None = None) -> dict[str, AuditEvent]:
    """The events that tell of many rows of a model, by the moment of the rows."""
    events = AuditEvent.objects.filter(subject_type=model._meta.label_lower, subject_id__isnull=True, verb=verb)
    if until is not None:
        events = events.filter(at__lte=until)
    return {event.after["at"]: event for event in events.order_by("id")}


def bulk_states(model: Any, until: datetime | None = None) -> Iterator[tuple[int, Values | None, Values]]:
    """What bulk events tell of each row, in the order of the ids: (id, how it began or None, how it ended or {}).

    The content is the row's own: whether it is what came in, the digest tells (verification/bulk.py).
    """
    if not hasattr(model, "bulk"):
        return
    born, ended = bulk_events(model, Verb.CREATED, until), bulk_events(model, Verb.CHANGED, until)
    if not born and not ended:
        return
    for row in _told_rows(model, born, ended):
        event = born.get(_moment(row[model.bulk.born]))
        end = _moment(row[model.bulk.ended])
        began = {**event.after["alike"], **_content(model, row)} if event else None
        yield row["id"], began, {model.bulk.ended: end} if end in ended else {}


def _told_rows(model: Any, born: dict[str, AuditEvent], ended: dict[str, AuditEvent]) -> Iterator[dict[str, Any]]:
    moments = Q(**{f"{model.bulk.born}__in": list(born)}) | Q(**{f"{model.bulk.ended}__in": list(ended)})
    names = {model.bulk.born, model.bulk.ended, *model.bulk.content}
    rows = model._base_manager.filter(moments).order_by("pk").values(*sorted(names))
    return iter(rows.iterator(chunk_size=CHUNK))


def _content(model: Any, row: dict[str, Any]) -> Values:
    return {name: plain(row[name]) for name in (*model.bulk.content, model.bulk.born)}


def _moment(value: datetime | None) -> str:
    return spelled(value) if value else ""


def line_sql(model: Any) -> str:
    """SQL for one row as the digest takes it in."""
    columns = [model._meta.get_field(name).column for name in model.bulk.content]
    return f" || '{SEPARATOR}' || ".join(columns)


def _digest_of_rows(model: Any, at: datetime, first: int, last: int) -> tuple[int, str]:
    """digest_of the rows born at a moment, in the order of their ids, none of them held in memory."""
    where = f"{model.bulk.born} = %s AND id BETWEEN %s AND %s"
    sql = f"SELECT {line_sql(model)} FROM {model._meta.db_table} WHERE {where} ORDER BY id"  # noqa: S608 - our names
    return _digest_in_database(sql, (connection.ops.adapt_datetimefield_value(at), first, last))


def _digest_in_database(sql: str, values: Sequence[Any]) -> tuple[int, str]:
    """digest_of what a query of one column gives."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            taken = _Digest()
            cursor.cursor.copy_expert(f"COPY ({cursor.cursor.mogrify(sql, values).decode()}) TO STDOUT", taken)
            return taken.lines, taken.sha256.hexdigest()
        cursor.execute(sql, values)
        return digest_of(str(row[0]) for rows in iter(lambda: cursor.fetchmany(CHUNK), []) for row in rows)


class _Digest:
    """A file that only digests what is written to it."""

    def __init__(self) -> None:
        self.sha256, self.lines = sha256(), 0

    def write(self, content: bytes) -> None:
        """Whole lines, as PostgreSQL copies them."""
        self.sha256.update(content)
        self.lines += content.count(b"\n")

"""Writing past the app, as somebody can who has the database and not the key."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from alleviation.audit import chain, triggers
from alleviation.audit.models import AuditEvent, TrailHead
from alleviation.audit.verification.chain import EVENT

TABLE = AuditEvent._meta.db_table


@contextmanager
def rules_away() -> Iterator[None]:
    """The database's own rules are taken off, and put back so that nobody sees."""
    triggers.remove(connection)
    try:
        yield
    finally:
        triggers.install(connection)


@contextmanager
def checks_away(table: str) -> Iterator[None]:
    """A table has no constraints, as somebody can have it who may change tables; the end of a test restores them."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            cursor.execute("PRAGMA defer_foreign_keys = ON")
        else:
            # What waits for the end of the transaction keeps a table from being changed.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            cursor.execute(
                "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass", [table]
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
        yield
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def without_unique(table: str, name: str) -> None:
    """Drop what keeps a column unique."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{name}"')
        cursor.execute(f'DROP INDEX IF EXISTS "{name}"')


def run(sql: str, *values: Any) -> int:
    """Run a statement while no rule is in force; the number of rows it changed."""
    with rules_away(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


def change(table: str, number: int, column: str, value: Any) -> None:
    """Write another value into a column of one row."""
    assert run(f'UPDATE "{table}" SET "{column}" = %s WHERE id = %s', value, number) == 1


def other_than(field: Any, value: Any) -> Any:
    """Another value that the column of a field can hold, as its driver takes it."""
    kind = field.get_internal_type()
    if kind == "BooleanField":
        return not value
    if kind in ("DateTimeField", "DateField"):
        return "2001-02-03 04:05:06+00:00" if kind == "DateTimeField" else "2001-02-03"
    if kind == "JSONField":
        return '{"amount": "9.99"}'
    if kind == "BinaryField":
        return b"another content"
    if kind in ("CharField", "TextField", "EmailField", "SlugField"):
        return f"{value}x"[-(field.max_length or 1000) :] if value != "x" else "y"
    return (int(value.scaleb(field.places)) if hasattr(field, "places") and value is not None else value or 0) + 1


def bind_anew(first: int) -> None:
    """Compute the digests from one event to the end, as anybody can; the codes take a key, so any will do."""
    before = AuditEvent.objects.filter(pk=first - 1).first()
    previous = before.digest if before else chain.START
    for event in AuditEvent.objects.filter(pk__gte=first).order_by("pk").values(*EVENT):
        previous = chain.digest_of(event, previous)
        run(f"UPDATE {TABLE} SET digest = %s, mac = %s WHERE id = %s", previous, "0" * 64, event["id"])
    put_head_right()


def put_head_right() -> None:
    """Let the head name the event that is now the last."""
    last = AuditEvent.objects.order_by("-pk").first()
    head = (
        {"number": last.pk, "digest": last.digest, "at": last.at} if last else {"number": 0, "digest": "", "at": None}
    )
    with rules_away():
        TrailHead.objects.filter(pk=1).update(**head)

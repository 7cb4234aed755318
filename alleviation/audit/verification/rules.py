"""What the database itself keeps is in force, and is what it was installed as."""

from collections.abc import Iterator
from hashlib import sha256

from django.db import connection
from django.utils.translation import gettext

from alleviation.audit import triggers
from alleviation.audit.models import FrozenReport
from alleviation.audit.triggers import PREFIX, all_rules, never_truncated

# How PostgreSQL notes when a trigger fires: before, for each row, and at which statements.
BEFORE, EACH_ROW = 2, 1
STATEMENTS = {"INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}
# "Where", so that a rule that somebody gave a condition is seen; the body, so that an emptied one is.
POSTGRESQL = """
    SELECT tgname, prosrc, tgtype, tgqual IS NULL AND CAST(tgattr AS text) = '' FROM pg_trigger
    JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
    WHERE NOT tgisinternal AND tgname LIKE %s AND pg_table_is_visible(pg_class.oid)"""
SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s"


def rules_that_are_not_in_force() -> Iterator[str]:
    """Rules of the database that are missing, switched off, or are not what they were installed as."""
    missing = triggers.missing(connection)
    for name in missing:
        yield gettext("%(rule)s: this rule of the database is not in force") % {"rule": name}
    for name in altered({name.partition(": ")[2] for name in missing}):
        yield gettext("%(rule)s: this rule of the database was altered") % {"rule": name}


def altered(missing: set[str]) -> list[str]:
    """The rules in force that refuse something else than they should."""
    with connection.cursor() as cursor:
        cursor.execute(SQLITE if connection.vendor == "sqlite" else POSTGRESQL, [f"{PREFIX}%"])
        there = {name: tuple(rest) for name, *rest in cursor.fetchall()}
    wanted = dict(_of_sqlite() if connection.vendor == "sqlite" else _of_postgresql())
    return sorted(name for name, what in wanted.items() if name not in missing and there.get(name) != what)


def _of_sqlite() -> Iterator[tuple[str, tuple[object, ...]]]:
    for rule in all_rules():
        for event, statement in zip(rule.events, rule.statements("sqlite"), strict=False):
            yield f"{PREFIX}{rule.name}_{event.lower()}", (statement,)


def _of_postgresql() -> Iterator[tuple[str, tuple[object, ...]]]:
    rules = triggers.rules_for(connection)
    for rule in (rule for rule in rules if rule.only in ("", "postgresql")):
        when = BEFORE + EACH_ROW + sum(STATEMENTS[event] for event in rule.events)
        yield PREFIX + rule.name, (_body(next(rule.statements("postgresql"))), when, True)
    for table in sorted({rule.table for rule in rules}):
        body = _body(never_truncated(table)[0])
        yield f"{PREFIX}{table}_rows", (body, BEFORE + STATEMENTS["TRUNCATE"], True)


def _body(statement: str) -> str:
    return statement.split("$rule$")[1]


def frozen_reports_that_are_others() -> Iterator[str]:
    """Files of closed years whose content has another SHA-256 than was noted when they were frozen."""
    for report in FrozenReport.objects.order_by("pk").iterator(chunk_size=10):
        digest = sha256(bytes(report.content)).hexdigest()
        if digest != report.sha256:
            words = {"number": report.pk, "name": report.file_name, "digest": digest}
            yield gettext("frozen report %(number)s (%(name)s): its content has the SHA-256 %(digest)s") % words

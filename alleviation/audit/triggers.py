"""Rules that the database itself keeps, on every way a write can take: raw SQL, `update()`, `loaddata`, a client.

A rule says for a table and its events when a statement is refused, once for each database. Rules are installed after
every migration and taken away before it, because SQLite rebuilds the tables it changes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_noop

from alleviation.common.citus.standing import spread_tables
from alleviation.common.guard import writing

PREFIX = "keep_"
# The error of both databases is an IntegrityError to Django.
POSTGRESQL_CODE = "check_violation"
# Stands for the schema in the statements of PostgreSQL; known when they are run.
SCHEMA = "$schema$"
# A transaction that sees the database as it was does not see that a year was closed meanwhile.
SNAPSHOT = gettext_noop("money and incomes are written in read committed transactions")
PRESENT = (
    "IF current_setting('transaction_isolation') <> 'read committed' THEN "
    f"RAISE EXCEPTION '{SNAPSHOT}' USING ERRCODE = '{POSTGRESQL_CODE}'; END IF;"
)


@dataclass(frozen=True)
class Rule:
    """When a statement on a table is refused: `condition` is SQL over OLD and NEW, the same on both databases.

    `events` are INSERT, UPDATE, DELETE; `message` is what the database says. `only` names one database where the
    other needs no such rule. `lock` is run by PostgreSQL before it looks.
    """

    name: str
    table: str
    events: tuple[str, ...]
    condition: str
    message: str
    only: str = ""
    lock: str = ""

    def sqlite(self) -> Iterator[str]:
        for event in self.events:
            yield (
                f'CREATE TRIGGER "{PREFIX}{self.name}_{event.lower()}" BEFORE {event} ON "{self.table}" '
                f"WHEN {self.condition} BEGIN SELECT RAISE(ABORT, '{self.message}'); END"
            )

    def postgresql(self) -> Iterator[str]:
        name = PREFIX + self.name
        lock = f"{PRESENT} {self.lock} " if self.lock else ""
        yield (
            # The tables of the schema we are installed in: a temporary one of the same name is none of them.
            f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql '
            f"SET search_path = {SCHEMA}, pg_temp AS $rule$ BEGIN {lock}"
            f"IF {self.condition} THEN RAISE EXCEPTION '{self.message}' USING ERRCODE = '{POSTGRESQL_CODE}'; END IF; "
            f"RETURN {'OLD' if self.events == ('DELETE',) else 'NEW'}; END $rule$"
        )
        yield (
            f'CREATE TRIGGER "{name}" BEFORE {" OR ".join(self.events)} ON "{self.table}" '
            f'FOR EACH ROW EXECUTE FUNCTION "{name}"()'
        )

    def statements(self, vendor: str) -> Iterator[str]:
        if self.only in ("", vendor):
            yield from self.sqlite() if vendor == "sqlite" else self.postgresql()


def same(columns: Iterable[str], one: str, other: str) -> str:
    """SQL: two rows agree in these columns, nulls included; spelt so that every SQLite knows it."""
    return " AND ".join(f"({one}.{c} = {other}.{c} OR ({one}.{c} IS NULL AND {other}.{c} IS NULL))" for c in columns)


def changed(columns: Iterable[str]) -> str:
    """SQL: an update changes one of these columns."""
    return " OR ".join(f"NEW.{c} <> OLD.{c} OR ((NEW.{c} IS NULL) <> (OLD.{c} IS NULL))" for c in columns)


def never_truncated(table: str) -> tuple[str, str]:
    """PostgreSQL empties a table without looking at its rows: refused."""
    name = f"{PREFIX}{table}_rows"
    return (
        f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $rule$ BEGIN '
        f"RAISE EXCEPTION 'the rows of {table} stay' USING ERRCODE = '{POSTGRESQL_CODE}'; END $rule$",
        f'CREATE TRIGGER "{name}" BEFORE TRUNCATE ON "{table}" EXECUTE FUNCTION "{name}"()',
    )


def all_rules() -> list[Rule]:
    """The rules of every app (AppConfig.triggers)."""
    return [rule for config in apps.get_app_configs() for rule in getattr(config, "triggers", ())]


def rules_for(connection: BaseDatabaseWrapper) -> list[Rule]:
    """The rules that this database can keep: Citus refuses triggers on tables that it spreads (docs/citus.md)."""
    spread = spread_tables(connection)
    return [rule for rule in all_rules() if rule.table not in spread]


def explain(error: IntegrityError) -> str | None:
    """What a rule of ours refused, in the reader's language; None where it was none of them."""
    said = str(error)
    broken = [message for message in (SNAPSHOT, *(rule.message for rule in all_rules())) if message in said]
    return capfirst(gettext(max(broken, key=len))) if broken else None


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every rule in force; those that were are put anew."""
    remove(connection)
    rules = rules_for(connection)
    statements = [one for rule in rules for one in rule.statements(connection.vendor)]
    if connection.vendor == "postgresql":
        statements += [one for table in sorted({rule.table for rule in rules}) for one in never_truncated(table)]
    _run(connection, statements)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take every rule away, for a migration."""
    _run(connection, [_drop(connection.vendor, name, table) for name, table in installed(connection)])


def installed(connection: BaseDatabaseWrapper) -> list[tuple[str, str]]:
    """(trigger, table) of the rules that are in force."""
    query = (
        "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s ORDER BY name"
        if connection.vendor == "sqlite"
        # A rule that somebody switched off is not in force.
        else "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgname LIKE %s "
        "AND pg_table_is_visible(pg_class.oid) ORDER BY tgname"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [f"{PREFIX}%"])
        return [(name, table) for name, table in cursor.fetchall()]


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The rules that should be in force and are not: "table: trigger"."""
    there = {name for name, _table in installed(connection)}
    wanted = expected(connection.vendor, rules_for(connection))
    return [f"{table}: {name}" for name, table in wanted if name not in there]


def expected(vendor: str, rules: Iterable[Rule] | None = None) -> Iterator[tuple[str, str]]:
    """(trigger, table) of what these rules, else all, become."""
    known = all_rules() if rules is None else list(rules)
    for rule in (rule for rule in known if rule.only in ("", vendor)):
        if vendor == "sqlite":
            yield from ((f"{PREFIX}{rule.name}_{event.lower()}", rule.table) for event in rule.events)
        else:
            yield PREFIX + rule.name, rule.table
    if vendor == "postgresql":
        yield from ((f"{PREFIX}{table}_rows", table) for table in sorted({rule.table for rule in known}))


def remove_before(*, using: str, **_rest: Any) -> None:
    """Before a migration."""
    remove(connections[using])


def install_after(*, using: str, **_rest: Any) -> None:
    """After a migration, once the tables are there."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    # Half-way, or back at the beginning, there is nothing to keep.
    if all(rule.table in tables for rule in all_rules()):
        install(connection)


def _drop(vendor: str, name: str, table: str) -> str:
    if vendor == "sqlite":
        return f'DROP TRIGGER IF EXISTS "{name}"'
    return f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"'


def _run(connection: BaseDatabaseWrapper, statements: Iterable[str]) -> None:
    # The guard takes a rule that speaks of writing for a write.
    with writing(), connection.cursor() as cursor:
        schema = _schema(cursor) if connection.vendor == "postgresql" else ""
        for statement in statements:
            # As they stand: a "%" in SQL is no parameter.
            cursor.execute(statement.replace(SCHEMA, schema))


def _schema(cursor: Any) -> str:
    """The schema of our tables, quoted."""
    cursor.execute("SELECT quote_ident(current_schema())")
    return str(cursor.fetchone()[0])

"""What a database holds, so that two of them can be compared: of each table its rows, the sums of its money, a hash.

    row       JSON array of its columns in the order of their names, UTF-8, no blanks, and a line feed
    hash      SHA-256 of all rows in the order of their key

The same rows have the same hash on SQLite and on PostgreSQL: moments are UTC with microseconds, decimals are texts
without trailing zeros, JSON has its keys sorted, bytes are hexadecimal, text is in the order of its code points.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Field, Model

from alleviation.common.fields import YuanField

BLOCK = 2000
TEXTS = {"CharField", "TextField", "SlugField", "UUIDField"}


@dataclass(frozen=True)
class Table:
    """A table at one moment; sums are in fen."""

    name: str
    rows: int
    hash: str
    sums: dict[str, int] = field(default_factory=dict)

    @property
    def told(self) -> dict[str, Any]:
        """As it stands in a file."""
        return asdict(self)


def spelled(value: Any) -> Any:
    """A value that JSON has no form for, in the one that stands for it."""
    if isinstance(value, datetime):
        # SQLite keeps moments in UTC and does not say so.
        return (
            (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="microseconds")
        )
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value // timedelta(microseconds=1)
    if isinstance(value, bytes | memoryview | bytearray):
        return bytes(value).hex()
    if isinstance(value, UUID):
        return value.hex
    return str(value)


def plain_number(value: Any) -> str:
    """A decimal without what another database would add: 1.50 is 1.5."""
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=spelled)
# By what Django calls a column: what its values are turned into where databases hand out different things.
TURNED: dict[str, Callable[[Any], Any]] = {
    "JSONField": lambda value: json.loads(value) if isinstance(value, str) else value,
    "UUIDField": lambda value: UUID(str(value)).hex,
    "DecimalField": plain_number,
    "BooleanField": bool,
    "GenericIPAddressField": lambda value: str(value).partition("/")[0],
}


def models_with_tables() -> list[type[Model]]:
    """Every model that has a table of its own, in the order of their tables; Django's record of migrations as well."""
    found = {m._meta.db_table: m for m in apps.get_models(include_auto_created=True) if _has_table(m)}
    found["django_migrations"] = MigrationRecorder.Migration
    return [found[name] for name in sorted(found)]


def _has_table(model: type[Model]) -> bool:
    return model._meta.managed and not model._meta.proxy


def tables_of(connection: BaseDatabaseWrapper) -> Iterator[Table]:
    """Each table that there is. Within a transaction of one view they are of one moment."""
    there = set(connection.introspection.table_names())
    for model in models_with_tables():
        if model._meta.db_table in there:
            yield table_of(connection, model)


def table_of(connection: BaseDatabaseWrapper, model: type[Model]) -> Table:
    """Read a table from its first row to its last; memory stays the same."""
    columns = sorted(model._meta.local_concrete_fields, key=lambda one: str(one.column))
    turned = [(place, TURNED[kind]) for place, one in enumerate(columns) if (kind := kind_of(one)) in TURNED]
    money = [(place, str(one.column)) for place, one in enumerate(columns) if isinstance(one, YuanField)]
    found, count, sums = sha256(), 0, dict.fromkeys((name for _place, name in money), 0)
    for rows in blocks(connection, question(connection, model, columns)):
        count += len(rows)
        for place, name in money:
            sums[name] += sum(row[place] or 0 for row in rows)
        found.update("".join(f"{ENCODER.encode(turn(row, turned))}\n" for row in rows).encode())
    return Table(model._meta.db_table, count, found.hexdigest(), sums)


def turn(row: tuple[Any, ...], turned: list[tuple[int, Callable[[Any], Any]]]) -> list[Any]:
    """The row with those columns turned that need it."""
    values = list(row)
    for place, way in turned:
        if values[place] is not None:
            values[place] = way(values[place])
    return values


def kind_of(column: Any) -> str:
    """What Django calls a column; a key to another row is of that row's kind."""
    while column.is_relation:
        column = column.target_field
    return str(column.get_internal_type())


def question(connection: BaseDatabaseWrapper, model: type[Model], columns: "list[Field[Any, Any]]") -> str:
    """The statement that asks for all rows in the order of their key."""
    quote, key = connection.ops.quote_name, model._meta.pk
    by_code_point = ' COLLATE "C"' if connection.vendor == "postgresql" and kind_of(key) in TEXTS else ""
    names = ", ".join(quote(str(one.column)) for one in columns)
    table, order = quote(model._meta.db_table), quote(str(key.column))
    return f"SELECT {names} FROM {table} ORDER BY {order}{by_code_point}"  # noqa: S608  names of our own models


def blocks(connection: BaseDatabaseWrapper, statement: str) -> Iterator[list[tuple[Any, ...]]]:
    """The rows, so many at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement)
        while rows := cursor.fetchmany(BLOCK):
            yield rows


def differences(expected: list[Table], found: list[Table]) -> list[tuple[Table | None, Table | None]]:
    """Tables that are not the same on both sides, or on one side alone."""
    there, here = {one.name: one for one in expected}, {one.name: one for one in found}
    names = sorted(there.keys() | here.keys())
    return [(there.get(name), here.get(name)) for name in names if there.get(name) != here.get(name)]

"""The statements that spread the tables over machines; those that are spread already are left alone."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models.base import Model

from alleviation.audit.triggers import PREFIX
from alleviation.common.citus.placement import Place, models_in, place_of, spanning
from alleviation.common.citus.standing import spread_tables

# Keys of and to these tables, those of a table's partitions and shards apart.
KEYS = """
    SELECT t.relname, c.conname, pg_get_constraintdef(c.oid), c.condeferrable FROM pg_constraint c
    JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class o ON o.oid = c.confrelid
    WHERE c.contype = 'f' AND (t.relname = ANY(%s) OR o.relname = ANY(%s)) AND pg_table_is_visible(t.oid)
    ORDER BY t.relname, c.conname"""
TRIGGERS = """
    SELECT t.relname, g.tgname FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
    WHERE NOT g.tgisinternal AND t.relname = ANY(%s) AND pg_table_is_visible(t.oid) ORDER BY t.relname, g.tgname"""
PRIMARY = """
    SELECT c.conname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
    WHERE c.contype = 'p' AND t.relname = %s AND pg_table_is_visible(t.oid)"""
DEFERRED = " DEFERRABLE INITIALLY DEFERRED"


def to_spread(connection: Any) -> list[type[Model]]:
    """The models whose tables are not where they should be, in the order in which they go."""
    there = spread_tables(connection)
    wanted = [*models_in(Place.COPIED), *models_in(Place.CUT)]
    return [model for model in wanted if model._meta.db_table not in there]


def wrongly_spread(connection: Any) -> list[str]:
    """Tables that are spread in another way than is planned: "table: what. Cure."."""
    planned = {
        model._meta.db_table: (place_of(model).place, place_of(model).column)
        for place in (Place.COPIED, Place.CUT)
        for model in models_in(place)
    }
    return [
        f"{table}: is {how[0].value} {how[1]}".rstrip()
        + f". Run SELECT undistribute_table('{table}') and begin again."
        for table, how in sorted(spread_tables(connection).items())
        if planned.get(table) != how and not table.startswith("pg_")
    ]


def statements(models: Sequence[type[Model]], cursor: Any, shards: int) -> Iterator[str]:
    """What spreads these, foreign keys taken away before and put back after, checked at once."""
    tables = [model._meta.db_table for model in models]
    cursor.execute(KEYS, [tables, tables])
    keys = cursor.fetchall()
    cursor.execute(TRIGGERS, [tables])
    triggers = cursor.fetchall()
    yield "SET LOCAL client_min_messages = warning"
    yield "SET LOCAL citus.multi_shard_modify_mode = 'sequential'"
    yield f"SET LOCAL citus.shard_count = {shards}"
    yield from (f'DROP TRIGGER "{name}" ON "{table}"' for table, name in triggers if name.startswith(PREFIX))
    yield from (f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"' for table, name, _how, _late in keys)
    for model in models:
        yield from _one(model, cursor)
    # The rows as they were lie hidden beneath until they are taken away: while no key leads there, which would take
    # along what points at them.
    yield from (f"SELECT truncate_local_data_after_distributing_table('\"{table}\"')" for table in tables)
    for table, name, how, _late in keys:
        yield f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {how.replace(DEFERRED, "")}'


def _one(model: type[Model], cursor: Any) -> Iterator[str]:
    table, here = model._meta.db_table, place_of(model)
    if here.place is Place.COPIED:
        yield f"SELECT create_reference_table('\"{table}\"')"
        return
    key = model._meta.pk.column
    if here.column != key:
        cursor.execute(PRIMARY, [table])
        (name,) = cursor.fetchone()
        yield f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}", ADD PRIMARY KEY ("{here.column}", "{key}")'
        yield f'CREATE INDEX "{table}_{key}" ON "{table}" ("{key}")'
    for constraint in spanning(model):
        columns = ", ".join(f'"{model._meta.get_field(name).column}"' for name in constraint.fields)  # type: ignore[union-attr]
        yield f'ALTER TABLE "{table}" DROP CONSTRAINT "{constraint.name}"'
        yield f'CREATE INDEX "{constraint.name}" ON "{table}" ({columns})'
    beside = f", colocate_with => '\"{_root()}\"'" if table != _root() else ""
    yield f"SELECT create_distributed_table('\"{table}\"', '{here.column}'{beside})"


def _root() -> str:
    """The table that is cut first; the others lie beside it."""
    return str(models_in(Place.CUT)[0]._meta.db_table)

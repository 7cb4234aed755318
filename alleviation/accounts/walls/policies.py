"""Row-level security of PostgreSQL: which rows of each table a database session gets, by the area it was told.

The second wall behind `.visible_to(user)` (docs/access.md). The area is a setting of the session, `alleviation.area`:
leading digits of a division code, EVERYWHERE, or nothing; a session that was told nothing gets no row.
"""

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.base import Model

from alleviation.accounts.scope import ScopedQuerySet
from alleviation.accounts.walls.telling import EVERYWHERE, SETTING
from alleviation.common.citus.standing import spread_tables

POLICY = "keep_area"
# Asked once for a statement, not for each row.
TOLD = f"(SELECT nullif(current_setting('{SETTING}', true), ''))"


def walled_models() -> list[type[Model]]:
    """The models whose rows belong to an area: those that are asked for by one, and those that name the way to it."""
    return [model for model in apps.get_models() if _area_field(model) or hasattr(model, "walled_by")]


def conditions() -> dict[str, tuple[str, str]]:
    """By table: SQL for a row that a session gets, and for one that it may write, on the names of its columns."""
    found = {}
    for model in walled_models():
        written = [f"{TOLD} = '{EVERYWHERE}'", _inside(model)]
        found[model._meta.db_table] = " OR ".join([*written, *_named_by(model)]), " OR ".join(written)
    return found


def _area_field(model: type[Model]) -> str:
    rows = model._default_manager.all()
    return rows.area_field if isinstance(rows, ScopedQuerySet) else ""


def _inside(model: type[Model]) -> str:
    if named := getattr(model, "walled_by", None):
        # A number without a foreign key, and the table whose rows it tells.
        column, whole = named
        return _part_of(model, column, apps.get_model(whole))
    return _lies_in(model, _area_field(model).split("__"))


def _named_by(whole: type[Model]) -> Iterator[str]:
    """SQL: rows of the area name this one elsewhere, as money its project or an income the household that moved away.

    Sums and lists are made of both: without it a row would be missing in what a figure is made of.
    """
    table, key = whole._meta.db_table, whole._meta.pk.column
    for model in walled_models():
        for field in model._meta.concrete_fields:
            is_its_way = _area_field(model).startswith(f"{field.name}__")
            if field.related_model is whole and model is not whole and not is_its_way:
                named = model._meta.db_table
                yield f'EXISTS (SELECT 1 FROM "{named}" WHERE "{named}"."{field.column}" = "{table}"."{key}")'  # noqa: S608


def _lies_in(model: type[Model], way: list[str]) -> str:
    """SQL: the code at the end of this way begins with the area that the session was told."""
    field = model._meta.get_field(way[0])
    column = f'"{model._meta.db_table}"."{field.column}"'  # type: ignore[union-attr]
    if len(way) == 1:
        return f"starts_with({column}, {TOLD})"
    whole: type[Model] = field.related_model  # type: ignore[assignment]
    if _area_field(whole):
        return _part_of(model, str(field.column), whole)  # type: ignore[union-attr]
    table, key = whole._meta.db_table, whole._meta.pk.column
    # Places have no wall of their own; they are few enough to be gone through once for a statement.
    return f'{column} IN (SELECT "{table}"."{key}" FROM "{table}" WHERE {_lies_in(whole, way[1:])})'  # noqa: S608


def _part_of(model: type[Model], column: str, whole: type[Model]) -> str:
    """SQL: the row belongs to one of another table that lies in the area itself."""
    table, key, lies = whole._meta.db_table, whole._meta.pk.column, _inside(whole)
    return f'EXISTS (SELECT 1 FROM "{table}" WHERE "{table}"."{key}" = "{model._meta.db_table}"."{column}" AND {lies})'  # noqa: S608


def raising() -> Iterator[str]:
    """Statements that put up the wall; put up before, they put it up anew."""
    for table, (seen, written) in conditions().items():
        yield f'DROP POLICY IF EXISTS {POLICY} ON "{table}"'
        yield f'CREATE POLICY {POLICY} ON "{table}" USING ({seen}) WITH CHECK ({written})'
        # Whoever owns the tables would else see through it; a superuser does in any case.
        yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY'


def razing(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """Statements that take it down, wherever it stands."""
    for table in standing(connection):
        yield f'DROP POLICY IF EXISTS {POLICY} ON "{table}"'
        yield f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY'


def standing(connection: BaseDatabaseWrapper) -> list[str]:
    """The tables behind the wall: with its policy, switched on, for their owner too."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid WHERE polname = %s "
            "AND relrowsecurity AND relforcerowsecurity AND pg_table_is_visible(pg_class.oid) ORDER BY relname",
            [POLICY],
        )
        return [name for (name,) in cursor.fetchall()]


def faults(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """What keeps the wall from holding, in words for an operator."""
    if connection.vendor != "postgresql":
        yield "SQLite has no row-level security; the rules of the app hold alone."
        return
    there = set(standing(connection))
    yield from (f"{table}: no policy is in force" for table in sorted(conditions()) if table not in there)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            yield "The app signs in to the database as somebody whom no policy binds: give it a plain role."


def put_up(connection: BaseDatabaseWrapper) -> None:
    """Put up the wall."""
    run(connection, raising())


def take_down(connection: BaseDatabaseWrapper) -> None:
    """Take down the wall."""
    run(connection, list(razing(connection)))


def put_up_after(*, using: str, **_rest: object) -> None:
    """After a migration, once all the tables are there."""
    connection = connections[using]
    can = connection.vendor == "postgresql" and not spread_tables(connection)
    if can and set(conditions()) <= set(connection.introspection.table_names()):
        put_up(connection)


def run(connection: BaseDatabaseWrapper, statements: Iterable[str]) -> None:
    """Run statements that were made here."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)

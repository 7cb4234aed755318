"""Writes a load in one transaction, set-wise and with the database's rules off, and tells of it in one event."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.core.management.color import no_style
from django.db import connection
from django.db.models import Model
from django.utils.translation import gettext as _

from alleviation.accounts.models import User
from alleviation.audit import triggers
from alleviation.audit.models import Verb
from alleviation.audit.trail import record_words, together
from alleviation.common.citus.standing import spread_tables
from alleviation.common.guard import writing
from alleviation.example.load.earnings import earning_steps
from alleviation.example.load.families import family_steps
from alleviation.example.load.ground import BY, KEPT, MAKER, Ground, prepared
from alleviation.example.load.money import money_steps
from alleviation.example.load.places import counties_of, place_steps
from alleviation.example.load.size import Size
from alleviation.example.load.steps import Step
from beneficiaries.models import Household
from projects.models import Division

TABLES: tuple[type[Model], ...] = (Division, *KEPT.values())


def refuse_where_people_work() -> None:
    """Raises CommandError where there are households that are not made up, or a load already."""
    if Household.objects.filter(is_made_up=False).exists():
        raise CommandError(_("This database holds households that are not made up. Use an empty one."))
    if User.objects.filter(username=MAKER).exists():
        raise CommandError(_("This database holds a load already. Use an empty one."))


def load(size: Size, *, area: str, started: Callable[[int], Callable[[int], None]]) -> int:
    """Write the load, all or nothing; returns the number of rows. `started` gets that and says whom to tell of some.

    Raises CommandError where the list of places has too few counties.
    """
    with together():
        ground = prepared(size, counties_of(size, area))
        steps = list(_steps(ground))
        rows = sum(step.rows for step in steps)
        advance = started(rows)
        with _rules_off():
            for step in steps:
                step.run(advance)
        _go_on_after(step.model for step in steps)
        details = {"households": size.households, "years": [size.first_year, size.last_year], "rows": rows}
        record_words(verb=Verb.CREATED, what="Made-up load for tests of size", by=BY, kind="load", details=details)
    return rows


def analyze() -> None:
    """Let the database see what it holds, as it would of itself after a while."""
    # A transaction that is open cannot be tidied up after.
    is_tidied = connection.vendor == "postgresql" and not connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if is_tidied else "ANALYZE")


def _steps(ground: Ground) -> Iterator[Step]:
    """In the order of the links between records."""
    yield from place_steps(ground)
    yield from money_steps(ground)
    yield from family_steps(ground)
    yield from earning_steps(ground)


@contextmanager
def _rules_off() -> Iterator[None]:
    """The rules look at each row, and would look at millions; they are in force again with the same transaction."""
    if connection.vendor == "sqlite":
        triggers.remove(connection)
        yield
        triggers.install(connection)
        return
    # A table with checks that still wait cannot be altered.
    _run(["SET CONSTRAINTS ALL IMMEDIATE"])
    # Citus has none on tables that it spreads.
    spread = spread_tables(connection)
    tables = [model._meta.db_table for model in TABLES if model._meta.db_table not in spread]
    _run(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables)
    yield
    _run(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables)
    _run(["SET CONSTRAINTS ALL DEFERRED"])


def _go_on_after(models: Iterator[type[Model]]) -> None:
    """What is entered next gets a number that is free."""
    _run(connection.ops.sequence_reset_sql(no_style(), list(dict.fromkeys(models))))


def _run(statements: Iterator[str] | list[str]) -> None:
    with writing(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)

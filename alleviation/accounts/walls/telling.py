"""Tells each session of PostgreSQL for whom it asks, before it is asked for anything.

Nothing needs to be put back when a request ends: what a session was told is compared with who asks at every statement,
and forgotten with every transaction, since one that is rolled back takes back what was told within it.
"""

from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.functional import empty

from alleviation.accounts.asking import asker, is_bound
from alleviation.accounts.rights import Right

SETTING = "alleviation.area"
EVERYWHERE = "*"
NOTHING = ""
# They ask for no row, and are what a transaction that failed still takes.
SPARED = ("SAVEPOINT", "RELEASE SAVEPOINT")
UNDOING = "ROLLBACK"


class Outside:
    """Where nobody asks: commands look everywhere; a web server, outside of requests, nowhere."""

    area = EVERYWHERE


def shut_outside_requests() -> None:
    """From here on this process reads rows of areas for the people of its requests alone."""
    Outside.area = NOTHING


def area_to_tell() -> str:
    """Which rows are for whoever asks."""
    person = asker()
    if person is None:
        return Outside.area
    if not is_bound():
        return EVERYWHERE
    if vars(person).get("_wrapped") is empty:
        # Who they are is being looked up at this moment.
        return NOTHING
    if not hasattr(person, "area") or not person.may(Right.VIEW_FIGURES):
        return NOTHING
    return person.area or EVERYWHERE


def watch(connection: BaseDatabaseWrapper, **_rest: Any) -> None:
    """Have a new session told before each of its statements."""
    if connection.vendor != "postgresql":
        return
    connection.area_told = None  # type: ignore[attr-defined]
    if tell not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, tell)
        for name in ("_commit", "_rollback"):
            setattr(connection, name, _forgetting(connection, getattr(connection, name)))


def tell(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Let a statement through, to a session that knows for whom."""
    connection, said = context["connection"], str(sql)
    if said.startswith(UNDOING):
        connection.area_told = None
    elif not said.startswith(SPARED):
        keep_told(connection)
    return execute(sql, params, many, context)


def keep_told(connection: Any) -> None:
    """Tell the session who asks now, unless it knows."""
    wanted = area_to_tell()
    if connection.area_told != wanted:
        # Past the wrappers: this is nobody's question.
        with connection.wrap_database_errors, connection.connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, false)", [SETTING, wanted])
        connection.area_told = wanted


def _forgetting(connection: Any, end: Callable[[], None]) -> Callable[[], None]:
    def ended() -> None:
        connection.area_told = None
        end()

    return ended

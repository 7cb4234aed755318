"""A database session behind the second wall, as the app has one in production."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from alleviation.accounts.walls import policies, telling

ROLE = "wall_tester"


def is_bound() -> bool:
    """Whether policies bind whom the tests sign in as; a superuser sees through all of them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT NOT (rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def as_owner() -> None:
    """Whoever put up the wall again."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@contextmanager
def standing() -> Iterator[None]:
    """The wall stands, until the test's transaction is rolled back; whoever signed in is somebody whom it binds."""
    policies.put_up(connection)
    if not is_bound():
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE ROLE {ROLE}")
            cursor.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {ROLE}")
            cursor.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {ROLE}")
            cursor.execute(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {ROLE}")
            cursor.execute(f"SET LOCAL ROLE {ROLE}")
    is_watched = telling.tell in connection.execute_wrappers
    telling.watch(connection)
    try:
        yield
    finally:
        if not is_watched:
            connection.execute_wrappers.remove(telling.tell)

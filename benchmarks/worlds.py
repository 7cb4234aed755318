"""Databases full of made-up households, made once for all benchmarks of a run.

A throw-away PostgreSQL (tests/postgres.py) or a folder of SQLite files. `benchmarks.all` makes one of each for all
that it starts, and says so in BENCHMARK_CLUSTER and BENCHMARK_FOLDER; a benchmark that runs alone makes its own.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from benchmarks.inside import manage
from benchmarks.pairs import say
from tests.postgres import cluster, server_folder

CLUSTER, FOLDER = "BENCHMARK_CLUSTER", "BENCHMARK_FOLDER"
SMALL, LARGE = 15_000, 3_000_000


class NoPostgres(SystemExit):
    """There is no PostgreSQL server here; its words are the exit code's."""

    def __init__(self) -> None:
        super().__init__("SKIPPED: this needs the programs of a PostgreSQL server: apt-get install postgresql")


@contextmanager
def postgresql() -> Iterator[str]:
    """The DATABASE_URL of a throw-away cluster. Raises NoPostgres."""
    if CLUSTER in os.environ:
        yield os.environ[CLUSTER]
        return
    programs = server_folder()
    if programs is None:
        raise NoPostgres
    with cluster(programs) as url:
        yield url


@contextmanager
def sqlite() -> Iterator[str]:
    """A folder for SQLite files, as the URL of one that is not there."""
    if FOLDER in os.environ:
        yield f"sqlite:///{os.environ[FOLDER]}/none.sqlite3"
        return
    with tempfile.TemporaryDirectory(prefix="load-") as folder:
        yield f"sqlite:///{folder}/none.sqlite3"


KINDS = {"postgresql": postgresql, "sqlite": sqlite}


def loaded(base: str, households: int, *, years: int = 5, area: str = "") -> str:
    """The URL of a database with so many made-up households of an area; it is made where it is not there yet."""
    url = named(base, "_".join(filter(None, ("load", str(households), str(years), area))))
    if not _is_there(url):
        say(f"loading {households:,} households of {years} years")
        half = copy_of(_empty(base), f"half_{os.getpid()}")
        size = (f"--households={households}", f"--years={years}", f"--area={area}")
        manage(half, "generate_load", *size, "-v0", debug=True)
        _rename(half, url)
    return url


def with_example(base: str) -> str:
    """The URL of a database with the example; it is made where it is not there yet."""
    url = named(base, "example")
    if not _is_there(url):
        say("loading the example")
        half = copy_of(_empty(base), f"half_{os.getpid()}")
        manage(half, "load_example", "-v0")
        _rename(half, url)
    return url


def _empty(base: str) -> str:
    """The URL of a database with its tables and places, and nobody in it."""
    url = named(base, "empty")
    if not _is_there(url):
        create(url)
        manage(url, "migrate", "-v0")
        manage(url, "load_reference", "-v0")
    return url


def copy_of(url: str, name: str) -> str:
    """A copy of a database that one may write to; one that was there goes."""
    copy = named(url, name)
    drop(copy)
    if is_sqlite(url):
        shutil.copyfile(path_of(url), path_of(copy))
    else:
        _administer(url, f'CREATE DATABASE "{name}" TEMPLATE "{_name(url)}"')
    return copy


def create(url: str) -> None:
    """An empty database; SQLite makes its own."""
    if not is_sqlite(url):
        _administer(url, f'CREATE DATABASE "{_name(url)}"')


def drop(url: str) -> None:
    """Away with a database, if it is there."""
    if is_sqlite(url):
        for ending in ("", "-wal", "-shm"):
            Path(f"{path_of(url)}{ending}").unlink(missing_ok=True)
    else:
        _administer(url, f'DROP DATABASE IF EXISTS "{_name(url)}" WITH (FORCE)')


def named(base: str, name: str) -> str:
    """The URL of another database beside this one."""
    if is_sqlite(base):
        return f"sqlite:///{path_of(base).with_name(f'{name}.sqlite3')}"
    return urlunsplit(urlsplit(base)._replace(path=f"/{name}"))


def postmaster(url: str) -> int:
    """The number of the first process of a PostgreSQL server on this machine."""
    with closing(psycopg2.connect(url)) as connection:
        own = Path(f"/proc/{connection.info.backend_pid}/stat").read_text()
    return int(own.rpartition(")")[2].split()[1])


def is_sqlite(url: str) -> bool:
    return url.startswith("sqlite:")


def path_of(url: str) -> Path:
    """The file of a SQLite database."""
    return Path(url.removeprefix("sqlite:///"))


def _name(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


def _is_there(url: str) -> bool:
    if is_sqlite(url):
        return path_of(url).exists()
    with closing(psycopg2.connect(named(url, "postgres"))) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_name(url)])
        return cursor.fetchone() is not None


def _rename(url: str, other: str) -> None:
    """What is made half-way never goes by the name of the whole."""
    if is_sqlite(url):
        path_of(url).rename(path_of(other))
    else:
        _administer(url, f'ALTER DATABASE "{_name(url)}" RENAME TO "{_name(other)}"')


def _administer(url: str, statement: str) -> None:
    with closing(psycopg2.connect(named(url, "postgres"))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)

"""Runs a command against a Citus cluster of its own: python -m tests.citus pytest tests/beneficiaries

A coordinator and two machines, each a PostgreSQL of its own on Unix sockets in a temporary folder, are gone
afterwards. Tests that the command runs find their tables spread (tests/citus_suite.py). Where PostgreSQL has no Citus
it says so and exits with 2.
"""

import contextlib
import os
import shlex
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2

from tests.postgres import (
    FAST,
    HELP,
    NO_POSTGRESQL,
    STOPPING,
    SUPERUSER,
    Stopped,
    run,
    serve,
    server_folder,
    server_user,
    stop,
    temporary_folder,
)

NO_CITUS = """This PostgreSQL has no Citus: nothing was tried on several machines.
See docs.citusdata.com for packages, or build it from its source (docs/citus.md)."""
# The port names a socket and nothing else; the first is the coordinator's.
PORTS = (9700, 9701, 9702)
NEEDED = ("shared_preload_libraries=citus", "max_prepared_transactions=200", "citus.node_conninfo=sslmode=disable")


def has_citus(programs: Path) -> bool:
    """Whether the server of these programs offers the extension."""
    places = (programs.parent / "lib", programs.parent / "lib" / "postgresql", programs.parent / "lib64")
    return any((place / "citus.so").exists() for place in places)


@contextlib.contextmanager
def cluster(programs: Path, name: str = SUPERUSER) -> Iterator[str]:
    """The DATABASE_URL of a coordinator that runs beside its machines."""
    owner = server_user()
    with temporary_folder(owner) as folder, contextlib.ExitStack() as running:
        for port in PORTS:
            data = folder / str(port)
            serve(
                programs / "initdb", "-D", data, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-locale", "-N",
                owner=owner,
            )  # fmt: skip
            settings = (*FAST[:-1], "max_connections=100", *NEEDED, f"citus.local_hostname={folder}")
            words = ["-k", str(folder), "-p", str(port), "-c", "listen_addresses="]
            options = shlex.join([*words, *(word for setting in settings for word in ("-c", setting))])
            control = (programs / "pg_ctl", "-D", data, "-w")
            running.callback(_end, *control, "-m", "immediate", "stop", owner=owner)
            serve(*control, "-l", folder / f"{port}.log", "-o", options, "start", owner=owner)
        yield f"citus://{name}@/{name}?host={quote(str(folder), safe='')}&port={PORTS[0]}"


def join_machines(folder: str, name: str) -> None:
    """Make of a database on the coordinator, and of one of its name on each machine, one."""
    coordinator, *machines = PORTS
    for port in machines:
        as_superuser(folder, port, SUPERUSER, f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
        as_superuser(folder, port, name, "CREATE EXTENSION citus")
    as_superuser(
        folder,
        coordinator,
        name,
        "CREATE EXTENSION citus",
        f"SELECT citus_set_coordinator_host('{folder}', {coordinator})",
        *(f"SELECT citus_add_node('{folder}', {port})" for port in machines),
    )


def as_superuser(folder: str, port: int, name: str, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements, each in a transaction of its own; the rows of the last, if it finds any."""
    connection = psycopg2.connect(host=folder, user=SUPERUSER, port=port, dbname=name)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def _end(*command: str | Path, owner: object) -> None:
    with contextlib.suppress(SystemExit):
        serve(*command, owner=owner)  # type: ignore[arg-type]


def main(arguments: list[str]) -> int:
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    programs = server_folder()
    if not command or programs is None or not has_citus(programs):
        sys.stderr.write(f"{__doc__ if not command else HELP if programs is None else NO_CITUS}\n")
        return NO_POSTGRESQL
    for each in STOPPING:
        signal.signal(each, stop)
    os.environ["PYTEST_ADDOPTS"] = f"{os.environ.get('PYTEST_ADDOPTS', '')} -p tests.citus_suite".strip()
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(Path.cwd()), os.environ.get("PYTHONPATH"))))
    try:
        with cluster(programs) as url:
            return run(command, url)
    except Stopped as stopped:
        return 128 + stopped.number


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Databases to be killed: a file of SQLite, or a PostgreSQL server of our own that keeps what it has confirmed."""

import contextlib
import os
import shlex
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote

import django
from django.core.management import call_command

from tests.postgres import HELP, serve, server_folder, server_user, temporary_folder

# Unlike the cluster that tests run on, this one is told to write through: what it confirms has to outlive it.
SETTINGS = ("fsync=on", "synchronous_commit=on", "full_page_writes=on", "max_connections=50", "listen_addresses=")


class Blow(StrEnum):
    """What is killed."""

    PROCESS = "one writer"
    PROCESSES = "all writers"
    BACKEND = "a server process"
    SERVER = "the server"


@dataclass(frozen=True)
class Throwaway:
    """A database that is gone afterwards, and what of it can be killed."""

    url: str
    blows: tuple[Blow, ...]

    def strike(self, blow: Blow, backend: int) -> None:
        """Kill the database, or a process of it."""

    def recover(self) -> None:
        """Bring it up again."""


@dataclass(frozen=True)
class Server(Throwaway):
    """A PostgreSQL cluster in a temporary folder."""

    programs: Path
    folder: Path

    def control(self, *words: str) -> None:
        """Have pg_ctl do something, and wait until it is done."""
        serve(self.programs / "pg_ctl", "-D", self.folder / "data", "-w", *words, owner=server_user())

    def start(self) -> None:
        options = ["-k", str(self.folder), *(word for one in SETTINGS for word in ("-c", one))]
        self.control("-l", str(self.folder / "log"), "-o", shlex.join(options), "start")

    def stop(self) -> None:
        """Stop as if the power of the process were cut: nothing is written any more."""
        self.control("-m", "immediate", "stop")

    def strike(self, blow: Blow, backend: int) -> None:
        if blow == Blow.BACKEND:
            os.kill(backend, signal.SIGKILL)
            # The server has noticed once it has cleared the process away; until then it still takes connections.
            with contextlib.suppress(ProcessLookupError):
                while True:
                    os.kill(backend, 0)
                    time.sleep(0.001)
        if blow == Blow.SERVER:
            self.stop()
            self.start()

    def recover(self) -> None:
        """Wait until it takes connections again; it restarts by itself where a process of it was killed."""
        from django.db import OperationalError, connection

        deadline = time.monotonic() + 60
        while True:
            connection.close()
            try:
                connection.ensure_connection()
            except OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return


@contextlib.contextmanager
def sqlite() -> Iterator[Throwaway]:
    """A file."""
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        yield Throwaway(f"sqlite:///{folder}/faults.sqlite3", (Blow.PROCESS, Blow.PROCESSES))


@contextlib.contextmanager
def postgresql() -> Iterator[Throwaway]:
    """A server. Ends the command where there is none to start."""
    programs = server_folder()
    if programs is None:
        raise SystemExit(HELP)
    owner = server_user()
    with temporary_folder(owner) as folder:
        access = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale")
        serve(programs / "initdb", "-D", folder / "data", *access, owner=owner)
        url = f"postgresql://postgres@/postgres?host={quote(str(folder), safe='')}"
        server = Server(url, tuple(Blow), programs, folder)
        server.start()
        try:
            yield server
        finally:
            with contextlib.suppress(SystemExit):
                server.stop()


DATABASES = {"sqlite": sqlite, "postgresql": postgresql}


@contextlib.contextmanager
def opened(name: str) -> Iterator[Throwaway]:
    """A new database with our tables, and Django set up for it. Models can be imported from here on."""
    # Asked to end, we tidy up first.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    with DATABASES[name]() as database:
        os.environ |= {
            "DATABASE_URL": database.url,
            "DJANGO_SETTINGS_MODULE": "alleviation.settings",
            "SECRET_KEY": "of a throw-away database",
            "TRAIL_KEY": "of a throw-away trail",
        }
        django.setup()
        call_command("migrate", verbosity=0)
        yield database

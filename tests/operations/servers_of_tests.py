"""A PostgreSQL as an office has it: its writes reach the disk, its log is archived, its tables are ours."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from alleviation.operations.backup.archiving import keep
from alleviation.operations.backup.keys import sealing_for
from tests.operations.houses import execute, living_in
from tests.postgres import SUPERUSER, serve, server_user, temporary_folder

NAME = "office"


class Office:
    """A running server; its log waits in a folder until we archive it, as its archive_command would."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.folder = programs, folder
        self.data, self.waiting, self.wal = folder / "data", folder / "waiting", folder / "wal"

    def url(self, user: str = SUPERUSER) -> str:
        return f"postgresql://{user}@/{NAME}?host={quote(str(self.folder), safe='')}"

    def archive(self) -> list[Path]:
        """Have the server end its segment, and keep all that it has handed out."""
        segment = execute("SELECT pg_walfile_name(pg_switch_wal())")[0][0]
        until = time.monotonic() + 60
        while not (self.waiting / segment).exists():
            assert time.monotonic() < until, "the server archives nothing"
            time.sleep(0.05)
        return self.keep_all()

    def keep_all(self) -> list[Path]:
        recipients = sealing_for(settings.BACKUP_RECIPIENTS).recipients
        for path in sorted(one for one in self.waiting.iterdir() if not one.name.endswith(".part")):
            keep(path, self.wal, recipients)
        return sorted(self.wal.iterdir())


@contextmanager
def office(programs: Path) -> Iterator[Office]:
    """An office's server for as long as the block; without rows."""
    owner = server_user()
    with temporary_folder(owner) as folder:
        own = Office(programs, folder)
        access = ("-U", SUPERUSER, "-A", "trust")
        serve(programs / "initdb", "-D", own.data, *access, "-E", "UTF8", "--no-locale", owner=owner)
        own.waiting.mkdir()
        if owner:
            os.chown(own.waiting, owner.pw_uid, owner.pw_gid)
        # Whole before it has its name: we look at the folder at any moment.
        kept = own.waiting / "%f"
        told = {
            "unix_socket_directories": f"'{folder}'",
            "listen_addresses": "''",
            "archive_mode": "on",
            "archive_command": f"'cp %p {kept}.part && mv {kept}.part {kept}'",
            # Its default, where it was not configured for a test.
            "fsync": "on",
        }
        with (own.data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = {value}\n" for name, value in told.items())
        control = (programs / "pg_ctl", "-D", own.data, "-w")
        serve(*control, "-l", folder / "log", "start", owner=owner)
        try:
            serve(programs / "createdb", "-h", folder, "-U", SUPERUSER, NAME, owner=owner)
            yield own
        finally:
            serve(*control, "-m", "immediate", "stop", owner=owner)


def furnish(own: Office) -> None:
    """Its tables, without their migrations, and rules."""
    with living_in(own.url()):
        call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
        connection.close()


@contextmanager
def room() -> Iterator[Path]:
    """A folder that the server's user may enter, for what is restored."""
    with temporary_folder(server_user()) as folder:
        yield folder


def processes_on(data: Path) -> bool:
    """Whether a server runs on these files."""
    pid = data / "postmaster.pid"
    return pid.exists() and subprocess.run(["kill", "-0", pid.read_text().split()[0]], check=False).returncode == 0


def pg_basebackup_is_there() -> bool:
    return shutil.which("pg_basebackup") is not None

"""SQLite: its file is held still for as long as it is copied, while people go on writing beside it.

SQLite's own backup writes a plain copy to the disk first. Here the file itself is read, and encrypted on the way: once
everything in the write-ahead log (-wal) has been moved to it, a reader that begins then reads from the file alone, and
nobody may move anything to it until that reader ends. What people write meanwhile waits in the log.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from alleviation.operations.backup.faults import BackupFault
from alleviation.operations.backup.keys import Sealing
from alleviation.operations.backup.manifest import Part, now
from alleviation.operations.backup.moments import Moment, app_connection, write_part

# In a process of its own: to close a file here would give up the locks that we hold on it.
COPYING = "import shutil, sys; shutil.copyfileobj(open(sys.argv[1], 'rb'), sys.stdout.buffer, 1 << 18)"
AGAIN = 1


def size_of() -> int:
    """The bytes of the database's file."""
    return path_of(app_connection()).stat().st_size


def path_of(connection: BaseDatabaseWrapper) -> Path:
    """The database's file. Raises BackupFault where there is none."""
    path = Path(str(connection.settings_dict["NAME"]))
    if not path.is_file():
        raise BackupFault(_("There is no database %(file)s.") % {"file": path})
    return path


@contextmanager
def moment_of(folder: Path, sealing: Sealing, *, patience: int) -> Iterator[Moment]:
    """The database with its file written; waits so many seconds for long writers and readers to end."""
    reading, writing = app_connection(), app_connection()
    path = path_of(reading)
    try:
        hold_still(reading, writing, patience)
        at, before = now(), fingerprint(path)
        part = copy(path, folder, sealing)
        if fingerprint(path) != before:
            raise BackupFault(_("%(file)s was written to while it was copied. Nothing was kept.") % {"file": path})
        yield Moment(reading, at, [part])
    finally:
        reading.close()
        writing.close()


def hold_still(reading: BaseDatabaseWrapper, writing: BaseDatabaseWrapper, patience: int) -> None:
    """Begin to read from the file alone. Raises BackupFault where somebody is in the way for too long."""
    until = time.monotonic() + patience
    while not _is_held(reading, writing):
        if time.monotonic() > until:
            words = _("Somebody has read or written for %(minutes)s minutes. Nothing was backed up: try later.")
            raise BackupFault(words % {"minutes": patience // 60})
        time.sleep(AGAIN)


def _is_held(reading: BaseDatabaseWrapper, writing: BaseDatabaseWrapper) -> bool:
    with reading.cursor() as reader, writing.cursor() as writer:
        try:
            writer.execute("BEGIN IMMEDIATE")
        except OperationalError:
            return False
        try:
            # Nobody writes now: all that is in the log goes to the file, unless a reader still needs the older.
            reader.execute("PRAGMA wal_checkpoint(PASSIVE)")
            _busy, logged, moved = reader.fetchone()
            if logged != moved:
                return False
            reader.execute("BEGIN DEFERRED")
            reader.execute("SELECT COUNT(*) FROM sqlite_master")
            reader.fetchone()
            return True
        finally:
            writer.execute("ROLLBACK")


def fingerprint(path: Path) -> tuple[int, int]:
    """Of a file that nobody wrote to it stays the same."""
    about = path.stat()
    return about.st_mtime_ns, about.st_size


def copy(path: Path, folder: Path, sealing: Sealing) -> Part:
    """Write the database's file as a part of a backup."""
    command = [sys.executable, "-I", "-S", "-c", COPYING, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as copying:  # noqa: S603  # nosec B603  our own program, no shell
        part = write_part(folder, "database.sqlite3", cast(IO[bytes], copying.stdout), sealing)
    if copying.returncode or part.holds != path.stat().st_size:
        raise BackupFault(_("%(file)s could not be read to its end. Nothing was kept.") % {"file": path})
    return part

"""PostgreSQL: a copy of the whole server (pg_basebackup), and of its write-ahead log up to the moment of the backup.

The files are copied while people write, so that copy by itself is of no one moment. Once it is done, no table of ours
may be written for some milliseconds; the place that the log has reached then is where a restored server stops, and a
view of the database that begins then shows the same rows.
"""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from alleviation.operations.backup.contents import models_with_tables
from alleviation.operations.backup.faults import BackupFault
from alleviation.operations.backup.keys import Sealing
from alleviation.operations.backup.log_tail import tail_of
from alleviation.operations.backup.manifest import Part, now
from alleviation.operations.backup.moments import Moment, app_connection, backup_connection, write_part
from alleviation.operations.backup.rights import refuse_partial
from alleviation.operations.backup.streams import Made

PROGRAM = "pg_basebackup"
# What libpq reads of a connection; a password in the arguments would be seen by everybody on the machine.
VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",  # nosec B105  the name of a variable
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}
POINT = re.compile(r"write-ahead log (start|end) point: ([0-9A-F]+/[0-9A-F]+)(?: on timeline (\d+))?")
# Between two looks for a moment in which nobody writes: long enough to hold up nobody.
PAUSES_A_SECOND = 20


def size_of() -> int:
    """The bytes of the database."""
    connection = app_connection()
    try:
        return int(ask(connection, "SELECT pg_database_size(current_database())"))
    finally:
        connection.close()


@contextmanager
def moment_of(folder: Path, sealing: Sealing, *, patience: int) -> Iterator[Moment]:
    """The database with its server copied; waits so many seconds for a moment in which nobody writes."""
    keeping, reading, writing = backup_connection(), backup_connection(), app_connection()
    try:
        refuse_partial(reading)
        server = about(keeping)
        keep_log(keeping)
        base = copy(folder, sealing, keeping, server)
        stop_writers(reading, writing, patience)
        at, until = now(), end_of_log(keeping, writing)
        chunks = tail_of(keeping, server, until=until["behind"])
        tail = write_part(folder, "wal.tar", Made(chunks), sealing)
        yield Moment(reading, at, [base, tail], server | {"until": until["at"]})
    finally:
        for connection in (keeping, reading, writing):
            connection.close()


def ask(connection: BaseDatabaseWrapper, statement: str) -> Any:
    """The one value that a statement answers with."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def about(connection: BaseDatabaseWrapper) -> dict[str, Any]:
    """What must be known of a server to restore it."""
    return {
        "version": int(ask(connection, "SHOW server_version_num")),
        "system": str(ask(connection, "SELECT system_identifier FROM pg_control_system()")),
        "segment": int(ask(connection, "SELECT setting FROM pg_settings WHERE name = 'wal_segment_size'")),
        "name": str(connection.settings_dict["NAME"]),
        "user": str(ask(connection, "SELECT current_user")),
    }


def keep_log(connection: BaseDatabaseWrapper) -> None:
    """Have the server keep its log, from now on, for as long as this connection is open."""
    try:
        ask(connection, f"SELECT pg_create_physical_replication_slot('alleviation_backup_{os.getpid()}', true, true)")
    except OperationalError as error:
        raise BackupFault(_("The server keeps no log for us: %(why)s") % {"why": str(error).strip()}) from error
    except Exception as error:
        words = _("The role of the backup needs REPLICATION (BACKUP_DATABASE_URL): %(why)s")
        raise BackupFault(words % {"why": str(error).strip()}) from error


def environment_of(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """How PostgreSQL's own programs reach a server."""
    told = connection.get_connection_params()
    own = {name: str(told[key]) for key, name in VARIABLES.items() if told.get(key)}
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PGPASSFILE") if name in os.environ}
    return kept | {"LC_ALL": "C"} | own


def copy(folder: Path, sealing: Sealing, connection: BaseDatabaseWrapper, server: dict[str, Any]) -> Part:
    """Write the server's files as a part of a backup, and note where in the log the copy begins and ends."""
    program = shutil.which(PROGRAM)
    if program is None:
        words = _("pg_basebackup is not on PATH. Install the client programs of PostgreSQL %(version)s.")
        raise BackupFault(words % {"version": server["version"] // 10000})
    command = [program, "-D", "-", "-F", "tar", "-X", "fetch", "-c", "fast", "--no-password", "--verbose"]
    with tempfile.TemporaryFile("w+") as log:
        with subprocess.Popen(  # noqa: S603  # nosec B603  PostgreSQL's own program, no shell
            command, stdout=subprocess.PIPE, stderr=log, env=environment_of(connection)
        ) as copying:
            part = write_part(folder, "base.tar", cast(IO[bytes], copying.stdout), sealing)
        log.seek(0)
        said = log.read()
    if copying.returncode:
        raise BackupFault(_("pg_basebackup did not copy the server: %(why)s") % {"why": said.strip()[-600:]})
    for which, place, timeline in POINT.findall(said):
        server |= {which: place} | ({"timeline": int(timeline)} if timeline else {})
    return part


def stop_writers(reading: BaseDatabaseWrapper, writing: BaseDatabaseWrapper, patience: int) -> None:
    """Begin a view of the database while nobody writes, and leave the writers locked out. Raises BackupFault.

    It never waits in the line for a lock: who waits there holds up everybody behind, and may be the end of somebody's
    transaction. It looks whether all tables are free at once, and else comes back.
    """
    until = time.monotonic() + patience
    tables = _tables_in(writing)
    while not _are_stopped(writing, tables):
        if time.monotonic() > until:
            words = _("Somebody has been writing for %(minutes)s minutes. Nothing was backed up: try later.")
            raise BackupFault(words % {"minutes": patience // 60})
        time.sleep(1 / PAUSES_A_SECOND)
    with reading.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SET LOCAL row_security = off")
        cursor.execute("SELECT 1 FROM pg_class LIMIT 1")


def _tables_in(connection: BaseDatabaseWrapper) -> str:
    quote, there = connection.ops.quote_name, set(connection.introspection.table_names())
    return ", ".join(quote(m._meta.db_table) for m in models_with_tables() if m._meta.db_table in there)


def _are_stopped(writing: BaseDatabaseWrapper, tables: str) -> bool:
    with writing.cursor() as cursor:
        cursor.execute("BEGIN")
        try:
            cursor.execute(f"LOCK TABLE {tables} IN SHARE MODE NOWAIT")
        except OperationalError:
            cursor.execute("ROLLBACK")
            return False
    return True


def end_of_log(keeping: BaseDatabaseWrapper, writing: BaseDatabaseWrapper) -> dict[str, str]:
    """Where in the log the view begins; then let the writers go on. Behind it stands at least our own end."""
    with writing.cursor() as cursor:
        # A transaction with a number leaves a record when it ends, which recovery needs to know where to stop.
        cursor.execute("SELECT txid_current()")
        at = str(ask(keeping, "SELECT pg_current_wal_insert_lsn()"))
        cursor.execute("COMMIT")
    # It wrote nothing else, so the server brings that record to the disk in its own time; the tail waits for it.
    return {"at": at, "behind": str(ask(keeping, "SELECT pg_current_wal_insert_lsn()"))}

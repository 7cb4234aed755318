"""The live database, to compare a server with that was brought to the end of the archived log."""

import time
from pathlib import Path

from django.db import DatabaseError
from django.utils.translation import gettext as _

from alleviation.operations.backup.archiving import kept_as
from alleviation.operations.backup.contents import Table, tables_of
from alleviation.operations.backup.faults import BackupFault
from alleviation.operations.backup.moments import backup_connection
from alleviation.operations.backup.postgresql import ask
from alleviation.operations.backup.rights import refuse_partial

# How long we wait for the server to archive what it has, in seconds.
PATIENCE = 120


def contents_now(archive: Path) -> list[Table]:
    """What the live database holds, once the log up to there is archived. Raises BackupFault.

    Who writes meanwhile makes a difference that is no fault of the backup: ask when nobody does.
    """
    connection = backup_connection()
    if connection.vendor != "postgresql":
        raise BackupFault(_("SQLite keeps no log: its backups are compared with their own hashes."))
    try:
        refuse_partial(connection)
        with connection.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        found = list(tables_of(connection))
        with connection.cursor() as cursor:
            cursor.execute("COMMIT")
        _wait_for(archive, str(ask(connection, "SELECT pg_walfile_name(pg_switch_wal())")))
    except DatabaseError as error:
        raise BackupFault(_("The database refused: %(why)s") % {"why": str(error).strip()[:300]}) from error
    finally:
        connection.close()
    return found


def _wait_for(archive: Path, segment: str) -> None:
    until = time.monotonic() + PATIENCE
    while not kept_as(archive, segment):
        if time.monotonic() > until:
            words = _("%(segment)s is not in %(folder)s: the server does not archive. Look at its archive_command.")
            raise BackupFault(words % {"segment": segment, "folder": archive})
        time.sleep(1)

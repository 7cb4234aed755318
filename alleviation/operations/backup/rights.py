"""A backup of PostgreSQL is of everything or is not made: no row that a policy hides, no server that is left out."""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from alleviation.operations.backup.faults import BackupFault

HIDING = "SELECT COUNT(*) FROM pg_class WHERE relkind IN ('r', 'p') AND row_security_active(oid)"
UNREADABLE = """
    SELECT COUNT(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind IN ('r', 'p') AND nspname = current_schema() AND NOT has_table_privilege(pg_class.oid, 'SELECT')"""
WORKERS = "SELECT COUNT(*) FROM pg_dist_node WHERE groupid <> 0"
OLDEST = 140000


def refuse_partial(connection: BaseDatabaseWrapper) -> None:
    """Raises BackupFault where the role does not see every row, or where rows lie on other servers."""
    role = connection.settings_dict["USER"] or "—"
    with connection.cursor() as cursor:
        cursor.execute(HIDING)
        hidden = cursor.fetchone()[0]
        cursor.execute(UNREADABLE)
        closed = cursor.fetchone()[0]
        cursor.execute("SELECT to_regclass('pg_dist_node') IS NOT NULL")
        workers = 0
        if cursor.fetchone()[0]:
            cursor.execute(WORKERS)
            workers = cursor.fetchone()[0]
    if hidden:
        words = _(
            "The role %(role)s sees a part of %(count)s tables only (row-level security): hashes would be wrong. "
            "Name one with BYPASSRLS in BACKUP_DATABASE_URL."
        )
        raise BackupFault(words % {"role": role, "count": hidden})
    if closed:
        words = _("The role %(role)s may not read %(count)s tables. Grant it pg_read_all_data.")
        raise BackupFault(words % {"role": role, "count": closed})
    if workers:
        words = _(
            "Households lie on %(count)s other servers (Citus), which this command does not copy. Back up each server "
            "by itself: docs/backup.md says how."
        )
        raise BackupFault(words % {"count": workers})

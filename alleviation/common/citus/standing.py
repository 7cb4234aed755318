"""Which tables Citus spreads now: what the database says, not what is planned."""

from typing import Any

from alleviation.common.citus.placement import Place

# By hash: cut. None, kept alike by two-phase commit ("t"): copied. None else: known to all machines, here alone.
SPREAD = """
    SELECT c.relname, p.partmethod, p.repmodel,
    CASE WHEN p.partmethod = 'h' THEN column_to_column_name(p.logicalrelid, p.partkey) ELSE '' END
    FROM pg_dist_partition p JOIN pg_class c ON c.oid = p.logicalrelid WHERE pg_table_is_visible(c.oid)"""


def is_spread(connection: Any) -> bool:
    """Whether this connection was told to speak to Citus (DATABASE_URL)."""
    return bool(getattr(connection.features, "is_spread", False))


def has_citus(connection: Any) -> bool:
    """Whether this database has the extension."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'citus'")
        return cursor.fetchone() is not None


def spread_tables(connection: Any) -> dict[str, tuple[Place, str]]:
    """Where each table is that is on more than one machine, and by which column it is cut."""
    if not has_citus(connection):
        return {}
    with connection.cursor() as cursor:
        cursor.execute(SPREAD)
        return {
            name: (Place.CUT if method == "h" else Place.COPIED, column)
            for name, method, model, column in cursor.fetchall()
            if method == "h" or model == "t"
        }

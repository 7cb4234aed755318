"""What a database takes on the disk by what it grows with, and what a server of PostgreSQL computes."""

from contextlib import closing
from dataclasses import dataclass
from os import sysconf
from pathlib import Path
from typing import Any

import psycopg2

# Tables by what there is one row of; all others are told as "everything else".
GROUPS = {
    "incomes": ("beneficiaries_incomerecord",),
    "households": ("beneficiaries_household", "beneficiaries_statuschange"),
    "persons": ("beneficiaries_person", "beneficiaries_personnumber"),
    "village sums": ("beneficiaries_villageyear", "beneficiaries_mergedyear"),
    "county sums": ("beneficiaries_countyyear",),
    "ledger": ("projects_ledgerentry",),
    "events": ("audit_auditevent",),
    "places": ("projects_division",),
}
SIZES = """
    SELECT c.relname, pg_total_relation_size(c.oid), pg_indexes_size(c.oid) FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname = 'public'"""


@dataclass(frozen=True)
class Taken:
    """Bytes with all indexes, and those of the indexes alone."""

    total: int = 0
    indexes: int = 0

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(self.total + other.total, self.indexes + other.indexes)

    def __sub__(self, other: "Taken") -> "Taken":
        return Taken(self.total - other.total, self.indexes - other.indexes)


def tables_of(url: str) -> dict[str, Taken]:
    """Each table by its name."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(SIZES)
        return {name: Taken(total, indexes) for name, total, indexes in cursor.fetchall()}


def rows_of(url: str, table: str, condition: str = "TRUE") -> int:
    """How many rows a table has."""
    return int(one(url, f"SELECT count(*) FROM {table} WHERE {condition}")[0])


def one(url: str, sql: str) -> tuple[Any, ...]:
    """The one row of a question."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        found: tuple[Any, ...] = cursor.fetchone()
        return found


def written_ahead(url: str) -> int:
    """How far the log of the server (WAL) has come, in bytes."""
    return int(one(url, "SELECT pg_current_wal_lsn() - '0/0'")[0])


def server_time(url: str) -> float:
    """Seconds of processor that the whole server has used: its first process, those that ended, those that live."""
    with closing(psycopg2.connect(url)) as connection:
        first = int(_stat(connection.get_backend_pid())[1])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        ticks = sum(map(int, _stat(first)[11:15])) + sum(_ticks(int(child)) for child in children)
    return ticks / sysconf("SC_CLK_TCK")


def _ticks(process: int) -> int:
    try:
        return sum(map(int, _stat(process)[11:13]))
    except FileNotFoundError:
        return 0


def _stat(process: int) -> list[str]:
    """After the name in brackets, which may hold anything: the state, the parent, …"""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()

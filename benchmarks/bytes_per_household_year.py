"""How many bytes an income takes on PostgreSQL, its indexes included.

python -m benchmarks.bytes_per_household_year [--households 300000]
"""

import argparse
import sys
from contextlib import closing
from typing import Any

import psycopg2

from benchmarks.machine import machine, server_of
from benchmarks.sheets import Sheet
from benchmarks.worlds import loaded, postgresql

TABLE = "beneficiaries_incomerecord"
MOST = 175
PARTS = f"""
    SELECT relname, pg_relation_size(pg_class.oid), pg_relation_size(indrelid) FROM pg_index
    JOIN pg_class ON pg_class.oid = indexrelid WHERE indrelid = '{TABLE}'::regclass ORDER BY 2 DESC"""


def main() -> int:
    parser = argparse.ArgumentParser(description="How many bytes an income takes on PostgreSQL.")
    parser.add_argument("--households", type=int, default=300_000)
    households: int = parser.parse_args().households
    sheet = Sheet()
    with postgresql() as cluster:
        sheet.fact(machine())
        sheet.fact(server_of(cluster))
        measure(sheet, loaded(cluster, households), households)
    return sheet.code


def measure(sheet: Sheet, url: str, households: int) -> None:
    """Table and indexes as the load wrote them, year after year; then with the indexes built anew."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        rows, size = _one(cursor, f"SELECT count(*), pg_total_relation_size('{TABLE}') FROM {TABLE}")
        sheet.check("incomes: five of each household, and the corrected ones", rows, incomes_of(households))
        sheet.figure("bytes per household and year, indexes included", size / rows, "bytes", most=MOST)
        heap, toast = _one(cursor, f"SELECT pg_relation_size('{TABLE}'), pg_table_size('{TABLE}')")
        sheet.figure("  the rows themselves", heap / rows, "bytes")
        sheet.figure("  their maps of free and visible pages", (toast - heap) / rows, "bytes")
        cursor.execute(PARTS)
        for name, part, _heap in cursor.fetchall():
            sheet.figure(f"  {name}", part / rows, "bytes")
        cursor.execute(f"REINDEX TABLE {TABLE}")
        (dense,) = _one(cursor, f"SELECT pg_total_relation_size('{TABLE}')")
        sheet.figure("the same, with indexes built anew (REINDEX)", dense / rows, "bytes")
        connection.rollback()


def incomes_of(households: int, years: int = 5) -> int:
    """How many rows the load writes: of five hundred households, number 7 was counted again."""
    return households * years + (households - 7 + 499) // 500


def _one(cursor: Any, sql: str) -> tuple[Any, ...]:
    cursor.execute(sql)
    found: tuple[Any, ...] = cursor.fetchone()
    return found


if __name__ == "__main__":
    sys.exit(main())

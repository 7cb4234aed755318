"""What the figures were measured on."""

import os
import platform
import sqlite3
from pathlib import Path

import django
import psycopg2

UNITS = 1024 * 1024


def machine() -> str:
    """Cores, memory, versions and how busy it is, in a line; the server of PostgreSQL tells its version elsewhere."""
    memory = next(
        int(line.split()[1]) for line in Path("/proc/meminfo").read_text().splitlines() if "MemTotal" in line
    )
    return (
        f"{os.cpu_count()} cores, {memory / UNITS:.0f} GiB of memory, Python {platform.python_version()}, "
        f"Django {django.__version__}, psycopg2 {psycopg2.__version__.split()[0]}, SQLite {sqlite3.sqlite_version}, "
        f"load {os.getloadavg()[0]:.1f}"
    )


def server_of(url: str) -> str:
    """PostgreSQL's version and what of it matters here."""
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT name || ' ' || current_setting(name) FROM pg_settings WHERE name IN "
            "('server_version', 'shared_buffers', 'work_mem', 'fsync', 'max_parallel_workers_per_gather')"
        )
        told = ", ".join(sorted(row[0] for row in cursor.fetchall()))
    connection.close()
    return f"PostgreSQL: {told}"

"""How the app speaks to its database: what DATABASE_URL says, and what each engine needs beside it."""

from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

# PostgreSQL whose tables are spread over machines (docs/citus.md).
CITUS, CITUS_ENGINE = "citus://", "alleviation.common.citus"


def database(url: str) -> dict[str, Any]:
    """Django's database settings for DATABASE_URL: SQLite, PostgreSQL, or PostgreSQL with Citus.

    Raises ImproperlyConfigured for any other database.
    """
    if url.startswith(CITUS):
        return database(url.replace(CITUS, "postgresql://", 1)) | {"ENGINE": CITUS_ENGINE}
    config: dict[str, Any] = environ.Env().db_url_config(url)
    if config["ENGINE"] == "django.db.backends.postgresql":
        # The first page of a long list is wanted at once: on today's disks an index is read about as fast as a table,
        # and to compile a query takes longer than most of ours run.
        planner = {"options": "-c random_page_cost=1.1 -c jit=off"}
        # A server that is gone is known to be so in seconds, not in the minutes that TCP takes.
        patience = {"connect_timeout": 5, "keepalives_idle": 30, "keepalives_interval": 10, "tcp_user_timeout": 30_000}
        options = {**planner, **patience, **config.get("OPTIONS", {})}
        return config | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}
    if config["ENGINE"] != "django.db.backends.sqlite3":
        raise ImproperlyConfigured("DATABASE_URL must start with sqlite://, postgresql:// or citus://")
    pragmas = (
        "journal_mode=WAL",
        # What was told to be saved outlives a power cut.
        "synchronous=FULL",
        "foreign_keys=ON",
        # INSERT OR REPLACE walks past delete triggers otherwise.
        "recursive_triggers=ON",
    )
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "".join(f"PRAGMA {pragma};" for pragma in pragmas),
    }
    # Opened anew for each request it would read its tables, rules and indexes each time: a tenth of a page.
    return config | {"CONN_MAX_AGE": 60, "OPTIONS": options}

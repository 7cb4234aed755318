"""Has the suite run on tables that are spread: a plugin of pytest, put in force by `python -m tests.citus`."""

import os
from io import StringIO
from typing import Any

import psycopg2
from django.core.management import call_command
from django.db.backends.postgresql.creation import DatabaseCreation

from alleviation.common.citus.base import DatabaseWrapper

# Two for each machine: enough to be apart, few enough to be quick.
SHARDS = 4


class SpreadDatabase(DatabaseCreation):
    """The test database of a worker, and one of its name on each machine."""

    def create_test_db(self, *args: Any, **options: Any) -> str:
        name = super().create_test_db(*args, **options)
        where = self.connection.get_connection_params()
        folder, coordinator = where["host"], where["port"]
        machines = [int(port) for port in os.environ["CITUS_MACHINES"].split(",")]
        for port in machines:
            as_superuser(where, port, "postgres", f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
            as_superuser(where, port, name, "CREATE EXTENSION citus")
        as_superuser(
            where,
            coordinator,
            name,
            "CREATE EXTENSION citus",
            f"SELECT citus_set_coordinator_host('{folder}', {coordinator})",
            *(f"SELECT citus_add_node('{folder}', {port})" for port in machines),
        )
        call_command("distribute", shards=SHARDS, verbosity=0, stdout=StringIO())
        return name

    def destroy_test_db(self, *args: Any, **options: Any) -> None:
        """It goes with the cluster; the machines keep connections to it open."""
        self.connection.close()


def as_superuser(where: dict[str, Any], port: Any, name: str, *statements: str) -> None:
    """Run statements, each in a transaction of its own."""
    connection = psycopg2.connect(host=where["host"], user=where["user"], port=port, dbname=name)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        connection.close()


DatabaseWrapper.creation_class = SpreadDatabase

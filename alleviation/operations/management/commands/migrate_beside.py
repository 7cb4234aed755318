"""Migrate while the release before this one still serves."""

import time
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor

from alleviation.operations.upgrading import in_the_way

# A change of a table waits for whoever reads it, and everybody else for the change: soon given up, and tried again.
PATIENCE = "SET lock_timeout = '3s'"
TRIES, PAUSE = 20, 5
CURE = "Stop the app for them (deploy/upgrade.sh --stopped), or split the release (docs/operate.md)."


class Command(BaseCommand):
    """Prints the migrations that wait, and makes them unless the release that serves could not bear one."""

    help = "Migrate while the release before this one still serves; refuse what it could not bear."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plan", action="store_true", help="print what waits, and make nothing")
        parser.add_argument("--stopped", action="store_true", help="nothing serves: make all of them")

    def handle(self, *args: Any, plan: bool, stopped: bool, verbosity: int, **options: Any) -> None:
        refused = self.tell(MigrationExecutor(connection))
        if refused and not stopped:
            raise CommandError(f"The release that serves may not bear {refused} of them. {CURE}")
        if not plan:
            migrate_patiently(verbosity)

    def tell(self, executor: MigrationExecutor) -> int:
        """Print what waits; the number of migrations that need a stop."""
        waiting = [found for found, _back in executor.migration_plan(executor.loader.graph.leaf_nodes())]
        for migration in waiting:
            self.stdout.write(f"{migration}")
            for words in self.against(executor, migration):
                self.stdout.write(f"  not beside the release before: {words}")
        if not waiting:
            self.stdout.write("Nothing waits to be migrated.")
        return sum(bool(self.against(executor, migration)) for migration in waiting)

    def against(self, executor: MigrationExecutor, migration: Migration) -> list[str]:
        before = executor.loader.project_state((migration.app_label, migration.name), at_end=False)
        return in_the_way(migration, before)


def migrate_patiently(verbosity: int) -> None:
    """Migrate; a migration that waits for somebody's long look at a table is undone and tried again.

    Raises the last OperationalError where the table is not free for a minute and a half.
    """
    for left in reversed(range(TRIES)):
        try:
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute(PATIENCE)
            call_command("migrate", interactive=False, verbosity=verbosity)
            return
        except OperationalError as error:
            if not left or "lock timeout" not in str(error):
                raise
            time.sleep(PAUSE)

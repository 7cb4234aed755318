"""Spreads the tables of households over the machines of a Citus cluster (docs/citus.md)."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from alleviation.accounts.walls.policies import standing
from alleviation.audit import triggers
from alleviation.common.citus.standing import has_citus
from alleviation.common.guard import writing
from alleviation.operations.citus.counting import content_of
from alleviation.operations.citus.problems import problems
from alleviation.operations.citus.rights import left_to_the_write_path, revoking
from alleviation.operations.citus.spreading import statements, to_spread, wrongly_spread

NO_CITUS = """This database has no Citus. On PostgreSQL with shared_preload_libraries = 'citus', as a superuser:
  CREATE EXTENSION citus;
  SELECT citus_set_coordinator_host('name of this machine', 5432);
  SELECT citus_add_node('name of another', 5432);  -- for each
and DATABASE_URL must begin with citus:// (docs/citus.md)."""
# Many more than machines, so that machines can be added later.
SHARDS = 32


class Command(BaseCommand):
    """All or nothing, in one transaction; what is spread already is left alone."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--shards", type=int, default=SHARDS, help=f"into how many parts ({SHARDS})")
        parser.add_argument("--app-role", default="", help="the role of the app: rights stand for the rules there")
        parser.add_argument("--dry-run", action="store_true", help="print the statements and run none")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not has_citus(connection):
            raise CommandError(NO_CITUS)
        if standing(connection):
            raise CommandError("Row-level security is on, which Citus refuses: manage.py row_security --off")
        if found := [*problems(apps.get_models(include_auto_created=True)), *wrongly_spread(connection)]:
            raise CommandError("\n".join(found))
        models = to_spread(connection)
        self.dry_run = options["dry_run"]
        with transaction.atomic(), connection.cursor() as cursor, writing():
            if models:
                self._spread(models, cursor, options["shards"])
            else:
                self.stdout.write("-- Every table is where it should be.")
            self._revoke(cursor, options["app_role"])

    def _run(self, cursor: Any, found: Iterable[str]) -> None:
        for statement in list(found):
            self.stdout.write(f"{statement};")
            if not self.dry_run:
                cursor.execute(statement)

    def _revoke(self, cursor: Any, role: str) -> None:
        if role:
            self._run(cursor, revoking(role))
        else:
            self.stdout.write("-- No --app-role was named: every role keeps its rights.")
        self.stdout.write(f"-- Kept by the write path alone: {', '.join(left_to_the_write_path())}.")

    def _spread(self, models: list[Any], cursor: Any, shards: int) -> None:
        before = {model: content_of(model, cursor) for model in models}
        self._run(cursor, statements(models, cursor, shards))
        if self.dry_run:
            return
        for model, content in before.items():
            after = content_of(model, cursor)
            self.stdout.write(f"-- {model._meta.db_table}: {after}")
            if after != content:
                raise CommandError(f"{model._meta.db_table} held {content}: nothing was done.")
        triggers.install(connection)
        self.stdout.write(f"-- {len(models)} tables are spread; before and after they hold the same.")

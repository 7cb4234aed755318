"""Puts up, takes down or checks the second wall: row-level security of PostgreSQL (docs/access.md)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from alleviation.accounts.walls import policies
from alleviation.common.citus.standing import spread_tables


class Command(BaseCommand):
    """One of --on, --off, --check; with --dry-run the statements are printed and not run."""

    help = "Put up (--on), take down (--off) or check (--check) row-level security of PostgreSQL."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--on", action="store_true", help="put up a policy on every table whose rows have an area")
        what.add_argument("--off", action="store_true", help="take the policies down")
        what.add_argument("--check", action="store_true", help="say what keeps the policies from holding")
        parser.add_argument("--dry-run", action="store_true", help="print the statements and run none")

    def handle(self, *_args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL has row-level security.")
        if spread_tables(connection):
            raise CommandError("Citus takes no policies that look at other tables: the rules of the app hold alone.")
        if options["check"]:
            return self._check()
        statements = list(policies.raising() if options["on"] else policies.razing(connection))
        if options["dry_run"]:
            return self.stdout.write("".join(f"{statement};\n" for statement in statements))
        with transaction.atomic():
            policies.run(connection, statements)
        self.stdout.write(f"Tables behind the wall: {len(policies.standing(connection))}.")

    def _check(self) -> None:
        if found := list(policies.faults(connection)):
            raise CommandError("\n".join(found))
        self.stdout.write(f"Row-level security holds on {len(policies.conditions())} tables.")

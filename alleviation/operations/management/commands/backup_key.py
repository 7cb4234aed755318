"""manage.py backup_key: make the pair of keys that backups are encrypted to and opened with."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from alleviation.operations.backup.faults import BackupFault
from alleviation.operations.backup.keys import make_pair


class Command(BaseCommand):
    """Writes a private key, readable by its owner alone, and prints the public one for BACKUP_RECIPIENTS."""

    help = "Make the pair of keys of backups: the private one in FILE, the public one for BACKUP_RECIPIENTS."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="a new file; one that is there stays as it is")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            public = make_pair(file)
        except BackupFault as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(f"BACKUP_RECIPIENTS={public}")
        words = _(
            "Keep %(file)s away from this server and from the backups, in two places: whoever has it can read every "
            "backup, and without it nobody can."
        )
        self.stdout.write(words % {"file": file})

"""manage.py backup_drill: restore the newest backup to a place of its own, and hold it against what was backed up."""

import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from alleviation.common.outcomes import outcome
from alleviation.operations.backup.drill import Drill, try_backup
from alleviation.operations.backup.faults import BackupFault
from alleviation.operations.backup.keys import identities_in
from alleviation.operations.backup.live import contents_now
from alleviation.operations.backup.recovering import Target
from alleviation.operations.backup.restoring import choose
from alleviation.operations.backup.store import Store


class Command(BaseCommand):
    """Tries the newest backup, says what took how long, and fails where anything differs. docs/backup.md."""

    help = "Restore the newest backup to a temporary place, compare it, verify it. Exit code 1 where anything differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--from", type=Path, required=True, dest="source", metavar="FOLDER", help="backups, or one"
        )
        parser.add_argument("--identity", type=Path, metavar="FILE", help="the private key that backup_key made")
        parser.add_argument("--place", type=Path, metavar="FOLDER", help="where there is room (default: the system's)")
        parser.add_argument("--quick", action="store_true", help="verify without sums, constraints and files")
        parser.add_argument(
            "--live",
            action="store_true",
            help="PostgreSQL: replay the archived log to its end, and compare with the database while nobody writes",
        )
        parser.add_argument(
            "--wal", type=Path, metavar="FOLDER", help="the archived log (default: WAL_FOLDER, or wal in the backups)"
        )

    def handle(self, *args: Any, source: Path, **options: Any) -> None:
        with outcome("restore_drill"):
            self._handle(source, options)

    def _handle(self, source: Path, options: dict[str, Any]) -> None:
        try:
            drill = self._try(source.absolute(), options)
        except BackupFault as fault:
            raise CommandError(str(fault)) from fault
        for step in drill.steps:
            self.stdout.write(f"{step.tenths // 10:6}.{step.tenths % 10} s  {step.what}: {step.about}".rstrip(": "))
        for difference in drill.faults:
            self.stdout.write(self.style.ERROR(difference))
        if drill.faults:
            raise CommandError(_("The drill found differences."), returncode=1)
        self.stdout.write(self.style.SUCCESS(_("What was restored is what was backed up.")))

    def _try(self, source: Path, options: dict[str, Any]) -> Drill:
        kept, identities = choose(source), identities_in(options["identity"])
        archive = (options["wal"] or Store(kept.folder.parent).wal).absolute()
        self.stdout.write(
            _("Backup: %(folder)s, of %(moment)s") % {"folder": kept.folder, "moment": kept.manifest.moment}
        )
        live = contents_now(archive) if options["live"] else None
        with_what = (
            _("Compared with: the live database") if options["live"] else _("Compared with: the backup's own hashes")
        )
        self.stdout.write(with_what)
        target = Target(archive) if options["live"] else Target()
        with tempfile.TemporaryDirectory(prefix="drill-", dir=options["place"]) as place:
            return try_backup(kept, Path(place), identities, target, live, quick=options["quick"])

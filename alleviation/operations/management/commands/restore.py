"""manage.py restore: a backup, to a place where nothing is."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from alleviation.operations.backup.faults import BackupFault
from alleviation.operations.backup.keys import identities_in, keys_missing
from alleviation.operations.backup.recovering import Target
from alleviation.operations.backup.restoring import Restored, choose, restore
from alleviation.operations.backup.store import Kept

LATEST = "latest"


class Command(BaseCommand):
    """Restores a backup to an empty folder and says what is left to do. It overwrites nothing. docs/backup.md."""

    help = "Restore a backup to a new or empty folder; with --until, PostgreSQL to a moment."
    # The database that the settings name may well be gone.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--from", type=Path, required=True, dest="source", metavar="FOLDER", help="backups, or one"
        )
        parser.add_argument("--to", type=Path, required=True, metavar="PLACE", help="a folder that is new or empty")
        parser.add_argument("--identity", type=Path, metavar="FILE", help="the private key that backup_key made")
        parser.add_argument("--until", metavar="MOMENT", help="'2026-11-23 09:00', or latest: needs the archived log")
        parser.add_argument(
            "--wal", type=Path, metavar="FOLDER", help="the archived log (default: wal in the backups)"
        )

    def handle(self, *args: Any, source: Path, to: Path, **options: Any) -> None:
        try:
            moment = moment_of(options["until"])
            kept = choose(source.absolute(), moment)
            target = target_of(kept, options["until"], moment, options["wal"])
            restored = restore(kept, to.absolute(), identities_in(options["identity"]), target)
        except BackupFault as fault:
            raise CommandError(str(fault)) from fault
        for line in told(kept, restored):
            self.stdout.write(line)


def moment_of(text: str | None) -> datetime | None:
    """The moment that somebody typed, in the office's time zone. Raises BackupFault for what is none."""
    if text is None or text == LATEST:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        words = _("%(text)s is no moment: type it as '2026-11-23 09:00', or latest.") % {"text": text}
        raise BackupFault(words) from error
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def target_of(kept: Kept, until: str | None, moment: datetime | None, wal: Path | None) -> Target:
    """How far to go beyond the backup. Raises BackupFault where there is no log to go along."""
    if until is None:
        return Target()
    if kept.manifest.database == "sqlite":
        words = _("SQLite keeps no log to restore to a moment: choose a backup. The one before is %(folder)s.")
        raise BackupFault(words % {"folder": kept.folder})
    archive = (wal or kept.folder.parent / "wal").absolute()
    if not archive.is_dir():
        words = _("There is no archived log in %(folder)s. Name it with --wal FOLDER, or leave --until out.")
        raise BackupFault(words % {"folder": archive})
    return Target(archive, moment)


def told(kept: Kept, restored: Restored) -> list[str]:
    """What was done, and what is left to do."""
    manifest, here = kept.manifest, {"database": restored.database, "files": restored.files}
    lines = [_("Restored from %(folder)s, of %(moment)s.") % {"folder": kept.folder, "moment": manifest.moment}]
    if restored.last not in ("", "—"):
        lines.append(_("Its last write is of %(last)s.") % {"last": restored.last})
    if manifest.database == "sqlite":
        lines.append(_("Set DATABASE_URL=sqlite:///%(database)s and EVIDENCE_ROOT=%(files)s.") % here)
    else:
        words = _("Start PostgreSQL %(major)s on %(database)s, and set EVIDENCE_ROOT=%(files)s.")
        lines.append(words % (here | {"major": manifest.server["version"] // 10000}))
    for name, one in keys_missing(manifest.keys):
        lines.append(
            _("You need the %(name)s with the fingerprint %(one)s; it is not set here.") % {"name": name, "one": one}
        )
    if missing := manifest.evidence["missing"]:
        lines.append(_("%(count)s files of evidence were not in the backup.") % {"count": len(missing)})
    lines.append(_("Then run `manage.py migrate` and `manage.py verify`, and erase again who was erased since."))
    return lines

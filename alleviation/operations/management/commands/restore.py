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
from alleviation.operations.backup.restoring import Restored, choose, is_origin_known, restore
from alleviation.operations.backup.store import Kept, Store

LATEST = "latest"
# The exit code where the database was restored, and files of evidence were not.
DAMAGED = 3


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
            "--despite-damage",
            action="store_true",
            help="restore although files of evidence are damaged or missing: they are listed, and the exit code is 3",
        )
        parser.add_argument(
            "--unsealed",
            action="store_true",
            help="take a backup that does not carry the code of our TRAIL_KEY: nobody can say that it is not forged",
        )
        parser.add_argument(
            "--wal", type=Path, metavar="FOLDER", help="the archived log (default: WAL_FOLDER, or wal in the backups)"
        )
        parser.add_argument(
            "--timeline",
            type=int,
            metavar="N",
            help="with --until: along this timeline of the log (default: the newest)",
        )

    def handle(self, *args: Any, source: Path, to: Path, **options: Any) -> None:
        try:
            moment = moment_of(options["until"])
            kept = choose(source.absolute(), moment)
            target = target_of(kept, options["until"], moment, options["wal"], options["timeline"])
            allowed = {"is_unsealed": options["unsealed"], "despite_damage": options["despite_damage"]}
            restored = restore(kept, to.absolute(), identities_in(options["identity"]), target, **allowed)
        except BackupFault as fault:
            raise CommandError(str(fault)) from fault
        for line in told(kept, restored):
            self.stdout.write(line)
        self._tell_trouble(kept, restored)

    def _tell_trouble(self, kept: Kept, restored: Restored) -> None:
        """Raises CommandError where files of evidence are not there."""
        if not is_origin_known(kept.manifest):
            words = _(
                "Nobody has checked where this backup comes from: that takes the TRAIL_KEY of the server that made "
                "it. Look at what it holds before you rely on it."
            )
            self.stderr.write(self.style.WARNING(words))
        if restored.damaged:
            for fault in restored.damaged:
                self.stderr.write(fault)
            words = _("The database is restored, but evidence is damaged or missing: %(count)s faults, as above.")
            raise CommandError(words % {"count": len(restored.damaged)}, returncode=DAMAGED)


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


def target_of(
    kept: Kept, until: str | None, moment: datetime | None, wal: Path | None, timeline: int | None
) -> Target:
    """How far to go beyond the backup. Raises BackupFault where there is no log to go along."""
    if until is None:
        return Target(beside=wal.absolute() if wal else None)
    if kept.manifest.database == "sqlite":
        words = _("SQLite keeps no log to restore to a moment: choose a backup. The one before is %(folder)s.")
        raise BackupFault(words % {"folder": kept.folder})
    archive = (wal or Store(kept.folder.parent).wal).absolute()
    if not archive.is_dir():
        words = _("There is no archived log in %(folder)s. Name it with --wal FOLDER, or leave --until out.")
        raise BackupFault(words % {"folder": archive})
    return Target(archive, moment, timeline)


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
        words = _("For a look alone, with archive_mode = off: two servers that archive to one folder spoil that log.")
        lines.append(words)
    for name, one in keys_missing(manifest.keys):
        lines.append(
            _("You need the %(name)s with the fingerprint %(one)s; it is not set here.") % {"name": name, "one": one}
        )
    if missing := manifest.evidence["missing"]:
        lines.append(_("%(count)s files of evidence were not in the backup.") % {"count": len(missing)})
    lines.append(_("Then run `manage.py migrate` and `manage.py verify`, and erase again who was erased since."))
    return lines

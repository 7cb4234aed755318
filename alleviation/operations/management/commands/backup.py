"""manage.py backup: the database and the files that prove its records, encrypted, while people work."""

from argparse import ArgumentParser
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from alleviation.common.outcomes import outcome
from alleviation.operations.backup.faults import BackupFault
from alleviation.operations.backup.keys import sealing_for
from alleviation.operations.backup.making import make
from alleviation.operations.backup.retention import forget_old
from alleviation.operations.backup.store import Kept, Store


class Command(BaseCommand):
    """Makes one backup in a folder, and forgets old ones where it is asked to. docs/backup.md."""

    help = "Back up the database and the files of evidence into a folder, encrypted to BACKUP_RECIPIENTS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="the folder of backups")
        parser.add_argument("--plain", action="store_true", help="encrypt nothing: whoever has the folder can read it")
        parser.add_argument("--keep", type=int, metavar="N", help="afterwards, leave the newest N backups")
        parser.add_argument("--keep-days", type=int, metavar="DAYS", help="afterwards, leave those of so many days")
        parser.add_argument(
            "--wait", type=int, default=60, metavar="MINUTES", help="for a moment in which nobody writes (default 60)"
        )
        parser.add_argument("--list", action="store_true", help="only list the backups there are")

    def handle(self, *args: Any, to: Path, **options: Any) -> None:
        # Whoever watches is told when the last good one was made (docs/metrics.md).
        with nullcontext() if options["list"] else outcome("backup"):
            self._handle(Store(to.absolute()), options)

    def _handle(self, store: Store, options: dict[str, Any]) -> None:
        try:
            if options["list"]:
                self._list(store)
                return
            refuse_none(options["keep"], options["keep_days"])
            sealing = sealing_for(settings.BACKUP_RECIPIENTS, is_plain=options["plain"])
            kept = make(store, sealing, patience=60 * options["wait"])
            self.stdout.write(in_words(kept))
            if options["keep"] or options["keep_days"]:
                for words in forget_old(store, keep=options["keep"], days=options["keep_days"], made=kept):
                    self.stdout.write(words)
        except BackupFault as fault:
            raise CommandError(str(fault)) from fault
        self._tell_trouble(store, kept)

    def _list(self, store: Store) -> None:
        for kept in store.kept():
            self.stdout.write(in_words(kept))
        if words := store.ahead():
            self.stderr.write(words)

    def _tell_trouble(self, store: Store, kept: Kept) -> None:
        """Raises CommandError: the backup is there, and somebody has to see to the clock, or to what was not read."""
        troubles = [words] if (words := store.ahead()) else []
        if damaged := kept.manifest.evidence["damaged"]:
            words = _(
                "%(count)s files of evidence in %(folder)s were no more what had been stored there, and were "
                "stored anew where the server has them: its disk is dying, or somebody changes them."
            )
            troubles.append(words % {"count": damaged, "folder": store.evidence})
        if missing := kept.manifest.evidence["missing"]:
            words = _(
                "%(count)s files of evidence are missing or damaged on this server and in no earlier backup, "
                "%(first)s among them: run `manage.py verify`."
            )
            troubles.append(words % {"count": len(missing), "first": missing[0]})
        if troubles:
            raise CommandError("\n".join([_("The backup was made, but somebody has to see to this:"), *troubles]))


def refuse_none(*numbers: int | None) -> None:
    """Raises BackupFault for a number of backups, or of days, that would leave none."""
    if any(number is not None and number < 1 for number in numbers):
        raise BackupFault(_("At least one backup, and those of one day, are kept."))


def in_words(kept: Kept) -> str:
    """A backup in one line."""
    manifest = kept.manifest
    told = {
        "folder": kept.folder,
        "size": f"{manifest.size:,}",
        "files": f"{manifest.evidence['files']:,}",
        "stored": f"{manifest.evidence['stored']:,}",
        "event": manifest.trail["number"],
        "seconds": manifest.seconds,
    }
    words = _("%(folder)s: %(size)s bytes, %(files)s files of evidence (%(stored)s new), trail up to event %(event)s")
    return words % told

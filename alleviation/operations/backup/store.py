"""The folder that backups are kept in.

20261123T010000Z/       one backup: its parts, and manifest.json, which is written last
.making-…/              half a backup: never counted, never restored, swept away by the next
evidence/<mark>/ab/…    files that prove records, once for all backups that were encrypted to the same keys
wal/                    segments of PostgreSQL's write-ahead log (see archiving.py)
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from alleviation.operations.backup.faults import BackupFault
from alleviation.operations.backup.manifest import NAME, Manifest, now, read_manifest
from alleviation.operations.backup.streams import bring_to_disk

NUMBER = re.compile(r"\d{8}T\d{6}Z")
MAKING = ".making-"
# By how much the clocks of two machines may differ.
SKEW = timedelta(minutes=10)
# What must stay free beside what is written.
MARGIN = 64 * 1024 * 1024


@dataclass(frozen=True)
class Kept:
    """A backup that is there, and what it is made of."""

    folder: Path
    manifest: Manifest

    @property
    def is_ahead(self) -> bool:
        """Whether its moment is still to come: a clock was wrong then, or is now. Others have what is newer."""
        return self.manifest.at > now() + SKEW

    @property
    def is_whole(self) -> bool:
        """Every part is there with its size; whether it is what was written is asked before it is restored."""
        parts = [(self.folder / part.name, part.size) for part in self.manifest.parts]
        return all(path.is_file() and path.stat().st_size == size for path, size in parts)


class Store:
    """A folder of backups."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def evidence(self) -> Path:
        return self.root / "evidence"

    @property
    def wal(self) -> Path:
        """That of the nightly backups may lie elsewhere; what other backups need has nothing to do with it."""
        if settings.WAL_FOLDER and self.root == Path(settings.BACKUP_FOLDER):
            return Path(settings.WAL_FOLDER)
        return self.root / "wal"

    def finished(self) -> list[Path]:
        """Backups that were finished, the oldest first."""
        folders = sorted(one for one in self.root.glob("*Z") if NUMBER.fullmatch(one.name))
        return [one for one in folders if (one / NAME).is_file()]

    def every(self) -> list[Kept]:
        """What they are made of. Raises BackupFault where that cannot be read of one of them."""
        return [Kept(one, read_manifest(one)) for one in self.finished()]

    def kept(self) -> list[Kept]:
        """Those that are still whole, the oldest first; an older one that is damaged is in the way of no new one."""
        found = []
        for folder in self.finished():
            with suppress(BackupFault):
                found.append(Kept(folder, read_manifest(folder)))
        return [one for one in found if one.is_whole]

    def ahead(self) -> str:
        """That backups are of a moment to come, in words; "" where none is."""
        found = [one.folder.name for one in self.kept() if one.is_ahead]
        if not found:
            return ""
        words = _(
            "Backups of a moment to come, by this machine's clock: %(names)s. As long as they are there nothing is "
            "forgotten, and a backup is restored only if it is named. Set the clock if it is wrong; if it was wrong "
            "when they were made, move them to another folder."
        )
        return words % {"names": ", ".join(found)}

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else makes or forgets backups here meanwhile; what somebody left half made is swept away."""
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self.root / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            words = _("%(folder)s cannot be written: %(why)s.")
            raise BackupFault(words % {"folder": self.root, "why": error.strerror}) from error
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                words = _("Another backup is being made in %(folder)s. Nothing was done.")
                raise BackupFault(words % {"folder": self.root}) from error
            self._sweep()
            yield
        finally:
            os.close(handle)

    def _sweep(self) -> None:
        for folder in self.root.glob(f"{MAKING}*"):
            shutil.rmtree(folder)
        for path in self.evidence.glob("*/*/.incoming-*"):
            path.unlink()

    @contextmanager
    def making(self) -> Iterator["Making"]:
        """The folder of a new backup; it has its name once its manifest is written, and goes where anything fails."""
        number = f"{now():%Y%m%dT%H%M%SZ}"
        making = Making(number, self.root / f"{MAKING}{number}", self.root / number)
        if making.final.exists():
            words = _("There is a backup of this very second: %(folder)s. Try again.")
            raise BackupFault(words % {"folder": making.final})
        making.folder.mkdir(mode=0o700)
        try:
            yield making
        finally:
            shutil.rmtree(making.folder, ignore_errors=True)

    def refuse_little_space(self, needed: int) -> None:
        """Raises BackupFault where the disk has not that much left."""
        refuse_little_space(self.root, needed)


@dataclass(frozen=True)
class Making:
    """A backup that is being made."""

    number: str
    folder: Path
    final: Path

    def finish(self, manifest: Manifest) -> Kept:
        """Write what it is made of, and give it its name."""
        handle = os.open(self.folder / NAME, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(manifest.text)
            file.flush()
            os.fsync(file.fileno())
        bring_to_disk(self.folder)
        self.folder.rename(self.final)
        bring_to_disk(self.final.parent)
        return Kept(self.final, manifest)


def refuse_little_space(folder: Path, needed: int) -> None:
    """Raises BackupFault where the disk of a folder has not that many bytes left."""
    free = shutil.disk_usage(folder).free
    if free < needed + MARGIN:
        numbers = {"folder": folder, "needed": f"{(needed + MARGIN) // 10**6:,}", "free": f"{free // 10**6:,}"}
        raise BackupFault(_("%(folder)s needs about %(needed)s MB, and %(free)s MB are free.") % numbers)

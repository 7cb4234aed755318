"""Files that prove records, in a backup: each stored once, however many backups name it, since none ever changes.

A backup's list has a line for each file, in the order of their SHA-256: its SHA-256 and size, and those of the
encrypted file as it lies in the folder of backups.
"""

import errno
import gzip
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _
from pyrage import x25519

from alleviation.evidence import disk
from alleviation.evidence.models import StoredFile
from alleviation.operations.backup.contents import blocks
from alleviation.operations.backup.faults import BackupFault
from alleviation.operations.backup.keys import Sealing
from alleviation.operations.backup.store import Kept
from alleviation.operations.backup.streams import Damaged, Sink, WrongKey, hash_of, open_sealed, write_file

LIST = "evidence.list.gz"
# Each file that was stored is read again within so many days.
SEVENTHS = 7
DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Line:
    """A file of a backup."""

    digest: str
    size: int
    stored: str
    stored_size: int

    def __str__(self) -> str:
        return f"{self.digest} {self.size} {self.stored} {self.stored_size}\n"


@dataclass
class Collected:
    """How many files a backup names, how many of them are new in the folder, and which could not be read.

    `damaged` are those that lay in the folder and were not what had been stored: they were stored anew.
    """

    files: int = 0
    bytes: int = 0
    stored: int = 0
    damaged: int = 0
    missing: list[str] = field(default_factory=list)


def listed_in(folder: Path) -> Iterator[Line]:
    """The files of a backup."""
    with gzip.open(folder / LIST, "rt", encoding="ascii") as lines:
        for line in lines:
            digest, size, stored, stored_size = line.split()
            # A name that leads elsewhere would be written there.
            if not DIGEST.fullmatch(digest):
                raise BackupFault(_("%(folder)s names files that are none: it is forged.") % {"folder": folder})
            yield Line(digest, int(size), stored, int(stored_size))


def has_sound_list(kept: Kept) -> bool:
    """Whether the list of a backup is as it was written."""
    return not kept.manifest.part(LIST).fault_in(kept.folder)


def path_in(root: Path, mark: str, digest: str, suffix: str) -> Path:
    """Where a file lies in the folder of backups."""
    return root / mark / digest[:2] / f"{digest}{suffix}"


def stored_in(root: Path, mark: str, suffix: str) -> Iterator[str]:
    """The SHA-256 by which each file in the folder of backups is named."""
    for path in sorted((root / mark).glob(f"*/*{suffix}")):
        if DIGEST.fullmatch(digest := path.name.removesuffix(suffix)):
            yield digest


def named_by(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """The SHA-256 of every file that the database names, in their order."""
    quote, table = connection.ops.quote_name, StoredFile._meta.db_table
    order = ' COLLATE "C"' if connection.vendor == "postgresql" else ""
    statement = f"SELECT sha256 FROM {quote(table)} ORDER BY sha256{order}"  # noqa: S608  a name of our own
    for rows in blocks(connection, statement):
        yield from (row[0] for row in rows)


def vouching(kept: Sequence[Kept], sealing: Sealing) -> Kept | None:
    """The newest backup of ours whose list tells what was stored for these keys; of a wrong clock if no other is."""
    in_turn = sorted(kept, key=lambda one: (not one.is_ahead, one.folder.name), reverse=True)
    same = (one for one in in_turn if one.manifest.evidence["mark"] == sealing.mark and one.manifest.is_genuine())
    return next(filter(has_sound_list, same), None)


def due_since(last: datetime, at: datetime) -> frozenset[int]:
    """Which sevenths of the files are read again: those of each day since, at least today's; all after a week."""
    days = (at.date() - last.date()).days
    if not 0 <= days < SEVENTHS:
        return frozenset(range(SEVENTHS))
    return frozenset((at.date().toordinal() - back) % SEVENTHS for back in range(max(days, 1)))


class Collector:
    """Has the files of a backup in the folder, and names them line by line.

    The list of the backup before vouches for what lies there: a file by its size, and within a week by its SHA-256.
    What no list vouches for is stored anew: its name alone proves nothing, and we cannot open it here.
    """

    def __init__(self, root: Path, sealing: Sealing, last: Kept | None, at: datetime) -> None:
        self.root, self.sealing, self.found = root, sealing, Collected()
        self.due = due_since(last.manifest.at, at) if last else frozenset()
        # Both lists are in the same order.
        self.known: Iterator[Line] = listed_in(last.folder) if last else iter(())
        self.next: Line | None = next(self.known, None)

    def lines(self, files: Iterable[str]) -> Iterator[bytes]:
        """The list, while the files are stored."""
        for digest in files:
            path = path_in(self.root, self.sealing.mark, digest, self.sealing.suffix)
            line = self._known(path, digest) or self._store(path, digest)
            if line is None:
                self.found.missing.append(digest)
                continue
            self.found.files += 1
            self.found.bytes += line.size
            yield str(line).encode("ascii")

    def _known(self, path: Path, digest: str) -> Line | None:
        while self.next is not None and self.next.digest < digest:
            self.next = next(self.known, None)
        if self.next is None or self.next.digest != digest:
            return None
        if self._is_sound(path, self.next):
            return self.next
        self.found.damaged += path.is_file()
        return None

    def _is_sound(self, path: Path, line: Line) -> bool:
        if not path.is_file() or path.stat().st_size != line.stored_size:
            return False
        if int(line.digest[:8], 16) % SEVENTHS not in self.due:
            return True
        try:
            return hash_of(path)[1] == line.stored
        except OSError:
            return False

    def _store(self, path: Path, digest: str) -> Line | None:
        try:
            content = disk.read(digest)
        except disk.FileUnreadable:
            return None
        for folder in (path.parent.parent.parent, path.parent.parent, path.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        sink = write_file(path, BytesIO(content), self.sealing.recipients)
        self.found.stored += 1
        return Line(digest, len(content), sink.hash.hexdigest(), sink.size)


def faults_of_files(
    root: Path, mark: str, suffix: str, lines: Iterable[Line], identities: Sequence[x25519.Identity]
) -> Iterator[str]:
    """Files of a backup that are missing from the folder of backups, or are not what was stored.

    A later backup may have stored a file anew: with the private key it is seen to be the same.
    """
    for line in lines:
        path = path_in(root, mark, line.digest, suffix)
        try:
            if hash_of(path) != (line.stored_size, line.stored) and not _holds(path, line.digest, identities):
                yield _("%(part)s was changed: its SHA-256 is another.") % {"part": path}
        except FileNotFoundError:
            yield _("%(part)s is missing.") % {"part": path}
        except OSError as error:
            yield _("%(part)s cannot be read: %(why)s.") % {"part": path, "why": error.strerror}


def _holds(path: Path, digest: str, identities: Sequence[x25519.Identity]) -> bool:
    with path.open("rb") as source, open(os.devnull, "wb") as nowhere:
        sink = Sink(nowhere)
        try:
            open_sealed(source, sink, identities, is_sealed=path.suffix == ".age")
        except (WrongKey, Damaged):
            return False
    return sink.hash.hexdigest() == digest


def _opened(stored: Path) -> IO[bytes]:
    try:
        return stored.open("rb")
    except FileNotFoundError as error:
        raise BackupFault(_("%(part)s is missing.") % {"part": stored}) from error
    except OSError as error:
        words = _("%(part)s cannot be read: %(why)s.") % {"part": stored, "why": error.strerror}
        raise BackupFault(words) from error


def open_file(stored: Path, path: Path, identities: Sequence[x25519.Identity]) -> None:
    """Write a stored file where it belongs, under its SHA-256. Raises BackupFault where it is not that file."""
    with (
        _opened(stored) as source,
        os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
    ):
        sink = Sink(file)
        try:
            open_sealed(source, sink, identities, is_sealed=stored.suffix == ".age")
        except WrongKey as error:
            raise BackupFault(_("%(part)s does not open with this private key.") % {"part": stored}) from error
        except Damaged as error:
            raise BackupFault(_("%(part)s is damaged: take another copy of it.") % {"part": stored}) from error
        except OSError as error:
            # What a dying disk says of what it holds; a full one says otherwise.
            if error.errno != errno.EIO:
                raise
            words = _("%(part)s cannot be read: %(why)s.") % {"part": stored, "why": error.strerror}
            raise BackupFault(words) from error
    if sink.hash.hexdigest() != path.name:
        raise BackupFault(_("%(part)s: what was stored under this name is another file.") % {"part": stored})

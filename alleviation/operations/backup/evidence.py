"""Files that prove records, in a backup: each stored once, however many backups name it, since none ever changes.

A backup's list has a line for each file, in the order of their SHA-256: its SHA-256 and size, and those of the
encrypted file as it lies in the folder of backups.
"""

import gzip
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

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
    """How many files a backup names, how many of them are new in the folder, and which could not be read."""

    files: int = 0
    bytes: int = 0
    stored: int = 0
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


def named_by(connection: BaseDatabaseWrapper) -> Iterator[tuple[str, int]]:
    """The SHA-256 and size of every file that the database names, in their order."""
    quote, table = connection.ops.quote_name, StoredFile._meta.db_table
    order = ' COLLATE "C"' if connection.vendor == "postgresql" else ""
    statement = f"SELECT sha256, size FROM {quote(table)} ORDER BY sha256{order}"  # noqa: S608  a name of our own
    for rows in blocks(connection, statement):
        yield from rows


class Collector:
    """Has the files of a backup in the folder, and names them line by line."""

    def __init__(self, root: Path, sealing: Sealing, last: Kept | None) -> None:
        self.root, self.sealing, self.found = root, sealing, Collected()
        # What the last backup stored is not read again: both lists are in the same order.
        is_same = last is not None and last.manifest.evidence["mark"] == sealing.mark and has_sound_list(last)
        self.known: Iterator[Line] = listed_in(last.folder) if last and is_same else iter(())
        self.next: Line | None = next(self.known, None)

    def lines(self, files: Iterable[tuple[str, int]]) -> Iterator[bytes]:
        """The list, while the files are stored."""
        for digest, size in files:
            path = path_in(self.root, self.sealing.mark, digest, self.sealing.suffix)
            line = self._known(path, digest) or self._there(path, digest, size) or self._store(path, digest)
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
        is_there = path.is_file() and path.stat().st_size == self.next.stored_size
        return self.next if is_there else None

    def _there(self, path: Path, digest: str, size: int) -> Line | None:
        """One that a backup stored which was not finished, or is not the last: never half a file."""
        if not path.is_file() or (self.next is not None and self.next.digest == digest):
            return None
        stored_size, stored = hash_of(path)
        return Line(digest, size, stored, stored_size)

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


def faults_of_files(root: Path, mark: str, suffix: str, lines: Iterable[Line]) -> Iterator[str]:
    """Files of a backup that are missing from the folder of backups, or are not what was stored."""
    for line in lines:
        path = path_in(root, mark, line.digest, suffix)
        if not path.is_file():
            yield _("%(part)s is missing.") % {"part": path}
        elif hash_of(path) != (line.stored_size, line.stored):
            yield _("%(part)s was changed: its SHA-256 is another.") % {"part": path}


def open_file(stored: Path, path: Path, identities: Sequence[x25519.Identity]) -> None:
    """Write a stored file where it belongs, under its SHA-256. Raises BackupFault where it is not that file."""
    with (
        stored.open("rb") as source,
        os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
    ):
        sink = Sink(file)
        try:
            open_sealed(source, sink, identities, is_sealed=stored.suffix == ".age")
        except WrongKey as error:
            raise BackupFault(_("%(part)s does not open with this private key.") % {"part": stored}) from error
        except Damaged as error:
            raise BackupFault(_("%(part)s is damaged: take another copy of it.") % {"part": stored}) from error
    if sink.hash.hexdigest() != path.name:
        raise BackupFault(_("%(part)s: what was stored under this name is another file.") % {"part": stored})

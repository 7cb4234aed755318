"""Opens the parts of a backup once each was held against its SHA-256."""

import os
import tarfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, cast

from django.utils.translation import gettext as _
from pyrage import x25519

from alleviation.operations.backup.faults import BackupFault
from alleviation.operations.backup.manifest import Part
from alleviation.operations.backup.streams import BLOCK, Damaged, Writable, WrongKey, open_packed


def open_part(folder: Path, part: Part, target: Writable, identities: Sequence[x25519.Identity]) -> None:
    """Write what a part holds. Raises BackupFault where the key is another, or the part is not what was written."""
    path = folder / part.name
    if part.is_sealed and not identities:
        raise BackupFault(
            _("%(part)s is encrypted: name the file of the private key, --identity FILE.") % {"part": path}
        )
    try:
        open_packed(path, target, identities, is_sealed=part.is_sealed)
    except WrongKey as error:
        raise BackupFault(_("%(part)s does not open with this private key.") % {"part": path}) from error
    except Damaged as error:
        words = _("%(part)s is damaged. Take another backup, or another copy of this one.")
        raise BackupFault(words % {"part": path}) from error


def write_new(path: Path, folder: Path, part: Part, identities: Sequence[x25519.Identity]) -> None:
    """A new file, readable by its owner alone, with what a part holds."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        open_part(folder, part, file, identities)


def unpack(folder: Path, part: Part, place: Path, identities: Sequence[x25519.Identity]) -> None:
    """Write the files of a part that is a tar, none of them outside of the place. Raises BackupFault."""
    try:
        with opened(folder, part, identities) as stream, tarfile.open(fileobj=stream, mode="r|") as files:
            for told in files:
                _write_member(files, told, place)
            # The end of the stream is where it shows that it was cut off.
            while stream.read(BLOCK):
                pass
    except tarfile.TarError as error:
        words = _("%(part)s is damaged. Take another backup, or another copy of this one.")
        raise BackupFault(words % {"part": folder / part.name}) from error


def _write_member(files: tarfile.TarFile, told: tarfile.TarInfo, place: Path) -> None:
    path = place / told.name
    if ".." in Path(told.name).parts or Path(told.name).is_absolute() or not (told.isdir() or told.isreg()):
        words = _("The backup holds %(name)s, which is no file of a server without tablespaces.")
        raise BackupFault(words % {"name": told.name})
    if told.isdir():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return
    source = cast(IO[bytes], files.extractfile(told))
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        while chunk := source.read(BLOCK):
            file.write(chunk)


@contextmanager
def opened(folder: Path, part: Part, identities: Sequence[x25519.Identity]) -> Iterator[IO[bytes]]:
    """What a part holds, as something to read from, while a thread opens it."""
    failures: list[BaseException] = []
    reading, writing = os.pipe()

    def write() -> None:
        try:
            with os.fdopen(writing, "wb") as target:
                open_part(folder, part, target, identities)
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    try:
        with os.fdopen(reading, "rb") as source:
            yield source
    except tarfile.TarError:
        # A tar that ends too early does so because its part did.
        thread.join()
        _raise_first(failures)
        raise
    finally:
        thread.join()
    _raise_first(failures)


def _raise_first(failures: list[BaseException]) -> None:
    with suppress(IndexError):
        if not isinstance(failures[0], BrokenPipeError):
            raise failures[0]

"""The folder of files: each is named by its SHA-256, written once and whole, and read only with that hash checked."""

import os
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp

from django.conf import settings


class FileUnreadable(Exception):
    """A stored file is not on the disk as it was handed in. Restore it from the backup; its name is its SHA-256."""


class FileMissing(FileUnreadable):
    """It is not there, or cannot be read."""


class FileChanged(FileUnreadable):
    """Something of its name is there, and has other bytes."""


def path_of(digest: str) -> Path:
    """Where the file of this SHA-256 lies: in a folder of its first two digits."""
    return Path(settings.EVIDENCE_ROOT) / digest[:2] / digest


def keep(content: bytes) -> str:
    """Have these bytes on the disk, and answer with their SHA-256; what is there already is left as it is.

    Whoever looks finds no file or the whole one, even after a power cut: it is written under another name in the same
    folder, brought to the disk, and only then named. Raises FileChanged where the name is taken by other bytes.
    """
    digest = sha256(content).hexdigest()
    path = path_of(digest)
    if path.exists():
        read(digest)
        return digest
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = mkstemp(prefix=".incoming-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    for folder in (path.parent, path.parent.parent):
        _bring_to_disk(folder)
    return digest


def read(digest: str) -> bytes:
    """The bytes of this SHA-256. Raises FileMissing, or FileChanged where they are others."""
    try:
        content = path_of(digest).read_bytes()
    except OSError as error:
        raise FileMissing(digest) from error
    if sha256(content).hexdigest() != digest:
        raise FileChanged(digest)
    return content


def forget(digest: str) -> None:
    """Delete the file of a record that is no more; one that is not there is no fault."""
    path_of(digest).unlink(missing_ok=True)


def _bring_to_disk(folder: Path) -> None:
    """The name of a file is written when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""Where a file lies while it is imported: in a folder of its own in IMPORT_ROOT, readable by the server alone.

What stands in it is as personal as what it becomes, so it goes when the import has ended. Beside the file lie notes of
the same life: what was found wrong, names to be confirmed, and the pulse (pulse.py).
"""

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from alleviation.common.reading import FileRefused, Limits

# A byte that ends a line; old spreadsheets end theirs with the other one alone.
LINE_ENDS = (b"\n", b"\r")
# How the name of a file begins that is being received.
INCOMING = ".incoming-"


@dataclass(frozen=True)
class Received:
    """A file that was taken in: where it lies, what it is, and about how many lines it has (0: not known)."""

    path: Path
    sha256: str
    size: int
    lines: int


def receive(chunks: Iterable[bytes], limits: Limits) -> Received:
    """Bring a file to the disk, counted while it is read.

    Raises FileRefused("too_large") for more than the limit, whatever size its sender said; nothing is left then.
    """
    root = Path(settings.IMPORT_ROOT)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = mkstemp(prefix=INCOMING, dir=root)
    digest, size, lines = sha256(), 0, [0, 0]
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                size += len(chunk)
                _refuse_large(size, limits)
                digest.update(chunk)
                lines = [count + chunk.count(end) for count, end in zip(lines, LINE_ENDS, strict=True)]
                file.write(chunk)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Received(Path(name), digest.hexdigest(), size, lines[0] or lines[1])


def _refuse_large(size: int, limits: Limits) -> None:
    if size > limits.max_upload_bytes:
        told = _("The file is larger than %(most)s MB. Divide it, or ask for a larger limit (IMPORT_MAX_BYTES).")
        raise FileRefused("too_large", told % {"most": limits.max_upload_bytes // 1024 // 1024})


def chunks_of(path: Path) -> Iterator[bytes]:
    """A file of this machine in parts. Raises OSError."""
    with path.open("rb") as file:
        while chunk := file.read(1 << 18):
            yield chunk


def folder_of(number: int) -> Path:
    """The folder of a run."""
    return Path(settings.IMPORT_ROOT) / str(number)


def file_of(number: int) -> Path:
    """The file of a run, as it came."""
    return folder_of(number) / "file"


def keep(received: Received, number: int) -> None:
    """Put a file that was taken in into the folder of its run."""
    folder_of(number).mkdir(mode=0o700, exist_ok=True)
    received.path.replace(file_of(number))


def forget(number: int) -> None:
    """Delete a run's folder with all that is in it; one that is not there is no fault."""
    shutil.rmtree(folder_of(number), ignore_errors=True)


def left_behind(before: datetime) -> Iterator[Path]:
    """What lies here since before a moment: files half received and folders of runs, whoever died over them."""
    root = Path(settings.IMPORT_ROOT)
    for path in root.iterdir() if root.is_dir() else ():
        is_ours = path.name.startswith(INCOMING) or path.name.isdigit()
        with suppress(FileNotFoundError):
            if is_ours and path.stat().st_mtime < before.timestamp():
                yield path


def throw_away(path: Path) -> None:
    """Delete a file or a folder that was left behind; one that is not there any more is no fault."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def is_kept(number: int) -> bool:
    """Whether a run's file still lies there."""
    return file_of(number).is_file()


def note(number: int, name: str, lines: Iterable[Any]) -> None:
    """Keep something beside the file, one JSON value a line."""
    with (folder_of(number) / name).open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


def noted(number: int, name: str) -> Iterator[Any]:
    """What was kept beside the file, line by line; nothing where it is gone."""
    with suppress(FileNotFoundError), (folder_of(number) / name).open(encoding="utf-8") as file:
        yield from map(json.loads, file)

"""The trail as files that an auditor takes away and checks without this app."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings

from alleviation.audit.chain import COLUMNS, moment
from alleviation.audit.models import AuditEvent
from alleviation.audit.reading import Unreadable, rows_of
from alleviation.audit.verification.anchors import anchor_of

KEPT = (*COLUMNS, "digest", "mac")
TRAIL = "trail.jsonl"
CHUNK = 256 * 1024


class SpoiltTrail(ValueError):
    """An event cannot be read, so that the trail cannot be taken away whole."""


def trail_lines(until: int) -> Iterator[str]:
    """The events up to this number as lines of JSON, each with its digest and authentication code.

    Raises SpoiltTrail.
    """
    for event in rows_of(AuditEvent.objects.filter(pk__lte=until).values(*KEPT)):
        if isinstance(event, Unreadable):
            raise SpoiltTrail(f"event {event.number}")
        yield line_of(event)


def line_of(event: dict[str, Any]) -> str:
    """An event as a line of its file."""
    told = event | {"at": moment(event["at"])}
    return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n"


def companions(until: int) -> Iterator[tuple[str, str]]:
    """(name, content) of the small files beside the trail: what checks it, what it ends with, what all this is."""
    docs = Path(settings.BASE_DIR) / "docs"
    yield "README.txt", (docs / "trail_readme.txt").read_text(encoding="utf-8")
    yield "verify_trail.py", (docs / "verify_trail.py").read_text(encoding="utf-8")
    yield "anchor.json", anchor_of(AuditEvent.objects.get(pk=until)).line + "\n"


def write_files(folder: Path, until: int) -> None:
    """Write the trail with its companions into a folder. Raises OSError, SpoiltTrail."""
    for name, content in companions(until):
        (folder / name).write_text(content, encoding="utf-8", newline="\n")
    with (folder / TRAIL).open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(trail_lines(until))


class Sink(io.RawIOBase):
    """What a ZipFile writes to, emptied as it goes: it cannot be wound back, and never holds the whole."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._held += content
        return len(content)

    def taken(self) -> bytes:
        """What was written since it was last asked."""
        found = bytes(self._held)
        self._held.clear()
        return found

    def __len__(self) -> int:
        return len(self._held)


def zipped(until: int) -> Iterator[bytes]:
    """The same files as a zip, in chunks. One that breaks off lacks its table of contents, and no program opens it."""
    sink = Sink()
    with ZipFile(sink, "w", ZIP_DEFLATED) as archive:
        for name, content in companions(until):
            archive.writestr(name, content)
        with archive.open(TRAIL, "w", force_zip64=True) as out:
            for line in trail_lines(until):
                out.write(line.encode())
                if len(sink) > CHUNK:
                    yield sink.taken()
    yield sink.taken()

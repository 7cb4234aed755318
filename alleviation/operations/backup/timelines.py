"""The timelines of PostgreSQL's log: each restore begins one, and a small file, its history, says where it left which.

Without that file nobody knows that a timeline belongs to a server's log: whatever was written on it would be left out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils.translation import gettext as _
from pyrage import x25519

from alleviation.operations.backup.archiving import Refused, fetch, kept_as
from alleviation.operations.backup.faults import BackupFault
from alleviation.operations.backup.segments import name_of, number_of, place_of

HISTORY = re.compile(r"([0-9A-F]{8})\.history")
# As they lie in the archive (archiving.py); what stands beside them, such as 0…2.00000028.backup, is no segment.
KEPT_SEGMENT = re.compile(r"([0-9A-F]{24})\.[0-9a-f]{32}\.gz(?:\.age)?")
KEPT_HISTORY = re.compile(r"([0-9A-F]{8})\.history\.[0-9a-f]{32}\.gz(?:\.age)?")
FORK = re.compile(r"^\s*(\d+)\s+([0-9A-F]+/[0-9A-F]+)", re.MULTILINE)


@dataclass(frozen=True)
class Line:
    """The timelines that a server is restored along, the oldest first, each with the segment that it begins with.

    `taken` is the highest timeline that the archive has anything of: the restored server begins one above it.
    """

    begins: tuple[tuple[int, int], ...]
    taken: int
    size: int

    @property
    def timeline(self) -> int:
        """The newest."""
        return self.begins[-1][0]

    def at(self, number: int) -> int:
        """The timeline whose segment of this number is on the line."""
        return next((one for one, begin in reversed(self.begins) if begin <= number), self.begins[0][0])

    def holds(self, name: str) -> bool:
        """Whether a segment is on the line; where a timeline begins, that of the one before is too."""
        number = number_of(name, self.size)
        return int(name[:8], 16) in (self.at(number), self.at(number - 1))

    def is_taken(self, timeline: int) -> bool:
        """Whether it is none of the line's, and its number is not to be had any more."""
        return self.timeline < timeline <= self.taken


def line_of_backup(server: dict[str, Any], archive: Path) -> Line:
    """For a server that stops at the moment of its backup. Raises BackupFault for a folder that cannot be read."""
    segments, histories = archived_in(archive)
    own = server["timeline"]
    return Line(((own, 0),), max({own} | histories | timelines_of(segments)), server["segment"])


def line_through(
    server: dict[str, Any], archive: Path, wanted: int | None, identities: Sequence[x25519.Identity]
) -> Line:
    """From the backup on to the newest timeline of the archive, or to the one that is wanted.

    Raises BackupFault where the archive does not tell where that one began, or it began before the backup.
    """
    segments, histories = archived_in(archive)
    own, size = server["timeline"], server["segment"]
    known = {own} | histories | timelines_of(segments)
    timeline = max(known) if wanted is None else wanted
    if timeline == own:
        return Line(((own, 0),), max(known), size)
    if timeline not in histories:
        raise BackupFault(_without_history(archive, timeline))
    forks = history_of(archive, timeline, identities)
    # A restore to the backup's own moment leaves it at the last record before that, and never before the copy ends.
    if forks.get(own, -1) < place_of(server["end"]):
        words = _(
            "Timeline %(timeline)s of the archive began before this backup was made: the server had been restored to "
            "an earlier moment. Take a backup from before that, or one of that server; --timeline %(own)s goes along "
            "the log that this backup is of; without --until you get what the backup holds."
        )
        raise BackupFault(words % {"timeline": timeline, "own": own})
    if wanted is None:
        _refuse_two_servers(archive, timeline, max(forks.values()) // size, size)
    later = [(one, place // size) for one, place in forks.items() if one >= own]
    ways = zip([*(one for one, _place in later), timeline], [0, *(place for _one, place in later)], strict=True)
    return Line(tuple(ways), max(known), size)


def _without_history(archive: Path, timeline: int) -> str:
    name = f"{timeline:08X}.history"
    words = _(
        "The archive %(folder)s lacks %(name)s, which says where timeline %(timeline)s began: whatever was written "
        "since would be left out. Copy the file from pg_wal of the server that was restored last, and keep it with "
        "the archive_command. Where it is lost, --timeline N goes along an older one, without what was written since."
    )
    return words % {"folder": archive, "name": name, "timeline": timeline}


def _refuse_two_servers(archive: Path, timeline: int, fork: int, size: int) -> None:
    """Raises BackupFault where an older timeline went on after this one had begun: only people know which counts.

    A restored server that was started for a look may have archived, while the office went on with its own.
    """
    began = max(one.stat().st_mtime for one in kept_as(archive, f"{timeline:08X}.history"))
    went_on = [
        found[1]
        for one in archive.iterdir()
        if (found := KEPT_SEGMENT.fullmatch(one.name))
        and int(found[1][:8], 16) < timeline
        and number_of(found[1], size) >= fork
        and one.stat().st_mtime > began
    ]
    if went_on:
        words = _(
            "Two servers have archived to %(folder)s: after timeline %(timeline)s had begun, a segment of an older "
            "one was archived, %(segment)s. Say with --timeline which of them is the office's."
        )
        raise BackupFault(words % {"folder": archive, "timeline": timeline, "segment": max(went_on)})


def archived_in(archive: Path) -> tuple[set[str], set[int]]:
    """The names of the segments in an archive, and the timelines whose history is there. Raises BackupFault."""
    try:
        names = [one.name for one in archive.iterdir()] if archive.is_dir() else []
    except OSError as error:
        words = _("The archive %(folder)s cannot be read: %(why)s. Name one that can with --wal FOLDER.")
        raise BackupFault(words % {"folder": archive, "why": error.strerror}) from error
    segments = {found[1] for name in names if (found := KEPT_SEGMENT.fullmatch(name))}
    return segments, {int(found[1], 16) for name in names if (found := KEPT_HISTORY.fullmatch(name))}


def timelines_of(segments: set[str]) -> set[int]:
    """The timelines that segments are of."""
    return {int(name[:8], 16) for name in segments}


def history_of(archive: Path, timeline: int, identities: Sequence[x25519.Identity]) -> dict[int, int]:
    """Of each timeline before this one the place where it was left. Raises BackupFault where that cannot be read."""
    with TemporaryDirectory(prefix="history-") as folder:
        path = Path(folder) / "history"
        try:
            fetch(f"{timeline:08X}.history", path, archive, identities)
        except (Refused, OSError) as error:
            raise BackupFault(str(error)) from error
        return {int(one): place_of(place) for one, place in FORK.findall(path.read_text())}


def missing_segment(server: dict[str, Any], archive: Path, line: Line) -> str:
    """The first segment of the line that the archive lacks although it has later ones; "" where none is.

    Of a timeline that a restore began at least the first has to be there.
    """
    first, last = (place_of(server[which]) // line.size for which in ("start", "until"))
    # The last that the backup itself holds is not whole.
    own = {name_of(server["timeline"], number, line.size) for number in range(first, last)}
    archived = archived_in(archive)[0]
    newest = [number_of(name, line.size) for name in archived if int(name[:8], 16) == line.timeline]
    end = max(newest, default=line.begins[-1][1])
    wanted = (name_of(line.at(number), number, line.size) for number in range(first, end + 1))
    return next((name for name in wanted if name not in own | archived), "")


def announce(data: Path, line: Line) -> list[Path]:
    """Have a restored server archive the history of its timeline as soon as it archives at all; the marks of it.

    It began while nothing was archived, and a server marks that file at no other time.
    """
    marks = data / "pg_wal" / "archive_status"
    marks.mkdir(mode=0o700, exist_ok=True)
    names = [one.name for one in (data / "pg_wal").iterdir() if HISTORY.fullmatch(one.name)]
    made = [marks / f"{name}.ready" for name in names if int(name[:8], 16) > line.timeline]
    for mark in made:
        mark.touch(mode=0o600)
    return made

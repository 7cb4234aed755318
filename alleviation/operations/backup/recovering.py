"""Brings a copied PostgreSQL server to one moment: starts it out of reach, lets it replay its log, ends it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from pyrage import x25519

from alleviation.operations.backup.faults import BackupFault
from alleviation.operations.backup.lending import Lender, lending
from alleviation.operations.backup.timelines import (
    Line,
    announce,
    archived_in,
    line_of_backup,
    line_through,
    missing_segment,
    timelines_of,
)
from alleviation.operations.servers import ServerFault, folder_of, hand_over, running

TOO_SHORT = "recovery ended before configured recovery target was reached"
OF_ANOTHER = "from different database system"
LAST = re.compile(r"last completed transaction was at log time (.+)")


@dataclass(frozen=True)
class Target:
    """Until when the log is replayed: the moment of the backup; another one; or as far as the archive goes.

    The timeline is the newest where none is named. `beside` is the archive that a server which stops at the moment of
    its backup goes on with.
    """

    archive: Path | None = None
    moment: datetime | None = None
    timeline: int | None = None
    beside: Path | None = None


def programs_for(server: dict[str, Any]) -> Path:
    """The programs of the server that was backed up. Raises BackupFault where they are not installed."""
    major = server["version"] // 10000
    found = folder_of(major)
    if found is None:
        words = _("The backup is of PostgreSQL %(major)s: install its server programs here (postgresql-%(major)s).")
        raise BackupFault(words % {"major": major})
    return found


def line_for(server: dict[str, Any], target: Target, beside: Path, identities: Sequence[x25519.Identity]) -> Line:
    """The timelines on the way to a target; `beside` is the archive where the target names none.

    Raises BackupFault where the archive does not tell them, or lacks a segment on the way to its end.
    """
    if target.archive is None:
        return line_of_backup(server, target.beside or beside)
    line = line_through(server, target.archive, target.timeline, identities)
    if target.moment is None:
        refuse_gap(server, target.archive, line)
    return line


def refuse_gap(server: dict[str, Any], archive: Path, line: Line) -> None:
    """Raises BackupFault where a segment is missing between the backup and the last one that was archived."""
    missing = missing_segment(server, archive, line)
    if not missing:
        return
    if line.timeline not in {server["timeline"]} | timelines_of(archived_in(archive)[0]):
        words = _(
            "The archive %(folder)s has nothing of timeline %(timeline)s, which begins with the segment %(segment)s. "
            "Find it, or restore to a moment with --until, or along an older timeline with --timeline."
        )
        raise BackupFault(words % {"folder": archive, "timeline": line.timeline, "segment": missing})
    words = _(
        "The archive %(folder)s lacks the segment %(segment)s, and has later ones. Find it in another copy of the "
        "archive, or restore to a moment before it with --until."
    )
    raise BackupFault(words % {"folder": archive, "segment": missing})


def recover(
    data: Path, server: dict[str, Any], target: Target, line: Line, identities: Sequence[x25519.Identity]
) -> str:
    """Replay the log of the copied server up to the target, and leave it as one that was shut down.

    Answers with the moment of the last write that it has, as its log tells it. Raises BackupFault.
    """
    (data / "recovery.signal").touch(mode=0o600)
    hand_over(data)
    programs = programs_for(server)
    with lending(target.archive, line, data, identities) as lender:
        try:
            with running(programs, data, replayed(server, target, line, lender.command)) as (_folder, log):
                said = log.read_text(errors="replace")
        except ServerFault as fault:
            raise BackupFault(
                broken(lender) if lender.fault else cause_of(str(fault), server, target, line)
            ) from fault
    announce(data, line)
    hand_over(data / "pg_wal")
    return (LAST.findall(said) or ["—"])[-1]


def replayed(server: dict[str, Any], target: Target, line: Line, command: str) -> dict[str, str]:
    """The settings by which a server recovers to a target, and then begins a timeline of its own."""
    told = {"hot_standby": "off", "recovery_target_action": "promote", "restore_command": command}
    # "latest" is as far as there is no gap between the numbers.
    told["recovery_target_timeline"] = "current" if line.timeline == server["timeline"] else str(line.timeline)
    if target.archive is None:
        return told | {"recovery_target_lsn": server["until"], "recovery_target_inclusive": "off"}
    if target.moment is not None:
        told["recovery_target_time"] = f"{target.moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00"
    return told


def broken(lender: Lender) -> str:
    """That a segment cannot be used, in words."""
    words = _("A segment of the log cannot be used: %(why)s Take another copy of it, or an earlier moment.")
    return words % {"why": lender.fault}


def cause_of(said: str, server: dict[str, Any], target: Target, line: Line) -> str:
    """Why a server did not recover, in words."""
    if TOO_SHORT in said:
        missing = missing_segment(server, target.archive, line) if target.archive else ""
        last = (LAST.findall(said) or ["—"])[-1]
        if missing:
            words = _("The archive lacks the segment %(segment)s: the last write before it is of %(last)s.")
            return words % {"segment": missing, "last": last}
        words = _(
            "The archive has no write after that moment, the last is of %(last)s: --until latest restores it all."
        )
        return words % {"last": last}
    if OF_ANOTHER in said:
        return _("The archive is of another server than the backup. Name its own with --wal FOLDER.")
    return _("The server did not recover. It said: %(why)s") % {"why": said.strip()[-800:]}

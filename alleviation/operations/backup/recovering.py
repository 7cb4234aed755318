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
from alleviation.operations.backup.segments import SEGMENT, gap_after, name_of, place_of
from alleviation.operations.servers import ServerFault, folder_of, hand_over, running

TOO_SHORT = "recovery ended before configured recovery target was reached"
OF_ANOTHER = "from different database system"
LAST = re.compile(r"last completed transaction was at log time (.+)")


@dataclass(frozen=True)
class Target:
    """Until when the log is replayed: the moment of the backup; another one; or as far as the archive goes."""

    archive: Path | None = None
    moment: datetime | None = None


def programs_for(server: dict[str, Any]) -> Path:
    """The programs of the server that was backed up. Raises BackupFault where they are not installed."""
    major = server["version"] // 10000
    found = folder_of(major)
    if found is None:
        words = _("The backup is of PostgreSQL %(major)s: install its server programs here (postgresql-%(major)s).")
        raise BackupFault(words % {"major": major})
    return found


def refuse_gap(server: dict[str, Any], archive: Path) -> None:
    """Raises BackupFault where a segment is missing between the backup and the last one that was archived."""
    if missing := missing_segment(server, archive):
        words = _(
            "The archive %(folder)s lacks the segment %(segment)s, and has later ones. Find it in another copy of the "
            "archive, or restore to a moment before it with --until."
        )
        raise BackupFault(words % {"folder": archive, "segment": missing})


def missing_segment(server: dict[str, Any], archive: Path) -> str:
    """The first segment after the backup that the archive lacks although it has later ones; "" where none is."""
    size = server["segment"]
    first, last = place_of(server["start"]) // size, place_of(server["until"]) // size
    # The last that the backup itself holds is not whole.
    own = [name_of(server["timeline"], number, size) for number in range(first, last)]
    archived = [one.name[:24] for one in archive.iterdir() if SEGMENT.match(one.name)]
    return gap_after(first, [*own, *archived], size)


def recover(data: Path, server: dict[str, Any], target: Target, identities: Sequence[x25519.Identity]) -> str:
    """Replay the log of the copied server up to the target, and leave it as one that was shut down.

    Answers with the moment of the last write that it has, as its log tells it. Raises BackupFault.
    """
    (data / "recovery.signal").touch(mode=0o600)
    hand_over(data)
    programs = programs_for(server)
    with lending(target.archive or data, data, identities) as lender:
        try:
            with running(programs, data, replayed(server, target, lender.command)) as (_folder, log):
                said = log.read_text(errors="replace")
        except ServerFault as fault:
            raise BackupFault(broken(lender) if lender.fault else cause_of(str(fault), server, target)) from fault
    return (LAST.findall(said) or ["—"])[-1]


def replayed(server: dict[str, Any], target: Target, command: str) -> dict[str, str]:
    """The settings by which a server recovers to a target, and then writes a line of its own."""
    told = {"hot_standby": "off", "recovery_target_action": "promote", "recovery_target_timeline": "latest"}
    if target.archive is None:
        at = {"recovery_target_lsn": server["until"], "recovery_target_inclusive": "off"}
        return told | at | {"recovery_target_timeline": "current", "restore_command": "false"}
    told["restore_command"] = command
    if target.moment is not None:
        told["recovery_target_time"] = f"{target.moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00"
    return told


def broken(lender: Lender) -> str:
    """That a segment cannot be used, in words."""
    words = _("A segment of the log cannot be used: %(why)s Take another copy of it, or an earlier moment.")
    return words % {"why": lender.fault}


def cause_of(said: str, server: dict[str, Any], target: Target) -> str:
    """Why a server did not recover, in words."""
    if TOO_SHORT in said:
        missing = missing_segment(server, target.archive) if target.archive else ""
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

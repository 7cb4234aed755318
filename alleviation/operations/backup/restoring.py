"""Restores a backup to an empty place: all is checked first, made under another name, put in place at the end."""

import io
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from pyrage import x25519

from alleviation.operations.backup import evidence
from alleviation.operations.backup.contents import Table
from alleviation.operations.backup.faults import BackupFault
from alleviation.operations.backup.keys import fingerprint
from alleviation.operations.backup.making import CONTENTS, read_contents
from alleviation.operations.backup.manifest import NAME, Manifest, read_manifest, unknown_migrations
from alleviation.operations.backup.opening import open_part, unpack, write_new
from alleviation.operations.backup.recovering import Target, programs_for, recover, refuse_gap
from alleviation.operations.backup.store import Kept, Store, refuse_little_space
from alleviation.operations.servers import hand_over

RESTORING = ".restoring-"
FILES, SQLITE_FILE, CLUSTER = "evidence-files", "alleviation.sqlite3", "cluster"
SHOWN = 5


@dataclass(frozen=True)
class Restored:
    """What was put in place; `last` is the moment of the last write, where the server tells it."""

    database: Path
    files: Path
    last: str = ""


def choose(source: Path, until: datetime | None = None) -> Kept:
    """The backup of this folder, or the newest of the folder's, or the newest before a moment. Raises BackupFault."""
    if (source / NAME).is_file() or not source.is_dir() or not any(source.glob(f"*/{NAME}")):
        return Kept(source, read_manifest(source))
    found = Store(source).every()
    chosen = [one for one in found if until is None or one.manifest.at <= until]
    if not chosen:
        words = _("No backup in %(folder)s is from before that moment; the first is of %(first)s.")
        raise BackupFault(words % {"folder": source, "first": found[0].manifest.moment if found else "—"})
    return chosen[-1]


def check(kept: Kept, identities: Sequence[x25519.Identity]) -> list[Table]:
    """What the backup says that its database holds. Raises BackupFault for whatever is not as it was written."""
    refuse_newer(kept)
    refuse_forged(kept)
    parts = [fault for part in kept.manifest.parts if (fault := part.fault_in(kept.folder))]
    # Which files there should be is told by one of the parts.
    if found := list(islice(parts or evidence_faults(kept), SHOWN)):
        cure = _("Nothing was restored. Take another backup, or another copy of this one.")
        raise BackupFault("\n".join([*found, cure]))
    packed = io.BytesIO()
    open_part(kept.folder, kept.manifest.part(CONTENTS), packed, identities)
    return read_contents(packed.getvalue())


def refuse_newer(kept: Kept) -> None:
    """Raises BackupFault for a backup with migrations that this release does not know."""
    if unknown := unknown_migrations(kept.manifest):
        words = _(
            "%(folder)s is of a newer release: it has %(migration)s, which this one does not. Install that release."
        )
        raise BackupFault(words % {"folder": kept.folder, "migration": unknown[-1]})


def refuse_forged(kept: Kept) -> None:
    """Raises BackupFault for a manifest that says it is of our TRAIL_KEY and was not written under it."""
    is_ours = fingerprint(settings.TRAIL_KEY) in kept.manifest.keys.get("TRAIL_KEY", [])
    if is_ours and not kept.manifest.is_genuine():
        words = _("%(file)s was changed after it was written. Take another backup, or another copy of this one.")
        raise BackupFault(words % {"file": kept.folder / NAME})


def evidence_faults(kept: Kept) -> Iterator[str]:
    """Files of evidence that are missing from the folder of backups, or were changed there."""
    told = kept.manifest.evidence
    lines = evidence.listed_in(kept.folder)
    yield from evidence.faults_of_files(kept.folder.parent / "evidence", told["mark"], told["suffix"], lines)


def restore(kept: Kept, place: Path, identities: Sequence[x25519.Identity], target: Target) -> Restored:
    """Put the backup in place. Raises BackupFault; what was begun is gone then, and after a kill it is no database."""
    manifest = kept.manifest
    refuse_not_empty(place)
    check(kept, identities)
    if manifest.database == "postgresql":
        programs_for(manifest.server)
        if target.archive is not None and target.moment is None:
            refuse_gap(manifest.server, target.archive)
    with working_in(place, manifest) as work:
        restore_files(kept, work / FILES, identities)
        last = restore_database(kept, work, identities, target)
        # What has a name in place is on the disk.
        os.sync()
        (work / FILES).rename(place / FILES)
        name = database_name(manifest)
        (work / name).rename(place / name)
    os.sync()
    return Restored(place / name, place / FILES, last)


def database_name(manifest: Manifest) -> str:
    """What the database is called in its place: a file, or a server's folder."""
    return SQLITE_FILE if manifest.database == "sqlite" else CLUSTER


def restore_database(kept: Kept, work: Path, identities: Sequence[x25519.Identity], target: Target) -> str:
    """The database as it was at the moment that is asked for; answers with that of its last write."""
    manifest = kept.manifest
    if manifest.database == "sqlite":
        write_new(work / SQLITE_FILE, kept.folder, manifest.part("database.sqlite3"), identities)
        return ""
    data = work / CLUSTER
    data.mkdir(mode=0o700)
    for name in ("base.tar", "wal.tar"):
        unpack(kept.folder, manifest.part(name), data, identities)
    return recover(data, manifest.server, target, identities)


def restore_files(kept: Kept, folder: Path, identities: Sequence[x25519.Identity]) -> None:
    """The files of evidence, each held against its SHA-256 once it is open."""
    folder.mkdir(mode=0o700)
    told, root = kept.manifest.evidence, kept.folder.parent / "evidence"
    for line in evidence.listed_in(kept.folder):
        stored = evidence.path_in(root, told["mark"], line.digest, told["suffix"])
        path = folder / line.digest[:2] / line.digest
        path.parent.mkdir(mode=0o700, exist_ok=True)
        evidence.open_file(stored, path, identities)


def refuse_not_empty(place: Path) -> None:
    """Raises BackupFault where anything is there already."""
    found = sorted(one.name for one in place.iterdir()) if place.is_dir() else []
    left = [name for name in found if name.startswith(RESTORING)]
    if left:
        words = _("%(folder)s is left from a restore that was interrupted: delete it, and try again.")
        raise BackupFault(words % {"folder": place / left[0]})
    if found or (place.exists() and not place.is_dir()):
        words = _("%(place)s is not empty, and a restore overwrites nothing: name a folder that is new or empty.")
        raise BackupFault(words % {"place": place})


@contextmanager
def working_in(place: Path, manifest: Manifest) -> Iterator[Path]:
    """A folder beside where everything goes, gone at the end; so is the place where it was not there before."""
    was_there = place.exists()
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        refuse_little_space(place, manifest.holds + manifest.evidence["bytes"])
        work = place / f"{RESTORING}{manifest.number}"
        work.mkdir(mode=0o700)
    except OSError as error:
        words = _("%(place)s cannot be written: %(why)s.") % {"place": place, "why": error.strerror}
        raise BackupFault(words) from error
    if manifest.database == "postgresql":
        for folder in (place, work):
            hand_over(folder)
    try:
        yield work
        shutil.rmtree(work)
    except OSError as error:
        words = _("The restore broke off: %(why)s. Nothing was put in place.") % {"why": error.strerror or error}
        raise BackupFault(words) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
        if not was_there and place.is_dir() and not any(place.iterdir()):
            place.rmdir()

"""Restores a backup to an empty place: all is checked first, made under another name, put in place at the end."""

import io
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
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
from alleviation.operations.backup.recovering import Target, line_for, programs_for, recover
from alleviation.operations.backup.store import Kept, Store, refuse_little_space
from alleviation.operations.backup.timelines import Line
from alleviation.operations.servers import hand_over

RESTORING = ".restoring-"
FILES, SQLITE_FILE, CLUSTER = "evidence-files", "alleviation.sqlite3", "cluster"
SHOWN = 5


@dataclass(frozen=True)
class Restored:
    """What was put in place; `last` is the moment of the last write, where the server tells it.

    `damaged` says of each file of evidence that could not be restored why.
    """

    database: Path
    files: Path
    last: str = ""
    damaged: list[str] = field(default_factory=list)


def choose(source: Path, until: datetime | None = None) -> Kept:
    """The backup of this folder, or the newest of the folder's, or the newest before a moment. Raises BackupFault."""
    if (source / NAME).is_file() or not source.is_dir() or not any(source.glob(f"*/{NAME}")):
        return Kept(source, read_manifest(source))
    found = Store(source).every()
    chosen = [one for one in found if until is None or one.manifest.at <= until]
    if not chosen:
        words = _("No backup in %(folder)s is from before that moment; the first is of %(first)s.")
        raise BackupFault(words % {"folder": source, "first": found[0].manifest.moment if found else "—"})
    refuse_ahead(chosen)
    return chosen[-1]


def refuse_ahead(chosen: Sequence[Kept]) -> None:
    """Raises BackupFault where the last of them is of a moment to come: it may be older than the others."""
    newest = chosen[-1]
    if newest.is_ahead:
        words = _(
            "%(folder)s is of a moment to come, %(moment)s: a clock was wrong when it was made, or this one is. Name "
            "the backup to take with --from; the newest that is of no moment to come is %(other)s."
        )
        other = next((str(one.folder) for one in reversed(chosen) if not one.is_ahead), "—")
        raise BackupFault(words % {"folder": newest.folder, "moment": newest.manifest.moment, "other": other})


def check(
    kept: Kept,
    identities: Sequence[x25519.Identity],
    *,
    is_unsealed: bool = False,
    despite_damage: bool = False,
) -> list[Table]:
    """What the backup says that its database holds. Raises BackupFault for whatever is not as it was written.

    Two things people may allow: a manifest that was not written under our TRAIL_KEY, and damage to files of evidence.
    """
    refuse_newer(kept)
    if not is_unsealed:
        refuse_forged(kept)
    refuse_damaged(kept, identities, despite_damage=despite_damage)
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
    """Raises BackupFault for a manifest that was not written under our TRAIL_KEY, whatever it says of itself.

    Without a TRAIL_KEY nobody can tell, and whoever restores is told so.
    """
    if not settings.TRAIL_KEY or kept.manifest.is_genuine():
        return
    if fingerprint(settings.TRAIL_KEY) in kept.manifest.keys.get("TRAIL_KEY", []):
        words = _("%(file)s was changed after it was written. Take another backup, or another copy of this one.")
    else:
        words = _(
            "%(file)s does not carry the code of the TRAIL_KEY of this machine (the environment's, else that in "
            ".trail-key): it was made under another key, or forged. Set the TRAIL_KEY that the server had when it was "
            "made. Where that is lost, and you know where the backup has been since, --unsealed reads it as it is."
        )
    raise BackupFault(words % {"file": kept.folder / NAME})


def is_origin_known(manifest: Manifest) -> bool:
    """Whether the holder of our TRAIL_KEY made it."""
    return bool(settings.TRAIL_KEY) and manifest.is_genuine()


def refuse_damaged(kept: Kept, identities: Sequence[x25519.Identity], *, despite_damage: bool) -> None:
    """Raises BackupFault for parts and files that are not as they were written; of files people may allow it."""
    parts = [part for part in kept.manifest.parts if not (despite_damage and part.name == evidence.LIST)]
    faults = [fault for part in parts if (fault := part.fault_in(kept.folder))]
    cure = _("Nothing was restored. Take another backup, or another copy of this one.")
    # Which files there should be is told by one of the parts.
    if not faults and not despite_damage:
        faults = list(islice(evidence_faults(kept, identities), SHOWN))
        cure = _("Nothing was restored. Take another copy of them, or restore the rest with --despite-damage.")
    if faults:
        raise BackupFault("\n".join([*faults[:SHOWN], cure]))


def evidence_faults(kept: Kept, identities: Sequence[x25519.Identity]) -> Iterator[str]:
    """Files of evidence that are missing from the folder of backups, or were changed there."""
    told, root = kept.manifest.evidence, kept.folder.parent / "evidence"
    yield from evidence.faults_of_files(
        root, told["mark"], told["suffix"], evidence.listed_in(kept.folder), identities
    )


def restore(
    kept: Kept,
    place: Path,
    identities: Sequence[x25519.Identity],
    target: Target,
    *,
    is_unsealed: bool = False,
    despite_damage: bool = False,
) -> Restored:
    """Put the backup in place. Raises BackupFault; what was begun is gone then, and after a kill it is no database.

    The options are those of `check`; files that were not restored are told in what it answers with.
    """
    manifest = kept.manifest
    refuse_not_empty(place)
    check(kept, identities, is_unsealed=is_unsealed, despite_damage=despite_damage)
    line = None
    if manifest.database == "postgresql":
        programs_for(manifest.server)
        line = line_for(manifest.server, target, Store(kept.folder.parent).wal, identities)
    with working_in(place, manifest) as work:
        damaged = restore_files(kept, work / FILES, identities, despite_damage=despite_damage)
        last = restore_database(kept, work, identities, target, line)
        # What has a name in place is on the disk.
        os.sync()
        (work / FILES).rename(place / FILES)
        name = database_name(manifest)
        (work / name).rename(place / name)
    os.sync()
    return Restored(place / name, place / FILES, last, damaged)


def database_name(manifest: Manifest) -> str:
    """What the database is called in its place: a file, or a server's folder."""
    return SQLITE_FILE if manifest.database == "sqlite" else CLUSTER


def restore_database(
    kept: Kept, work: Path, identities: Sequence[x25519.Identity], target: Target, line: Line | None
) -> str:
    """The database as it was at the moment that is asked for; answers with that of its last write."""
    manifest = kept.manifest
    if line is None:
        write_new(work / SQLITE_FILE, kept.folder, manifest.part("database.sqlite3"), identities)
        return ""
    data = work / CLUSTER
    data.mkdir(mode=0o700)
    for name in ("base.tar", "wal.tar"):
        unpack(kept.folder, manifest.part(name), data, identities)
    return recover(data, manifest.server, target, line, identities)


def restore_files(
    kept: Kept, folder: Path, identities: Sequence[x25519.Identity], *, despite_damage: bool
) -> list[str]:
    """The files of evidence, each held against its SHA-256 once it is open; answers with what is wrong with others.

    Where the list of them is damaged, all that are in the folder of backups: each is what its name says.
    """
    folder.mkdir(mode=0o700)
    told, root, faults = kept.manifest.evidence, kept.folder.parent / "evidence", []
    if fault := kept.manifest.part(evidence.LIST).fault_in(kept.folder):
        faults.append(fault)
        digests = evidence.stored_in(root, told["mark"], told["suffix"])
    else:
        digests = (line.digest for line in evidence.listed_in(kept.folder))
    for digest in digests:
        path = folder / digest[:2] / digest
        path.parent.mkdir(mode=0o700, exist_ok=True)
        try:
            evidence.open_file(evidence.path_in(root, told["mark"], digest, told["suffix"]), path, identities)
        except BackupFault as fault:
            if not despite_damage:
                raise
            path.unlink(missing_ok=True)
            faults.append(str(fault))
    return faults


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

"""Tries a backup: restores it to a place of its own, and holds what is there against what was backed up."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _
from pyrage import x25519

from alleviation.operations.backup import evidence
from alleviation.operations.backup.contents import Table, differences, tables_of
from alleviation.operations.backup.faults import BackupFault
from alleviation.operations.backup.manifest import Manifest, disk_migrations
from alleviation.operations.backup.moments import connection_to
from alleviation.operations.backup.recovering import Target, programs_for
from alleviation.operations.backup.restoring import Restored, check, restore
from alleviation.operations.backup.store import Kept
from alleviation.operations.backup.streams import hash_of
from alleviation.operations.servers import ServerFault, running

FAULTS_SHOWN = 10
# What the process that verifies a restored database must not have of the office's.
APART = ("METRICS_TOKEN", "REPLICA_URL", "BACKUP_DATABASE_URL", "LOG_FOLDER")


@dataclass(frozen=True)
class Step:
    """What was done, how long it took, and what about: bytes, rows, or a number of things."""

    what: str
    tenths: int
    about: str


@dataclass
class Drill:
    """The steps of a drill, and what it found to be wrong."""

    steps: list[Step] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, what: str) -> Iterator[list[str]]:
        """Time a step; what it was about is put into the list."""
        about: list[str] = []
        started = time.monotonic_ns()
        yield about
        self.steps.append(Step(what, (time.monotonic_ns() - started) // 10**8, ", ".join(about)))


def try_backup(
    kept: Kept,
    place: Path,
    identities: Sequence[x25519.Identity],
    target: Target,
    live: list[Table] | None,
    *,
    quick: bool,
) -> Drill:
    """Restore to the place, which is new or empty, and compare with the contents of the backup, or with live ones.

    Raises BackupFault where it cannot be restored at all.
    """
    drill, manifest = Drill(), kept.manifest
    refuse_other_release(manifest)
    refuse_without_keys(manifest)
    with drill.step(_("Every part held against its SHA-256")) as about:
        expected = check(kept, identities)
        about.append(in_bytes(manifest.size))
    with drill.step(_("Restored: the database")) as about:
        restored = restore(kept, place, identities, target)
        about += [in_bytes(manifest.holds), _("%(files)s files of evidence") % {"files": manifest.evidence["files"]}]
    with served(restored, manifest, drill) as url:
        with drill.step(_("Tables compared: rows, sums, hashes")) as about:
            compare(drill, expected if live is None else live, url, about)
        with drill.step(_("A file of evidence opened")) as about:
            open_one(drill, restored, kept, about)
        with drill.step(_("Trail and records verified")) as about:
            verify(drill, restored, url, about, quick=quick)
    return drill


def refuse_other_release(manifest: Manifest) -> None:
    """Raises BackupFault where the tables of the backup are not those of this release."""
    if set(manifest.migrations) - disk_migrations() or (
        manifest.migrations and disk_migrations() - set(manifest.migrations)
    ):
        words = _("The backup %(number)s has the tables of another release. Make a new backup, and try that.")
        raise BackupFault(words % {"number": manifest.number})


def refuse_without_keys(manifest: Manifest) -> None:
    """Raises BackupFault where nobody gave us the keys by which what was restored is verified."""
    here = {"TRAIL_KEY": settings.TRAIL_KEY, "PERSONAL_KEYS": settings.PERSONAL_KEYS}
    if unset := [name for name, value in here.items() if not value]:
        told = ", ".join(f"{name} ({' '.join(manifest.keys.get(name, []))})" for name in unset)
        words = _("Not set: %(keys)s. Without them nothing can be verified; beside each stands its fingerprint.")
        raise BackupFault(words % {"keys": told})


@contextmanager
def served(restored: Restored, manifest: Manifest, drill: Drill) -> Iterator[str]:
    """The DATABASE_URL of what was restored; PostgreSQL runs on it for as long."""
    if manifest.database == "sqlite":
        yield f"sqlite:///{restored.database}"
        return
    started = time.monotonic_ns()
    try:
        with running(programs_for(manifest.server), restored.database, {}) as (folder, _log):
            drill.steps.append(Step(_("PostgreSQL started on it"), (time.monotonic_ns() - started) // 10**8, ""))
            user, name = manifest.server["user"], manifest.server["name"]
            yield f"postgresql://{quote(user)}@/{quote(name)}?host={quote(str(folder), safe='')}"
    except ServerFault as fault:
        raise BackupFault(_("PostgreSQL did not start on it: %(why)s") % {"why": str(fault)[-800:]}) from fault


def compare(drill: Drill, expected: list[Table], url: str, about: list[str]) -> None:
    """Each table against what it should hold."""
    connection = connection_to(url)
    try:
        found = contents(connection)
    finally:
        connection.close()
    about.append(
        _("%(tables)s tables, %(rows)s rows") % {"tables": len(found), "rows": f"{sum(t.rows for t in found):,}"}
    )
    for there, here in differences(expected, found):
        words = _("%(table)s: %(expected)s expected, %(found)s restored")
        name = there.name if there else here.name if here else ""
        drill.faults.append(words % {"table": name, "expected": in_words(there), "found": in_words(here)})


def contents(connection: BaseDatabaseWrapper) -> list[Table]:
    """What a database holds, at one moment."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED" if connection.vendor == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ")
    return list(tables_of(connection))


def in_words(table: Table | None) -> str:
    """A table, short."""
    if table is None:
        return _("no such table")
    sums = ", ".join(f"{name} {total}" for name, total in table.sums.items())
    return f"{table.rows:,} ({sums or '—'}; {table.hash[:12]})"


def open_one(drill: Drill, restored: Restored, kept: Kept, about: list[str]) -> None:
    """The first file that the backup names is what its name says."""
    line = next(evidence.listed_in(kept.folder), None)
    if line is None:
        about.append(_("there is none"))
        return
    size, digest = hash_of(restored.files / line.digest[:2] / line.digest)
    about.append(in_bytes(size))
    if (size, digest) != (line.size, line.digest):
        drill.faults.append(_("%(file)s: what was restored is another file.") % {"file": line.digest})


def verify(drill: Drill, restored: Restored, url: str, about: list[str], *, quick: bool) -> None:
    """`manage.py verify` on what was restored, in a process of its own with our keys and nothing else of the office's.

    How it ends is told of the backup, not of the office's database; and it reads no replica of that.
    """
    own = {"DATABASE_URL": url, "EVIDENCE_ROOT": str(restored.files), "SECRET_KEY": settings.SECRET_KEY}
    own |= {"TRAIL_KEY": settings.TRAIL_KEY, "PERSONAL_KEYS": ",".join(settings.PERSONAL_KEYS)}
    own |= dict.fromkeys(APART, "")
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "verify", *(["--quick"] if quick else [])]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | own, check=False)  # noqa: S603  # nosec B603
    said = done.stdout.strip().splitlines()
    about.append(said[-1] if said else "—")
    if done.returncode:
        wrong = [line for line in said if not line.startswith("OK")] + done.stderr.strip().splitlines()[-1:]
        drill.faults += wrong[:FAULTS_SHOWN]


def in_bytes(size: int) -> str:
    """A number of bytes."""
    return _("%(size)s bytes") % {"size": f"{size:,}"}

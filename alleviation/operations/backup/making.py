"""Makes a backup: the database first, then the files that its rows name, then what says that it is whole."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from alleviation.audit.models import TrailHead
from alleviation.operations.backup import evidence, postgresql, sqlite
from alleviation.operations.backup.contents import Table, tables_of
from alleviation.operations.backup.faults import BackupFault
from alleviation.operations.backup.keys import Sealing, fingerprints
from alleviation.operations.backup.manifest import Manifest, Part, applied, now
from alleviation.operations.backup.moments import Moment, write_part
from alleviation.operations.backup.store import Kept, Making, Store
from alleviation.operations.backup.streams import Made

CONTENTS = "contents.json"


def engine() -> ModuleType:
    """How the database that the app uses is copied."""
    return sqlite if connection.vendor == "sqlite" else postgresql


def make(store: Store, sealing: Sealing, *, patience: int) -> Kept:
    """A new backup in the folder. Raises BackupFault where it cannot be made; nothing of it is kept then.

    Files that a row names and that are not as they were handed in are told in its manifest: the rest is worth keeping.
    """
    started = time.monotonic()
    with store.locked():
        kept = store.kept()
        store.refuse_little_space(expected_size(kept[-1] if kept else None))
        with plain_words(store.root), store.making() as making:
            parts, told = collect(store, making, sealing, kept, patience)
            seconds = int(time.monotonic() - started)
            return making.finish(Manifest(parts=parts, seconds=seconds, ended=now().isoformat(), **told).sealed())


def collect(
    store: Store, making: Making, sealing: Sealing, kept: list[Kept], patience: int
) -> tuple[list[Part], dict[str, Any]]:
    """Write every part; answer with them, and with what the manifest tells beside them."""
    with engine().moment_of(making.folder, sealing, patience=patience) as moment:
        tables = list(tables_of(moment.connection))
        listed, found = write_evidence(store, making.folder, sealing, moment, kept)
        told = {
            "number": making.number,
            "database": moment.connection.vendor,
            "moment": moment.at.isoformat(),
            "evidence": {"mark": sealing.mark, "suffix": sealing.suffix} | asdict(found),
            "recipients": sealing.names,
            "keys": fingerprints(),
            "migrations": applied(moment.connection),
            "release": settings.RELEASE,
            "trail": head_of(moment),
            "server": moment.server,
        }
    return [*moment.parts, listed, write_contents(making.folder, sealing, tables)], told


def write_evidence(
    store: Store, folder: Path, sealing: Sealing, moment: Moment, kept: list[Kept]
) -> tuple[Part, evidence.Collected]:
    """Have every file that the database names in the folder of backups, and their list in the backup."""
    collector = evidence.Collector(store.evidence, sealing, evidence.vouching(kept, sealing), moment.at)
    lines = collector.lines(evidence.named_by(moment.connection))
    part = write_part(folder, evidence.LIST.removesuffix(".gz"), Made(lines), sealing, is_open=True)
    return part, collector.found


def write_contents(folder: Path, sealing: Sealing, tables: list[Table]) -> Part:
    """What each table holds; sealed as the tables are, since a hash of few rows can be guessed at."""
    told = json.dumps([table.told for table in tables], indent=1).encode()
    return write_part(folder, CONTENTS, BytesIO(told), sealing)


def read_contents(written: bytes) -> list[Table]:
    """The tables as they were told of."""
    return [Table(**told) for told in json.loads(written)]


def head_of(moment: Moment) -> dict[str, Any]:
    """The number and digest of the last event of the trail."""
    with moment.connection.cursor() as cursor:
        cursor.execute(f"SELECT number, digest FROM {TrailHead._meta.db_table}")  # noqa: S608  a name of our own
        row = cursor.fetchone() or (0, "")
    return {"number": row[0], "digest": row[1]}


def expected_size(last: Kept | None) -> int:
    """The bytes that a backup may take: a fifth more than the last, else as many as the database."""
    return last.manifest.size * 6 // 5 if last else int(engine().size_of())


@contextmanager
def plain_words(root: Path) -> Iterator[None]:
    """What the system or the database refuses, as a fault that names the cause."""
    try:
        yield
    except OSError as error:
        words = _("The backup in %(folder)s broke off: %(why)s. Nothing of it was kept.")
        raise BackupFault(words % {"folder": root, "why": error.strerror or error}) from error
    except DatabaseError as error:
        words = _("The database refused: %(why)s Nothing was kept.")
        raise BackupFault(words % {"why": str(error).strip()[:300]}) from error

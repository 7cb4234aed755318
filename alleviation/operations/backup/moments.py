"""The database of a backup as it is at one moment, with what was written of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from alleviation.common.databases import database
from alleviation.operations.backup.keys import Sealing
from alleviation.operations.backup.manifest import Part
from alleviation.operations.backup.streams import Made, Readable, Source, packed, write_file

Say = Callable[[str], None]


@dataclass
class Moment:
    """A view of the database that holds while it is open, and the parts that hold what it shows."""

    connection: BaseDatabaseWrapper
    at: datetime
    parts: list[Part]
    server: dict[str, Any] = field(default_factory=dict)


def app_connection() -> BaseDatabaseWrapper:
    """A connection of its own, as the app's."""
    own: Any = connections[DEFAULT_DB_ALIAS]
    connection: BaseDatabaseWrapper = own.copy()
    return connection


def connection_to(url: str) -> BaseDatabaseWrapper:
    """A connection to a database that is none of the app's."""
    return connection_with(database(url))


def connection_with(config: dict[str, Any]) -> BaseDatabaseWrapper:
    """The same, by Django's settings for it."""
    connection: Any = ConnectionHandler({DEFAULT_DB_ALIAS: dict(config)})[DEFAULT_DB_ALIAS]
    found: BaseDatabaseWrapper = connection
    return found


def backup_connection() -> BaseDatabaseWrapper:
    """As the role that makes backups: it sees every row, and may copy the server's files."""
    return connection_to(settings.BACKUP_DATABASE_URL) if settings.BACKUP_DATABASE_URL else app_connection()


def write_part(folder: Path, name: str, source: Readable, sealing: Sealing, *, is_open: bool = False) -> Part:
    """A part of a backup, packed and, unless anybody may read it, encrypted on its way to the disk."""
    counted, to = Source(source), () if is_open else sealing.recipients
    path = folder / f"{name}.gz{'' if is_open else sealing.suffix}"
    sink = write_file(path, Made(packed(counted)), to)
    return Part(path.name, sink.size, sink.hash.hexdigest(), counted.size)

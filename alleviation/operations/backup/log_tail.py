"""The end of PostgreSQL's write-ahead log, read as a replica reads it: a backup needs no archive to be whole."""

import select
import tarfile
from collections.abc import Iterator
from typing import Any

import psycopg2
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _
from psycopg2.extras import PhysicalReplicationConnection

from alleviation.operations.backup.faults import BackupFault
from alleviation.operations.backup.segments import name_of, place_of

KEYS = ("host", "port", "user", "password", "sslmode", "sslrootcert", "sslcert", "sslkey")
# How long the server may be silent, in seconds, while we wait for what it has written already.
PATIENCE = 60


def tail_of(connection: BaseDatabaseWrapper, server: dict[str, Any], *, until: str) -> Iterator[bytes]:
    """A tar of the segments from the end of the copied files up to a place; the last is filled with zeros."""
    segment = server["segment"]
    number = place_of(server["end"]) // segment
    found = bytearray()
    for chunk in _log(connection, server, number * segment, place_of(until)):
        found += chunk
        while len(found) >= segment:
            yield from _member(name_of(server["timeline"], number, segment), bytes(found[:segment]))
            del found[:segment]
            number += 1
    if found:
        yield from _member(name_of(server["timeline"], number, segment), bytes(found).ljust(segment, b"\0"))
    yield bytes(2 * tarfile.BLOCKSIZE)


def _member(name: str, content: bytes) -> Iterator[bytes]:
    """A file of a tar; a segment is a whole number of its blocks."""
    told = tarfile.TarInfo(f"pg_wal/{name}")
    told.size, told.mode = len(content), 0o600
    yield told.tobuf(tarfile.USTAR_FORMAT)
    yield content


def _log(connection: BaseDatabaseWrapper, server: dict[str, Any], start: int, until: int) -> Iterator[bytes]:
    told = {key: value for key, value in connection.get_connection_params().items() if key in KEYS and value}
    replica: Any = psycopg2.connect(**told, connection_factory=PhysicalReplicationConnection)
    try:
        cursor = replica.cursor()
        cursor.start_replication(start_lsn=start, timeline=server["timeline"], decode=False)
        while start < until:
            message = cursor.read_message()
            if message is None:
                if not select.select([cursor], [], [], PATIENCE)[0]:
                    raise BackupFault(_("The server did not send the end of its log. Nothing was kept: try again."))
                continue
            yield message.payload[: until - start]
            start += len(message.payload)
    finally:
        replica.close()

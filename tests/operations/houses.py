"""A database of its own beside that of the tests, and the files that its rows name."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections
from pyrage import x25519

from alleviation.evidence import disk
from alleviation.evidence.models import StoredFile
from alleviation.operations.backup.keys import identities_in, sealing_for
from alleviation.operations.backup.making import make
from alleviation.operations.backup.moments import connection_to
from alleviation.operations.backup.store import Kept, Store
from projects.models import FundingSource

SOURCE = FundingSource._meta.db_table
FILE = StoredFile._meta.db_table
SECRET = b"what nobody may read in a backup " * 40


@contextmanager
def living_in(url: str) -> Iterator[None]:
    """The app's database is this one."""
    present = connections[DEFAULT_DB_ALIAS]
    own: Any = connection_to(url)
    connections[DEFAULT_DB_ALIAS] = own
    try:
        yield
    finally:
        own.close()
        connections[DEFAULT_DB_ALIAS] = present


def execute(statement: str, *values: Any) -> list[Any]:
    """Run a statement on the app's database, each in a transaction of its own."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def write(code: str) -> None:
    """A row that people might have written: a source of money."""
    names = {one.column for one in FundingSource._meta.local_concrete_fields} - {"id"}
    values = {name: code if name in ("code", "name", "name_zh", "name_en") else "county" for name in sorted(names)}
    values |= {one.column: one.get_default() for one in FundingSource._meta.local_concrete_fields if one.has_default()}
    values = {name: value for name, value in values.items() if name != "id"}
    marks = ", ".join(["%s"] * len(values))
    execute(f"INSERT INTO {SOURCE} ({', '.join(values)}) VALUES ({marks})", *values.values())


def written() -> set[str]:
    """Their codes."""
    return {row[0] for row in execute(f"SELECT code FROM {SOURCE}")}


def attach(content: bytes, *, is_made_up: bool = False) -> str:
    """A file of evidence with its row."""
    digest = disk.keep(content)
    execute(
        f"INSERT INTO {FILE} (sha256, kind, size, stored_by, stored_at, is_made_up) VALUES (%s, %s, %s, %s, %s, %s)",
        *(digest, "text", len(content), "clerk", "2026-11-23 09:00:00+00:00", is_made_up),
    )
    return sha256(content).hexdigest()


def killed(work: Callable[[], Any]) -> None:
    """Do it in another process, which is to be killed on the way."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL


def die(*_arguments: Any, **_options: Any) -> None:
    """As kill -9 does it."""
    os.kill(os.getpid(), signal.SIGKILL)


def everything_in(folder: Path) -> bytes:
    """All bytes of all files, to search them."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@contextmanager
def somebody_writing(opened: Callable[[], Any], pair: Callable[[Any, int], None]) -> Iterator[list[int]]:
    """Somebody who writes pair after pair by a connection of their own, from before to after; the pairs so far."""
    stop, done = threading.Event(), []

    def write_on() -> None:
        with closing(opened()) as own:
            while not stop.wait(0.005):
                pair(own, len(done))
                done.append(len(done))

    thread = threading.Thread(target=write_on)
    thread.start()
    try:
        while len(done) < 20 and thread.is_alive():
            time.sleep(0.01)
        yield done
    finally:
        stop.set()
        thread.join()


def backed_up(house: Path) -> Kept:
    """One more backup, at a second of its own."""
    return make(Store(house / "backups"), sealing_for(settings.BACKUP_RECIPIENTS), patience=60)


def key_of(house: Path) -> list[x25519.Identity]:
    """Its private key."""
    return identities_in(house / "key.txt")


def flipped(path: Path) -> None:
    """Change a bit in the middle, as a dying disk does."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))

"""A primary and a streaming replica of it, in a temporary folder, to be paused, frozen, killed and promoted."""

import contextlib
import os
import shlex
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg2

from tests.postgres import HELP, PLAIN, SUPERUSER, serve, server_folder, server_user, temporary_folder

# What is confirmed is in the log at once, as in an office; that it reaches the disk matters to nobody here.
SETTINGS = ("fsync=off", "full_page_writes=off", "max_connections=40", "listen_addresses=", "wal_level=replica")
ACCESS = ("-A", "trust", "-E", "UTF8", "--no-locale", "-N")


@dataclass(frozen=True)
class Node:
    """One server; its socket lies in its folder."""

    programs: Path
    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def url(self) -> str:
        return f"postgresql://{PLAIN}@/{PLAIN}?host={quote(str(self.folder), safe='')}"

    def start(self, *settings: str) -> None:
        options = ["-k", str(self.folder), *(word for one in (*SETTINGS, *settings) for word in ("-c", one))]
        self._control("-l", str(self.folder / "log"), "-o", shlex.join(options), "start")

    def stop(self) -> None:
        self._control("-m", "immediate", "stop")

    def promote(self) -> None:
        """Make a primary of a replica."""
        self._control("promote")

    def kill(self) -> None:
        """End all its processes at once, as when the machine is gone."""
        killed = self._signal(signal.SIGKILL)
        while any(is_there(one) for one in killed):
            time.sleep(0.01)
        # A dead process that nobody has buried yet looks to the next server like one that runs.
        for lock in (self.data / "postmaster.pid", self.folder / ".s.PGSQL.5432.lock"):
            lock.unlink()

    def freeze(self) -> None:
        """Keep its connections and answer nothing, as when it waits for a dead disk."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        """What the superuser is answered."""
        with contextlib.closing(
            psycopg2.connect(host=str(self.folder), user=SUPERUSER, dbname=PLAIN, connect_timeout=5)
        ) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall() if cursor.description else []

    def _control(self, *words: str) -> None:
        serve(self.programs / "pg_ctl", "-D", self.data, "-w", *words, owner=server_user())

    def _signal(self, number: int) -> list[int]:
        processes = [self._postmaster, *self._children]
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, number)
        return processes

    @property
    def _postmaster(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])

    @property
    def _children(self) -> list[int]:
        tasks = Path(f"/proc/{self._postmaster}/task/{self._postmaster}/children")
        return [int(one) for one in tasks.read_text().split()]


def is_there(process: int) -> bool:
    """Whether a process is still about; one that nobody has buried yet is not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@dataclass(frozen=True)
class Pair:
    """A primary, and what follows it once `follow` was called."""

    primary: Node
    replica: Node

    def follow(self, *settings: str) -> None:
        """Copy the primary and have the copy follow it."""
        self._copy(self.replica.data, "-R", "-C", "-S", "replica_1")
        # As docs/replica.md has it: what the primary tidies up breaks off nothing that is read here.
        self.replica.start("hot_standby_feedback=on", *settings)

    def follow_anew(self) -> None:
        """Make the replica once more, of the primary as it is now."""
        self.replica.stop()
        serve("rm", "-r", self.replica.data, owner=server_user())
        self.follow()

    def back_up(self) -> Path:
        """A copy of the primary to go back to."""
        kept = self.primary.folder / "kept"
        self._copy(kept)
        return kept

    def restore(self, kept: Path) -> None:
        """Go back to a copy of the primary; the replica stays as it is."""
        self.primary.stop()
        serve("rm", "-r", self.primary.data, owner=server_user())
        serve("mv", kept, self.primary.data, owner=server_user())
        self.primary.start()

    def pause(self) -> None:
        """Replay nothing from here on."""
        self.replica.ask("SELECT pg_wal_replay_pause()")
        while self.replica.ask("SELECT pg_get_wal_replay_pause_state()") != [("paused",)]:
            pass

    def resume(self) -> None:
        self.replica.ask("SELECT pg_wal_replay_resume()")

    def catch_up(self) -> None:
        """Wait until the replica has replayed what is written by now."""
        (position,) = self.primary.ask("SELECT pg_current_wal_flush_lsn()::text")[0]
        while self.replica.ask(f"SELECT pg_last_wal_replay_lsn() >= '{position}'::pg_lsn") != [(True,)]:
            pass

    def _copy(self, folder: Path, *words: str) -> None:
        copy = (self.primary.programs / "pg_basebackup", "-h", self.primary.folder, "-U", SUPERUSER, "-D", folder)
        serve(*copy, "-X", "stream", "-c", "fast", "--no-sync", *words, owner=server_user())


@contextlib.contextmanager
def pair() -> Iterator[Pair]:
    """A primary that runs, with an empty database of a plain role. Ends the command where no server can be started."""
    programs, owner = server_folder(), server_user()
    if programs is None:
        raise SystemExit(HELP)
    with temporary_folder(owner) as first, temporary_folder(owner) as second:
        two = Pair(Node(programs, first), Node(programs, second))
        serve(programs / "initdb", "-D", two.primary.data, "-U", SUPERUSER, *ACCESS, owner=owner)
        two.primary.start()
        try:
            as_superuser = ("-h", str(first), "-U", SUPERUSER)
            serve(programs / "createuser", *as_superuser, "--createdb", PLAIN, owner=owner)
            serve(programs / "createdb", *as_superuser, "--owner", PLAIN, PLAIN, owner=owner)
            yield two
        finally:
            for one in (two.replica, two.primary):
                with contextlib.suppress(SystemExit, OSError):
                    one.thaw()
                with contextlib.suppress(SystemExit, OSError):
                    one.stop()

"""Signs of life of an import, and the wish that it stop: small files beside the upload.

They work alike on both databases. On SQLite the transaction that writes an import keeps every other writer out, and on
PostgreSQL nobody sees it before its end, so how far it has come cannot stand in a table.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from time import time

from alleviation.intake.files import folder_of
from alleviation.intake.kinds import Cancelled

# How often a sign of life is given, in seconds, and after how long without one nobody believes in it any more.
BEAT = 1
LOST_AFTER = 30

Watch = Callable[[int], None]


class Pulse:
    """What a kind reports its rows to while it works; raises Cancelled once somebody has asked to stop.

    A thread of its own gives the signs, so that one long statement of the database is not taken for death.
    """

    def __init__(self, number: int, watch: Watch | None = None) -> None:
        self.rows = 0
        self._folder = folder_of(number)
        self._watch = watch
        self.is_stopping = False
        self._ended = Event()
        self._thread = Thread(target=self._beat, name=f"pulse of import {number}", daemon=True)

    def __enter__(self) -> "Pulse":
        self._sign()
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._thread.join()

    def __call__(self, rows: int) -> None:
        self.rows = rows
        if self.is_stopping:
            raise Cancelled

    def _beat(self) -> None:
        while not self._ended.wait(BEAT):
            self._sign()
            self.is_stopping = self.is_stopping or (self._folder / "stop").exists()
            if self._watch:
                self._watch(self.rows)

    def _sign(self) -> None:
        """Written beside and then named, so that whoever looks reads the last number or this one."""
        with suppress(OSError):
            beside = self._folder / "pulse.new"
            beside.write_text(str(self.rows))
            beside.replace(self._folder / "pulse")


@dataclass(frozen=True)
class Sign:
    """The last sign of life: rows done, and how many seconds ago; None where there was none."""

    rows: int
    age: int | None

    @property
    def is_lost(self) -> bool:
        """Whether nobody works on it any more."""
        return self.age is None or self.age > LOST_AFTER


def last_sign(number: int) -> Sign:
    """The last sign of life of a run."""
    path = folder_of(number) / "pulse"
    try:
        return Sign(int(path.read_text()), age_of(path))
    except (OSError, ValueError):
        return Sign(0, None)


def ask_to_stop(number: int) -> None:
    """Have a run stop at its next row; one that has just ended does not."""
    with suppress(OSError):
        (folder_of(number) / "stop").touch()


def let_go_on(number: int) -> None:
    """Forget an earlier wish that a run stop: somebody has asked for it anew."""
    (folder_of(number) / "stop").unlink(missing_ok=True)


def is_stopping(number: int) -> bool:
    """Whether a run was asked to stop."""
    return (folder_of(number) / "stop").exists()


def age_of(path: Path) -> int:
    """How many seconds ago a file was written. Raises OSError."""
    return int(max(time() - path.stat().st_mtime, 0))

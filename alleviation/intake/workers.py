"""Whether somebody is there to do what takes longer than a page may."""

import os
import signal
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

from django.conf import settings

from alleviation.intake.pulse import BEAT, LOST_AFTER, age_of

# This process was asked to end. A driver that calls back may make another failure of the exception that says so.
ending = Event()


def beat_file() -> Path:
    """What a worker touches as long as it lives."""
    return Path(settings.IMPORT_ROOT) / ".worker"


def is_alive() -> bool:
    """Whether a worker has given a sign of life lately."""
    try:
        return age_of(beat_file()) <= LOST_AFTER
    except OSError:
        return False


class Heart:
    """Gives signs of a worker's life. Where the worker came with another program, it says so once that has ended."""

    def __init__(self, *, parent: int | None = None) -> None:
        self._parent = parent
        self._ended = Event()
        self._thread = Thread(target=self._beat, name="heart of the worker", daemon=True)

    def __enter__(self) -> "Heart":
        beat_file().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beat_file().touch()
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._thread.join()
        # Another worker that lives writes it again at once.
        beat_file().unlink(missing_ok=True)

    @property
    def is_orphan(self) -> bool:
        """Whether the program that the worker came with has ended."""
        return self._parent is not None and os.getppid() != self._parent

    def _beat(self) -> None:
        while not self._ended.wait(BEAT):
            # A disk that takes nothing for a while is no reason to fall silent for ever.
            with suppress(OSError):
                beat_file().touch()
            if self.is_orphan:
                # What is under way is put back.
                os.kill(os.getpid(), signal.SIGTERM)
                return

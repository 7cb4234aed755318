"""Cuts the connection to a server that has stopped answering without having gone.

The system keeps the connection of a stopped or swapped-out server alive, and the driver waits for ever. One thread of
the process looks twice a second whether somebody's time is over. What a page asks then, common/bounded.py ends.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock, Thread
from time import monotonic, sleep
from typing import Any

LOOKED_AFTER_EVERY = 0.5


class Deadlines:
    """Who waits for a server, and until when."""

    def __init__(self) -> None:
        self._ends: dict[int, float] = {}
        self._lock = Lock()
        self._process = 0

    @contextmanager
    def within(self, raw: Any, seconds: float) -> Iterator[None]:
        """Wait no longer than this for what the driver's connection is asked in here; then it fails as if cut."""
        self._start()
        number = raw.fileno()
        end = monotonic() + seconds
        with self._lock:
            outer = self._ends.get(number)
            self._ends[number] = end if outer is None else min(outer, end)
        try:
            yield
        finally:
            with self._lock:
                if outer is None:
                    del self._ends[number]
                else:
                    self._ends[number] = outer

    def _start(self) -> None:
        """A worker that was forked has no threads of its parent."""
        if self._process != os.getpid():
            self._process = os.getpid()
            Thread(target=self._look_after, name="deadlines", daemon=True).start()

    def _look_after(self) -> None:
        while True:
            sleep(LOOKED_AFTER_EVERY)
            with self._lock:
                # As long as it is in here, its owner waits: the number is of that connection and of no other.
                for number in [one for one, end in self._ends.items() if end < monotonic()]:
                    cut(number)


def cut(number: int) -> None:
    """Shut the connection behind this number of the system, which stays its owner's to close."""
    with suppress(OSError), socket.socket(fileno=os.dup(number)) as shared:
        shared.shutdown(socket.SHUT_RDWR)


DEADLINES = Deadlines()

"""Gives up a connection on which the database says nothing, although it should have said something long ago.

A statement has its time (bounded.py), and the server tells when it is over. Where a machine between the two keeps the
line open and hands nothing on, neither the answer nor that word ever comes: libpq waits for ever, and with it one
thread after the other, until a person starts the app anew. A thread of each process looks at what its connections wait
for, and cuts those that have been silent for too long; the page that waits is then answered as for a database that is
gone. It asks what TCP knows, so it works on Linux and over a network; a socket on one machine has no middle.
"""

import contextlib
import logging
import os
import socket
import sys
import threading
from time import sleep
from typing import Any
from weakref import WeakKeyDictionary

from django.db.backends.base.base import BaseDatabaseWrapper

log = logging.getLogger(__name__)

# Seconds between two looks, and those beyond the time of a statement in which the server tells that it is over.
TICK, MARGIN = 5, 15
# libpq's word for a connection that has asked and waits for the answer.
ACTIVE = 1
# Where Linux' struct tcp_info tells how many milliseconds ago something was last sent, and last came.
LAST_SENT, LAST_HEARD, SIZE = 44, 52, 56

# Each connection with its clock, whose `seconds` are the time of its statements.
_heard: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
_listening: set[int] = set()
_lock = threading.Lock()


def listen(connection: BaseDatabaseWrapper, clock: Any) -> None:
    """Look after a connection that was made just now."""
    raw: Any = connection.connection
    if silence(raw) is None:
        return
    with _lock:
        _heard[raw] = clock
        # A thread does not live on in a child.
        if os.getpid() not in _listening:
            _listening.add(os.getpid())
            threading.Thread(target=_watch, name="listens to the database", daemon=True).start()


def silence(raw: Any) -> int | None:
    """For how many seconds neither side has said anything; None where nobody knows."""
    if not hasattr(socket, "TCP_INFO"):
        return None
    try:
        with socket.socket(fileno=os.dup(raw.fileno())) as line:
            if line.family not in (socket.AF_INET, socket.AF_INET6):
                return None
            told = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, SIZE)
    except Exception:
        # It was closed at this moment.
        return None
    return min(_number(told, LAST_SENT), _number(told, LAST_HEARD)) // 1000


def _number(told: bytes, at: int) -> int:
    return int.from_bytes(told[at : at + 4], sys.byteorder)


def _watch() -> None:
    while True:
        sleep(TICK)
        with _lock:
            present = list(_heard.items())
        for raw, clock in present:
            if _is_given_up(raw, clock.seconds):
                _cut(raw)


def _is_given_up(raw: Any, seconds: int) -> bool:
    if raw.closed or raw.info.transaction_status != ACTIVE:
        return False
    silent = silence(raw)
    return silent is not None and silent > seconds + MARGIN


def _cut(raw: Any) -> None:
    """End the line: whoever waits on it is told at once."""
    log.warning("The database has said nothing for too long; a connection is given up.")
    with contextlib.suppress(Exception), socket.socket(fileno=os.dup(raw.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)

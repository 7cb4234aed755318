"""Where each writer is: a piece of memory that the writers share with whoever kills them."""

import ctypes
import mmap
import time
from collections.abc import Callable
from enum import IntEnum
from typing import Any

from django.db import connection

MOST = 8


class Where(IntEnum):
    """Where a session is."""

    OUTSIDE = 0
    # A statement of an open transaction has run, and its COMMIT was not sent yet.
    INSIDE = 1
    COMMITTING = 2


class Slot(ctypes.Structure):
    """What one writer tells: where it is, its server process, how long its last transaction took."""

    _fields_ = [
        ("where", ctypes.c_int),
        ("is_ready", ctypes.c_int),
        ("is_lost", ctypes.c_int),
        ("backend", ctypes.c_int),
        ("seconds", ctypes.c_double),
    ]


class Board:
    """A slot for each writer, and the word to end."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, ctypes.sizeof(Slot) * (MOST + 1))
        self.slots: Any = (Slot * (MOST + 1)).from_buffer(self._memory)

    def clear(self) -> None:
        ctypes.memset(ctypes.addressof(self.slots), 0, ctypes.sizeof(self.slots))

    @property
    def is_over(self) -> bool:
        """Whether the writers are to end after what they are doing."""
        return bool(self.slots[MOST].is_ready)

    def end(self) -> None:
        self.slots[MOST].is_ready = 1


def watch(slot: Any) -> None:
    """Have this process's connection tell where it is, from one statement to the next.

    Inside begins when the first statement of a transaction has come back, so it is never told too early. What a
    session was doing when it lost its database stays as it was.
    """
    began = 0.0
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        slot.backend = connection.connection.get_backend_pid()

    def look(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        nonlocal began
        try:
            result = execute(sql, params, many, context)
        except Exception as error:
            slot.is_lost = is_gone(slot, error)
            raise
        if connection.in_atomic_block and slot.where == Where.OUTSIDE:
            began, slot.where = time.monotonic(), Where.INSIDE
        return result

    def ended(end: Callable[[], None], where: Where) -> Callable[[], None]:
        def told() -> None:
            nonlocal began
            if not slot.is_lost:
                slot.where = max(slot.where, where)
            try:
                end()
            except Exception as error:
                slot.is_lost = is_gone(slot, error)
                raise
            if slot.is_lost:
                return
            if began:
                slot.seconds, began = time.monotonic() - began, 0.0
            slot.where = Where.OUTSIDE

        return told

    connection.execute_wrappers.append(look)
    for name, where in (("_commit", Where.COMMITTING), ("_rollback", Where.OUTSIDE)):
        setattr(connection, name, ended(getattr(connection, name), where))
    slot.is_ready = 1


def is_gone(slot: Any, error: BaseException | None = None) -> bool:
    """Whether the session has lost its database: it says so, or an error came without a code of the server.

    Django forgets a connection that it could not roll back, so what was found once is kept.
    """
    without_code = getattr(error.__cause__, "pgcode", "") is None if error else False
    return bool(slot.is_lost or without_code or getattr(connection.connection, "closed", False))

"""What ails the database or its disk, as far as a person is told: nothing that they did, and nothing they can mend."""

import errno
from collections.abc import Iterator
from enum import StrEnum

from django.db import DatabaseError, InterfaceError


class Trouble(StrEnum):
    """Why the database did not do what it was asked."""

    BUSY = "busy"
    SLOW = "slow"
    FULL = "full"
    READ_ONLY = "read_only"
    DOWN = "down"


# PostgreSQL's codes of five characters; the longer ones of a class before the class.
OF_POSTGRESQL = {
    **dict.fromkeys(("40P01", "40001", "55P03"), Trouble.BUSY),
    "57014": Trouble.SLOW,
    **dict.fromkeys(("53100", "53200"), Trouble.FULL),
    "25006": Trouble.READ_ONLY,
    **dict.fromkeys(("08", "53", "57P", "58"), Trouble.DOWN),
}
# SQLite's, by their names; each has longer ones that begin with it.
OF_SQLITE = {
    "SQLITE_BUSY": Trouble.BUSY,
    "SQLITE_LOCKED": Trouble.BUSY,
    "SQLITE_INTERRUPT": Trouble.SLOW,
    "SQLITE_FULL": Trouble.FULL,
    "SQLITE_READONLY": Trouble.READ_ONLY,
    **dict.fromkeys(("SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOTADB"), Trouble.DOWN),
}
OF_FILES = {
    errno.ENOSPC: Trouble.FULL,
    errno.EDQUOT: Trouble.FULL,
    errno.EROFS: Trouble.READ_ONLY,
}


def trouble_of(error: BaseException | None) -> Trouble | None:
    """What ails the database, where that is what a failure comes from; None for a fault of ours."""
    return next((found for one in causes(error) if (found := _of_one(one))), None)


def is_busy(error: BaseException) -> bool:
    """Whether the database only asks to try again."""
    return trouble_of(error) is Trouble.BUSY


def is_reply_lost(error: BaseException) -> bool:
    """Whether a failure came while the database was saving for good, so that nobody knows whether it did."""
    is_unheard = trouble_of(error) is Trouble.DOWN
    return is_unheard and any("_commit" in names_of_frames(one) for one in causes(error))


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """A failure and what it is said to come from."""
    while error is not None:
        yield error
        error = error.__cause__


def names_of_frames(error: BaseException) -> set[str]:
    """The functions that a failure came through."""
    names, place = set[str](), error.__traceback__
    while place is not None:
        names.add(place.tb_frame.f_code.co_name)
        place = place.tb_next
    return names


def _of_one(error: BaseException) -> Trouble | None:
    if isinstance(error, InterfaceError):
        # The connection was given up before.
        return Trouble.DOWN
    if isinstance(error, DatabaseError):
        return _of_driver(error.__cause__)
    return OF_FILES.get(error.errno or 0) if isinstance(error, OSError) else None


def _of_driver(said: BaseException | None) -> Trouble | None:
    """What the driver's own error says, which Django keeps as the cause of its own."""
    if name := getattr(said, "sqlite_errorname", None):
        return _beginning(name, OF_SQLITE)
    if type(said).__module__.startswith("psycopg2"):
        code = getattr(said, "pgcode", None)
        # Without a code no server said anything.
        is_unheard = code is None and type(said).__name__ in ("OperationalError", "InterfaceError")
        return Trouble.DOWN if is_unheard else _beginning(code or "", OF_POSTGRESQL)
    return None


def _beginning(code: str, kinds: dict[str, Trouble]) -> Trouble | None:
    return next((kind for start, kind in kinds.items() if code.startswith(start)), None)

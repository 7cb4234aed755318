"""The files in which processes count, one or more for each, named by its number: kinds_NUMBER.db.

Imports no settings, so that gunicorn's first process can tidy up.
"""

import os
from collections.abc import Iterator
from pathlib import Path

# What a process counts has room for some 3,000 series from the beginning: a file in memory that grows on a full disk
# would kill its process.
ROOM = 1024 * 1024
KINDS = ("counter", "histogram", "gauge_livesum")
PAGE = 4096
STATM_RESIDENT = 1


def processes_in(folder: Path) -> set[int]:
    """The numbers of processes that count there, or did."""
    numbers = (path.stem.rpartition("_")[2] for path in folder.glob("*.db"))
    return {int(number) for number in numbers if number.isdigit()}


def living_in(folder: Path) -> set[int]:
    """Those that live."""
    return {process for process in processes_in(folder) if is_alive(process)}


def is_alive(process: int) -> bool:
    """Whether there is such a process, whoever's."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def make_room(folder: Path) -> None:
    """Have the files of this process on the disk before it counts. Raises OSError where they find no place."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for kind in KINDS:
        handle = os.open(folder / f"{kind}_{os.getpid()}.db", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.posix_fallocate(handle, 0, ROOM)
        finally:
            os.close(handle)


def forget_living(folder: Path, process: int) -> None:
    """What a process that has ended was just doing counts no more; what it has done does."""
    for path in folder.glob(f"gauge_live*_{process}.db"):
        path.unlink(missing_ok=True)


def forget_dead(folder: Path) -> None:
    """Begin to count anew, but for processes that still live, as while a server is replaced by the next."""
    for process in processes_in(folder) - living_in(folder):
        for path in folder.glob(f"*_{process}.db"):
            path.unlink(missing_ok=True)


def memory_of(processes: set[int]) -> Iterator[int]:
    """The bytes that each has in memory, where the system tells (Linux)."""
    for process in processes:
        try:
            yield int(Path(f"/proc/{process}/statm").read_text().split()[STATM_RESIDENT]) * PAGE
        except OSError:
            continue

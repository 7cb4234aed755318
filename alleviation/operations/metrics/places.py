"""The disks that must not be full, and when they are nearly so."""

from contextlib import suppress
from pathlib import Path
from shutil import disk_usage
from threading import Thread
from typing import NamedTuple

from django.conf import settings
from django.db import connection

# A file that is handed in, its copy while it is looked at, and a day of logs.
LEAST_FREE = 256 * 1024 * 1024
# Seconds within which a disk says how much room it has.
PATIENCE = 1.0
_asking: dict[Path, Thread] = {}


class Room(NamedTuple):
    """Bytes of a disk."""

    free: int
    size: int


def disks() -> dict[str, Path]:
    """The folders that the app, and a database on this machine, write to, by a word of ours."""
    found = {"evidence": settings.EVIDENCE_ROOT, "imports": settings.IMPORT_ROOT}
    if settings.LOG_FOLDER:
        found["logs"] = settings.LOG_FOLDER
    if connection.vendor == "sqlite":
        found["database"] = Path(str(connection.settings_dict["NAME"])).parent
    elif settings.DATABASE_FOLDER and Path(settings.DATABASE_FOLDER).is_dir():
        found["database"] = settings.DATABASE_FOLDER
    return {name: there(Path(folder)) for name, folder in found.items()}


def shares() -> dict[str, Path]:
    """Where backups are kept, and PostgreSQL's archived log: on other machines, if all is as it should be."""
    told = {"backups": settings.BACKUP_FOLDER, "archived_log": settings.WAL_FOLDER}
    return {name: Path(folder) for name, folder in told.items() if folder}


def there(folder: Path) -> Path:
    """The folder, or the one in which it will be made."""
    return next((one for one in (folder, *folder.parents) if one.is_dir()), folder)


def room_of(folder: Path) -> Room | None:
    """Its disk; None where there is no such folder, or where its machine does not answer.

    Who asks a share whose server is away may wait for ever: a thread does it, one at most, that nobody waits for.
    """
    before = _asking.get(folder)
    if before and before.is_alive():
        return None
    found: list[Room] = []
    asking = Thread(target=_ask, args=(folder, found), daemon=True)
    _asking[folder] = asking
    asking.start()
    asking.join(PATIENCE)
    return found[0] if found else None


def _ask(folder: Path, found: list[Room]) -> None:
    with suppress(OSError):
        usage = disk_usage(folder)
        found.append(Room(usage.free, usage.total))


def full_disks() -> list[str]:
    """The words for those that are nearly full."""
    return [name for name, folder in disks().items() if disk_usage(folder).free < LEAST_FREE]

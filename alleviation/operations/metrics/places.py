"""The disks that must not be full, and when they are nearly so."""

from pathlib import Path
from shutil import disk_usage

from django.conf import settings
from django.db import connection

# A file that is handed in, its copy while it is looked at, and a day of logs.
LEAST_FREE = 256 * 1024 * 1024


def disks() -> dict[str, Path]:
    """The folders that are written to, by a word of ours; that of the database where it is a file."""
    found = {"evidence": settings.EVIDENCE_ROOT, "imports": settings.IMPORT_ROOT}
    if settings.LOG_FOLDER:
        found["logs"] = settings.LOG_FOLDER
    if connection.vendor == "sqlite":
        found["database"] = Path(str(connection.settings_dict["NAME"])).parent
    return {name: there(Path(folder)) for name, folder in found.items()}


def there(folder: Path) -> Path:
    """The folder, or the one in which it will be made."""
    return next((one for one in (folder, *folder.parents) if one.is_dir()), folder)


def full_disks() -> list[str]:
    """The words for those that are nearly full."""
    return [name for name, folder in disks().items() if disk_usage(folder).free < LEAST_FREE]

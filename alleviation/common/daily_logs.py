"""A file of log lines for each day in one folder, for as many processes as there are, and how old ones go."""

import logging
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

NAME = "alleviation-%Y-%m-%d.log"


def daily_file(folder: str) -> dict[str, Any]:
    """The settings of a handler that writes to a folder, which is made where there is none, for its owner alone."""
    return {"class": "alleviation.common.daily_logs.DailyFile", "folder": folder, "formatter": "impersonal"}


class DailyFile(logging.Handler):
    """Appends each line whole to the file of its day (UTC): processes share it, and nothing is renamed under them."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = Path(folder)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = f"{self.format(record)}\n".encode()
            path = self.folder / datetime.fromtimestamp(record.created, UTC).strftime(NAME)
            with open(path, "ab", buffering=0, opener=_for_owner_alone) as file:
                file.write(line)
        except Exception:
            self.handleError(record)


def _for_owner_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def old_logs(folder: Path, *, today: date, days: int) -> Iterator[Path]:
    """The files of days that are more than so many days past; whatever else lies in the folder is left alone."""
    for path in sorted(folder.glob("alleviation-*.log")):
        try:
            day = datetime.strptime(path.name, NAME).replace(tzinfo=UTC).date()
        except ValueError:
            continue
        if day < today - timedelta(days=days):
            yield path

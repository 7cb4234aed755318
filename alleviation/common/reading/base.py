"""What every file has that was opened, whatever its format."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from alleviation.common.reading.faults import FileRefused
from alleviation.common.reading.grid import Row
from alleviation.common.reading.limits import Limits

CSV, XLSX = "csv", "xlsx"


class Opened(ABC):
    """A file that was opened: its header, and its rows as often as they are asked for.

    `format` is "csv" or "xlsx"; `encoding` "utf-8", "utf-16", "gb18030", or "" where there is none; `is_guessed` says
    that it could not be proved, so that names must be shown to whoever handed the file in.
    """

    format: str
    encoding: str = ""
    is_guessed: bool = False

    def __init__(self, path: Path, limits: Limits, *, sha256: str, size: int) -> None:
        self.path = path
        self.limits = limits
        self.sha256 = sha256
        self.size = size
        self.header: list[str] = []

    @abstractmethod
    def rows(self) -> Iterator[tuple[int, Row]]:
        """Each row below the header that is not blank, with its number as a spreadsheet shows it (the header is 1).

        May raise FileRefused midway or at its end: csv_syntax, too_many_rows, empty.
        """


def no_rows() -> FileRefused:
    """The refusal of a file with a header alone."""
    return FileRefused("empty", _("The file has a header, and no row below it."))


def too_many_rows(limits: Limits) -> FileRefused:
    """The refusal of a file with more rows than the limit."""
    told = _("The file has more than %(most)s rows. Divide it, or ask for a larger limit (IMPORT_MAX_ROWS).")
    return FileRefused("too_many_rows", told % {"most": f"{limits.max_rows:,}"})


def too_many_columns(limits: Limits) -> FileRefused:
    """The refusal of a file with more columns than the limit."""
    told = _("The file has more than %(most)s columns. Keep those that the template has.")
    return FileRefused("too_many_columns", told % {"most": limits.max_columns})

"""Files as people hand them in, and what becomes of them without pages or commands."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alleviation.accounts.models import User
from alleviation.audit import trail
from alleviation.audit.models import ImportBatch
from alleviation.common.reading import limits, opened
from alleviation.intake.kinds import Faulty, Findings, ImportKind, Sheet


@contextmanager
def sheet_of(kind: ImportKind, path: Path, by: User, area: str = "") -> Iterator[Sheet]:
    """A file opened as one of a kind."""
    with opened(path, name=path.name, limits=limits()) as file:
        yield Sheet(file, kind.columns, by, area or by.area, limits())


def checked(kind: ImportKind, path: Path, by: User) -> tuple[Findings, list[tuple[int, str | None, str]]]:
    """What a file would do, and (row, column, code) of all that is wrong."""
    with sheet_of(kind, path, by) as sheet:
        findings = kind.check(sheet)
        return findings, [(fault.row, fault.column, fault.code) for fault in sheet.ordered_faults()]


def written(kind: ImportKind, path: Path, by: User, fingerprint: str | None = None) -> ImportBatch:
    """Write a file, all of it or nothing. Raises AssertionError that names what is wrong with its rows."""
    with sheet_of(kind, path, by) as sheet, trail.together():
        batch = trail.open_batch(kind=ImportBatch.Kind.FILE, title=path.name, by=by)
        try:
            kind.write(sheet, batch, fingerprint=fingerprint)
        except Faulty:
            raise AssertionError([(one.row, one.column, one.code) for one in sheet.faults]) from None
        return batch

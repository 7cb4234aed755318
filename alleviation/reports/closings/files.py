"""The frozen files as the page lists them."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.models import FrozenReport, YearClosing
from alleviation.reports.catalogue import BY_SLUG


@dataclass(frozen=True)
class FileLine:
    """A frozen file as the page lists it."""

    report: FrozenReport
    title: Any
    size: int
    is_intact: bool
    url: str


def files_of(closing: YearClosing, user: User) -> list[FrozenReport]:
    """The frozen files whose reports this person may read."""
    return [one for one in closing.reports.all() if user.may(right_for(one.slug))]


def right_for(slug: str) -> Right:
    """The right that readers of the whole of a report need; of one that is in the catalogue no more, that of records.

    A frozen file has every sum, those too that are withheld from whoever may not see households.
    """
    report = BY_SLUG.get(slug)
    if report is None:
        return Right.VIEW_RECORDS
    is_withheld = report.tells_of_few and settings.SMALLEST_CELL > 1
    return Right.VIEW_HOUSEHOLDS if is_withheld else Right(report.permission)


def file_lines(files: Iterable[FrozenReport], user: User) -> list[FileLine]:
    """The files with their size, and whether each still is what its SHA-256 says."""
    return [_file_line(one, is_to_take=user.may(Right.EXPORT_REPORTS)) for one in files]


def _file_line(file: FrozenReport, *, is_to_take: bool) -> FileLine:
    content = bytes(file.content)
    address = reverse("closings:csv", args=[file.closing_id, file.slug]) + f"?{urlencode({'language': file.language})}"
    title = BY_SLUG[file.slug].title if file.slug in BY_SLUG else file.slug
    is_intact = sha256(content).hexdigest() == file.sha256
    return FileLine(file, title, len(content), is_intact, address if is_to_take else "")

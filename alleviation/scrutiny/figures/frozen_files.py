"""The cells of the frozen files, as addresses name them and as the files have them."""

import csv
import io
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import Http404
from django.utils.translation import get_language

from alleviation.accounts.rights import Right
from alleviation.audit.models import FrozenReport
from alleviation.common.query import Query
from beneficiaries.rollups import withholds

# The files that whoever may see records may read.
READABLE = frozenset(
    {
        "annual-funding",
        "funding-by-project",
        "funding-by-area",
        "pledges-and-funding",
        "funding-ledger",
        "received-without-upstream",
        "per-capita-income",
    }
)
# Those that have sums of few households as well: for whoever may see single ones.
OF_FEW = frozenset({"per-capita-income"})
# Those whose rows are of single households.
OF_HOUSEHOLDS = frozenset({"incomes"})
ANOTHER_LANGUAGE = "en"
NAMED_BY = 3
TOTAL = "total"


@dataclass(frozen=True)
class Cell:
    """A cell of a frozen file: `row` is the number of a row or TOTAL, `of` the columns that a ratio is made of."""

    closing: int
    slug: str
    column: int
    row: str
    of: tuple[int, ...] = ()

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.closing, self.slug, self.column, self.row, *self.of))

    @classmethod
    def read(cls, text: str, *, of: int) -> "Cell":
        """The cell that an address names. Raises Http404 where it names none."""
        closing, slug, column, row, *rest = (*text.split(":"), "", "", "", "")[: 4 + of]
        numbers = [closing, column, *rest, *([] if row == TOTAL else [row])]
        if text.count(":") != 3 + of or not all(one.isascii() and one.isdigit() and len(one) < 10 for one in numbers):
            raise Http404
        return cls(int(closing), slug, int(column), row, tuple(map(int, rest)))


@dataclass(frozen=True)
class File:
    """A frozen file with its lines."""

    report: FrozenReport
    header: list[str]
    lines: list[list[str]]
    total: list[str]


def file_of(query: Query, cell: Cell) -> File | None:
    """The file in the reader's language, else in English; None where it is not theirs to read."""
    if not _may_read(query.user, cell.slug):
        return None
    found = FrozenReport.objects.visible_to(query.user).filter(closing=cell.closing, slug=cell.slug)
    by_language = {one.language: one for one in found.select_related("closing")}
    report = by_language.get(get_language() or "") or by_language.get(ANOTHER_LANGUAGE)
    if report is None:
        return None
    header, *lines = csv.reader(io.StringIO(bytes(report.content).decode("utf-8-sig"), newline=""))
    return File(report, header, lines[: report.rows], lines[-1] if len(lines) > report.rows else [])


def _may_read(user: Any, slug: str) -> bool:
    if slug in OF_HOUSEHOLDS:
        return bool(user.may(Right.VIEW_HOUSEHOLDS))
    return slug in READABLE and not (slug in OF_FEW and withholds(user))


def line_of(file: File, row: str) -> list[str]:
    if row == TOTAL:
        return file.total
    return file.lines[int(row) - 1] if 0 < int(row) <= len(file.lines) else []


def decimal_of(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None

"""Two files of one report held against each other: which rows came, went or changed, cell by cell."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum, nonmember

from django.utils import translation
from django.utils.translation import gettext

from alleviation.common.csv_out import csv_rows
from alleviation.common.tables import Column, Kind
from alleviation.reports.closings.freezing import MACHINE_LANGUAGE
from alleviation.scrutiny.figures.frozen_files import TOTAL as TOTAL_LINE

Key = tuple[str, ...]
TOTAL: Key = ()
# By what a row is known again; a report that is not named here by all its codes and years.
KEYS = {
    "funding-ledger": ("voucher",),
    "received-without-upstream": ("voucher",),
    "annual-funding": ("year", "source_code"),
    "pledges-and-funding": ("year", "source_code", "project_code", "place_code"),
    "per-capita-income": ("year", "place_code"),
}


class Change(StrEnum):
    """What became of a row since the year was closed."""

    ADDED = "added"
    MISSING = "missing"
    CHANGED = "changed"

    # The row is whole on one side only.
    WHOLE = nonmember(frozenset({"added", "missing"}))


@dataclass(frozen=True)
class CellChange:
    """A cell as it was frozen and as it is today, both as the file spells them; `place` is its column in the file."""

    column: Column
    title: str
    frozen: str
    today: str
    place: int = 0

    @property
    def difference(self) -> Decimal | None:
        """Today less frozen; None where one of them is no number or not known."""
        frozen, today = number(self.frozen), number(self.today)
        return None if frozen is None or today is None or not self.column.is_number else today - frozen

    @property
    def moved(self) -> Decimal:
        """By how much a sum moved; where nothing is booked the cell is empty, and the sum of nothing is zero."""
        return (number(self.today) or Decimal(0)) - (number(self.frozen) or Decimal(0))


@dataclass(frozen=True)
class RowChange:
    """A row that is not today as it was frozen; the key of the total row is empty.

    `line` is the number of the row in the frozen file, "total" for its total, "" for a row that it has not.
    """

    key: Key
    change: Change
    cells: tuple[CellChange, ...]
    line: str = ""

    @property
    def is_total(self) -> bool:
        return self.key == TOTAL


@dataclass(frozen=True)
class Comparison:
    """All that differs between the frozen file and the report of today.

    `total` are the numbers of the total row, changed or not. `columns` are headings that only one of the two has:
    the report itself was changed since, so these are not compared. `places` tells where the frozen file has each
    column, by its key.
    """

    rows: tuple[RowChange, ...]
    total: tuple[CellChange, ...]
    columns: tuple[str, ...]
    places: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _File:
    header: list[str]
    rows: dict[Key, dict[str, str]]
    lines: dict[Key, str]


def compare(slug: str, columns: Sequence[Column], frozen: bytes, today: bytes) -> Comparison:
    """Hold the frozen English file of a report against that of today; `columns` are the report's."""
    known = dict(zip(headings(columns, MACHINE_LANGUAGE), _spread(columns), strict=True))
    key = key_columns(slug, columns)
    was, now = (_read(content, known, key) for content in (frozen, today))
    shared = [title for title in was.header if title in now.header and title in known]
    words = dict(zip(known, headings(columns, None), strict=True))

    def cells(before: dict[str, str], after: dict[str, str]) -> Iterator[CellChange]:
        for title in shared:
            place = was.header.index(title)
            yield CellChange(known[title], words[title], before.get(title, ""), after.get(title, ""), place)

    changes = []
    for one in sorted({*was.rows, *now.rows}, key=lambda one: (one == TOTAL, one)):
        before, after = was.rows.get(one), now.rows.get(one)
        found = tuple(cell for cell in cells(before or {}, after or {}) if cell.frozen != cell.today)
        if found:
            change = Change.ADDED if before is None else Change.MISSING if after is None else Change.CHANGED
            changes.append(RowChange(one, change, found, was.lines.get(one, "")))
    total = tuple(cell for cell in cells(was.rows.get(TOTAL, {}), now.rows.get(TOTAL, {})) if cell.column.is_number)
    places = {known[title].key: place for place, title in reversed(list(enumerate(was.header))) if title in known}
    return Comparison(tuple(changes), total, tuple(sorted({*was.header} ^ {*now.header})), places)


def headings(columns: Sequence[Column], language: str | None) -> list[str]:
    """The headings of the file in a language, None for the reader's; a figure has three."""
    with translation.override(language or translation.get_language()):
        return next(csv_rows(tuple(columns), ()))


def key_columns(slug: str, columns: Sequence[Column]) -> tuple[str, ...]:
    """The keys of the columns by which a row of the report is known again."""
    coded = tuple(column.key for column in columns if column.kind in (Kind.CODE, Kind.YEAR))
    return KEYS.get(slug) or coded or (columns[0].key,)


def numbered(key: Key, time: int) -> Key:
    """The key of a row: two rows of one name are told apart by their order."""
    return key if time == 1 else (*key, f"({time})")


def number(text: str) -> Decimal | None:
    """A cell as a number; None where it is empty or none."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _spread(columns: Sequence[Column]) -> list[Column]:
    """The column of each heading."""
    return [column for column in columns for _heading in headings((column,), MACHINE_LANGUAGE)]


def _read(content: bytes, known: dict[str, Column], key: tuple[str, ...]) -> _File:
    header, *lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    with translation.override(MACHINE_LANGUAGE):
        total = gettext("Total")
    rows: dict[Key, dict[str, str]] = {}
    places: dict[Key, str] = {}
    seen: Counter[Key] = Counter()
    for position, line in enumerate(lines, start=1):
        cells = dict(zip(header, line, strict=False))
        if position == len(lines) and line and line[0] == total:
            rows[TOTAL] = dict(zip(header[1:], line[1:], strict=False))
            places[TOTAL] = TOTAL_LINE
            continue
        named = tuple(cells[title] for name in key for title in header if title in known and known[title].key == name)
        seen[named] += 1
        one = numbered(named, seen[named])
        rows[one], places[one] = cells, str(position)
    return _File(header, rows, places)

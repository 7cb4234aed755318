"""The columns that a file must have: found by name in either language, in any order, and read row by row."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from alleviation.common.reading.cells.plain import written
from alleviation.common.reading.cells.words import folded
from alleviation.common.reading.faults import CellFault, Fault, FileRefused
from alleviation.common.reading.grid import RawCell, Row, is_blank
from alleviation.common.tables import Text

BOM = "\ufeff"
# The unit that our own files put behind the title of a column of money; no other is passed over.
YUAN = re.compile(r"[(（](?:yuan|cny|rmb|元)[)）]$")
OTHER_SEPARATORS = {";": ";", "；": "；", "\t": "Tab", "|": "|", "，": "，", "、": "、"}
TOTAL = re.compile(
    r"(?:本页|全[县乡镇村市州]|本[县乡镇村市州])?(?:合计|总计|小计|共计|累计|总和|總計|合計|小計)(?:[:：(（].*)?"
    r"|(?:grand|sub)?-?totals?(?:[:：(（].*)?"
)
# A total says so in one of these cells.
FIRST_CELLS = 3


@dataclass(frozen=True)
class ImportColumn:
    """A column of a file that is imported.

    `name` is what it is called in files and in faults, whatever the language; `title` its heading in the reader's;
    `aliases` are what else offices call it. `parse` makes its value of a cell that is not blank, or raises CellFault.
    A column that is not required may be missing; a cell that may be blank is then `blank`.
    """

    name: str
    title: Text
    parse: Callable[[RawCell], Any]
    help_text: Text = ""
    example: str = ""
    aliases: tuple[str, ...] = ()
    is_required: bool = True
    may_be_blank: bool = False
    blank: Any = None

    def read(self, value: RawCell) -> Any:
        """The cell's value. Raises CellFault, with the code `blank` where something must stand and nothing does."""
        if not is_blank(value):
            return self.parse(value)
        if self.may_be_blank:
            return self.blank
        raise CellFault("blank", _("Nothing stands here: it may be nothing, or not known."), _("Fill the cell in."))

    @property
    def names(self) -> Iterator[str]:
        """Everything that the column may be called, in every language of the app."""
        yield self.name
        yield from self.aliases
        for language, _language_name in settings.LANGUAGES:
            with translation.override(language):
                yield str(self.title)


@dataclass(frozen=True)
class Layout:
    """Where each column stands in a file. A column that the file does not have is at -1."""

    columns: tuple[ImportColumn, ...]
    positions: tuple[int, ...]
    width: int

    def read(self, number: int, row: Row) -> tuple[dict[str, Any], list[Fault]]:
        """The values of a row by column name, and all that is wrong with it: then the values are not all there."""
        total = total_cell(row)
        if total is not None:
            told = CellFault(
                "total_row", _("This is a row of totals: it would count everything twice."), _("Delete it.")
            )
            return {}, [Fault.of(number, self._name_at(total), row[total], told)]
        if len(row) != self.width:
            return {}, [self._wrong_width(number, row)]
        return self._values(number, row)

    def _values(self, number: int, row: Row) -> tuple[dict[str, Any], list[Fault]]:
        values: dict[str, Any] = {}
        faults = []
        for column, position in zip(self.columns, self.positions, strict=True):
            if position < 0:
                values[column.name] = column.blank
                continue
            try:
                values[column.name] = column.read(row[position])
            except CellFault as fault:
                faults.append(Fault.of(number, column.name, row[position], fault))
        return values, faults

    def _name_at(self, position: int) -> str | None:
        return next((c.name for c, at in zip(self.columns, self.positions, strict=True) if at == position), None)

    def _wrong_width(self, number: int, row: Row) -> Fault:
        counts = {"found": len(row), "expected": self.width}
        told = CellFault(
            "cell_count",
            _("The row has %(found)s cells, the header %(expected)s.") % counts,
            _("Look for a comma too many or too few; put quotation marks around a text that has one."),
        )
        return Fault.of(number, None, ",".join(map(str, row[: self.width + 1])), told)


def layout(header: Sequence[str], columns: Sequence[ImportColumn]) -> Layout:
    """Where the columns stand in a file with this header. Raises FileRefused as `match_header` does."""
    return Layout(tuple(columns), tuple(match_header(header, columns)), len(header))


def match_header(header: Sequence[str], columns: Sequence[ImportColumn]) -> list[int]:
    """For each of the columns, in their order, its place in the header; -1 for one that may be missing and is.

    Blanks, case, full-width letters and a byte order mark do not matter, nor a unit of yuan behind the title. Raises
    FileRefused("header") that names all columns that are missing, unknown or there twice.
    """
    known = _known(columns)
    found: dict[str, int] = {}
    unknown, double = [], []
    for position, title in enumerate(header):
        name = known.get(_key(title)) or known.get(YUAN.sub("", _key(title)))
        if name is None:
            unknown.append((position, title))
        elif name in found:
            double.append(title)
        else:
            found[name] = position
    missing = [column for column in columns if column.is_required and column.name not in found]
    if unknown or double or missing:
        raise FileRefused("header", _what_is_wrong(header, known, missing, unknown, double, is_other=not found))
    return [found.get(column.name, -1) for column in columns]


def _known(columns: Sequence[ImportColumn]) -> dict[str, str]:
    return {_key(word): column.name for column in columns for word in column.names}


def _key(title: str) -> str:
    # Nobody tells "wage income" from "wage_income".
    return folded(title.replace(BOM, "")).replace("_", "")


def _what_is_wrong(
    header: Sequence[str],
    known: dict[str, str],
    missing: list[ImportColumn],
    unknown: list[tuple[int, str]],
    double: list[str],
    *,
    is_other: bool,
) -> str:
    if is_other:
        return _no_header(header)
    told = [_("The header (row 1) does not have the columns that it should.")]
    if missing:
        told.append(_("Missing: %(names)s.") % {"names": _listed(f"{one.title} ({one.name})" for one in missing)})
    if double:
        told.append(_("There twice: %(names)s. Delete one of them.") % {"names": _listed(map(_short, double))})
    told += [_not_known(position, title, known) for position, title in unknown]
    return " ".join(told)


def _no_header(header: Sequence[str]) -> str:
    for separator, shown in OTHER_SEPARATORS.items():
        if sum(separator in cell for cell in header) and len(header) <= 2:
            told = _("The columns are separated by %(separator)s, not by commas. Save the file as CSV with commas.")
            return told % {"separator": shown}
    told = _(
        "Row 1 holds none of the columns' names (%(found)s). The header must be the first row: delete titles and "
        "notes above it, or begin with the template."
    )
    return told % {"found": _listed(_short(cell) for cell in header if cell.strip())}


def _not_known(position: int, title: str, known: dict[str, str]) -> str:
    if not title.strip():
        return _("Column %(letters)s has no name: name it, or delete it.") % {"letters": letters(position)}
    words = {"title": _short(title), "letters": letters(position)}
    if near := get_close_matches(_key(title)[:100], known, n=1):
        told = _("“%(title)s” (column %(letters)s) is not known: is “%(near)s” meant?")
        return told % {**words, "near": known[near[0]]}
    return _("“%(title)s” (column %(letters)s) is not known: delete the column.") % words


def _short(title: str) -> str:
    return title.strip() if len(title) <= 40 else f"{title[:39]}…"


def _listed(names: Iterator[str]) -> str:
    every = list(names)
    return ", ".join(every[:30]) + (" …" if len(every) > 30 else "")


def letters(position: int) -> str:
    """The letters by which a spreadsheet calls the column at this place: A for 0, AA for 26."""
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def total_cell(row: Row) -> int | None:
    """Which of the first cells of a row says that it is a total (合计, 总计, 小计, total); None where none does."""
    for position, value in enumerate(row[:FIRST_CELLS]):
        if TOTAL.fullmatch(folded(written(value)[:40])):
            return position
    return None


def is_total_row(row: Row) -> bool:
    """Whether a row says that it is the total of others."""
    return total_cell(row) is not None

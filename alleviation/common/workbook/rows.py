"""A sheet of a workbook, cell by cell: each where its reference says, and nothing that the sheet says of its size."""

import re
from typing import Any

from alleviation.common.workbook.cells import BOOLEAN, DATE, ERROR, FORMULA, number_cell, unescaped
from alleviation.common.workbook.container import Refusal

MAIN = ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main")
# The elements of a sheet that say something, by their name within either namespace.
WORDS = {f"{space} {word}": word for space in MAIN for word in ("row", "c", "v", "t", "f", "rPh", "mergeCell")}
REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
RANGE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})(?::([A-Z]{1,3})([1-9][0-9]{0,6}))?")
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
MERGED_TOLD = 20


def column_of(letters: str) -> int:
    """The place of a column by its letters: 0 for A, 26 for AA."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


class SheetReader:
    """Follows the parser through a sheet; writes each row that has anything in it, the first one whatever it has.

    `has_cells`: anything stands on the sheet. `width`: how many columns do. `merged`: ranges of merged cells.
    """

    def __init__(self, book: Any, *, is_only: bool) -> None:
        self.book = book
        self.is_only = is_only
        self.most_rows = book.limits["max_rows"]
        self.most_columns = book.limits["max_columns"]
        self.longest = book.limits["max_cell_chars"]
        self.has_cells = False
        self.width = 0
        self.merged: list[str] = []
        self.count = 0
        self.number = 0
        self.column = -1
        self.row: list[Any] = []
        self.columns: dict[str, int] = {}
        self.is_row = self.is_cell = self.is_phonetic = False
        self.taking: str | None = None
        self.kind, self.style = "n", 0
        self.formula: str | None = None
        self.value = ""
        self.parts: list[str] = []

    def start(self, element: str, told: dict[str, str]) -> None:
        """An element begins."""
        word = WORDS.get(element)
        if word == "c" and self.is_row:
            self._begin_cell(told)
        elif word in ("v", "t", "f") and self.is_cell:
            self.taking = None if self.is_phonetic else word
            self.parts.clear()
            if word == "f":
                self.formula = ""
        elif word == "row":
            self._begin_row(told)
        elif word == "rPh":
            self.is_phonetic = True
        elif word == "mergeCell":
            self._merge(told.get("ref", ""))

    def text(self, text: str) -> None:
        """Characters within an element."""
        if self.taking is not None:
            self.parts.append(text)

    def end(self, element: str) -> None:
        """An element ends."""
        word = WORDS.get(element)
        if word in ("v", "t", "f"):
            if self.taking == word:
                self._take(word, "".join(self.parts))
            self.taking = None
        elif word == "c" and self.is_cell:
            self._end_cell()
        elif word == "row":
            self._end_row()
        elif word == "rPh":
            self.is_phonetic = False

    def _begin_row(self, told: dict[str, str]) -> None:
        number = int(told.get("r", self.number + 1))
        if self.is_row or not self.number < number <= LAST_ROW:
            raise Refusal("damaged")
        self.number, self.column, self.row, self.is_row = number, -1, [], True

    def _begin_cell(self, told: dict[str, str]) -> None:
        if self.is_cell:
            raise Refusal("damaged")
        self.column = self._place(told["r"]) if "r" in told else self.column + 1
        self.is_cell, self.formula, self.value = True, None, ""
        self.kind, self.style = told.get("t", "n"), int(told.get("s", "0"))

    def _place(self, reference: str) -> int:
        """The column of a cell, which must lie right of the last one and in the row that it stands in."""
        found = REFERENCE.fullmatch(reference)
        if found is None or int(found[2]) != self.number:
            raise Refusal("damaged")
        column = self.columns.get(found[1])
        if column is None:
            column = self.columns[found[1]] = column_of(found[1])
        if not self.column < column < LAST_COLUMN:
            raise Refusal("damaged")
        return column

    def _take(self, word: str, text: str) -> None:
        if word == "f":
            self.formula = text
        elif word == "v":
            self.value = text
        else:
            # The runs of a text, one after the other.
            self.value += text

    def _end_cell(self) -> None:
        self.is_cell = False
        cell = self._cell()
        if cell == "":
            return
        if self.column >= self.most_columns:
            raise Refusal("many_columns", most=self.most_columns)
        self.row += [""] * (self.column - len(self.row))
        self.row.append(cell)

    def _cell(self) -> Any:
        if self.formula is not None:
            return [f"={self.formula}"[: self.longest], FORMULA]
        if self.kind == "inlineStr" or self.kind == "str":
            return unescaped(self.value[: self.longest * 8])[: self.longest + 1]
        value = self.value.strip()
        if not value:
            return ""
        if self.kind == "s":
            return self.book.strings[int(value)]
        if self.kind == "n":
            return number_cell(value[:64], is_date=self.style in self.book.dates, is_1904=self.book.is_1904)
        if self.kind == "b":
            return ["TRUE" if value in ("1", "true") else "FALSE", BOOLEAN]
        return [value[: self.longest].removesuffix("T00:00:00"), DATE if self.kind == "d" else ERROR]

    def _end_row(self) -> None:
        self.is_row = False
        row, self.row = self.row, []
        while row and isinstance(row[-1], str) and not row[-1].strip():
            row.pop()
        if not row:
            return
        if not self.is_only:
            raise Refusal("sheets")
        self.has_cells = True
        self.width = max(self.width, len(row))
        self.count += 1
        if self.count > self.most_rows + 1:
            raise Refusal("many_rows")
        self.book.write(self.number, row)

    def _merge(self, reference: str) -> None:
        found = RANGE.fullmatch(reference)
        if found is None:
            raise Refusal("damaged")
        if found[3] and len(self.merged) < MERGED_TOLD:
            self.merged.append(reference)

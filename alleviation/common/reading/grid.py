"""What a row of a file consists of: text, or a cell of a spreadsheet that knows that it is no text."""

from dataclasses import dataclass
from enum import StrEnum


class CellKind(StrEnum):
    """What a spreadsheet holds in a cell that is not text."""

    NUMBER = "n"
    DATE = "d"
    FORMULA = "f"
    ERROR = "e"
    BOOLEAN = "b"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is no text, as text: a number in plain decimals as the spreadsheet shows it, a day in ISO form,
    a formula as =…, never its value."""

    text: str
    kind: CellKind

    def __str__(self) -> str:
        return self.text


RawCell = str | Cell
Row = list[RawCell]


def is_blank(value: RawCell) -> bool:
    """Whether nothing stands in the cell: no character but blanks. A formula that shows nothing is no blank."""
    return isinstance(value, str) and not value.strip()


def is_blank_row(row: Row) -> bool:
    """Whether nothing stands in any cell of it."""
    return all(map(is_blank, row))

"""What is wrong with a file or with one of its cells, in words for whoever handed it in."""

from dataclasses import dataclass
from typing import Self

from django.utils.functional import Promise

LONGEST_SHOWN = 80


class FileRefused(Exception):
    """The file as a whole is not taken: nothing of it can be trusted to mean what it says.

    `code` is the same in every language; the message names the place and the cure.
    """

    def __init__(self, code: str, message: str | Promise) -> None:
        super().__init__(code)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class CellFault(Exception):
    """A cell does not hold what its column asks for. `message` is what is wrong, `cure` what would be right."""

    def __init__(self, code: str, message: str, cure: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.message} {self.cure}".strip()


@dataclass(frozen=True)
class Fault:
    """What is wrong in a row of a file (the header is row 1), and what would be right.

    `column` is the column's name, None where the row as a whole is wrong; `value` is what stands there, shortened.
    """

    row: int
    column: str | None
    value: str
    code: str
    message: str

    @classmethod
    def of(cls, row: int, column: str | None, value: object, fault: CellFault) -> Self:
        """The fault of a cell at its place."""
        return cls(row, column, shortened(str(value)), fault.code, str(fault))


def shortened(text: str) -> str:
    """At most 80 characters of it, the last of them an ellipsis where something was cut."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"

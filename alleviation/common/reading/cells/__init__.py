"""A cell becomes a value, or a clear refusal: nothing is guessed, rounded, cut off or read as 0.

Each takes a cell that is not blank (`ImportColumn.read` sees to blanks) and raises CellFault. What an input method
writes for digits, points and signs (full-width ones) means the same; blanks around a value mean nothing.
"""

from alleviation.common.reading.cells.numbers import day, integer, money, year
from alleviation.common.reading.cells.persons import id_number, name
from alleviation.common.reading.cells.plain import unguarded
from alleviation.common.reading.cells.words import choice, code, folded, text, village_code

__all__ = [
    "choice",
    "code",
    "day",
    "folded",
    "id_number",
    "integer",
    "money",
    "name",
    "text",
    "unguarded",
    "village_code",
    "year",
]

"""Each row of a file of incomes on its way into the stage: one look at a plain row, every cell of any other.

Nine rows of ten hold nothing but plain digits and a name, which one pattern proves; the rest go through the cells'
own rules, which tell what is wrong. Both give the same values: tests/imports/incomes/test_gate.py.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from operator import itemgetter, mul
from typing import Any

from alleviation.common.reading import CellFault, Row, cells
from alleviation.intake.kinds import Sheet
from beneficiaries.imports.incomes.columns import COMPONENTS

# What is staged of a row, and as what (alleviation/intake/staging.py).
STAGED = {
    "file_row": "integer",
    "village_code": "text",
    "household_no": "text",
    "head_name": "text",
    "id_number": "text",
    "id_tail": "text",
    "persons": "integer",
    "year": "integer",
    **dict.fromkeys(COMPONENTS, "integer"),
}
Staged = tuple[Any, ...]
SEPARATOR = "\x1f"
MONEY = r"(?:0|[1-9][0-9]{0,9})(?:\.[0-9]{1,2})?"
PLAIN_ROW = re.compile(
    SEPARATOR.join(
        [
            r"[1-9][0-9]{11}",
            r"[0-9A-Za-z]{1,20}",
            r"(?:(?!合计|总计|小计|共计|累计|总和)[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]\*{1,3})?",
            r"(?:[1-9][0-9]{16}[0-9X]|\*{4}[0-9]{3}[0-9X])?",
            r"[1-9][0-9]?",
            r"[12][0-9]{3}",
            MONEY,
            f"-?{MONEY}",
            MONEY,
            MONEY,
            MONEY,
        ]
    ),
    re.ASCII,
)
# How often the person who waits is told.
TOLD_EACH = 2000
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
TAIL, WHOLE = 4, 18


def staged_rows(sheet: Sheet) -> Iterator[Staged]:
    """The rows that hold what they should, as they are staged; what is wrong with the others is told."""
    arranged = itemgetter(*sheet.layout.positions)
    width, numbers = sheet.layout.width, IdNumbers()
    first, last, most = sheet.limits.min_year, sheet.limits.max_year, sheet.limits.max_household_size
    # Only a workbook has cells that are no text.
    fits, is_plain = PLAIN_ROW.fullmatch, sheet.file.format == "csv"
    done = 0
    for number, row in sheet.file.rows():
        done += 1
        if not done % TOLD_EACH:
            sheet.progress(done)
        if is_plain and len(row) == width:
            plain = arranged(row)
            if fits(SEPARATOR.join(plain)):
                village, household, head, person, size, year, *money = plain
                is_whole = len(person) == WHOLE
                if int(size) <= most and first <= int(year) <= last and (not is_whole or person in numbers):
                    whole, tail = person if is_whole else None, person[-TAIL:] or None
                    yield number, village, household, head or None, whole, tail, size, year, *map(fen, money)
                    continue
        if staged := _looked_through(sheet, number, row):
            yield staged


def fen(text: str) -> int:
    """Plain yuan of at most two decimals in fen: "12000.5" → 1200050."""
    whole, _point, places = text.partition(".")
    return int(whole + (places + "00")[:2])


class IdNumbers:
    """Identity numbers that are right, told by what was right before: the same counties, years and days come again."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}
        self.days: dict[str, int] = {}

    def __contains__(self, number: str) -> bool:
        place, day = self.places.get(number[:10]), self.days.get(number[6:14])
        if place is None or day is None:
            return self._learn(number)
        digits = number[14:17]
        rest = place + day + 8 * int(digits[0]) + 4 * int(digits[1]) + 2 * int(digits[2])
        return CHECK_DIGITS[rest % 11] == number[17]

    def _learn(self, number: str) -> bool:
        try:
            cells.id_number(number)
        except CellFault:
            return False
        self.places[number[:10]] = sum(map(mul, WEIGHTS[:6], map(int, number[:6])))
        self.days[number[6:14]] = sum(map(mul, WEIGHTS[6:14], map(int, number[6:14])))
        return True


def _looked_through(sheet: Sheet, number: int, row: Row) -> Staged | None:
    """A row cell by cell; None where something is wrong, which is told."""
    values, faults = sheet.layout.read(number, row)
    for fault in faults:
        sheet.tell(fault)
    if faults:
        return None
    person = values["id_number"] or ""
    is_whole = len(person) == WHOLE
    return (
        number,
        values["village_code"],
        values["household_no"],
        values["head_name"] or None,
        person if is_whole else None,
        person[-TAIL:] or None,
        values["size"],
        values["year"],
        *(_in_fen(values[name]) for name in COMPONENTS),
    )


def _in_fen(amount: Decimal) -> int:
    return int(amount.scaleb(2))

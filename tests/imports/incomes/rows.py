"""Rows of a file of incomes."""

from stdnum.cn import ric

HEADER = [
    "village_code",
    "household_no",
    "head_name",
    "id_number",
    "size",
    "year",
    "wage_income",
    "business_income",
    "property_income",
    "transfer_income",
    "expenses",
]
PLAIN = dict(
    zip(
        HEADER,
        ["110101001001", "0001", "张三", "-", "4", "2018", "12000.00", "3500.50", "0", "1800", "9000.25"],
        strict=True,
    )
)
# Right by their check digit, and nobody's: born on the same day, numbered one after the other.
NUMBERS = [
    body + ric.calc_check_digit(body + "0") for body in (f"11010119600101{number:03d}" for number in range(1, 60))
]


def row(**cells: str) -> list[str]:
    """A plain row with some cells of its own; its person is the one of the household's number."""
    told = {**PLAIN, **cells}
    if told["id_number"] == "-":
        told["id_number"] = NUMBERS[(int(told["household_no"]) - 1) % len(NUMBERS)]
    return [told[name] for name in HEADER]

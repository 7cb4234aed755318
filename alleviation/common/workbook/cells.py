"""What stands in a cell of a workbook, as text: numbers as the spreadsheet shows them, dates in ISO form."""

import re
from datetime import datetime, timedelta
from decimal import Context, Decimal
from functools import lru_cache

NUMBER, DATE, FORMULA, ERROR, BOOLEAN = "n", "d", "f", "e", "b"
# Formats that every spreadsheet knows by number: days and times, also those of Chinese ones.
BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59), *range(71, 82)})
# Text in a format, its colours, conditions and currencies say nothing of dates; [h], [mm] and [ss] count time.
NOT_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
DATE_CODE = re.compile(r"[ymdhseg年月日]", re.IGNORECASE)
ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
LONE = re.compile("[\ud800-\udfff]")
# Day 0 of both calendars. In that of 1900 a 29 February is counted that never was.
DAY_0, DAY_0_AFTER_LEAP, DAY_0_OF_1904 = datetime(1899, 12, 31), datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001
FALSE_LEAP_DAY, LAST_DAY = 60, 2_958_466
SECONDS_OF_DAY = 86_400
DIGITS = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,4})?")
# A spreadsheet shows 15 significant digits of a number, and has none beyond this power of ten.
SHOWN, LARGEST_POWER, MOST_DIGITS = Context(prec=15), 308, 40


@lru_cache(maxsize=1024)
def is_date_format(number: int, code: str | None) -> bool:
    """Whether a number format shows a day or a time."""
    if code is None:
        return number in BUILT_IN_DATES
    plain = NOT_CODE.sub("", code.split(";")[0])
    return (
        plain.casefold() != "general"
        and DATE_CODE.search(re.sub(r"e[+-]", "", plain, flags=re.IGNORECASE)) is not None
    )


def unescaped(text: str) -> str:
    """Text with _x0000_ and the like as the characters that they stand for; half a pair becomes U+FFFD."""
    if "_x" not in text:
        return text
    text = ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    text = PAIR.sub(lambda found: found[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)
    return LONE.sub("\ufffd", text)


@lru_cache(maxsize=65536)
def number_cell(text: str, *, is_date: bool, is_1904: bool) -> tuple[str, str]:
    """The cell of a number: plain decimals, 15 significant digits; a day where its format shows one."""
    number = exact(text)
    if number is None:
        return text, ERROR
    if is_date and (shown := day_of(number, is_1904=is_1904)):
        return shown, DATE
    return decimals_of(number), NUMBER


def exact(text: str) -> Decimal | None:
    """The number that a spreadsheet means by its digits; None for what is no number, or none of a spreadsheet's."""
    if not DIGITS.fullmatch(text):
        return None
    number = SHOWN.create_decimal(text)
    return number if not number or abs(number.adjusted()) <= LARGEST_POWER else None


def decimals_of(number: Decimal) -> str:
    """Without exponent, as a spreadsheet shows it in a cell that is wide enough: 0.30000000000000004 is 0.3.

    What has more than 40 digits is left in scientific notation: no column takes it.
    """
    if not number:
        return "0"
    short = SHOWN.normalize(number)
    return f"{short:f}" if abs(short.adjusted()) < MOST_DIGITS else str(short)


def day_of(number: Decimal, *, is_1904: bool) -> str:
    """The day in ISO form, with its time where it has one; "" for a number that is no day."""
    if not 0 <= number < LAST_DAY:
        return ""
    days = int(number)
    seconds = round((number - days) * SECONDS_OF_DAY)
    if is_1904:
        begin = DAY_0_OF_1904
    elif days == FALSE_LEAP_DAY:
        return "1900-02-29"
    else:
        begin = DAY_0 if days < FALSE_LEAP_DAY else DAY_0_AFTER_LEAP
    try:
        moment = begin + timedelta(days=days, seconds=seconds)
    except OverflowError:
        return ""
    if days == 0 and not is_1904:
        return moment.time().isoformat()
    return moment.isoformat() if seconds else moment.date().isoformat()

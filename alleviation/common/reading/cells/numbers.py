"""Money, whole numbers, years and days."""

import re
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from alleviation.common.reading.cells.plain import plain, refuse_kinds
from alleviation.common.reading.faults import CellFault
from alleviation.common.reading.grid import CellKind, RawCell
from alleviation.common.reading.limits import Limits
from alleviation.common.reading.limits import limits as present_limits

MONEY = re.compile(r"(-?) ?￥? ?(-?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]+))? ?元?")
SCIENTIFIC = re.compile(r"[-+]?[0-9.]+[eEｅＥ][-+]?[0-9]+")
OTHER_UNIT = re.compile(r"[0-9.] ?[十百千万萬亿億wWkK]")
UNGROUPED = re.compile(r"-?￥?[0-9,.]*,[0-9,.]*元?")
NOTHING = re.compile(r"[-—–―－─/\\.]+|无|無|没有|空|nil|none|null|n/?a|nan", re.IGNORECASE)
BRACKETS = re.compile(r"[(（].*[)）]")
WHOLE = re.compile(r"(-?)0*([0-9]+)")
YEAR = re.compile(r"([0-9]{4})年?")
DAY = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})-([0-9]{1,2})|/([0-9]{1,2})/([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日)")
NO_NUMBERS = (CellKind.DATE, CellKind.ERROR, CellKind.BOOLEAN)


def money(value: RawCell, *, may_be_negative: bool = False, limits: Limits | None = None) -> Decimal:
    """Yuan with two decimals: 1234.5, 1,234.50, ￥1,234.50, 1234.50元, full-width digits.

    Codes: bad_number, unit, negative, too_precise, too_large.
    """
    refuse_kinds(value, "bad_number", *NO_NUMBERS)
    text = plain(value)
    found = MONEY.fullmatch(text)
    if found is None or (found[1] and found[2]):
        raise _no_number(text)
    sign, whole, places = found[1] or found[2], found[3].replace(",", "").lstrip("0") or "0", found[4] or ""
    if sign and not may_be_negative:
        raise CellFault("negative", _("A negative amount is not possible here."), _("Write it without a minus."))
    if len(places) > 2:
        raise CellFault("too_precise", _("The amount has more than two decimals."), _("Write it to the fen: 1234.50."))
    _refuse_large(whole, places, (limits or present_limits()).max_money)
    # Adding 0 makes 0.00 of -0.00.
    return Decimal(f"{sign}{whole}.{places:0<2}") + 0


def _refuse_large(whole: str, places: str, largest: Decimal) -> None:
    # The length first: an amount of a million digits is not worked out.
    if len(whole) > len(f"{largest:.0f}") or Decimal(f"{whole}.{places:0<2}") > largest:
        cure = _("Write at most %(largest)s yuan.") % {"largest": f"{largest:,.2f}"}
        raise CellFault("too_large", _("The amount is too large."), cure)


def _no_number(text: str) -> CellFault:
    cure = _("Write it in yuan with digits: 1234.50.")
    if OTHER_UNIT.search(text):
        return CellFault("unit", _("The amount is counted in another unit."), cure)
    return CellFault("bad_number", _why_no_number(text), _("Write 0 where it is nothing.") if not_told(text) else cure)


def not_told(text: str) -> bool:
    """Whether it may as well mean nothing as not known: —, 无, nil."""
    return NOTHING.fullmatch(text) is not None


def _why_no_number(text: str) -> str:
    if not_told(text):
        return _("This may mean nothing, or not known.")
    if SCIENTIFIC.fullmatch(text):
        return _("Scientific notation hides digits.")
    if "%" in text:
        return _("A percentage is no amount.")
    if UNGROUPED.fullmatch(text):
        return _("The commas do not group the digits by three.")
    if BRACKETS.fullmatch(text):
        return _("Brackets are no minus.")
    return _("This is not a number.")


def integer(value: RawCell, low: int, high: int) -> int:
    """A whole number from low to high. Codes: bad_integer, out_of_range."""
    refuse_kinds(value, "bad_integer", *NO_NUMBERS)
    found = WHOLE.fullmatch(plain(value))
    cure = _("Write a whole number from %(low)s to %(high)s.") % {"low": low, "high": high}
    if found is None:
        raise CellFault("bad_integer", _("This is not a whole number."), cure)
    # The length first: Python refuses to work out a number of thousands of digits.
    is_long = len(found[2]) > len(str(max(abs(low), abs(high))))
    if is_long or not low <= int(found[1] + found[2]) <= high:
        raise CellFault("out_of_range", _("The number is out of range."), cure)
    return int(found[1] + found[2])


def year(value: RawCell, *, limits: Limits | None = None) -> int:
    """A year of four digits, 2018 or 2018年, within the limits. Code: bad_year."""
    refuse_kinds(value, "bad_year", *NO_NUMBERS)
    limits = limits or present_limits()
    found = YEAR.fullmatch(plain(value))
    if found is not None and limits.min_year <= int(found[1]) <= limits.max_year:
        return int(found[1])
    told = _("This is not a year.") if found is None else _("The year is out of range.")
    years = {"first": limits.min_year, "last": limits.max_year}
    raise CellFault("bad_year", told, _("Write a year from %(first)s to %(last)s with four digits.") % years)


def day(value: RawCell, *, last: date | None = None) -> date:
    """A day: 2018-11-23, 2018/11/23, 2018年11月23日, or a date of a spreadsheet; none after `last`. Code: bad_date."""
    refuse_kinds(value, "bad_date", CellKind.NUMBER, CellKind.ERROR, CellKind.BOOLEAN)
    cure = _("Write a day as 2018-11-23.")
    found = DAY.fullmatch(plain(value))
    if found is None:
        raise CellFault("bad_date", _("This is not a day."), cure)
    try:
        told = date(*(int(part) for part in found.groups() if part is not None))
    except ValueError as error:
        raise CellFault("bad_date", _("The calendar has no such day."), cure) from error
    if last is not None and told > last:
        raise CellFault("bad_date", _("This day is still to come."), _("Write the day on which it was done."))
    return told

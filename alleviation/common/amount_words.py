"""Amounts of money in words, as a voucher has them: 3,000,000 yuan is 叁佰万元整.

Source of the rules: the Measures for Payment and Settlement of the People's Bank of China, annex 1
(正确填写票据和结算凭证的基本规定). Where it allows two spellings, the first of its examples is written.
static/js/entry.js writes the same.
"""

from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from alleviation.common.words import WIDE, exact, grouped

DIGITS = "零壹贰叁肆伍陆柒捌玖"
# Within a group of four digits, and what a group is counted in.
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿")
# Three groups of four digits.
LARGEST = Decimal(10) ** 12
MILLION, BILLION = 6, 9


def chinese_capitals(amount: Decimal | int) -> str:
    """Yuan in capital numerals: 1409.50 is 壹仟肆佰零玖元伍角, 3000000 is 叁佰万元整, -0.05 is 负伍分, 0 is 零元整.

    In: whole fen below 1,000,000,000,000 yuan. 整 ends what has no jiao and no fen. 零 stands for the zeros
    between two digits of a group, for a group of zeros or a shorter one that follows, and where the yuan end in zero,
    or there is no jiao, before what follows. Raises TypeError for a float, ValueError for any other number.
    """
    value = exact(amount)
    fen = WIDE.scaleb(abs(value), 2)
    if not value.is_finite() or fen != fen.to_integral_value() or abs(value) >= LARGEST:
        raise ValueError(f"{amount} is no amount of whole fen")
    yuan, rest = divmod(int(fen), 100)
    told = (_whole(yuan) + "元" if yuan else "") + _parts(yuan, *divmod(rest, 10))
    return ("负" if value < 0 and fen else "") + (told or "零元整")


def _whole(yuan: int) -> str:
    """Whole yuan above zero, group by group from the largest: 100,005,000 is 壹亿零伍仟."""
    told, skipped = "", False
    for number in reversed(range(len(GROUPS))):
        group = yuan // 10_000**number % 10_000
        if group:
            told += ("零" if told and (skipped or group < 1000) else "") + _group(group) + GROUPS[number]
        skipped = group == 0
    return told


def _group(group: int) -> str:
    """Four digits: 1409 is 壹仟肆佰零玖, 1680 is 壹仟陆佰捌拾, 10 is 壹拾."""
    told, skipped = "", False
    for place in (3, 2, 1, 0):
        digit = group // 10**place % 10
        if digit:
            told += ("零" if skipped and told else "") + DIGITS[digit] + PLACES[place]
        skipped = digit == 0
    return told


def _parts(yuan: int, jiao: int, fen: int) -> str:
    """Jiao and fen behind the yuan, 整 where there are none."""
    if not jiao and not fen:
        return "整" if yuan else ""
    is_zero_told = bool(yuan) and (yuan % 10 == 0 or not jiao)
    return ("零" if is_zero_told else "") + (f"{DIGITS[jiao]}角" if jiao else "") + (f"{DIGITS[fen]}分" if fen else "")


def amount_told(amount: Decimal) -> str:
    """An amount as a field tells it: "RMB 3,000,000 (3.00 million) = 叁佰万元整", in Chinese without the million.

    In: whole fen below 1,000,000,000,000 yuan. The number in brackets is rounded half up, and says so.
    Raises as `chinese_capitals` does.
    """
    words = {"capitals": chinese_capitals(amount), "number": grouped(amount, least_places=2), "short": _short(amount)}
    return ECHO["long" if words["short"] else "plain"]() % words


def _short(amount: Decimal) -> str:
    step = BILLION if abs(amount) >= 10**BILLION else MILLION
    if abs(amount) < 10**step:
        return ""
    scaled = WIDE.scaleb(amount, -step)
    shown = scaled.quantize(Decimal("0.01"), ROUND_HALF_UP, context=WIDE)
    told = ECHO["billion" if step == BILLION else "million"]() % {"number": f"{shown:,f}"}
    return told if shown == scaled else ECHO["about"]() % {"number": told}


# What a script tells amounts with, the same as above.
ECHO = {
    "plain": lambda: _("RMB %(number)s = %(capitals)s"),
    "long": lambda: _("RMB %(number)s (%(short)s) = %(capitals)s"),
    "million": lambda: _("%(number)s million"),
    "billion": lambda: _("%(number)s billion"),
    "about": lambda: _("about %(number)s"),
}

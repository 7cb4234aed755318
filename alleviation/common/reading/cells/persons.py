"""A person's name and identity number."""

import re
from datetime import date
from functools import lru_cache

from django.utils import timezone
from django.utils.translation import gettext as _
from stdnum.cn import ric
from stdnum.exceptions import ValidationError as NumberError

from alleviation.common.reading.cells.plain import is_number, plain, refuse_kinds, too_long, written
from alleviation.common.reading.cells.words import unmarked
from alleviation.common.reading.faults import CellFault
from alleviation.common.reading.grid import CellKind, RawCell

LONGEST_NAME = 50
# The ideographs of Unicode: the main block, its extensions A to I, those kept for compatibility, and 〇.
HAN = "〇㐀-䶿一-鿿豈-龎\U00020000-\U000323af"
OTHER_LETTERS = "A-Za-zÀ-ÖØ-öø-ɏ\u0f00-\u0fbc\u1800-\u18aa\u0620-\u064a\u066e-\u06d5\ua000-\ua48c"
MIDDLE_DOT = "·"
# What is typed for the dot between the parts of a name.
DOTS = str.maketrans(dict.fromkeys("•‧・･∙⋅\u0387●", MIDDLE_DOT))
POINT_BETWEEN = re.compile(f"(?<=[{HAN}])[.．](?=[{HAN}])")
DOT_IN_BLANKS = re.compile("[ \u3000\u00a0]*·[ \u3000\u00a0]*")
BLANKS = re.compile("  +")
PADDED = re.compile(f"([{HAN}])[ \u3000\u00a0]+([{HAN}])")
HAN_NAME = re.compile(f"[{HAN}]+(?:·[{HAN}]+)*")
OTHER_NAME = re.compile(f"[{OTHER_LETTERS}]+(?:(?:[-'’·] ?|\\.? )[{OTHER_LETTERS}]+)*\\.?")
FIRST_BIRTH = 1900
SCIENTIFIC = re.compile(r"[0-9.]+[eEｅＥ]\+?[0-9]+")
OLD_LENGTH, LENGTH = 15, 18
SHAPE = re.compile(r"[0-9]{17}[0-9X]")


def name(value: RawCell, longest: int = LONGEST_NAME) -> str:
    """A person's name: ideographs (rare ones too), the parts of a minority's name joined by ·, or letters.

    The blank that pads a name of two characters (李　四) is left out. Codes: bad_name, too_long.
    """
    refuse_kinds(value, "bad_name", *(kind for kind in CellKind if kind is not CellKind.FORMULA))
    text = written(value).strip()
    if len(text) > longest:
        raise too_long(longest)
    told = POINT_BETWEEN.sub(MIDDLE_DOT, text.translate(DOTS))
    told = BLANKS.sub(" ", DOT_IN_BLANKS.sub(MIDDLE_DOT, told))
    if padded := PADDED.fullmatch(told):
        told = padded[1] + padded[2]
    if not HAN_NAME.fullmatch(told) and not OTHER_NAME.fullmatch(told):
        cure = _("Write the name alone, without digits, signs or line breaks; with · between its parts.")
        raise CellFault("bad_name", _("This is not a person's name."), cure)
    return told


def id_number(value: RawCell, *, today: date | None = None) -> str:
    """The 18 digits of a resident identity number, X as the last allowed in any form.

    Codes: id_scientific, bad_id, id_length, id_birthday, id_checksum.
    """
    if is_number(value):
        raise _digits_lost()
    refuse_kinds(value, "bad_id", CellKind.DATE, CellKind.ERROR, CellKind.BOOLEAN)
    text = plain(value)
    if SCIENTIFIC.fullmatch(text):
        raise _digits_lost()
    number = unmarked("".join(text.split()).upper().replace("Ｘ", "X"))
    cure = _("Check its 18 digits against the identity card.")
    _refuse_shape(number, cure)
    _refuse_birthday(number, today or timezone.localdate(), cure)
    if number[-1] != ric.calc_check_digit(number):
        raise CellFault("id_checksum", _("The check digit is wrong: one of the digits is."), cure)
    if not _is_place(number[:6], number[6:10]):
        raise CellFault("bad_id", _("No county has these first six digits."), cure)
    return number


def _digits_lost() -> CellFault:
    told = _("The spreadsheet made a number of this identity number: its last digits are lost.")
    return CellFault("id_scientific", told, _("Format the column as text and type the 18 digits again."))


def _refuse_shape(number: str, cure: str) -> None:
    if SHAPE.fullmatch(number):
        return
    if not re.fullmatch(r"[0-9]+X?", number):
        raise CellFault("bad_id", _("An identity number has digits alone, the last may be an X."), cure)
    if len(number) == OLD_LENGTH:
        told = _("This is an identity number of 15 digits, which is no longer valid.")
        raise CellFault("id_length", told, _("Write the 18 digits of the present card."))
    raise CellFault("id_length", _("An identity number has 18 digits."), cure)


def _refuse_birthday(number: str, today: date, cure: str) -> None:
    try:
        born = ric.get_birth_date(number)
    except NumberError as error:
        raise CellFault("id_birthday", _("The calendar has no such birthday (digits 7 to 14)."), cure) from error
    if born.year < FIRST_BIRTH or born > today:
        raise CellFault("id_birthday", _("Nobody alive was born on this day (digits 7 to 14)."), cure)


@lru_cache(maxsize=4096)
def _is_place(county: str, year: str) -> bool:
    """Whether a county had this code in that year."""
    try:
        ric.get_birth_place(f"{county}{year}0101")
    except NumberError:
        return False
    return True

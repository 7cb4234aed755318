"""Codes, free text, and what is one of a few."""

import re
from collections.abc import Iterable
from functools import lru_cache
from unicodedata import normalize

from django.conf import settings
from django.db.models import TextChoices
from django.utils import translation
from django.utils.translation import gettext as _

from alleviation.common.reading.cells.plain import is_number, plain, refuse_kinds, too_long, written
from alleviation.common.reading.faults import CellFault
from alleviation.common.reading.grid import CellKind, RawCell

CODE = r"[A-Za-z0-9][A-Za-z0-9._/-]*"
# The ' that makes a spreadsheet keep digits as text; ours stands before signs alone.
MARKED = re.compile(r"'[0-9]+[Xx]?")
# Control characters but tab and line ends; bidirectional controls; lone surrogates; what is no character.
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
MOST_TOLD = 12


def code(
    value: RawCell, *, pattern: str = CODE, longest: int = 20, may_be_number: bool = False, sample: str = ""
) -> str:
    """A code as it is written, zeros before it included: letters, digits, . _ / -, or what `pattern` says.

    A number of a spreadsheet may have lost zeros, so it is refused but where `may_be_number` says that no code begins
    with one. Codes: bad_code, too_long.
    """
    if is_number(value) and not may_be_number:
        told = _("The spreadsheet made a number of this code: zeros before it are lost.")
        raise CellFault("bad_code", told, _("Format the column as text and type the code again."))
    refuse_kinds(value, "bad_code", CellKind.DATE, CellKind.ERROR, CellKind.BOOLEAN)
    text = unmarked(plain(value))
    if not re.fullmatch(pattern, text, re.ASCII):
        like = _("Write it like %(sample)s.") % {"sample": sample} if sample else _("Write letters and digits alone.")
        raise CellFault("bad_code", _("This is not a code."), like)
    if len(text) > longest:
        raise too_long(longest)
    return text


def village_code(value: RawCell) -> str:
    """The 12 digits of a division. A number is taken: no province's code begins with 0. Code: bad_code."""
    return code(value, pattern="[1-9][0-9]{11}", may_be_number=True, sample="110101001001")


def unmarked(text: str) -> str:
    """Digits without the ' by which a spreadsheet was made to keep them as text."""
    return text[1:] if MARKED.fullmatch(text) else text


def text(value: RawCell, longest: int) -> str:
    """Free text, a formula's start kept, without the ' that our own files put before it. Codes: bad_text, too_long."""
    refuse_kinds(value, "bad_text", CellKind.ERROR)
    told = written(value).strip()
    if len(told) > longest:
        raise too_long(longest)
    if UNSEEN.search(told):
        message = _("The text holds characters that nobody sees, or that hide the true text.")
        raise CellFault("bad_text", message, _("Type it again."))
    return told


def choice(value: RawCell, choices: type[TextChoices]) -> str:
    """The code of one of the choices, of which the code itself or its title in any language stands there.

    Code: bad_choice.
    """
    refuse_kinds(value, "bad_choice", CellKind.DATE, CellKind.ERROR, CellKind.BOOLEAN)
    found = _codes_by_word(choices).get(folded(written(value)))
    if found is None:
        titles = [str(label) for code, label in choices.choices if code][:MOST_TOLD]
        cure = _("Write one of: %(titles)s.") % {"titles": ", ".join(titles)}
        raise CellFault("bad_choice", _("This is none of the choices."), cure)
    return found


@lru_cache(maxsize=64)
def _codes_by_word(choices: type[TextChoices]) -> dict[str, str]:
    """Each code by every word for it; a word that two of them share is left out, since it says neither."""
    codes: dict[str, set[str]] = {}
    for member in choices:
        for word in {folded(member.value), *map(folded, in_all_languages(member))}:
            codes.setdefault(word, set()).add(member.value)
    return {word: found.pop() for word, found in codes.items() if word and len(found) == 1}


def in_all_languages(member: TextChoices) -> Iterable[str]:
    """The title of a choice in every language of the app."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            yield str(member.label)


def folded(text: str) -> str:
    """A word as it is compared: full-width letters made plain, no blanks, no case."""
    return "".join(normalize("NFKC", text).casefold().split())

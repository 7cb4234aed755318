"""What all kinds of cells have in common: the text that was meant, and the kinds of spreadsheet cells refused."""

from django.utils.translation import gettext as _

from alleviation.common.csv_out import guarded
from alleviation.common.reading.faults import CellFault
from alleviation.common.reading.grid import Cell, CellKind, RawCell

# What an input method or a typesetter writes for plain digits and signs.
WIDE = "０１２３４５６７８９．，－−＋￥¥／：％　"
MEANT = "0123456789.,--+￥￥/:% "
PLAIN = str.maketrans(WIDE, MEANT)


def unguarded(text: str) -> str:
    """The text without the ' that our own files put before what a spreadsheet would run."""
    return text[1:] if text.startswith("'") and guarded(text[1:]) == text else text


def written(value: RawCell) -> str:
    """The text of a cell as it was before our own files guarded it."""
    return value.text if isinstance(value, Cell) else unguarded(value)


def plain(value: RawCell) -> str:
    """The text of a cell with the digits and signs of an input method made plain, without blanks around it."""
    return written(value).translate(PLAIN).strip()


def is_number(value: RawCell) -> bool:
    """Whether a spreadsheet holds a number there, and no text."""
    return isinstance(value, Cell) and value.kind is CellKind.NUMBER


def refuse_kinds(value: RawCell, code: str, *kinds: CellKind) -> None:
    """Raises CellFault for a cell of one of these kinds, under the code; and under `formula` for any formula."""
    if not isinstance(value, Cell):
        return
    if value.kind is CellKind.FORMULA:
        raise CellFault("formula", _("This is a formula, not a value."), _("Copy the column and paste it as values."))
    if value.kind not in kinds:
        return
    told = {
        CellKind.NUMBER: _("This is a number, where text is asked for."),
        CellKind.DATE: _("This is a date, which is not asked for here."),
        CellKind.ERROR: _("The spreadsheet shows an error here."),
        CellKind.BOOLEAN: _("This is a truth value, which is not asked for here."),
    }
    raise CellFault(code, told[value.kind], _("Type what is meant."))


def too_long(longest: int) -> CellFault:
    """The fault of a text of more characters than these."""
    return CellFault("too_long", _("The text is too long."), _("At most %(most)s characters.") % {"most": longest})

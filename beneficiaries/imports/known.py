"""Cells that name a person: in full, or masked as our own files have them, which tells of who is known already."""

import re

from alleviation.common.reading import RawCell, cells
from beneficiaries.privacy import MASK

MASKED_NAME = re.compile(r"[^\s*]\*{1,49}")
MASKED_NUMBER = re.compile(r"\*{4}([0-9]{3}[0-9X])")


def head_name(value: RawCell) -> str:
    """A name, or one that is masked (王**). Raises CellFault."""
    if isinstance(value, str) and MASKED_NAME.fullmatch(text := value.strip()):
        return text
    return cells.name(value)


def id_number(value: RawCell) -> str:
    """An identity number, or its last four digits (****1234). Raises CellFault."""
    if isinstance(value, str) and MASKED_NUMBER.fullmatch(text := value.strip()):
        return text
    return cells.id_number(value)


def is_masked(text: str) -> bool:
    """Whether a name or number does not stand there in full."""
    return MASK in text

"""Whom a row names: in full, or masked as our own files have them, which tells of who is known already."""

import re
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from alleviation.common.reading import RawCell, cells
from beneficiaries.models import Person
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


def member_of(present: Iterable[Person], values: dict[str, Any]) -> Person | None:
    """Which of the present members of a household a row is about; None for somebody new.

    Raises ValidationError where several are called so and the number tells none of them.
    """
    named = [one for one in present if values["name"] in (one.name, one.masked_name)]
    tail = values["id_number"][-4:]
    if len(named) > 1 and tail:
        named = [one for one in named if one.id_tail == tail]
    if len(named) > 1:
        told = _("Several members of the household are called so: write the name and the number in full.")
        raise ValidationError({"name": ValidationError(told, code="ambiguous")})
    return named[0] if named else None


def number_to_note(values: dict[str, Any], person: Person) -> str:
    """The identity number that a row brings; "" for none, or for the one that is recorded.

    Raises ValidationError where the last digits are others than those of the person.
    """
    number: str = values["id_number"]
    if not number or number[-4:] == person.id_tail:
        return ""
    if person.id_tail or is_masked(number):
        told = _("The register has another identity number for this person. Check both.")
        raise ValidationError({"id_number": ValidationError(told, code="other_person")})
    return number


def brings_number(values: dict[str, Any], person: Person | None) -> bool:
    """Whether a row has an identity number in full, of somebody new or of whom none is recorded."""
    number = values["id_number"]
    return bool(number) and not is_masked(number) and (person is None or not person.id_tail)

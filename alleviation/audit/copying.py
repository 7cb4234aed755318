"""Last year's record as the beginning of this year's: what a form is filled in with, and where it is offered."""

from dataclasses import dataclass
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from alleviation.audit.forms import NUMBER


@dataclass(frozen=True)
class Offer:
    """A link that opens a form filled in from a record."""

    address: str
    year: int

    @property
    def title(self) -> str:
        return _("Enter %(year)s like %(before)s") % {"year": self.year, "before": self.year - 1}


def asked_for(request: Any, name: str, rows: Any) -> Any:
    """The record that an address names in ?copy=12, among these rows; None where it names none of them."""
    number = request.GET.get(name, "")
    return rows.filter(pk=number).first() if NUMBER.fullmatch(number) else None


def has_come(year: int) -> bool:
    """Whether there can be records of a year."""
    return year <= localdate().year

"""The incomes of a year: it is closed when each of them is verified."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.models import YearClosing
from alleviation.common import words
from alleviation.common.tables import Column, Kind, Table
from beneficiaries.rollups.waiting import Unverified, unverified_incomes


def refuse_unverified(closing: YearClosing) -> None:
    """Refuse to close a year while an income of it waits to be verified. Raises ValidationError."""
    if number := _number_of(unverified_incomes(closing.area, closing.year)):
        raise ValidationError(_message(closing, number), code="unverified_incomes")


def incomes_table(closing: YearClosing, user: User) -> Table | None:
    """How many incomes wait in which village, with the way to them; None where none do."""
    waiting = unverified_incomes(closing.area, closing.year)
    if not waiting:
        return None
    return Table(
        slug="unverified-incomes",
        title=_("Incomes that nobody has verified"),
        note=_("The year can be closed when each of them is verified by somebody else than who recorded it."),
        columns=(Column("village", _("Village"), Kind.LINK), Column("records", _("Incomes"), Kind.COUNT)),
        rows=[_row(one, closing.year, user) for one in waiting],
        total={"records": _number_of(waiting)},
    )


def _number_of(waiting: Sequence[Unverified]) -> int:
    return sum(one.records for one in waiting)


def _row(one: Unverified, year: int, user: User) -> dict[str, Any]:
    address = _address(year, q=one.village.code) if user.may(Right.VIEW_HOUSEHOLDS) else ""
    return {"village": one.village.local_name, "_url": address, "records": one.records}


def _address(year: int, **more: str) -> str:
    """The reviewers' list of incomes, submitted and returned."""
    query = urlencode({"year": str(year), "state": "waiting", **more})
    return f"{reverse('admin:beneficiaries_incomerecord_changelist')}?{query}"


def _message(closing: YearClosing, number: int) -> str:
    message = ngettext(
        "%(number)s income of the year is not verified. Verify it first:",
        "%(number)s incomes of the year are not verified. Verify them first:",
        number,
    )
    told = message % {"number": words.count(number)}
    return format_html('{} <a href="{}">{}</a>', told, _address(closing.year), gettext("Incomes that wait"))

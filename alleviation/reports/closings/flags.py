"""The red flags of a year: it is closed when each of them is explained."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.audit.models import YearClosing
from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.tables import Table
from alleviation.reports.closings.freezing import reader_of
from alleviation.scrutiny.flags import telling
from alleviation.scrutiny.flags.found import unexplained
from projects.filters import QueryForm

FIELDS = ("year", "area")
# More are counted, not shown.
ROWS = 100


def refuse_unexplained(closing: YearClosing) -> None:
    """Refuse to close a year while a red flag of it is not explained. Raises ValidationError."""
    query = _question(closing, reader_of(closing.area))
    number = len(unexplained(query)) if query else 0
    if number:
        raise ValidationError(_message(closing, number), code="red_flags")


def flags_url(closing: YearClosing) -> str:
    """The red flags of the year and area."""
    return f"{reverse('dashboards:red-flags')}?{urlencode(_asked(closing))}"


def flags_table(closing: YearClosing, user: User) -> Table | None:
    """What stands in the way of closing the year, as far as this person may see it; None where nothing does."""
    query = _question(closing, user)
    found = unexplained(query) if query else []
    if query is None or not found:
        return None
    return Table(
        slug="unexplained-flags",
        title=_("Red flags that nobody has explained"),
        note=_("The year can be closed when each of them is explained by one person and accepted by another."),
        columns=(telling.RULE, *telling.CASE[:1], *telling.CASE[2:]),
        rows=telling.rows(found)[:ROWS],
        asked=query.asked(),
    )


def _asked(closing: YearClosing) -> dict[str, str]:
    return {"year": str(closing.year), "area": closing.area.ljust(12, "0")}


def _question(closing: YearClosing, user: User) -> Query | None:
    """The year and area of the closing as this person asks; None where there is no such place."""
    try:
        return QueryForm(_asked(closing), user=user, fields=FIELDS).query()
    except Http404:
        return None


def _message(closing: YearClosing, number: int) -> str:
    message = ngettext(
        "%(number)s red flag of the year is not explained. Explain it first:",
        "%(number)s red flags of the year are not explained. Explain them first:",
        number,
    )
    told = message % {"number": words.count(number)}
    return format_html('{} <a href="{}">{}</a>', told, flags_url(closing), gettext("Red flags"))

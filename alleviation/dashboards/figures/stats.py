"""A figure at a glance: its words, what it is compared with, and the pages that explain it and have more of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.tables import PARTLY, Mark, explain_url
from alleviation.scrutiny.figures.changes import grown
from alleviation.scrutiny.remembered import remembered
from projects.rollups.records import record_counts

UP, DOWN, SAME = "up", "down", "same"


@dataclass(frozen=True)
class Stat:
    """A figure in words, its unit, what it is compared with, and where it comes from.

    `opens` explains the figure, `note_opens` what it is compared with; `url` is the page that has more of its kind.
    `way` is where it went since: up, down, or the same; an arrow tells it, and the note does in words. Whether that is
    good is not told. `more` says something else of it. `beside` is the same figure of the five-year plan so far.
    """

    label: str
    value: str
    note: str | SafeString = ""
    url: str = ""
    unit: str = ""
    made_up: Mark = False
    opens: str = ""
    note_opens: str = ""
    way: str = ""
    more: str | SafeString = ""
    beside: "Stat | None" = None

    @property
    def is_partly_made_up(self) -> bool:
        """Whether records of the office are in the figure as well."""
        return self.made_up == PARTLY


def records(query: Query) -> list[Stat]:
    """How many projects, alliances, documents and claims are recorded; the latter two are those of every area."""
    counts = remembered(query, "records", lambda: record_counts(query))
    here, alliances = query.asked(), {"area": query.area_code}
    return [
        _counted(_("Projects"), counts.projects, page_url("projects", query), "projects", here),
        _counted(_("Alliances"), counts.alliances, page_url("alliances", query), "alliances", alliances),
        _counted(_("Documents"), counts.documents, reverse("dashboards:documents"), "documents", {}),
        _counted(_("Claims"), counts.claims, reverse("dashboards:claims"), "claims", {}),
    ]


def _counted(label: str, number: int, url: str, figure: str, asked: Mapping[str, str]) -> Stat:
    return Stat(label, words.count(number), url=url, opens=explain_url(figure, asked))


def change(now: Decimal | None, before: Decimal | None, then: int | str) -> str:
    """Now against a year, or years, before, as a percentage with its sign; said to be unknown where either is.

    Of a loss, as of nothing, no percentage can be told.
    """
    ratio = grown(now, before)
    if ratio is None:
        return _("nothing to compare with in %(year)s") % {"year": then}
    sign = "+" if ratio >= 0 else ""
    return _("%(change)s against %(year)s") % {"change": sign + words.percent(ratio), "year": then}


def way_of(now: Decimal | None, before: Decimal | None) -> str:
    """Where an amount went: up, down or the same; "" where a change cannot be told."""
    return "" if grown(now, before) is None else way_between(now, before)


def way_between(now: Any, before: Any) -> str:
    """Where a number went, whatever it was before."""
    return UP if now > before else DOWN if now < before else SAME


def against(figure: str, opens: str, then: int | str, way: str) -> SafeString:
    """What it was before: "from 163 in 2023", where that opens."""
    earlier = format_html('<a class="opens" href="{}">{}</a>', opens, figure) if opens else figure
    if way == SAME:
        return format_html(_("as in {years}: {figure}"), figure=earlier, years=then)
    return format_html(_("from {figure} in {years}"), figure=earlier, years=then)


def years_words(first: int, last: int) -> str:
    """A year, or the first and the last of several."""
    return str(first) if first == last else f"{first}–{last}"


def page_url(page: str, query: Query, year: int | None = None) -> str:
    """A page of figures, asked about the same place and day, and about a year."""
    asked = {"year": str(year or ""), "area": query.area_code, "as_of": query.as_of_words}
    given = urlencode({name: value for name, value in asked.items() if value})
    return reverse(f"dashboards:{page}") + (f"?{given}" if given else "")

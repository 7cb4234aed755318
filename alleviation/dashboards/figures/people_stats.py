"""People at a glance: what they live on, against the line and the year before, and who was counted."""

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.tables import Table, explain_url
from alleviation.common.years import FIRST_YEAR
from alleviation.dashboards.figures.stats import Stat, change, page_url, way_of
from alleviation.scrutiny.figures.changes import grown
from alleviation.scrutiny.remembered import remembered
from beneficiaries.models import PovertyLine
from beneficiaries.rollups import asked_of_line, households_on_register, income_total, poverty_lines
from beneficiaries.rollups.sized import MOST_AT_A_GLANCE, is_worked_out_at_once

Row = dict[str, Any]


def people(query: Query, by_year: Table) -> list[Stat]:
    """Per-capita income of the latest year with records, against the line and the year before, and who was counted.

    `by_year` is the table of the page, which has all of it but what lies before the years asked for.
    """
    rows: dict[int, Row] = {row["year"]: dict(row) for row in by_year.rows}
    year = max(rows, default=None)
    if year is None:
        return []
    asked, row = query.of_years(year, year), rows[year]
    lines = poverty_lines(query.of_years(FIRST_YEAR, year))
    return [
        _per_capita(asked, row, _before(query, rows, year), lines.get(year)),
        _line(asked, lines),
        Stat(
            _("Persons counted"),
            words.count(row["persons"]),
            _("in %(year)s") % {"year": year},
            page_url("income", query, year),
            made_up=row.get("_made_up") or False,
            opens=explain_url("persons", asked.asked()),
        ),
        *_register(query),
    ]


def _before(query: Query, rows: dict[int, Row], year: int) -> Decimal | None:
    """Per-capita income of the year before, of which the table tells where it is asked for."""
    if query.holds_year(year - 1):
        return rows.get(year - 1, {}).get("per_capita")
    return income_total(query.of_years(year - 1, year - 1)).per_capita


def _per_capita(asked: Query, row: Row, before: Decimal | None, line: PovertyLine | None) -> Stat:
    year, now = row["year"], row.get("per_capita")
    told = {**asked.asked(), "of": "per-capita-income"}
    return Stat(
        _("Per-capita income %(year)s") % {"year": year},
        _("withheld") if "per_capita" in row.get("_withheld", ()) else words.yuan(now),
        change(now, before, year - 1),
        page_url("income", asked, year),
        _("yuan per person"),
        row.get("_made_up") or False,
        opens=explain_url("per-capita-income", asked.asked()),
        note_opens="" if grown(now, before) is None else explain_url("change", told),
        way=way_of(now, before),
        more=_against_line(now, line),
    )


def _against_line(now: Decimal | None, line: PovertyLine | None) -> str:
    """Whether it is above or below the line, where the bounds of the line tell."""
    if now is None or line is None:
        return ""
    low, high = line.figure.low, line.figure.high
    if high is not None and now > high:
        return _("above the poverty line of %(year)s") % {"year": line.year}
    if low is not None and now < low:
        return _("below the poverty line of %(year)s") % {"year": line.year}
    return _("at the poverty line of %(year)s") % {"year": line.year}


def _line(asked: Query, lines: dict[int, PovertyLine]) -> Stat:
    """The line of the year; where none is recorded, the last one before it beside that, which is not taken for it."""
    year, url = asked.last_year, reverse("dashboards:income") + "#poverty-lines"
    label = _("Poverty line %(year)s") % {"year": year}
    line = lines.get(year)
    if line:
        opens = _line_url(asked, line)
        return Stat(label, line.figure.words("CNY"), line.get_concept_display(), url, opens=opens)
    more = ""
    if last := lines.get(max(lines, default=0)):
        figure = format_html('<a class="opens" href="{}">{}</a>', _line_url(asked, last), last.figure.words("CNY"))
        more = format_html(_("the last one recorded: {figure} in {years}"), figure=figure, years=last.year)
    return Stat(label, words.NOTHING, _("not recorded for this year"), url, more=more)


def _line_url(asked: Query, line: PovertyLine) -> str:
    return explain_url("poverty-line", {**asked.asked(), **asked_of_line(line)})


def _register(query: Query) -> list[Stat]:
    """How many households are on the register, where so few are asked about that they are counted for a page."""
    number = remembered(query, "register", lambda: _on_register(query))
    if number is None:
        return []
    opens = explain_url("register", {"area": query.area_code})
    return [Stat(_("Households on the register"), words.count(number), _("today"), opens=opens)]


def _on_register(query: Query) -> int | None:
    return households_on_register(query) if is_worked_out_at_once(query, MOST_AT_A_GLANCE) else None

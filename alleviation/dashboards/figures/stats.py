"""The few figures at the top of the overview, each with its unit, its comparison and the page that explains it."""

from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from alleviation.accounts.rights import Right
from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.tables import PARTLY, Mark, explain_url, mark_of
from alleviation.scrutiny.figures.changes import grown
from beneficiaries.rollups import asked_of_line, households_on_register, income_total, latest_year, poverty_lines
from beneficiaries.rollups.warnings import early_warnings
from projects.rollups import Funding, funding_total, pledged_years
from projects.rollups.funding import latest_booked_year
from projects.rollups.pledges import pledged
from projects.rollups.records import record_counts


@dataclass(frozen=True)
class Stat:
    """A figure in words, its unit, what it is compared with, and where it comes from.

    `opens` explains the figure, `note_opens` what it is compared with; `url` is the page that has more of its kind.
    """

    label: str
    value: str
    note: str = ""
    url: str = ""
    unit: str = ""
    made_up: Mark = False
    opens: str = ""
    note_opens: str = ""

    @property
    def is_partly_made_up(self) -> bool:
        """Whether records of the office are in the figure as well."""
        return self.made_up == PARTLY


def money(query: Query) -> list[Stat]:
    """Pledged, allocated, disbursed and spent in the latest year with entries, against the year before."""
    year = latest_booked_year(query)
    if year is None:
        return []
    asked = query.of_years(year, year)
    now, before = (funding_total(query.of_years(y, y)) for y in (year, year - 1))
    url = _url("funding", query, year)
    due = pledged_years(asked, until=query.present_year)
    mark = mark_of(now.made_up, now.entries)
    return [
        Stat(
            _("Pledged for %(year)s") % {"year": year},
            pledged(due).words("CNY"),
            _("never added to booked money"),
            url,
            made_up=mark_of(sum(one.pledge.is_made_up for one in due), len(due)),
            opens=explain_url("pledged", asked.asked()) if due else "",
        ),
        *(_booked(label, name, now, before, asked) for label, name in _kinds()),
        Stat(
            _("Execution rate %(year)s") % {"year": year},
            words.percent(now.execution_rate),
            _("spent ÷ allocated"),
            url,
            made_up=mark,
            opens=explain_url("execution-rate", asked.asked()) if now.allocated else "",
        ),
    ]


def people(query: Query) -> list[Stat]:
    """Per-capita income of the latest year with records, against the line and the year before, and who was counted."""
    year = latest_year(query)
    if year is None:
        return []
    asked = query.of_years(year, year)
    now, before = (income_total(query.of_years(y, y)) for y in (year, year - 1))
    url = _url("income", query, year)
    line = poverty_lines(asked).get(year)
    mark = mark_of(now.made_up, now.households)
    return [
        Stat(
            _("Per-capita income %(year)s") % {"year": year},
            _("withheld") if now.withheld else words.yuan(now.per_capita),
            change(now.per_capita, before.per_capita, year - 1),
            url,
            _("yuan per person"),
            mark,
            opens=explain_url("per-capita-income", asked.asked()),
            note_opens=_change_url(asked, "per-capita-income", now.per_capita, before.per_capita),
        ),
        Stat(
            _("Poverty line %(year)s") % {"year": year},
            line.figure.words("CNY") if line else words.NOTHING,
            line.get_concept_display() if line else _("not recorded for this year"),
            reverse("dashboards:income") + "#poverty-lines",
            opens=explain_url("poverty-line", {**asked.asked(), **asked_of_line(line)}) if line else "",
        ),
        Stat(
            _("Persons counted"),
            words.count(now.persons),
            _("in %(year)s") % {"year": year},
            url,
            made_up=mark,
            opens=explain_url("persons", asked.asked()),
        ),
        Stat(
            _("Households on the register"),
            words.count(households_on_register(query)),
            opens=explain_url("register", {"area": query.area_code}),
        ),
    ]


def warnings(query: Query) -> list[Stat]:
    """How many households warn today, for those who look after households there; none for a past day."""
    looks_after = query.user.may(Right.VIEW_HOUSEHOLDS) and query.user.area
    if not looks_after or query.as_of is not None:
        return []
    asked = {"area": query.area_code}
    found = early_warnings(query, localdate())
    mark = mark_of(sum(one.household.is_made_up for one in found), len(found))
    url = reverse("dashboards:household-warnings") + (f"?{urlencode(asked)}" if query.area_code else "")
    opens = explain_url("early-warnings", asked)
    return [Stat(_("Early warnings"), words.count(len(found)), url=url, made_up=mark, opens=opens)]


def records(query: Query) -> list[Stat]:
    """How many projects, alliances, documents and claims are recorded; the latter two are those of every area."""
    counts = record_counts(query)
    here, alliances = query.asked(), {"area": query.area_code}
    return [
        Stat(
            _("Projects"),
            words.count(counts.projects),
            url=_url("projects", query),
            opens=explain_url("projects", here),
        ),
        Stat(
            _("Alliances"),
            words.count(counts.alliances),
            url=_url("alliances", query),
            opens=explain_url("alliances", alliances),
        ),
        Stat(
            _("Documents"),
            words.count(counts.documents),
            url=reverse("dashboards:documents"),
            opens=explain_url("documents", {}),
        ),
        Stat(
            _("Claims"),
            words.count(counts.claims),
            url=reverse("dashboards:claims"),
            opens=explain_url("claims", {}),
        ),
    ]


def change(now: Decimal | None, before: Decimal | None, year: int) -> str:
    """Now against a year before, as a percentage with its sign; said to be unknown where either is.

    Of a loss, as of nothing, no percentage can be told.
    """
    ratio = grown(now, before)
    if ratio is None:
        return _("nothing to compare with in %(year)s") % {"year": year}
    sign = "+" if ratio >= 0 else ""
    return _("%(change)s against %(year)s") % {"change": sign + words.percent(ratio), "year": year}


def _change_url(asked: Query, figure: str, now: Decimal | None, before: Decimal | None) -> str:
    """What explains a change against the year before; "" where no change is told."""
    return "" if grown(now, before) is None else explain_url("change", {**asked.asked(), "of": figure})


def _kinds() -> list[tuple[str, str]]:
    return [
        (_("Allocated in %(year)s"), "allocated"),
        (_("Disbursed in %(year)s"), "disbursed"),
        (_("Spent in %(year)s"), "spent"),
    ]


def _booked(label: str, name: str, now: Funding, before: Funding, asked: Query) -> Stat:
    value, earlier, year = getattr(now, name), getattr(before, name), asked.first_year
    return Stat(
        label % {"year": year},
        words.yuan_short(value),
        change(value, earlier, year - 1),
        _url("funding", asked, year),
        made_up=mark_of(now.made_up, now.entries),
        opens=explain_url(name, asked.asked()),
        note_opens=_change_url(asked, name, value, earlier),
    )


def _url(page: str, query: Query, year: int | None = None) -> str:
    asked = {"year": str(year or ""), "area": query.area_code, "as_of": query.as_of_words}
    given = urlencode({name: value for name, value in asked.items() if value})
    return reverse(f"dashboards:{page}") + (f"?{given}" if given else "")

"""The tables of an area page that bring several rooms together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common.query import Query
from alleviation.common.tables import Column, Kind, Table, mark_of
from alleviation.common.words import sentences
from alleviation.dashboards.figures.funding_tables import FIRST
from alleviation.dashboards.figures.income_tables import PEOPLE, PER_CAPITA
from alleviation.scrutiny.per_person import PerPerson, beside
from alleviation.scrutiny.remembered import remembered
from beneficiaries.reports.cells import WHY_WITHHELD, withheld_cells
from beneficiaries.rollups import Income, income_by_area, income_total, latest_year
from projects.models import Division
from projects.rollups import Funding, funding_by_area, funding_total
from projects.rollups.lists import alliances_in, projects_in
from projects.rollups.places import asked_of_place, child_level, listed_children, name_children

Row = dict[str, Any]
MONEY = (
    Column("allocated", _("Allocated"), Kind.YUAN, explained="allocated"),
    Column("spent", _("Spent"), Kind.YUAN, explained="spent"),
)
# Of one year, where money is of all years asked for.
OF_THE_YEAR = tuple(column.key for column in (*PEOPLE, PER_CAPITA))
HEADS = {
    None: _("Provinces"),
    1: _("Prefectures"),
    2: _("Counties"),
    3: _("Towns and townships"),
    4: _("Villages"),
}


@dataclass(frozen=True)
class Totals:
    """What a page has read already of what the places make together: the latest year with its incomes, and money."""

    year: int | None
    income: Income
    funding: Funding


def totals_of(query: Query) -> Totals:
    """The money of all years asked for, and the incomes of the latest of them that has any."""
    year = latest_year(query)
    return Totals(year, income_total(query.of_years(year, year)) if year else Income(), funding_total(query))


def children(query: Query, place: Division | None, *, listed: bool = True, totals: Totals | None = None) -> Table:
    """The places right below, each with its money of all years asked for and its incomes of the latest of them.

    In: former places that still hold a figure, and, where `listed`, every place on the list, also without one.
    """
    whole = totals or totals_of(query)
    year = whole.year
    people, money = _by_place(query, place, year)
    incomes, funds = {one.key: one for one in people}, {one.key: one for one in money}
    level = child_level(place)
    names = name_children({*funds, *incomes}, level) if level else {}
    below = listed_children(place) if listed else []
    labels = {one.code: one.local_name for one in below} | {code: child.words for code, child in names.items()}
    others = {one.code: one.other_name for one in below}
    others |= {code: child.other_name for code, child in names.items()}
    codes = sorted({*labels, *funds, *incomes}, key=lambda code: (code == "", code))
    return Table(
        slug="places",
        title=HEADS.get(place.level if place else None, _("Places")),
        columns=(Column("area", _("Area")), Column("code", _("Code"), Kind.CODE), *MONEY, *PEOPLE, PER_CAPITA),
        rows=[
            {
                **_child_row(code, labels, funds.get(code), incomes.get(code)),
                **_asked(year, code, level),
                "_aside": others.get(code, ""),
                "_narrows": {"area": code} if code else {},
            }
            for code in codes
        ],
        total={
            "area": gettext("Total"),
            **_cells(whole.funding if whole.funding.entries else None, whole.income if year else None),
            "_asked_of": _of_the_year(year),
        },
        note=_income_note(year, is_withheld=any(one.withheld for one in (whole.income, *incomes.values()))),
        empty=_("A village has no smaller places."),
        asked=query.asked(),
    )


def _by_place(query: Query, place: Division | None, year: int | None) -> tuple[Sequence[Income], Sequence[Funding]]:
    """The incomes of a year and the money of all years asked for, by the places right below one."""
    of_year, name = query.of_years(year or 0, year or 0), f"places of {place.code if place else ''}"
    incomes = remembered(of_year, name, lambda: tuple(income_by_area(of_year, place))) if year else ()
    return incomes, remembered(query, f"money of {name}", lambda: tuple(funding_by_area(query, place)))


def per_person(query: Query, funding: Table, incomes: Table) -> Table:
    """What was allocated for each person counted, by year: of the same rows as the two tables above it."""
    money = [replace(row["_money"], key=row["year"]) for row in funding.rows if row["_money"]]
    years = beside(money, [row["_income"] for row in incomes.rows])
    return Table(
        slug="allocated-per-person",
        title=_("Allocated per person, by year"),
        columns=(
            Column("year", _("Year"), Kind.YEAR),
            MONEY[0],
            PEOPLE[1],
            Column(
                "per_person",
                _("Allocated per person"),
                Kind.YUAN,
                _("yuan per person"),
                explained="allocated-per-person",
            ),
        ),
        rows=[_per_person_row(one) for one in years],
        note=_(
            "Allocated in the year ÷ persons whose income of the year is recorded. It says how much was set aside for "
            "so many, not what anybody got; a dash where one of the two is not recorded."
        ),
        empty=_("Neither money nor income is recorded for this filter. Widen the filter, or enter them in the admin."),
        asked=query.asked(),
    )


def _per_person_row(one: PerPerson) -> Row:
    return {
        "year": one.year,
        "allocated": one.allocated,
        "persons": one.persons,
        "per_person": one.ratio,
        "_asked": {"year": str(one.year)},
        "_narrows": {"year": str(one.year)},
        "_made_up": one.made_up,
    }


def projects(query: Query) -> Table:
    """The projects that lie in the area."""
    return Table(
        slug="projects",
        title=_("Projects"),
        columns=(Column("name", _("Project")), Column("kind", _("Kind")), Column("status", _("Status")), *PLACE),
        rows=[
            {
                "name": str(project),
                "_url": project.get_absolute_url(),
                "_narrows": {},
                "_made_up": project.is_made_up,
                "kind": project.get_kind_display(),
                "status": project.get_status_display(),
                "place": project.division.local_name if project.division else "",
            }
            for project in projects_in(query)
        ],
        first=FIRST,
        empty=_("No project is recorded here. Projects are entered in the admin."),
    )


def alliances(query: Query) -> Table:
    """The party-branch alliances that serve the area."""
    return Table(
        slug="alliances",
        title=_("Party-branch alliances"),
        columns=(Column("title", _("Alliance")), Column("signed_on", _("Signed on"), Kind.DATE), *PLACE),
        rows=[
            {
                "title": str(alliance),
                "_url": alliance.get_absolute_url(),
                "_narrows": {},
                "_made_up": alliance.is_made_up,
                "signed_on": alliance.signed_on,
                "place": alliance.division.local_name,
            }
            for alliance in alliances_in(query)
        ],
        first=FIRST,
        empty=_("No alliance is recorded here. Alliances are entered in the admin."),
    )


PLACE = (Column("place", _("Place")),)


def _child_row(code: str, labels: dict[str, str], funding: Funding | None, income: Income | None) -> Row:
    if not code:
        return {"area": gettext("Not tied to a smaller place"), **_cells(funding, income)}
    url = reverse("dashboards:area", args=[code])
    return {"area": labels.get(code, code), "_url": url, "code": code, **_cells(funding, income)}


def _asked(year: int | None, code: str, level: int | None) -> Row:
    return {"_asked": asked_of_place(code, level), "_asked_of": _of_the_year(year)}


def _of_the_year(year: int | None) -> Row:
    return {key: {"year": str(year)} for key in OF_THE_YEAR}


def _cells(funding: Funding | None, income: Income | None) -> Row:
    """What is not recorded is not known, which is not the same as 0."""
    money = {"allocated": funding.allocated, "spent": funding.spent} if funding else {}
    people = (
        {"households": income.households, "persons": income.persons, "per_capita": income.per_capita} if income else {}
    )
    kept_back = withheld_cells(income) if income else {}
    sums, persons = funding or Funding(), income or Income()
    mark = mark_of(sums.made_up + persons.made_up, sums.entries + (persons.households or 0))
    return {**money, **people, **kept_back, "_made_up": mark}


def _income_note(year: int | None, *, is_withheld: bool) -> str:
    money = gettext("Money: all years asked for.")
    if year is None:
        return money
    people = gettext("Households, persons and per-capita income: %(year)s.") % {"year": year}
    return sentences(money, people, WHY_WITHHELD if is_withheld else "")

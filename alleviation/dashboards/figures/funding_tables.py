"""The tables of booked and promised money, for the funding, area and overview pages."""

from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.common.areas import covers
from alleviation.common.query import Query
from alleviation.common.tables import Column, Kind, Mark, Table, mark_of
from alleviation.common.words import local
from alleviation.dashboards.records.parts import place_url, pledge_url, seen, source_url
from projects.choices import ProjectKind, SourceLevel
from projects.models import Division
from projects.rollups import (
    Funding,
    PledgedYear,
    funding_by_area,
    funding_by_kind,
    funding_by_plan,
    funding_by_project,
    funding_by_source,
    funding_by_year,
    pledged_years,
)
from projects.rollups.places import child_level, name_children
from projects.rollups.pledges import pledged, pledges

Row = dict[str, Any]

MONEY = (
    Column("allocated", _("Allocated"), Kind.YUAN),
    Column("disbursed", _("Disbursed"), Kind.YUAN),
    Column("spent", _("Spent"), Kind.YUAN),
    Column("refunded", _("Refunded"), Kind.YUAN),
    Column("execution_rate", _("Execution rate"), Kind.RATIO),
)
NOTE = _(
    "Booked in the ledger. Allocated, disbursed, spent and refunded are four different sums and are never added "
    "together. Execution rate: spent ÷ allocated."
)
NO_SMALLER_PLACE = _("A village has no smaller places.")
NO_ENTRIES = _("No money is booked for this filter. Widen the filter, or enter a ledger entry.")


def money_cells(funding: Funding | None) -> Row:
    """The cells of MONEY; empty where nothing is booked, which does not say that nothing was paid."""
    if funding is None:
        return {}
    mark = mark_of(funding.made_up, funding.entries)
    return {**{column.key: getattr(funding, column.key) for column in MONEY}, "_made_up": mark}


def by_year(query: Query, total: Funding, *, until: int) -> Table:
    """Booked money by year, with what was promised for the year beside it."""
    promised = pledged_years(query, until=until)
    booked = {one.key: one for one in funding_by_year(query)}
    rows = [
        _year_row(year, booked.get(year), [one for one in promised if one.year == year])
        for year in sorted({*booked, *(one.year for one in promised)})
    ]
    return Table(
        slug="annual-funding",
        title=_("Funding by year"),
        columns=(
            Column("year", _("Year"), Kind.YEAR),
            Column("pledged", _("Pledged"), Kind.FIGURE, unit="CNY"),
            *MONEY,
        ),
        rows=rows,
        total={
            "year": gettext("Total"),
            "pledged": pledged(promised),
            **money_cells(total if total.entries else None),
            "_made_up": _mark(total, promised),
        },
        note=_(
            "Pledged money stands beside what is booked and is never added to it. A pledge whose start is not stated "
            "is shown from the year of its document, and one whose end is not stated up to the present year."
        ),
        empty=NO_ENTRIES,
    )


def by_plan(query: Query, total: Funding) -> Table:
    """Booked money by five-year plan."""
    rows = [
        {"plan": str(one.key) if one.key else gettext("Other years"), **money_cells(one)}
        for one in funding_by_plan(query)
    ]
    return _table("funding-by-plan", _("By five-year plan"), Column("plan", _("Plan")), rows, total)


def by_source(query: Query, total: Funding) -> Table:
    """Booked money by source."""
    rows = [
        {
            "source": local(name, name_zh),
            "level": SourceLevel(level).label,
            "_url": source_url(code),
            **money_cells(one),
        }
        for one in funding_by_source(query)
        for code, name, name_zh, level in [one.key]
    ]
    first = (Column("source", _("Funding source")), Column("level", _("Level")))
    return _table("funding-by-source", _("By funding source"), first, rows, total)


def by_kind(query: Query, total: Funding) -> Table:
    """Booked money by kind of project."""
    rows = [
        {"kind": ProjectKind(one.key).label if one.key else gettext("Not tied to a project"), **money_cells(one)}
        for one in funding_by_kind(query)
    ]
    return _table("funding-by-kind", _("By kind of project"), Column("kind", _("Kind")), rows, total)


def by_project(query: Query, total: Funding) -> Table:
    """Booked money by project; what is tied to none is a row of its own, and a foreign project is not named."""
    rows = [_project_row(one, query.user.area) for one in funding_by_project(query)]
    return _table("funding-by-project", _("By project"), Column("project", _("Project")), rows, total)


def by_area(query: Query, total: Funding, division: Division | None) -> Table:
    """Booked money by the places right below one."""
    sums = funding_by_area(query, division)
    level = child_level(division)
    names = name_children((one.key for one in sums), level) if level is not None else {}
    rows = [
        {
            "area": names[one.key].words if one.key in names else one.key or gettext("Not tied to a smaller place"),
            "_url": reverse("dashboards:area", args=[one.key]) if one.key else "",
            **money_cells(one),
        }
        for one in sums
    ]
    table = _table("funding-by-area", _("By area"), Column("area", _("Area")), rows, total)
    # A total of no rows would look as if rows were missing.
    return table if level is not None else replace(table, total=None, empty=NO_SMALLER_PLACE)


def pledges_table(query: Query) -> Table:
    """Every pledge with its amount and years, as far as stated; a foreign project is neither named nor linked."""
    found = pledges(query)
    projects = seen((pledge.project for pledge in found), query.user)
    return Table(
        slug="pledges",
        title=_("Pledges"),
        columns=(
            Column("source", _("Pledged by")),
            Column("area", _("For")),
            Column("project", _("Project")),
            Column("amount", _("Amount"), Kind.FIGURE, unit="CNY"),
            Column("basis", _("Paid")),
            Column("years", _("Years")),
            Column("document", _("Stated in")),
        ),
        rows=[_pledge_row(pledge, projects.get(pledge.project_id or 0), query.user) for pledge in found],
        note=_("Promised, not booked. What a document does not state is shown as not stated."),
        empty=_("No pledge is recorded for this filter. Pledges are entered in the admin."),
    )


def _table(slug: str, title: Any, first: Column | tuple[Column, ...], rows: list[Row], total: Funding) -> Table:
    leading = (first,) if isinstance(first, Column) else first
    return Table(
        slug=slug,
        title=title,
        columns=(*leading, *MONEY),
        rows=rows,
        total={leading[0].key: gettext("Total"), **money_cells(total if total.entries else None)},
        note=NOTE,
        empty=NO_ENTRIES,
    )


def _year_row(year: int, booked: Funding | None, due: list[PledgedYear]) -> Row:
    mark = _mark(booked or Funding(), due)
    return {"year": year, "pledged": pledged(due) if due else None, **money_cells(booked), "_made_up": mark}


def _mark(booked: Funding, promised: list[PledgedYear]) -> Mark:
    """The mark of a row that shows booked and promised money side by side."""
    made_up = sum(one.pledge.is_made_up for one in promised)
    return mark_of(booked.made_up + made_up, booked.entries + len(promised))


def _project_row(one: Funding, area: str) -> Row:
    code, name, name_zh, is_made_up, place_code = one.key
    if code is None:
        return {"project": gettext("Not tied to a project"), **money_cells(one)}
    if not covers(area, place_code or ""):
        return {"project": gettext("A project outside your area"), **money_cells(one)}
    url = reverse("dashboards:project", args=[code])
    # The project's name is a row of its own beside its entries: either may be made up without the other.
    mark = mark_of(one.made_up + is_made_up, one.entries + 1)
    return {"project": f"{code} {local(name, name_zh)}", "_url": url, **money_cells(one), "_made_up": mark}


def _pledge_row(pledge: Any, project: Any, user: User) -> Row:
    return {
        "source": pledge.source.local_name,
        "area": pledge.division.local_name,
        "project": project.local_name if project else "",
        "amount": pledge.figure,
        "basis": pledge.get_basis_display(),
        "years": years_in_words(pledge),
        "document": pledge.stated_in.title if pledge.stated_in else "",
        "_made_up": pledge.is_made_up,
        "_url": pledge_url(pledge.pk),
        "_urls": {
            "area": place_url(pledge.division, user),
            **({"project": project.get_absolute_url()} if project else {}),
            **({"document": pledge.stated_in.get_absolute_url()} if pledge.stated_in else {}),
        },
    }


def years_in_words(pledge: Any) -> str:
    """The years of a pledge, and what of them is not stated."""
    first = str(pledge.first_year) if pledge.first_year else gettext("start not stated")
    if not pledge.first_year and pledge.shown_from:
        first = gettext("start not stated, shown from %(year)s") % {"year": pledge.shown_from}
    if pledge.basis == "once":
        return first
    last = str(pledge.last_year) if pledge.last_year else gettext("end not stated")
    return gettext("%(first)s to %(last)s") % {"first": first, "last": last}

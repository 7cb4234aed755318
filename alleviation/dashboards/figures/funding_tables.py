"""The tables of booked and promised money, for the funding, area and overview pages."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common.areas import covers
from alleviation.common.query import Query
from alleviation.common.tables import Column, Kind, Table, mark_of
from alleviation.common.words import local
from alleviation.common.years import PlanPeriod
from alleviation.dashboards.records.parts import source_url
from projects.choices import ProjectKind, SourceLevel
from projects.models import Division
from projects.rollups import (
    Beside,
    Funding,
    beside_by_area,
    beside_by_kind,
    beside_by_plan,
    beside_by_project,
    beside_by_source,
    beside_by_year,
)
from projects.rollups.places import Child, asked_of_place, child_level, name_children

Row = dict[str, Any]

PLEDGED = Column("pledged", _("Pledged"), Kind.FIGURE, unit="CNY", explained="pledged")
MONEY = (
    Column("allocated", _("Allocated"), Kind.YUAN, explained="allocated"),
    Column("disbursed", _("Disbursed"), Kind.YUAN, explained="disbursed"),
    Column("spent", _("Spent"), Kind.YUAN, explained="spent"),
    Column("refunded", _("Refunded"), Kind.YUAN, explained="refunded"),
    Column("execution_rate", _("Execution rate"), Kind.RATIO, explained="execution-rate"),
)
NOTE = _(
    "Posted in the ledger. Allocated, disbursed, spent and refunded are four different sums and are never added "
    "together; money that one place handed on to another counts once. Execution rate: spent ÷ allocated. Pledged "
    "money stands beside what is booked and is never added to it."
)
TIED_TO_NONE = {"project_id": "0"}
# As many rows of a list that grows with the office as a page shows at first.
FIRST = 15
NO_SMALLER_PLACE = _("A village has no smaller places.")
NO_ENTRIES = _("No money is booked for this filter. Widen the filter, or enter a ledger entry.")


def money_cells(funding: Funding | None) -> Row:
    """The cells of MONEY; empty where nothing is booked, which does not say that nothing was paid."""
    if funding is None:
        return {}
    mark = mark_of(funding.made_up, funding.entries)
    return {**{column.key: getattr(funding, column.key) for column in MONEY}, "_made_up": mark}


def cells(one: Beside) -> Row:
    """The cells of PLEDGED and MONEY; empty where nothing was promised, or is booked."""
    return {**money_cells(one.funding), "pledged": one.promised, "_made_up": one.mark}


def by_year(query: Query, whole: Beside, found: Iterable[Beside] | None = None) -> Table:
    """Booked money by year, with what was promised for the year beside it; `found`: the years, where they are read."""
    rows = [
        {
            "year": one.key,
            "_asked": of_year(one.key),
            "_narrows": of_year(one.key),
            **cells(one),
            "_money": one.funding,
        }
        for one in (beside_by_year(query, whole.due) if found is None else found)
    ]
    table = _table("annual-funding", _("Funding by year"), Column("year", _("Year"), Kind.YEAR), rows, whole, query)
    note = _(
        "Pledged money stands beside what is booked and is never added to it. A pledge whose start is not stated "
        "is shown from the year of its document, and one whose end is not stated up to the present year."
    )
    return replace(table, note=note)


def by_plan(query: Query, whole: Beside) -> Table:
    """Promised and booked money by five-year plan."""
    rows = [
        {
            "plan": str(one.key) if one.key else gettext("Other years"),
            "_asked": _of_plan(one.key, query),
            "_narrows": {"plan": str(one.key.number)} if one.key else {},
            **cells(one),
        }
        for one in beside_by_plan(query, whole.due)
    ]
    return _table("funding-by-plan", _("By five-year plan"), Column("plan", _("Plan")), rows, whole, query)


def by_source(query: Query, whole: Beside) -> Table:
    """Promised and booked money by source."""
    rows = [
        {
            "source": local(name, name_zh),
            "level": SourceLevel(level).label,
            "_url": source_url(code),
            "_asked": {"source_code": code},
            "_narrows": {"source_code": code},
            "_narrows_by": {"level": {"source": level}},
            **cells(one),
        }
        for one in beside_by_source(query, whole.due)
        for code, name, name_zh, level in [one.key]
    ]
    first = (Column("source", _("Funding source")), Column("level", _("Level")))
    return _table("funding-by-source", _("By funding source"), first, rows, whole, query)


def by_kind(query: Query, whole: Beside) -> Table:
    """Promised and booked money by kind of project."""
    rows = [
        {
            "kind": ProjectKind(one.key).label if one.key else gettext("Not tied to a project"),
            "_asked": {"kind": one.key} if one.key else TIED_TO_NONE,
            "_narrows": {"kind": one.key} if one.key else {},
            **cells(one),
        }
        for one in beside_by_kind(query, whole.due)
    ]
    return _table("funding-by-kind", _("By kind of project"), Column("kind", _("Kind")), rows, whole, query)


def by_project(query: Query, whole: Beside) -> Table:
    """Promised and booked money by project; what is tied to none is a row, and a foreign project is not named."""
    sums = sorted(beside_by_project(query, whole.due), key=_largest_first)
    rows = [_project_row(one, query.user.area) for one in sums]
    table = _table("funding-by-project", _("By project"), Column("project", _("Project")), rows, whole, query)
    return replace(table, first=FIRST)


def by_area(query: Query, whole: Beside, division: Division | None) -> Table:
    """Promised and booked money by the places right below one."""
    sums = beside_by_area(query, division, whole.due)
    level = child_level(division)
    names = names_below(query, (one.key for one in sums), level)
    rows = [
        {
            "area": names[one.key].words if one.key in names else one.key or gettext("Not tied to a smaller place"),
            "_aside": names[one.key].other_name if one.key in names else "",
            "_url": reverse("dashboards:area", args=[one.key]) if one.key else "",
            "_asked": asked_of_place(one.key, level),
            "_narrows": {"area": one.key} if one.key else {},
            **cells(one),
        }
        for one in sums
    ]
    table = _table("funding-by-area", _("By area"), Column("area", _("Area")), rows, whole, query)
    # A total of no rows would look as if rows were missing.
    return table if level is not None else replace(table, total=None, empty=NO_SMALLER_PLACE)


def _table(
    slug: str,
    title: Any,
    first: Column | tuple[Column, ...],
    rows: Iterable[Row],
    whole: Beside,
    query: Query,
) -> Table:
    leading = (first,) if isinstance(first, Column) else first
    return Table(
        slug=slug,
        title=title,
        columns=(*leading, PLEDGED, *MONEY),
        rows=rows,
        total={leading[0].key: gettext("Total"), **cells(whole)},
        note=NOTE,
        empty=NO_ENTRIES,
        asked=query.asked(),
    )


def names_below(query: Query, codes: Iterable[str], level: int | None) -> dict[str, Child]:
    """The names of places of one level, read once for the tables of a page."""
    known: dict[str, Child] = query.memory.setdefault(("names below", level), {})
    if level is not None and (missing := set(codes) - known.keys()):
        known |= name_children(missing, level)
    return known


def of_year(year: int) -> dict[str, str]:
    """What the row of a year asks."""
    return {"year": str(year)}


def _largest_first(one: Beside) -> tuple[Any, ...]:
    """By what was allocated; what is tied to no project, and so has no code, at the end."""
    code, allocated = one.key[0], one.funding.allocated if one.funding else None
    return code is None, -(allocated or 0), code or ""


def _of_plan(plan: PlanPeriod | None, query: Query) -> Row:
    """The years of a plan among those asked for; without one, those that none covers."""
    if plan is None:
        return {"outside_plans": "1"}
    first, last = max(plan.first_year, query.first_year), min(plan.last_year, query.last_year)
    return {"year": str(first)} if first == last else {"first": str(first), "last": str(last)}


def _project_row(one: Beside, area: str) -> Row:
    code, name, name_zh, is_made_up, place_code, number = one.key
    if code is None:
        return {"project": gettext("Not tied to a project"), "_asked": TIED_TO_NONE, **cells(one)}
    asked = {"_asked": {"project_id": str(number)}, **cells(one)}
    if not covers(area, place_code or ""):
        return {"project": gettext("A project outside your area"), **asked}
    url = reverse("dashboards:project", args=[code])
    # The project's name is a row of its own beside its entries: either may be made up without the other.
    mark = mark_of(one.made_up + is_made_up, one.rows + 1)
    named = {"project": f"{code} {local(name, name_zh)}", "_url": url, "_narrows": {"project": code}}
    return {**named, **asked, "_made_up": mark}

"""Allocated money cut in two ways at once, and where it goes: the tables beneath the drawings of the funding page."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common.query import Query
from alleviation.common.tables import Column, Kind, Row, Table, Text, mark_of
from alleviation.common.words import local
from alleviation.dashboards.figures.crossed import Crossed, Figure, Head, crossed_table
from alleviation.dashboards.figures.funding_tables import (
    FIRST,
    MONEY,
    NO_ENTRIES,
    TIED_TO_NONE,
    money_cells,
    names_below,
    of_year,
)
from projects.choices import ProjectKind, SourceLevel
from projects.models import Division
from projects.rollups import (
    Funding,
    funding_by_year_and_area,
    funding_by_year_and_kind,
    funding_by_year_and_level,
    funding_flows,
)
from projects.rollups.funding import added
from projects.rollups.places import Child, asked_of_place, child_level

ALLOCATED = Figure(
    _("All"), "allocated", lambda one: one.allocated, mark=lambda one: mark_of(one.made_up, one.entries)
)
YEAR = Column("year", _("Year"), Kind.YEAR)
NOT_TIED = _("Not tied to a project")
NOT_PLACED = _("Not tied to a smaller place")


def by_year_and_level(query: Query) -> Table:
    """What was allocated by year and level of the source."""
    sums = funding_by_year_and_level(query)
    levels = [level for level in SourceLevel if level in {one.key[1] for one in sums}]
    heads = [Head(level, level.label, {"source": level}) for level in levels]
    return _of_years(query, "allocated-by-level", _("Allocated by year and level of the source"), sums, heads)


def by_year_and_kind(query: Query) -> Table:
    """What was allocated by year and kind of project."""
    sums = funding_by_year_and_kind(query)
    held = {one.key[1] for one in sums}
    heads = [Head(kind, kind.label, {"kind": kind}) for kind in ProjectKind if kind in held]
    heads += [Head(None, NOT_TIED, TIED_TO_NONE)] if None in held else []
    return _of_years(query, "allocated-by-kind", _("Allocated by year and kind of project"), sums, heads)


def by_area_and_year(query: Query, division: Division | None) -> Table:
    """What was allocated by place right below one, and year."""
    sums, level = funding_by_year_and_area(query, division), child_level(division)
    names = names_below(query, (one.key[1] for one in sums), level)
    codes = sorted({one.key[1] for one in sums}, key=lambda code: (code == "", code))
    years = sorted({one.key[0] for one in sums})
    return crossed_table(
        query,
        slug="allocated-by-area",
        title=_("Allocated by area and year"),
        first=Column("area", _("Area")),
        lines=[(code, {**place_cells(names, code), "_asked": asked_of_place(code, level)}) for code in codes],
        heads=[Head(year, str(year), of_year(year)) for year in years],
        figure=ALLOCATED,
        sums=_crossed([replace(one, key=one.key[::-1]) for one in sums]),
        empty=NO_ENTRIES if level else _("A village has no smaller places."),
    )


def flows(query: Query, division: Division | None) -> Table:
    """Money by source, kind of project and place, the largest first: where it comes from and where it goes."""
    sums, level = funding_flows(query, division), child_level(division)
    names = names_below(query, (one.key[2] for one in sums), level)
    first = (Column("source", _("Funding source")), Column("kind", _("Kind")), Column("area", _("Area")))
    return Table(
        slug="funding-flows",
        title=_("From source over kind of project to area"),
        columns=(*first, *MONEY),
        rows=[
            _flow_row(one, names, division, level)
            for one in sorted(sums, key=lambda one: (-one.allocated, one.key[0]))
        ],
        total={"source": gettext("Total"), **money_cells(sum(sums, Funding()))} if sums else None,
        empty=NO_ENTRIES,
        asked=query.asked(),
        first=FIRST,
    )


def place_cells(names: dict[str, Child], code: str) -> Row:
    """The first cell of a place, which narrows the page to it."""
    if not code:
        return {"area": str(NOT_PLACED)}
    named = {"area": names[code].words, "_aside": names[code].other_name} if code in names else {"area": code}
    return {**named, "_narrows": {"area": code}}


def _flow_row(one: Funding, names: dict[str, Child], division: Division | None, level: int | None) -> Row:
    (code, name, name_zh, _level), kind, place = one.key
    here = asked_of_place(place, level) if level else {}
    area: Any = place_cells(names, place)["area"] if level or not division else division.local_name
    return {
        "source": local(name, name_zh),
        "kind": ProjectKind(kind).label if kind else str(NOT_TIED),
        "area": area,
        "_asked": {"source_code": code, **({"kind": kind} if kind else TIED_TO_NONE), **here},
        "_narrows": {"source_code": code},
        "_narrows_by": {
            **({"kind": {"kind": kind}} if kind else {}),
            **({"area": {"area": place}} if place else {}),
        },
        **money_cells(one),
    }


def _of_years(query: Query, slug: str, title: Text, sums: list[Funding], heads: list[Head]) -> Table:
    years = sorted({one.key[0] for one in sums})
    lines = [(year, {"year": year, "_asked": of_year(year), "_narrows": of_year(year)}) for year in years]
    found = _crossed(sums)
    return crossed_table(
        query,
        slug=slug,
        title=title,
        first=YEAR,
        lines=lines,
        heads=heads,
        figure=ALLOCATED,
        sums=found,
        empty=NO_ENTRIES,
    )


def _crossed(sums: Iterable[Funding]) -> Crossed:
    """Sums by (row, column); those by row, by column and over all add up from them, as all money is in one of them."""
    found = list(sums)
    rows, columns = (added(found, lambda one, number=number: one.key[number]) for number in (0, 1))  # type: ignore[misc]
    return Crossed({one.key: one for one in found}, rows, columns, sum(found, Funding()))

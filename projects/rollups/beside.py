"""Promised and booked money side by side, cut in every way that the funding page cuts it. Never added together."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from alleviation.common.figures import FigureSum
from alleviation.common.query import Query
from alleviation.common.tables import Mark, mark_of
from alleviation.common.years import plan_period_of
from projects.models import Division, FundingSource
from projects.rollups.funding import (
    Funding,
    funding_by_area,
    funding_by_kind,
    funding_by_plan,
    funding_by_project,
    funding_by_source,
    funding_by_year,
    funding_by_year_and_source,
    funding_cells,
    funding_total,
    homes,
    in_order,
    project_key,
    source_key,
)
from projects.rollups.past import projects_of, records
from projects.rollups.places import child_level
from projects.rollups.pledges import PledgedYear, pledged, pledged_years

Due = tuple[PledgedYear, ...]


@dataclass(frozen=True)
class Beside:
    """What was promised, and what was booked, for one `key`, in yuan. `funding` is None where nothing is booked.

    A promise counts in each year it is due in; what is promised is a figure with its qualifier, and what has no
    stated amount is counted beside it.
    """

    key: Any
    funding: Funding | None = None
    due: Due = ()

    @property
    def promised(self) -> FigureSum | None:
        """Σ of the promises; None where nothing was promised, which is not a promise of 0."""
        return pledged(self.due) if self.due else None

    @property
    def rows(self) -> int:
        """How many rows are summed: entries, and promises in their years."""
        return (self.funding.entries if self.funding else 0) + len(self.due)

    @property
    def made_up(self) -> int:
        """How many of them belong to the made-up example."""
        return (self.funding.made_up if self.funding else 0) + sum(one.pledge.is_made_up for one in self.due)

    @property
    def mark(self) -> Mark:
        """Whether rows of the made-up example are among them."""
        return mark_of(self.made_up, self.rows)


def beside_total(query: Query, due: Due | None = None) -> Beside:
    """Everything asked for. Its promises are those of every cut: each with a known year, once in each of them."""
    total = funding_total(query)
    return Beside(None, total if total.entries else None, _given(query, due))


def beside_by_year(query: Query, due: Due | None = None, sums: Iterable[Funding] | None = None) -> list[Beside]:
    """By year; `key` is the year. Who has `sums`, those of `funding_by_year`, hands them in."""
    booked = funding_by_year(query) if sums is None else sums
    return _beside(booked, _given(query, due), lambda one: one.year)


def beside_by_plan(query: Query, due: Due | None = None) -> list[Beside]:
    """By five-year plan; `key` is the PlanPeriod, None for years outside all of them."""
    found = _beside(
        funding_by_plan(query),
        _given(query, due),
        lambda one: plan_period_of(one.year),
        ordered=False,
    )
    return sorted(found, key=lambda one: one.key.number if one.key else 99)


def beside_by_source(query: Query, due: Due | None = None) -> list[Beside]:
    """By funding source; `key` is (code, names, level)."""
    return _beside(funding_by_source(query), _given(query, due), lambda one: source_key(one.pledge.source))


def beside_by_year_and_source(query: Query, due: Due | None = None) -> list[Beside]:
    """By year and funding source; `key` is (year, code, names, level)."""
    sums = funding_by_year_and_source(query)
    return _beside(sums, _given(query, due), lambda one: (one.year, *source_key(one.pledge.source)))


def beside_by_project(query: Query, due: Due | None = None) -> list[Beside]:
    """By project; `key` is (code, names, mark, division code, id), all None where tied to no project."""
    due = _given(query, due)
    projects = projects_of(query, (one.pledge.project_id for one in due))
    sums = funding_by_project(query)
    return _beside(sums, due, lambda one: project_key(projects.get(one.pledge.project_id or 0)))


def beside_by_kind(query: Query, due: Due | None = None) -> list[Beside]:
    """By kind of project; `key` is None for what is tied to no project."""
    return _beside(
        funding_by_kind(query),
        _given(query, due),
        lambda one: one.pledge.project.kind if one.pledge.project else None,
    )


def beside_by_area(query: Query, division: Division | None, due: Due | None = None) -> list[Beside]:
    """By the places right below a place; `key` is their code, "" for what is tied to none of them."""
    level = child_level(division)
    if level is None:
        return []
    due = _given(query, due)
    home = homes((one.pledge.division.code for one in due), level)
    sums = funding_by_area(query, division)
    found = _beside(sums, due, lambda one: home[one.pledge.division.code])
    return sorted(found, key=lambda one: (one.key == "", one.key))


def beside_cells(query: Query, due: Due | None = None) -> list[Beside]:
    """By the finest cells; `key` is (year, source, project or None, division code), records as of the moment asked."""
    found = _beside(funding_cells(query), _given(query, due), _cell_of, ordered=False)
    sources = records(query, FundingSource, (one.key[1] for one in found))
    projects = projects_of(query, (one.key[2] for one in found))
    named = [
        replace(one, key=(year, sources[source], projects.get(project), code))
        for one in found
        for year, source, project, code in [one.key]
    ]
    # What belongs to no project last among its like.
    return sorted(named, key=lambda one: _order(*one.key))


def _order(year: int, source: FundingSource, project: Any, code: str) -> tuple[Any, ...]:
    return year, source.code, project is None, project.code if project else "", code


def _cell_of(one: PledgedYear) -> tuple[Any, ...]:
    pledge = one.pledge
    return one.year, pledge.source_id, pledge.project_id, pledge.division.code


def due_years(query: Query) -> Due:
    """The promises of the years asked for; a page of many cuts asks once and hands them to each."""
    return tuple(pledged_years(query, until=query.present_year))


def _kind_of(one: PledgedYear) -> str | None:
    return one.pledge.project.kind if one.pledge.project else None


def _given(query: Query, due: Due | None) -> Due:
    return due_years(query) if due is None else due


def _beside(
    sums: Iterable[Funding], due: Due, key: Callable[[PledgedYear], Any], *, ordered: bool = True
) -> list[Beside]:
    booked = {one.key: one for one in sums}
    promised: dict[Any, list[PledgedYear]] = {}
    for one in due:
        promised.setdefault(key(one), []).append(one)
    keys = {**booked, **promised}
    return [
        Beside(one, booked.get(one), tuple(promised.get(one, ()))) for one in (in_order(keys) if ordered else keys)
    ]

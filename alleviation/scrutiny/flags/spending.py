"""The rule about money that was spent beyond what was allocated."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.asking import beyond_scope
from alleviation.accounts.trusted import trusted_reader
from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.tables import explain_url, mark_of
from alleviation.common.years import FIRST_YEAR
from alleviation.scrutiny.flags.base import OFFICE_RULE, Case, Flag, is_seen, shared_area
from projects.models import FundingSource, Project
from projects.rollups.funding import Funding, funding_cells
from projects.rollups.projects import seen_or_not

# Without a project, money may move within a county before it is spent.
COUNTY = 6


class SpentOverAllocated(Flag):
    """Years in which more had been spent for a project from a source than had been allocated until then.

    Both are sums over all years up to that one, as the ledger counts them: money that was handed down once, at the
    lowest place that had it. What is tied to no project is gathered by county and source.
    """

    slug = "spent-over-allocated"
    title = _("Spent over allocated")
    description = _(
        "By the end of a year in which money was spent, more had been spent for a project from a source than had "
        "been allocated until then; what is tied to no project, by county and source."
    )
    source = OFFICE_RULE
    looks_at = _("years in which money was spent, by project and source")

    def cases(self, query: Query) -> list[Case]:
        over = [one for one in _spent_years(query) if one.until.spent > one.until.allocated]
        sources = FundingSource.objects.in_bulk({one.source for one in over})
        return [_overspent(one, sources[one.source]) for one in over]

    def looked_at(self, query: Query) -> int:
        return len(_spent_years(query))


@dataclass(frozen=True)
class SpentYear:
    """A year in which money of a source was spent for a project, or for none in a county; `until`: sums up to it."""

    project: Project | None
    county: str
    source: int
    year: int
    area: str
    until: Funding


def _spent_years(query: Query) -> list[SpentYear]:
    """The years asked for, where this person's area holds the project and every entry.

    They are summed as by somebody who sees all: a part of the sums would accuse whoever was given the rest.
    """
    pairs: dict[tuple[Any, ...], list[Funding]] = defaultdict(list)
    with beyond_scope("a part of the sums would accuse; a case is told to whoever sees all of it"):
        cells = funding_cells(Query(user=trusted_reader("red flags"), last_year=query.last_year))
    for cell in cells:
        _year, source, project, code = cell.key
        pairs[project or 0, "" if project else code[:COUNTY], source].append(cell)
    projects = seen_or_not(number for number, *_rest in pairs if number)
    found = (one for pair in sorted(pairs) for one in _years_of(pair, pairs[pair], projects.get(pair[0])))
    return [one for one in found if one.year >= query.first_year and is_seen(one.area, query)]


def _years_of(pair: tuple[Any, ...], cells: list[Funding], project: Project | None) -> Iterator[SpentYear]:
    """Each year in which something was spent, with the sums of all years up to it; `cells` are in order of years."""
    home = [project.division.code if project.division else ""] if project else []
    area = shared_area([*home, *(cell.key[3] for cell in cells)])
    until = Funding()
    for year, booked in groupby(cells, key=lambda cell: cell.key[0]):
        in_year = sum(booked, Funding())
        until += in_year
        if in_year.spent > 0:
            yield SpentYear(project, pair[1], pair[2], year, area, until)


def _overspent(one: SpentYear, source: FundingSource) -> Case:
    told = {"spent": words.yuan(one.until.spent), "allocated": words.yuan(one.until.allocated), "year": one.year}
    of = {"project": one.project.code if one.project else gettext("no project"), "source": source.local_name}
    asked = {"last": one.year, "first": FIRST_YEAR, "source_code": source.code}
    named = {"project": one.project.code} if one.project else {"project_id": 0, "area": one.county.ljust(12, "0")}
    return Case(
        key=f"{one.project.pk if one.project else one.county}-{source.pk}-{one.year}",
        title=gettext("%(project)s, %(source)s") % of,
        area=one.area,
        url=explain_url("spent", {**asked, **named}),
        year=one.year,
        amount=one.until.spent - one.until.allocated,
        details=gettext("Until the end of %(year)s: %(spent)s yuan spent of %(allocated)s allocated.") % told,
        is_made_up=bool(mark_of(one.until.made_up, one.until.entries)),
    )

"""Projects with what is booked for them and what documents say of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from alleviation.common.query import Query
from projects.models import Claim, Project
from projects.rollups.counts import count_by
from projects.rollups.funding import Funding, funding_by_project
from projects.rollups.lists import projects_in


@dataclass(frozen=True)
class ProjectFunding:
    """A project, its four sums in yuan (None while nothing is booked), and how many claims are about it."""

    project: Project
    funding: Funding | None
    claims: int


def seen_or_not(numbers: Iterable[int]) -> dict[int, Project]:
    """Projects that rows in view name, with their places; whoever tells of one asks first whether it lies in view."""
    found = Project.objects.beyond("rows in view name them: what lies outside is told as a project outside the area")
    return found.select_related("division").in_bulk(set(numbers))


def projects_with_funding(query: Query) -> list[ProjectFunding]:
    """funding_by_project for each project asked for.

    In: entries of the years and the area asked for. Out: entries without a project, pledges.
    """
    sums = {one.key[0]: one for one in funding_by_project(query)}
    claims = count_by(Claim.objects.visible_to(query.user), "project")
    return [ProjectFunding(p, sums.get(p.code), claims.get(p.pk, 0)) for p in projects_in(query)]


def funding_of(rows: list[ProjectFunding]) -> Funding | None:
    """Σ of the four sums, in yuan, over the projects of a list; None while nothing is booked for any."""
    booked_sums = [row.funding for row in rows if row.funding]
    return sum(booked_sums, Funding()) if booked_sums else None

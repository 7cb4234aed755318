"""Projects with what is booked for them and what documents say of them."""

from dataclasses import dataclass

from django.db.models import Q

from alleviation.common.areas import within_any
from alleviation.common.query import Query
from projects.models import Claim, Project, ProjectSite
from projects.rollups.counts import count_by
from projects.rollups.funding import Funding, booked, funding_by_project


@dataclass(frozen=True)
class ProjectFunding:
    """A project, its four sums in yuan (None while nothing is booked), and how many claims are about it."""

    project: Project
    funding: Funding | None
    claims: int


def projects(query: Query) -> list[Project]:
    """The projects that a question is about, and this person may see.

    In an area: those placed in it, those with a site in it, and those with money booked in it in the years asked
    for. Years do not leave a project out, since a project without money in a year is still a project.
    """
    found = Project.objects.of_kind(query.project_kind).with_places().visible_to(query.user)
    if query.prefixes is not None:
        prefixes = list(query.prefixes)
        sites = ProjectSite.objects.filter(within_any(prefixes, "division__code")).values("project")
        paid = booked(query).filter(project__isnull=False).values("project")
        found = found.filter(within_any(prefixes, "division__code") | Q(pk__in=sites) | Q(pk__in=paid))
    return list(found)


def projects_with_funding(query: Query) -> list[ProjectFunding]:
    """funding_by_project for each project asked for.

    In: entries of the years and the area asked for. Out: entries without a project, pledges.
    """
    sums = {one.key[0]: one for one in funding_by_project(query)}
    claims = count_by(Claim.objects.visible_to(query.user), "project")
    return [ProjectFunding(p, sums.get(p.code), claims.get(p.pk, 0)) for p in projects(query)]


def funding_of(rows: list[ProjectFunding]) -> Funding | None:
    """Σ of the four sums, in yuan, over the projects of a list; None while nothing is booked for any."""
    booked_sums = [row.funding for row in rows if row.funding]
    return sum(booked_sums, Funding()) if booked_sums else None

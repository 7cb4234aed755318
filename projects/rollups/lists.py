"""The records of an area, for lists and counts beside its sums."""

from collections.abc import Iterable

from django.db.models import F, Q, QuerySet

from alleviation.accounts.rights import Right
from alleviation.common.areas import covers, within_any
from alleviation.common.query import Query
from projects.models import Alliance, Division, FundingSource, Project, ProjectSite
from projects.models.cells import NO_PROJECT
from projects.rollups.cells import cells_of
from projects.rollups.ledger import booked
from projects.rollups.past import as_they_were, placed


def projects_in(query: Query) -> list[Project]:
    """The projects that a question is about, and this person may see, in the order of their codes.

    In an area: those placed in it, those with a site in it, and those with money booked in it in the years asked
    for. Years do not leave a project out, since a project without money in a year is still a project.
    """
    return list(_found(query)) if query.as_of is None else _then(query)


def number_of_projects(query: Query) -> int:
    """How many projects projects_in has."""
    return _found(query).count() if query.as_of is None else len(_then(query))


def alliances_in(query: Query) -> "QuerySet[Alliance]":
    """The alliances that serve the area asked about."""
    found = Alliance.objects.visible_to(query.user).with_parties()
    return found if query.prefixes is None else found.in_any_area(list(query.prefixes))


def sources_in(query: Query) -> list[FundingSource]:
    """The funding sources of the level asked for, in the order of their codes; whoever may see records sees all."""
    if query.as_of is None:
        found = FundingSource.objects.visible_to(query.user)
        return list(found.filter(level=query.source_level) if query.source_level else found)
    then = as_they_were(query, FundingSource).values() if query.user.may(Right.VIEW_RECORDS) else []
    return sorted((one for one in then if query.source_level in ("", one.level)), key=lambda one: one.code)


def _found(query: Query) -> "QuerySet[Project]":
    found = Project.objects.of_kind(query.project_kind).with_places().visible_to(query.user)
    if query.prefixes is None:
        return found
    here = within_any(list(query.prefixes), "division__code")
    sites = ProjectSite.objects.filter(here).values("project")
    return found.filter(here | Q(pk__in=sites) | Q(pk__in=_paid(query)))


def _then(query: Query) -> list[Project]:
    """The same of a past date, from the trail."""
    if not query.user.may(Right.VIEW_RECORDS):
        return []
    found = placed(as_they_were(query, Project)).values()
    asked = [one for one in found if one.lies_in(query.user.area) and query.project_kind in ("", one.kind)]
    if query.prefixes is not None:
        sites = placed(as_they_were(query, ProjectSite)).values()
        here = {one.project_id for one in sites if _is_in(query, one.division)}
        here |= {row["project"] for row in _paid(query)}
        asked = [one for one in asked if one.pk in here or _is_in(query, one.division)]
    return sorted(asked, key=lambda one: one.code)


def _paid(query: Query) -> Iterable[dict[str, int]]:
    cells = cells_of(query, "project_id")
    if cells is None:
        return booked(query).filter(project__isnull=False).order_by().values("project")
    return cells.posted().booked().exclude(project_id=NO_PROJECT).order_by().values(project=F("project_id"))


def _is_in(query: Query, place: Division | None) -> bool:
    return place is not None and any(covers(prefix, place.code) for prefix in query.prefixes or ())

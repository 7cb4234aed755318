"""The records of an area, for lists and counts beside its sums."""

from django.db.models import Q, QuerySet

from alleviation.common.areas import within_any
from alleviation.common.query import Query
from projects.models import Alliance, Project, ProjectSite
from projects.rollups.ledger import booked


def projects_in(query: Query) -> "QuerySet[Project]":
    """The projects that a question is about, and this person may see.

    In an area: those placed in it, those with a site in it, and those with money booked in it in the years asked
    for. Years do not leave a project out, since a project without money in a year is still a project.
    """
    found = Project.objects.of_kind(query.project_kind).with_places().visible_to(query.user)
    if query.prefixes is None:
        return found
    here = within_any(list(query.prefixes), "division__code")
    sites = ProjectSite.objects.filter(here).values("project")
    paid = booked(query).filter(project__isnull=False).order_by().values("project")
    return found.filter(here | Q(pk__in=sites) | Q(pk__in=paid))


def alliances_in(query: Query) -> "QuerySet[Alliance]":
    """The alliances that serve the area asked about."""
    found = Alliance.objects.visible_to(query.user).with_parties()
    return found if query.prefixes is None else found.in_any_area(list(query.prefixes))

"""The records of an area, for lists beside its sums."""

from django.db.models import Q, QuerySet

from alleviation.common.areas import within_any
from alleviation.common.query import Query
from projects.models import Alliance, Project, ProjectSite


def projects_in(query: Query) -> "QuerySet[Project]":
    """The projects that lie in the area asked about, or have a site in it."""
    found = Project.objects.visible_to(query.user).with_places()
    if query.prefixes is None:
        return found
    sites = ProjectSite.objects.filter(within_any(list(query.prefixes), "division__code"))
    return found.filter(within_any(list(query.prefixes), "division__code") | Q(pk__in=sites.values("project")))


def alliances_in(query: Query) -> "QuerySet[Alliance]":
    """The alliances that serve the area asked about."""
    found = Alliance.objects.visible_to(query.user).with_parties()
    return found if query.prefixes is None else found.in_any_area(list(query.prefixes))

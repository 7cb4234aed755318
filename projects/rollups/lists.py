"""The records of an area, for lists beside its sums."""

from typing import Any

from django.db.models import QuerySet

from alleviation.common.query import Query
from projects.models import Alliance, Project


def projects_in(query: Query) -> "QuerySet[Project]":
    """The projects that lie in the area asked about."""
    return _in_area(Project.objects.visible_to(query.user).with_places(), query)


def alliances_in(query: Query) -> "QuerySet[Alliance]":
    """The alliances that serve the area asked about."""
    return _in_area(Alliance.objects.visible_to(query.user).with_parties(), query)


def _in_area(rows: Any, query: Query) -> Any:
    return rows if query.prefixes is None else rows.in_any_area(list(query.prefixes))

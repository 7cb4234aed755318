"""Long lists in the order of their places: the first rows at once, and none of the others."""

from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from alleviation.common.areas import within
from alleviation.common.citus.asking import named_by
from alleviation.common.query import Query
from alleviation.common.selections import Walk
from projects.models import Division

Row = TypeVar("Row", bound=Model)


def walk_of(rows: QuerySet[Any], way: str, query: Query) -> Walk:
    """The places, by code, in which rows of a question lie; `way` is the name of their key to a place."""
    # On the boundaries of their year, rows of other places may be asked for.
    asked = Q() if query.boundaries else query.located("code") & within(query.user.area)
    places = Division.objects.filter(asked, named_by(rows, way)).order_by("code")
    return Walk(f"{way}__code", places.values_list("code", flat=True))


def first_of(rows: QuerySet[Row], way: str, query: Query, number: int) -> list[Row]:
    """The first of some rows that are ordered by the code of their place: two questions, however many rows."""
    codes = list(walk_of(rows, way, query).codes[:number])
    return list(rows.filter(**{f"{way}__code__in": codes})[:number])

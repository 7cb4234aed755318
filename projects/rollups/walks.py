"""Long lists in the order of their places: the first rows at once, and none of the others."""

from typing import Any, TypeVar

from django.db.models import Case, CharField, Exists, F, Model, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat, Length, Right, Substr
from django.db.models.lookups import Exact

from alleviation.common.areas import within
from alleviation.common.query import Query
from alleviation.common.selections import Walk
from alleviation.common.words import is_chinese
from projects.models import Division
from projects.models.places import COMMITTEES

Row = TypeVar("Row", bound=Model)


def walk_of(rows: QuerySet[Any], way: str, query: Query) -> Walk:
    """The places, by code, in which rows of a question lie; `way` is the name of their key to a place."""
    here = rows.order_by().select_related(None).filter(**{way: OuterRef("pk")})
    # On the boundaries of their year, rows of other places may be asked for.
    asked = Q() if query.boundaries else query.located("code") & within(query.user.area)
    places = Division.objects.filter(asked, Exists(here)).order_by("code")
    return Walk(f"{way}__code", places.values_list("code", flat=True))


def first_of(rows: QuerySet[Row], way: str, query: Query, number: int) -> list[Row]:
    """The first of some rows that are ordered by the code of their place: two questions, however many rows."""
    codes = list(walk_of(rows, way, query).codes[:number])
    return list(rows.filter(**{f"{way}__code__in": codes})[:number])


def local_name(way: str) -> Combinable:
    """`Division.local_name` of the place that this key leads to, as the database tells it."""
    name = F(f"{way}__name")
    endings = [
        When(
            Exact(Right(name, len(ending)), Value(ending)),
            then=Concat(Substr(name, 1, Length(name) - len(ending)), Value(kept)),
        )
        for ending, kept in COMMITTEES
    ]
    foreign = [] if is_chinese() else [When(~Q(**{f"{way}__name_en": ""}), then=F(f"{way}__name_en"))]
    return Case(*foreign, *endings, default=name, output_field=CharField())

"""On which boundaries villages are gathered: those of today, or those of the year in which a row was recorded.

Today's: a village that a source says lives on whole in another is gathered there. As recorded: nothing is gathered,
and a household that came into a village because its own was merged into it stays in its own, in later years too; so
either way a series is about the same villages in all of its years. A household counts once and the totals are equal.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from django.db.models import Model, QuerySet

from alleviation.common.areas import prefix_of
from alleviation.common.query import Query
from beneficiaries.models.histories import with_village_then
from projects.rollups.funding import homes

Row = TypeVar("Row", bound=Model)
RECORDED = "recorded"
# Where rows on the boundaries of their year keep the code of their village; else it is that of the village itself.
VILLAGE_THEN, VILLAGE = "village_then", "village__code"


def is_as_recorded(query: Query) -> bool:
    """Whether villages are those of the years in which the rows were recorded."""
    return query.boundaries == RECORDED


def place_field(query: Query) -> str:
    """The column that tells where a row counts, once it is `placed`."""
    return VILLAGE_THEN if is_as_recorded(query) else VILLAGE


def placed(rows: QuerySet[Row], query: Query) -> QuerySet[Row]:
    """Rows with a `household`, `village` and `year` that lie where a question asks, on the boundaries it asks for."""
    if not is_as_recorded(query):
        return rows.filter(query.located(VILLAGE))
    return with_village_then(rows).filter(_without_successors(query).located(VILLAGE_THEN))


def places_of(query: Query, codes: Iterable[str], level: int) -> dict[str, str]:
    """For each code the place of one level that holds it, on the boundaries that a question asks for."""
    return homes(codes, level, today=not is_as_recorded(query))


def _without_successors(query: Query) -> Query:
    """The question of a place alone, without the places that became it."""
    prefixes = query.prefixes[:1] if query.area_code and query.prefixes else query.prefixes
    inside = (prefix_of(query.inside_code),) if query.inside_code else query.inside
    return replace(query, prefixes=prefixes, inside=inside)

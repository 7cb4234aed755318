"""Which cells of booked money answer a question; none where it is asked of a past day.

Cells are by county and by place, with projects and without (projects/models/cells.py). The coarsest are taken that
tell apart what the question tells apart. Only the entries know when they were posted: a past date reads those.
"""

from dataclasses import replace

from alleviation.common.areas import prefix_of
from alleviation.common.query import Query
from projects.choices import Level
from projects.models.cells import COUNTY, CountyMoney, CountyProjectMoney, MoneyCell, MoneyQuerySet, PlaceMoney
from projects.rollups.past import narrowed

# What the columns of an entry are called in a cell.
CALLED = {"division__code": "area"}


def cells_of(query: Query, *names: str, level: int | None = None) -> MoneyQuerySet | None:
    """The cells that a question is about, and this person may see, whatever their state; None for a past date.

    `names` are the columns they are to tell apart, `level` that of the places, where those are to be told apart.
    """
    if query.as_of is not None:
        return None
    found = _kind_of(query, names, level)._default_manager.visible_to(query.user)
    found = found.of_years(query.first_year, query.last_year).filter(query.located("area"), query.beside_plans())
    found = found.filter(narrowed(replace(query, project_id=None), project="project_id", source="source_id"))
    return found if query.project_id is None else found.filter(**{"project_id": query.project_id})


def _kind_of(query: Query, names: tuple[str, ...], level: int | None) -> type[MoneyCell]:
    if _is_within_a_county(query) or ("division__code" in names and (level or Level.VILLAGE) > Level.COUNTY):
        return PlaceMoney
    return CountyProjectMoney if "project_id" in names or _is_of_projects(query) else CountyMoney


def _is_within_a_county(query: Query) -> bool:
    """Whether a question tells the places of a county apart."""
    prefixes = (query.user.area, *(query.prefixes or ()), *(query.inside if query.inside_code else ()))
    is_small = any(len(prefix) > COUNTY for prefix in prefixes) or (query.above_level or 0) > Level.COUNTY
    # A county itself is told apart from what lies in it.
    return is_small or len(prefix_of(query.place_code)) >= COUNTY


def _is_of_projects(query: Query) -> bool:
    return bool(query.project_kind or query.project_code or query.is_tied or query.project_id is not None)

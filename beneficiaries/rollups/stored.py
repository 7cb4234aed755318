"""The kept sums of incomes, for the questions that they answer exactly; every other is asked of the records.

They answer for the records that hold now, whatever the households stood as, on the boundaries of today. Places of
county size and larger are added up from the cells of counties, smaller ones from those of villages.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import Max, QuerySet, Sum
from django.db.models.functions import Substr

from alleviation.accounts.rights import Right
from alleviation.common.areas import LEVEL_LENGTHS, within
from alleviation.common.query import Query
from beneficiaries.models import CountyYear, VillageYear
from beneficiaries.models.cells import COUNTY_DIGITS
from beneficiaries.rollups.boundaries import is_as_recorded
from projects.choices import Level

PLACE, YEAR = "place", "year"
# A village that no list has, in each county: it lies where the county lies.
ANY_VILLAGE = "999999"


def is_kept(query: Query) -> bool:
    """Whether a question is one that the kept sums answer."""
    is_cut = query.household_status or query.category or query.cause
    return not (is_cut or query.as_of or is_as_recorded(query))


def is_of_counties(query: Query, by: int | None = None) -> bool:
    """Whether whole counties make up what is asked for, told apart by places of a level that is not below theirs."""
    if not is_kept(query) or (by is not None and by > Level.COUNTY):
        return False
    areas = (query.user.area, *(query.prefixes or ()), *(query.inside if query.inside_code else ()))
    return not query.place_code and query.above_level is None and all(len(one) <= COUNTY_DIGITS for one in areas)


def cells(query: Query, by: int | None = None) -> QuerySet[Any]:
    """The cells that make up what a question asks for, as far as this person may see sums."""
    model: Any = CountyYear if is_of_counties(query, by) else VillageYear
    place = column(query, by)
    found = model.objects.filter(within(query.user.area, place), query.located(place), query.beside_plans())
    found = found.filter(year__gte=query.first_year, year__lte=query.last_year).order_by()
    return found if query.user.may(Right.VIEW_FIGURES) else found.none()


def column(query: Query, by: int | None = None) -> str:
    """The column that tells where a cell lies."""
    return "county" if is_of_counties(query, by) else "code"


def added_up(
    query: Query, measures: Sequence[str], *names: str, by: int | None = None
) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The sums of some columns by YEAR and PLACE, or by one of them; by none: over all, under ().

    The place is the code of a village, or of any village in the county where sums of counties are enough, or of the
    place itself where whole provinces or prefectures are.
    """
    length = digits_of(query, by)
    place = "place" if length else column(query, by)
    columns = [place if name == PLACE else name for name in names]
    sums = {f"sum_{name}": Sum(name) for name in measures}
    found = cells(query, by)
    if length and PLACE in names:
        # By the database: the nation has a few provinces and some thousand counties.
        found = found.annotate(place=Substr("county", 1, length))
    if not names:
        row = found.aggregate(**sums)
        return {(): {name: row[f"sum_{name}"] or 0 for name in measures}}
    rows = found.values_list(*columns).annotate(**sums)
    width = len(columns)
    return {
        tuple(_code(part) if name == PLACE else part for name, part in zip(names, row[:width], strict=True)): dict(
            zip(measures, row[width:], strict=True)
        )
        for row in rows
    }


def digits_of(query: Query, by: int | None) -> int:
    """How many digits tell the places apart, where they are larger than counties; else 0."""
    is_larger = by is not None and by < Level.COUNTY and is_of_counties(query, by)
    return LEVEL_LENGTHS[by - 1] if by is not None and is_larger else 0


def latest(query: Query) -> int | None:
    """The last of the years asked for that has an income."""
    year: int | None = cells(query).aggregate(year=Max("year"))["year"]
    return year


def _code(place: str) -> str:
    return place + ANY_VILLAGE if len(place) == COUNTY_DIGITS else place.ljust(12, "0")

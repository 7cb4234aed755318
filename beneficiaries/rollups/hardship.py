"""How many households warn, are watched or were cleared, told by county to whoever may not see single households.

A county's number is told where it is none, or of at least settings.SMALLEST_CELL households, with as many others or
none; that of a larger place where each county's is; nothing of a part of a county, and nothing by kind. So no two
numbers that are told differ by less than a county's. The same for whoever asks. docs/disclosure.md.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date

from django.db.models import Count

from alleviation.accounts.asking import beyond_scope
from alleviation.common.areas import covers
from alleviation.common.query import Query
from beneficiaries.models import Household, Monitoring
from beneficiaries.rollups.disclosure import everywhere, is_small
from beneficiaries.rollups.few import kept
from beneficiaries.rollups.warnings import early_warnings
from beneficiaries.rollups.watched import IS_OPEN
from projects.choices import Level
from projects.rollups.funding import homes

# What is counted: the village, the household, and whether it is made up.
Row = tuple[str, int, bool]


@dataclass(frozen=True)
class Hardship:
    """How many warnings or monitorings there are, of how many households, and how many of them are made up."""

    number: int = 0
    households: int = 0
    made_up: int = 0

    def __add__(self, other: "Hardship") -> "Hardship":
        return Hardship(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


WHOLE = "whether a few may be told is asked of the whole county that they live in"
# By the code of a county; None where the number is withheld.
Counties = Mapping[str, Hardship | None]


def warned_by_county(query: Query, on: date) -> Counties:
    """How many warnings there are as of a day."""
    return _by_county(query, "warned", lambda: _warned(query, on))


def watched_by_county(query: Query) -> Counties:
    """How many households are watched today."""
    return _by_county(query, "watched", lambda: _rows(IS_OPEN))


def cleared_by_county(query: Query) -> Counties:
    """How many monitorings were cleared."""
    return _by_county(query, "cleared", lambda: _rows(~IS_OPEN, cleared_on__isnull=False))


def together(found: Iterable[Hardship | None]) -> Hardship | None:
    """The sum of several counties; None where one of them is withheld."""
    counties = list(found)
    return None if None in counties else sum((one for one in counties if one), Hardship())


def standing_by_village(query: Query) -> dict[str, int]:
    """The households on the register of the nation by village."""
    rows = Household.objects.standing().beyond(WHOLE).order_by().values_list("village__code")
    return kept(query, "standing", lambda: dict(rows.annotate(number=Count("pk"))))


def _warned(query: Query, on: date) -> list[Row]:
    with beyond_scope(WHOLE):
        found = [one.household for one in early_warnings(everywhere(query), on)]
    return [(one.village.code, one.pk, one.is_made_up) for one in found]


def _rows(*asked: object, **named: object) -> list[Row]:
    found = Monitoring.objects.filter(*asked, **named).beyond(WHOLE).order_by()
    return list(found.values_list("household__village__code", "household", "household__is_made_up"))


def _by_county(query: Query, name: str, read: Callable[[], list[Row]]) -> Counties:
    """One page asks it for its total, its places and its marks."""
    return kept(query, ("by county", name, query), lambda: _of_counties(query, name, read))


def _of_counties(query: Query, name: str, read: Callable[[], list[Row]]) -> Counties:
    rows = kept(query, ("hardship", name), read)
    standing = standing_by_village(query)
    villages = standing.keys() | {village for village, _household, _is_made_up in rows}
    home = kept(query, ("counties", name), lambda: homes(villages, Level.COUNTY))
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[home[row[0]]].append(row)
    asked = {village for village in villages if covers(query.user.area, village) and query.holds(village)}
    return {
        county: _told(found[county], sum(standing.get(one, 0) for one in of_county), is_whole=of_county <= asked)
        for county, of_county in _grouped(home).items()
        if of_county & asked
    }


def _grouped(home: Mapping[str, str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for village in sorted(home):
        found[home[village]].add(village)
    return dict(sorted(found.items()))


def _told(rows: list[Row], standing: int, *, is_whole: bool) -> Hardship | None:
    """The number of a county; None where it is withheld, as it is of a part of a county that has any."""
    households = len({household for _village, household, _is_made_up in rows})
    others = max(standing - households, 0)
    if rows and (not is_whole or is_small(households) or is_small(others)):
        return None
    return Hardship(len(rows), households, sum(is_made_up for _village, _household, is_made_up in rows))

"""Incomes by year and place."""

from collections.abc import Iterable
from dataclasses import replace

from django.db.models import Count, Max, Sum

from alleviation.common.query import Query
from beneficiaries.choices import IncomeStatus
from beneficiaries.models import IncomeRecord
from beneficiaries.rollups.bands import Heads
from beneficiaries.rollups.boundaries import place_field, places_of
from beneficiaries.rollups.disclosure import codes_guarded, guarded, own_name
from beneficiaries.rollups.stored import added_up, is_kept, latest
from beneficiaries.rollups.sums import Income, asked_of, grouped, recorded, total_of
from projects.choices import Level
from projects.models import Division
from projects.rollups.funding import added
from projects.rollups.places import child_level


def replaced(query: Query) -> int:
    """How many records of the same places and years a correction took the place of; as of a past date, until then."""
    until = {"superseded_at__isnull": False} if query.as_of is None else {"superseded_at__lte": query.as_of}
    return asked_of(IncomeRecord.objects.filter(**until), query).count()


def income_total(query: Query) -> Income:
    """Σ over all records asked for. Over several years a household counts once in each."""
    return guarded(query, [total_of(query)], lambda _year, _code: None)[0]


def per_capita_income(query: Query) -> list[Income]:
    """income_total for each year that has a record; `key` is the year. Per capita is the ratio of the sums."""
    return guarded(query, grouped(query, "year"), lambda year, _code: year)


def expected_income(query: Query) -> Heads:
    """The households, and their persons, of the records among them of which a part has not been received yet."""
    if is_kept(query):
        found = added_up(query, ("expected_households", "expected_persons"))[()]
        return Heads(found["expected_households"], found["expected_persons"])
    expected = recorded(query).filter(status=IncomeStatus.EXPECTED).order_by()
    found = expected.aggregate(households=Count("pk"), heads=Sum("persons"))
    return Heads(found["households"], found["heads"] or 0)


def income_by_year_and_village(query: Query) -> list[Income]:
    """income_total for each village and year; `key` is (year, code), on the boundaries asked for.

    Those of which this reader is told no sum of their own are gathered under the code "", year by year.
    """
    sums, name = grouped(query, "year", place_field(query), by=Level.VILLAGE), own_name(query)
    home = {"": "", **_homes(query, (one.key[1] for one in sums), Level.VILLAGE)}
    by_village = _in_order(added(sums, lambda one: (one.key[0], home[name(*one.key)])))
    return guarded(query, by_village, lambda year, code: (year, home[name(year, code)]), by=Level.VILLAGE)


def income_by_area(query: Query, division: Division | None) -> list[Income]:
    """income_total by the places right below a place; `key` is their code, "" for what belongs to none of them."""
    level = child_level(division)
    if level is None:
        return []
    sums = grouped(query, place_field(query), by=level)
    home = _homes(query, (one.key for one in sums), level)
    by_place = added(sums, lambda one: home[one.key])
    # "" sorts first; what belongs to no smaller place is shown last.
    in_order = [replace(by_place[code], key=code) for code in sorted(by_place, key=lambda code: (code == "", code))]
    return guarded(query, in_order, lambda _year, code: home[code], by=level)


def income_by_year_and_area(query: Query, division: Division | None) -> list[Income]:
    """income_total by year and place right below a place; `key` is (year, code), the code as in income_by_area.

    A village, which has no place below it, is its own only row of each year.
    """
    level = child_level(division) or Level.VILLAGE
    sums = grouped(query, "year", place_field(query), by=level)
    home = _homes(query, (one.key[1] for one in sums), level)
    by_place = _in_order(added(sums, lambda one: (one.key[0], home[one.key[1]])))
    return guarded(query, by_place, lambda year, code: (year, home[code]), by=level)


def latest_year(query: Query) -> int | None:
    """The last of the years asked for that has an income record; None where none has."""
    if is_kept(query):
        return latest(query)
    year: int | None = recorded(query).aggregate(year=Max("year"))["year"]
    return year


def _homes(query: Query, codes: Iterable[str], level: int) -> dict[str, str]:
    """The place of one level that holds each of these villages, and each that a guard asks about."""
    return places_of(query, {*codes, *codes_guarded(query, by=level)}, level)


def _in_order(sums: dict[tuple[int, str], Income]) -> list[Income]:
    """Sums by year and code; what belongs to no smaller place comes last in its year."""
    return [replace(sums[key], key=key) for key in sorted(sums, key=lambda key: (key[0], not key[1], key[1]))]

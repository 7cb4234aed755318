"""Incomes by year and place."""

from dataclasses import replace

from django.db.models import Max

from alleviation.common.query import Query
from beneficiaries.choices import IncomeStatus
from beneficiaries.models import IncomeRecord
from beneficiaries.rollups.sums import FEW, Income, grouped, income_of, recorded, summed
from projects.choices import Level
from projects.models import Division
from projects.rollups.funding import added, gather, homes
from projects.rollups.places import child_level


def replaced(query: Query) -> int:
    """How many records of the same places and years a correction took the place of; as of a past date, until then."""
    until = {"superseded_at__isnull": False} if query.as_of is None else {"superseded_at__lte": query.as_of}
    earlier = IncomeRecord.objects.filter(**until).summable_by(query.user)
    earlier = earlier.of_years(query.first_year, query.last_year)
    return earlier.filter(query.located("village__code"), query.beside_plans()).count()


def income_total(query: Query) -> Income:
    """Σ over all records asked for. Over several years a household counts once in each."""
    return income_of(recorded(query).order_by().aggregate(**summed()), None)


def per_capita_income(query: Query) -> list[Income]:
    """income_total for each year that has a record; `key` is the year. Per capita is the ratio of the sums."""
    return grouped(query, "year")


def expected_income(query: Query) -> Income:
    """income_total of the records among them of which a part has not been received yet."""
    expected = recorded(query).filter(status=IncomeStatus.EXPECTED)
    return income_of(expected.order_by().aggregate(**summed()), None)


def income_by_year_and_village(query: Query) -> list[Income]:
    """income_total for each village and year; `key` is (year, code). Villages of fewer than FEW households are
    gathered under the code "", year by year: a figure of one or two of them would tell what a family lives on.
    """
    sums = grouped(query, "year", "village__code")
    gathered = added(sums, lambda one: (one.key[0], one.key[1] if one.households >= FEW else ""))
    return [replace(gathered[key], key=key) for key in sorted(gathered, key=lambda key: (key[0], not key[1], key[1]))]


def income_by_area(query: Query, division: Division | None) -> list[Income]:
    """income_total by the places right below a place; `key` is their code, "" for what belongs to none of them."""
    level = child_level(division)
    return gather(grouped(query, "village__code"), level) if level is not None else []


def income_by_year_and_area(query: Query, division: Division | None) -> list[Income]:
    """income_total by year and place right below a place; `key` is (year, code), the code as in income_by_area.

    A village, which has no place below it, is its own only row of each year.
    """
    level = child_level(division) or Level.VILLAGE
    sums = grouped(query, "year", "village__code")
    home = homes((one.key[1] for one in sums), level)
    gathered = added(sums, lambda one: (one.key[0], home[one.key[1]]))
    return [replace(gathered[key], key=key) for key in sorted(gathered, key=lambda key: (key[0], not key[1], key[1]))]


def latest_year(query: Query) -> int | None:
    """The last of the years asked for that has an income record; None where none has."""
    latest: int | None = recorded(query).aggregate(year=Max("year"))["year"]
    return latest

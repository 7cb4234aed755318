"""What is told of bands, quantiles and changes to whoever may not see single households."""

from decimal import Decimal
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.common.query import Query
from beneficiaries.models import Household
from beneficiaries.rollups.telling import at_rank, bands_by_area_told, changes_told, income_spread, told_years
from projects.models import Division
from tests.factories import HouseholdFactory, IncomeRecordFactory, PovertyLineFactory

D = Decimal


@pytest.fixture
def households(settings: Any, ruoduo: Division) -> list[Household]:
    """Ten households of one person in 2019, on 0, 1,000 … 9,000; the first two of them in 2018 as well."""
    settings.SMALLEST_CELL = 5
    found = [HouseholdFactory(village=ruoduo, number=f"{n:03}") for n in range(10)]
    for n, household in enumerate(found):
        IncomeRecordFactory(household=household, persons=1, wage_income=D(1000 * n))
    for household in found[:2]:
        IncomeRecordFactory(household=household, year=2018, persons=1, wage_income=D(100))
    return found


def test_year_of_few_households_is_told_to_those_who_may_see_them(
    manager: User, auditor: User, households: list[Household]
) -> None:
    assert told_years(Query(user=manager)) == {2019}
    assert told_years(Query(user=auditor)) == {2018, 2019}


def test_quantiles_are_told_with_enough_households_on_either_side(
    manager: User, auditor: User, households: list[Household]
) -> None:
    (of_manager,) = income_spread(Query(user=manager, first_year=2019, last_year=2019))
    (of_auditor,) = income_spread(Query(user=auditor, first_year=2019, last_year=2019))

    assert of_manager.told == {"p10": None, "p25": None, "median": D(4000), "p75": None, "p90": None}
    assert of_auditor.told == {
        "p10": D(0),
        "p25": D(2000),
        "median": D(4000),
        "p75": D(7000),
        "p90": D(8000),
    }


def test_household_at_the_rank_is_the_one_that_has_the_figure(auditor: User, households: list[Household]) -> None:
    query = Query(user=auditor, first_year=2019, last_year=2019)

    found = {name: [one.household.number for one in at_rank(query, name)] for name in ("p10", "median", "p90")}

    assert found == {"p10": ["000"], "median": ["004"], "p90": ["008"]}


def test_change_against_a_year_of_few_is_not_told(manager: User, auditor: User, households: list[Household]) -> None:
    query = {"first_year": 2019, "last_year": 2019}

    (of_manager,) = changes_told(Query(user=manager, **query))
    (of_auditor,) = changes_told(Query(user=auditor, **query))

    assert (of_manager.change, of_manager.after.per_capita) == (None, D(4500))
    assert of_auditor.change == D(4400)


def test_change_of_the_same_households_is_for_those_who_may_see_them(
    manager: User, auditor: User, households: list[Household]
) -> None:
    query = {"first_year": 2019, "last_year": 2019}

    (of_manager,) = changes_told(Query(user=manager, **query), matched=True)
    (of_auditor,) = changes_told(Query(user=auditor, **query), matched=True)

    assert of_manager.change is None
    assert of_auditor.change == D(400)


def test_bands_of_an_area_of_few_are_left_out(
    manager: User, auditor: User, households: list[Household], erniunai: Division, heishui: Division
) -> None:
    PovertyLineFactory(year=2019, amount=D("3000.00"))
    IncomeRecordFactory(household=HouseholdFactory(village=erniunai), persons=1, wage_income=D(10))

    of_manager = bands_by_area_told(Query(user=manager, first_year=2019, last_year=2019), heishui)
    of_auditor = bands_by_area_told(Query(user=auditor, first_year=2019, last_year=2019), heishui)

    assert sorted(of_auditor) == [(2019, "513228212000"), (2019, "513228213000")]
    assert [one.below.persons for one in of_auditor.values()] == [3, 1]
    assert of_manager == {}

"""Incomes by status, category and main cause: the parts add up, and asking for a part finds the same."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.common.query import Query
from beneficiaries.models import Household
from beneficiaries.rollups import (
    DIMENSIONS,
    Income,
    income_by_area,
    income_by_category,
    income_by_cause,
    income_by_status,
    income_by_year_and,
    income_by_year_and_area,
    income_by_year_and_village,
    income_total,
)
from projects.models import Division
from projects.rollups import area_query
from tests.factories import HouseholdFactory, IncomeRecordFactory, StatusChangeFactory

Facts = dict[object, tuple[int, int, str]]
UNKNOWN = "none"


@pytest.fixture
def asked(auditor: User) -> Query:
    return Query(user=auditor)


@pytest.fixture
def households(ruoduo: Division) -> dict[str, Household]:
    """Five households of Ruoduo, each of 2 persons with 1,000, 2,000, 4,000, 8,000 and 16,000 yuan in each year.

    | household | today      | since      | changes                            | 2019       | 2020       | 2021       |
    | A         | registered |            |                                    | registered | registered | registered |
    | B         | exited     |            | 31 Dec 2020 registered → exited    | registered | exited     | exited     |
    | C         | monitored  |            | 1 Jan 2021 exited → monitored      | exited     | exited     | monitored  |
    | D         | registered | 1 May 2020 |                                    |            | registered | registered |
    | E         | cleared    |            | 1 Mar 2020 "" → monitored,         |            | monitored  | cleared    |
    |           |            |            | 1 Oct 2021 monitored → cleared     |            |            |            |
    """
    a = _home(ruoduo, category="general", main_cause="illness", second_cause="skills")
    b = _home(ruoduo, status="exited", category="subsistence", main_cause="illness")
    c = _home(ruoduo, status="monitored", category="general", main_cause="skills", second_cause="illness")
    d = _home(ruoduo, status_since=date(2020, 5, 1))
    e = _home(ruoduo, status="cleared", category="general")
    steps = ("appraised_on", "verified_on", "consented_on", "publicised_on", "announced_on")
    days = {step: date(2020, 12, n) for n, step in enumerate(steps, start=1)}
    _changed(b, "registered", "exited", date(2020, 12, 31), **days)
    _changed(c, "exited", "monitored", date(2021, 1, 1))
    _changed(e, "", "monitored", date(2020, 3, 1))
    _changed(e, "monitored", "cleared", date(2021, 10, 1))
    for number, household in enumerate((a, b, c, d, e)):
        for year in (2019, 2020, 2021):
            IncomeRecordFactory(household=household, year=year, persons=2, wage_income=D(1000) * 2**number)
    return dict(zip("ABCDE", (a, b, c, d, e), strict=True))


def _home(village: Division, **values: object) -> Household:
    return HouseholdFactory(village=village, **values)


def _changed(household: Household, was: str, status: str, on: date, **steps: date) -> None:
    StatusChangeFactory(household=household, was=was, status=status, happened_on=on, **steps)


def facts(sums: list[Income]) -> Facts:
    return {one.key: (one.households, one.persons, str(one.net_income)) for one in sums}


@pytest.mark.parametrize(
    ("year", "by_hand"),
    [
        (2019, {"registered": (2, 4, "3000.00"), "exited": (1, 2, "4000.00"), "": (2, 4, "24000.00")}),
        (
            2020,
            {"registered": (2, 4, "9000.00"), "monitored": (1, 2, "16000.00"), "exited": (2, 4, "6000.00")},
        ),
        (
            2021,
            {
                "registered": (2, 4, "9000.00"),
                "monitored": (1, 2, "4000.00"),
                "exited": (1, 2, "2000.00"),
                "cleared": (1, 2, "16000.00"),
            },
        ),
    ],
)
def test_status_is_that_of_the_end_of_the_year(
    asked: Query, households: dict[str, Household], year: int, by_hand: Facts
) -> None:
    found = income_by_status(asked.of_years(year, year))

    assert facts(found) == by_hand
    assert [one.key for one in found] == list(by_hand)


def test_category_and_main_cause_are_those_of_today_and_what_is_not_recorded_stands_last(
    asked: Query, households: dict[str, Household]
) -> None:
    query = asked.of_years(2019, 2019)

    assert list(facts(income_by_category(query)).items()) == [
        ("general", (3, 6, "21000.00")),
        ("subsistence", (1, 2, "2000.00")),
        ("", (1, 2, "8000.00")),
    ]
    # C is poor for lack of skills first: its illness, the second cause, counts it nowhere else.
    assert list(facts(income_by_cause(query)).items()) == [
        ("illness", (2, 4, "3000.00")),
        ("skills", (1, 2, "4000.00")),
        ("", (2, 4, "24000.00")),
    ]


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_each_part_is_what_asking_for_it_finds_and_all_add_up(
    asked: Query, households: dict[str, Household], dimension: str
) -> None:
    parts = income_by_year_and(asked, dimension)

    for one in parts:
        year, code = one.key
        query = replace(asked.of_years(year, year), **{dimension: code or UNKNOWN})
        assert (one, [each.key for each in parts].count(one.key)) == (income_total(query), 1)
    assert sum(parts, Income()) == income_total(asked)
    assert [one.key[0] for one in parts] == sorted(one.key[0] for one in parts)


def test_a_narrower_question_cuts_its_own_households_alone(asked: Query, households: dict[str, Household]) -> None:
    query = replace(asked.of_years(2020, 2020), category="general")

    # A is registered, E monitored, C exited still.
    assert facts(income_by_status(query)) == {
        "registered": (1, 2, "1000.00"),
        "monitored": (1, 2, "16000.00"),
        "exited": (1, 2, "4000.00"),
    }
    assert facts(income_by_cause(replace(query, household_status="exited"))) == {"skills": (1, 2, "4000.00")}


def test_nothing_recorded_has_no_parts(asked: Query) -> None:
    found = [income_by_status(asked), income_by_category(asked), income_by_cause(asked)]

    assert found == [[], [], []]


def test_a_manager_asks_for_a_status_that_a_village_has_nobody_of(
    settings: Any, manager: User, zhawo: Division, xili: Division, households: dict[str, Household]
) -> None:
    settings.SMALLEST_CELL = 3
    for number in range(3):
        IncomeRecordFactory(household__village=xili, household__number=f"X{number}", year=2020)
    query = replace(area_query(Query(user=manager), zhawo).of_years(2020, 2020), household_status="exited")

    # The two of Ruoduo that have exited are too few; of Xili's three, nobody has.
    [row] = income_by_year_and_area(query, zhawo)

    assert (row.key, row.withheld, row.net_income) == ((2020, "513228212205"), True, None)
    assert [one.key for one in income_by_area(query, zhawo)] == ["513228212205"]
    assert [one.key for one in income_by_year_and_village(query)] == [(2020, "")]

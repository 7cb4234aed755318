"""Incomes added up: ratios of sums over the golden county, the line beside them, and who sees them."""

import random
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alleviation.common.figures import Figure
from alleviation.common.query import Query
from beneficiaries.models import IncomeRecord
from beneficiaries.rollups import (
    COMPONENTS,
    Income,
    households_on_register,
    income_by_area,
    income_by_year_and_area,
    income_total,
    per_capita_income,
    poverty_lines,
)
from projects.models import Division, Succession
from projects.rollups import area_query
from tests.factories import HouseholdFactory, IncomeRecordFactory, PovertyLineFactory, place
from tests.golden import golden_incomes


@pytest.fixture
def county(ruoduo, erniunai) -> None:
    golden_incomes(ruoduo, erniunai)


def facts(sums: list[Income]) -> dict:
    return {one.key: (one.households, one.persons, str(one.net_income)) for one in sums}


def test_by_year(county, everything):
    assert facts(per_capita_income(everything)) == {2018: (3, 9, "19500.00"), 2019: (1, 4, "12000.00")}


def test_per_capita_is_a_ratio_of_sums(county, everything):
    # 2018: 19,500 ÷ 9 = 2,166.67; the mean of the villages' 2,250 and 2,000 would be 2,125.
    assert [one.per_capita for one in per_capita_income(everything)] == [D("19500.00") / 9, D("3000")]


def test_the_total_over_years_counts_a_household_once_in_each(county, everything):
    total = income_total(everything)

    assert (total.households, total.persons, total.net_income) == (4, 13, D("31500.00"))
    assert total.per_capita == D("31500.00") / 13


def test_by_area(county, manager, heishui):
    query = area_query(Query(user=manager, first_year=2018, last_year=2018), heishui)

    found = income_by_area(query, heishui)

    assert facts(found) == {"513228212000": (2, 6, "13500.00"), "513228213000": (1, 3, "6000.00")}
    assert [one.per_capita for one in found] == [D("2250"), D("2000")]


def test_by_year_and_area(county, manager, heishui):
    assert facts(income_by_year_and_area(area_query(Query(user=manager), heishui), heishui)) == {
        (2018, "513228212000"): (2, 6, "13500.00"),
        (2018, "513228213000"): (1, 3, "6000.00"),
        (2019, "513228212000"): (1, 4, "12000.00"),
    }


def test_by_year_and_area_of_a_village(county, manager, ruoduo):
    assert facts(income_by_year_and_area(area_query(Query(user=manager), ruoduo), ruoduo)) == {
        (2018, "513228212205"): (2, 6, "13500.00"),
        (2019, "513228212205"): (1, 4, "12000.00"),
    }


def test_a_village_that_lives_on_is_one_row_with_its_code_of_today(county, everything, zhawo, ruoduo):
    today = place("513228212299", "若多村", vintage=2023)
    Succession.objects.create(predecessor=ruoduo, successor=today, kind="recoded", source="made up for a test")
    IncomeRecordFactory(household__village=today, year=2019, persons=1, wage_income=D("1.00"))

    found = facts(income_by_year_and_area(area_query(everything, zhawo), zhawo))

    assert found == {
        (2018, today.code): (2, 6, "13500.00"),
        (2019, today.code): (2, 5, "12001.00"),
    }


def test_the_components_stand_apart(county, everything):
    total = income_total(everything)

    assert {name: str(getattr(total, name)) for name in COMPONENTS} == {
        "wage_income": "31000.00",
        "business_income": "0.00",
        "property_income": "1000.00",
        "transfer_income": "0.00",
        "expenses": "500.00",
    }


def test_no_record_is_no_per_capita_and_not_zero(everything):
    total = income_total(everything)

    assert (total.households, total.persons, total.net_income, total.per_capita) == (0, 0, D("0.00"), None)
    assert per_capita_income(everything) == []


def test_a_loss_is_a_negative_figure(everything, ruoduo):
    IncomeRecordFactory(household__village=ruoduo, persons=2, wage_income=D("100.00"), expenses=D("300.00"))

    assert income_total(everything).per_capita == D("-100")


@pytest.mark.parametrize(
    ("asked", "persons"),
    [
        ({"first_year": 2018, "last_year": 2018}, 9),
        ({"first_year": 2016, "last_year": 2020}, 13),
        ({"first_year": 2020, "last_year": 2020}, 0),
        ({"prefixes": ("513228212205",)}, 10),
        ({"prefixes": ("513228213",)}, 3),
        ({"prefixes": ()}, 0),
    ],
)
def test_a_question_narrows_every_sum_alike(county, manager, asked, persons):
    query = Query(user=manager, **asked)

    assert income_total(query).persons == persons
    for sums in (per_capita_income(query), income_by_area(query, None), income_by_year_and_area(query, None)):
        assert sum(one.persons for one in sums) == persons


def test_each_sees_the_sums_of_their_area(county, clerk, reviewer, manager, stranger, administrator):
    asked = (clerk, reviewer, manager, stranger, administrator)

    assert [income_total(Query(user=user)).persons for user in asked] == [10, 13, 13, 0, 0]


def test_households_on_the_register(county, clerk, manager, stranger, ruoduo):
    HouseholdFactory(village=ruoduo, status="exited")

    assert [households_on_register(Query(user=user)) for user in (clerk, manager, stranger)] == [3, 4, 0]
    assert households_on_register(Query(user=manager, prefixes=("513228213",))) == 1


# --- lines ------------------------------------------------------------------------------------------------------


def test_the_line_of_each_year_is_its_own(everything):
    PovertyLineFactory(year=2014, amount=D("2800.00"))
    PovertyLineFactory(year=2020, amount=D("4000.00"), qualifier="about")

    found = {year: line.figure for year, line in poverty_lines(everything).items()}

    assert found == {2014: Figure.exact("2800.00"), 2020: Figure.about("4000.00")}


def test_no_line_is_invented_for_a_year_between(everything):
    PovertyLineFactory(year=2016)
    PovertyLineFactory(year=2020)

    assert sorted(poverty_lines(everything)) == [2016, 2020]


def test_a_monitoring_line_is_no_poverty_line(everything):
    PovertyLineFactory(year=2019, kind="monitoring")

    assert poverty_lines(everything) == {}


@pytest.mark.parametrize(
    ("area", "amount"),
    [("", "3000.00"), ("513228212205", "3500.00"), ("510000000000", "3500.00"), ("451102000000", "3000.00")],
)
def test_a_provinces_line_goes_before_the_nations(manager, heishui, hezhou, area, amount):
    PovertyLineFactory(year=2019, amount=D("3000.00"))
    PovertyLineFactory(year=2019, amount=D("3500.00"), division=Division.objects.get(code="510000000000"))

    assert poverty_lines(Query(user=manager, area_code=area))[2019].amount == D(amount)


def test_only_the_lines_of_the_years_asked_for(manager):
    for year in (2018, 2019, 2020):
        PovertyLineFactory(year=year)

    assert sorted(poverty_lines(Query(user=manager, first_year=2019, last_year=2020))) == [2019, 2020]


# --- laws -------------------------------------------------------------------------------------------------------

YUAN = st.decimals(min_value=0, max_value="9999999999.99", places=2)
INCOMES = st.builds(Income, st.integers(0, 99), st.integers(0, 999), YUAN, YUAN, YUAN, YUAN, YUAN)


@given(INCOMES, INCOMES, INCOMES)
@pytest.mark.slow
def test_sums_add_in_any_order_and_net_income_with_them(one, two, three):
    assert (one + two) + three == one + (two + three)
    assert (one + two).net_income == one.net_income + two.net_income


@given(INCOMES, INCOMES)
@pytest.mark.slow
def test_per_capita_of_two_lies_between_theirs(one, two):
    if one.persons and two.persons:
        low, high = sorted([one.per_capita, two.per_capita])
        slack = D("1e-12")
        assert low - slack <= (one + two).per_capita <= high + slack


@pytest.mark.parametrize("seed", range(2))
def test_sums_of_any_register_equal_brute_force(seed, everything, ruoduo, xili, erniunai, heishui):
    rng = random.Random(seed)
    places = [ruoduo, xili, erniunai]
    households = [HouseholdFactory(village=places[n % 3]) for n in range(12)]
    IncomeRecord.objects.bulk_create(
        IncomeRecord(
            household=household,
            village=rng.choice(places),
            year=year,
            persons=rng.randint(1, 9),
            concept="disposable",
            **{name: D(rng.randint(0, 10**9)) / 100 for name in COMPONENTS},
        )
        for household in households
        for year in range(2016, 2020)
    )
    sums: dict[tuple[int, str], list] = defaultdict(lambda: [0, 0, D("0.00")])
    for record in IncomeRecord.objects.select_related("village"):
        home = sums[record.year, record.village.code[:9].ljust(12, "0")]
        home[0], home[1], home[2] = home[0] + 1, home[1] + record.persons, home[2] + record.net_income

    found = income_by_year_and_area(area_query(everything, heishui), heishui)

    assert {one.key: [one.households, one.persons, one.net_income] for one in found} == sums


@pytest.mark.parametrize(
    ("rollup", "queries"),
    [
        (income_total, 1),  # one sum
        (per_capita_income, 1),
        (poverty_lines, 1),
        (households_on_register, 1),
        (lambda query: income_by_area(query, None), 2),  # the sums, and what became of their places
        (lambda query: income_by_year_and_area(query, None), 2),
    ],
)
def test_a_rollup_asks_the_same_for_more_rows(rollup, queries, everything, ruoduo, django_assert_num_queries):
    made = 0
    for more in (1, 2, 27):
        for year in range(1990 + made, 1990 + made + more):
            IncomeRecordFactory(household__village=ruoduo, year=year)
            PovertyLineFactory(year=year)
        made += more

        with django_assert_num_queries(queries):
            rollup(replace(everything, memory={}))

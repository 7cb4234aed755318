"""Quantiles of per-capita income: each person counts, the order is exact, nothing is put between two households."""

import random
from decimal import Decimal as D
from fractions import Fraction
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.common.query import Query
from beneficiaries.models import IncomeRecord
from beneficiaries.rollups import Quantiles, income_quantiles
from projects.models import Division
from tests.factories import HouseholdFactory, IncomeRecordFactory

NAMES = {"p10": 10, "p25": 25, "median": 50, "p75": 75, "p90": 90}


@pytest.fixture
def asked(auditor: User) -> Query:
    return Query(user=auditor)


def lives(village: Division, net: str, persons: int, year: int = 2019, **values: Any) -> None:
    loss = -min(D(net), D(0))
    IncomeRecordFactory(
        household__village=village, year=year, persons=persons, wage_income=max(D(net), D(0)), expenses=loss, **values
    )


def told(one: Quantiles) -> list[str]:
    return [str(getattr(one, name).quantize(D("0.01"))) for name in NAMES]


def test_ten_persons_by_hand(asked: Query, ruoduo: Division) -> None:
    # Four persons on 1,000, one on 3,000, five on 9,000: the 1st, 3rd (of 2.5), 5th, 8th (of 7.5), 9th.
    for net, persons in (("45000.00", 5), ("3000.00", 1), ("4000.00", 4)):
        lives(ruoduo, net, persons)

    [found] = income_quantiles(asked)

    assert told(found) == ["1000.00", "1000.00", "3000.00", "9000.00", "9000.00"]
    assert (found.key, found.households, found.persons, found.made_up) == (2019, 3, 10, 0)


@pytest.mark.parametrize(
    ("persons", "by_hand"),
    [
        # Persons in all: 1 + 1; the first is enough for a half, not for more.
        ((1, 1), ["10.00", "10.00", "10.00", "20.00", "20.00"]),
        # 1 + 9: the first tenth ends with the first person.
        ((1, 9), ["10.00", "20.00", "20.00", "20.00", "20.00"]),
        ((3, 1), ["10.00", "10.00", "10.00", "10.00", "20.00"]),
    ],
)
def test_a_rank_that_ends_with_a_household_is_its_own(
    asked: Query, ruoduo: Division, persons: tuple[int, int], by_hand: list[str]
) -> None:
    for each, number in zip((10, 20), persons, strict=True):
        lives(ruoduo, f"{each * number}.00", number)

    assert told(income_quantiles(asked)[0]) == by_hand


def test_one_household_is_all_of_them_and_none_is_no_year(asked: Query, ruoduo: Division) -> None:
    assert income_quantiles(asked) == []

    lives(ruoduo, "100.00", 3, year=2020)

    [found] = income_quantiles(asked)
    assert (found.key, found.p10, found.median, found.p90) == (2020, D(100) / 3, D(100) / 3, D(100) / 3)


def test_a_loss_comes_first_and_each_year_stands_alone(asked: Query, ruoduo: Division) -> None:
    for net in ("-500.00", "-499.99", "0.00", "0.01"):
        lives(ruoduo, net, 1)
    lives(ruoduo, "7.00", 7, year=2020, household__is_made_up=True)

    before, after = income_quantiles(asked)

    assert told(before) == ["-500.00", "-500.00", "-499.99", "0.00", "0.01"]
    assert (told(after), after.made_up) == (["1.00"] * 5, 1)


def test_ratios_that_differ_by_less_than_a_fen_stand_in_their_order(asked: Query, ruoduo: Division) -> None:
    lives(ruoduo, "0.01", 49)
    lives(ruoduo, "0.01", 50)

    [found] = income_quantiles(asked)

    # Of 99 persons the first fifty have 1/50 of a fen; the median is the 50th.
    assert (found.median, found.p75) == (D("0.01") / 50, D("0.01") / 49)


def test_the_largest_amounts_are_in_order(asked: Query, ruoduo: Division) -> None:
    largest = D("9999999999.99")
    for _one in range(3):
        IncomeRecordFactory(
            household__village=ruoduo,
            persons=1,
            wage_income=largest,
            business_income=largest,
            property_income=largest,
            transfer_income=largest,
        )

    assert income_quantiles(asked)[0].p90 == largest * 4


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 6))])
def test_quantiles_of_any_register_are_the_persons_lined_up(seed: int, asked: Query, ruoduo: Division) -> None:
    rng = random.Random(seed)
    lined_up: list[Fraction] = []
    rows = []
    for _one in range(rng.randint(1, 40)):
        persons, wages, spent = rng.randint(1, 50), rng.choice((0, rng.randint(0, 300))), rng.choice((0, 0, 250))
        row = IncomeRecord(
            household=HouseholdFactory(village=ruoduo),
            village=ruoduo,
            year=2019,
            persons=persons,
            concept="disposable",
            wage_income=D(wages) / 100,
            business_income=0,
            property_income=0,
            transfer_income=0,
            expenses=D(spent) / 100,
        )
        rows.append(row)
        lined_up += [Fraction(wages - spent, 100 * persons)] * persons
    IncomeRecord.objects.bulk_create(rows)

    [found] = income_quantiles(asked)

    lined_up.sort()
    by_hand = {name: lined_up[-(-rank * len(lined_up) // 100) - 1] for name, rank in NAMES.items()}
    assert {name: getattr(found, name) for name in NAMES} == {
        name: D(one.numerator) / one.denominator for name, one in by_hand.items()
    }
    assert (found.households, found.persons) == (len(rows), len(lined_up))


def test_quantiles_ask_once_however_many_rows(asked: Query, ruoduo: Division, django_assert_num_queries: Any) -> None:
    for more in (1, 2, 9):
        for number in range(more):
            lives(ruoduo, "1.00", 1 + number, year=2010 + number)

        with django_assert_num_queries(1):
            income_quantiles(asked)

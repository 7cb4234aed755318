"""How many households live on how much: ranges added up by hand, and what is told of few."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.common.query import Query
from beneficiaries.rollups.distribution import Range, in_range, income_ranges
from projects.models import Division
from projects.rollups import area_query
from tests.conftest import signed_in
from tests.factories import NO_OTHER_INCOME, HouseholdFactory, IncomeRecordFactory, PovertyLineFactory

D = Decimal
Make = Callable[..., None]


@pytest.fixture
def incomes(ruoduo: Division) -> Make:
    """Households of two persons each, with these incomes per person."""

    def make(*amounts: str, year: int = 2020, village: Division = ruoduo) -> None:
        for number, amount in enumerate(amounts):
            household = HouseholdFactory(village=village, number=f"{village.code}-{number}")
            IncomeRecordFactory(household=household, year=year, persons=2, wage_income=D(amount) * 2)

    return make


def ranges(user: User, **asked: Any) -> list[tuple[str, int]]:
    return [
        (one.name, one.households) for one in income_ranges(Query(user=user, first_year=2020, last_year=2020, **asked))
    ]


def test_ranges_are_cut_at_steps_and_at_the_line_and_add_up(auditor: User, incomes: Make) -> None:
    PovertyLineFactory(year=2020, amount=D("1300.00"))
    incomes("0.00", "499.99", "500.00", "1299.99", "1300.00", "1949.99", "1950.00")

    assert ranges(auditor) == [
        ("0~500", 2),
        ("500~1000", 1),
        ("1000~1300", 1),
        ("1300~1500", 1),
        ("1500~1950", 1),
        ("1950~2000", 1),
    ]


def test_loss_and_what_few_reach_stand_in_ranges_without_an_end(
    auditor: User, incomes: Make, ruoduo: Division
) -> None:
    incomes(*["700.00"] * 97, "600.00", "90000.00")
    poor = HouseholdFactory(village=ruoduo, number="poor")
    IncomeRecordFactory(household=poor, year=2020, persons=3, **{**NO_OTHER_INCOME, "expenses": D("0.01")})

    assert ranges(auditor) == [("~0", 1), ("0~500", 0), ("500~1000", 98), ("1000~", 1)]


def test_records_of_a_range_are_those_counted(auditor: User, incomes: Make) -> None:
    incomes("999.99", "1000.00", "1999.99", "2000.00")
    query = Query(user=auditor, first_year=2020, last_year=2020)

    found = in_range(query, D(1000), D(2000))

    assert sorted(str(one.net_income) for one in found) == ["2000.00", "3999.98"]


def test_whoever_sees_no_household_is_told_ranges_of_enough(settings: Any, manager: User, incomes: Make) -> None:
    settings.SMALLEST_CELL = 3
    incomes("100.00", "600.00", "1100.00", "1200.00", "1600.00", "1700.00", "2100.00")

    # 1 + 1 + 2, then 2 + 1: what is left over goes to the range before it.
    assert ranges(manager) == [("0~1500", 4), ("1500~2500", 3)]


def test_no_range_is_put_together_across_a_line_that_is_told(
    settings: Any, manager: User, auditor: User, incomes: Make
) -> None:
    settings.SMALLEST_CELL = 3
    PovertyLineFactory(year=2020, amount=D("1000.00"))
    incomes(*["100.00"] * 3, "600.00", *["1100.00"] * 3, *["1600.00", "1700.00", "2600.00"])

    told, bands = ranges(manager), signed_in(manager).get("/income/?year=2020").context["tables"]["poverty_line_bands"]

    assert [bands.table.rows[0].get(f"{band}_households") for band in ("below", "near", "above")] == [4, 3, 3]
    assert told == [("0~1000", 4), ("1000~1500", 3), ("1500~3000", 3)]


def test_no_range_ends_at_a_line_below_which_few_are(settings: Any, manager: User, incomes: Make) -> None:
    settings.SMALLEST_CELL = 3
    PovertyLineFactory(year=2020, amount=D("1000.00"))
    incomes("100.00", *["1100.00"] * 9)

    assert ranges(manager) == [("0~", 10)]


def test_distribution_of_a_part_is_not_told(
    settings: Any, manager: User, auditor: User, incomes: Make, ruoduo: Division
) -> None:
    settings.SMALLEST_CELL = 3
    incomes(*["600.00"] * 9)
    part = area_query(Query(user=manager, first_year=2020, last_year=2020), ruoduo)

    assert ranges(manager) == [("0~1000", 9)]
    assert income_ranges(part) == []
    assert income_ranges(replace(part, user=auditor, memory={}))[-1] == Range(D(500), D(1000), 9)


def test_page_and_explanation_tell_the_same_ranges(settings: Any, manager: User, auditor: User, incomes: Make) -> None:
    settings.SMALLEST_CELL = 3
    incomes("100.00", "600.00", "1100.00", "1200.00", "1600.00", "1700.00", "2100.00")
    client, address = signed_in(manager), "/explain/households-in-range/?year=2020&of="

    table = client.get("/income/").context["tables"]["income_distribution"].table

    assert [(row["range"], row["households"]) for row in table.rows] == [
        ("0 to below 1,500", 4),
        ("1,500 to below 2,500", 3),
    ]
    assert table.total["households"] == 7
    assert client.get(f"{address}0~1500").context["words"] == "4"
    assert client.get(f"{address}0~500").status_code == 404
    assert signed_in(auditor).get(f"{address}0~500").context["number"] == 1

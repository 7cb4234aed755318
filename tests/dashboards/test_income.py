"""The income page against the golden county, added up by hand in tests/golden.py."""

from decimal import Decimal
from typing import Any

import pytest

from alleviation.accounts.models import User
from projects.models import Division
from tests.conftest import signed_in
from tests.factories import HouseholdFactory, IncomeRecordFactory, PovertyLineFactory
from tests.golden import golden_incomes


@pytest.fixture
def county(heishui: Division, ruoduo: Division, erniunai: Division) -> Division:
    golden_incomes(ruoduo, erniunai)
    return heishui


def table(user: User, slug: str, **filters: Any) -> Any:
    response = signed_in(user).get("/income/", filters)
    return response.context["tables"][slug].table


def test_per_capita_is_the_ratio_of_the_sums(manager: User, county: Division) -> None:
    found = table(manager, "per_capita_income")

    assert [(row["year"], row["persons"], row["net_income"], row["per_capita"]) for row in found.rows] == [
        (2018, 9, Decimal("19500.00"), Decimal("19500.00") / 9),
        (2019, 4, Decimal("12000.00"), Decimal("3000.00")),
    ]
    assert (found.total["persons"], found.total["net_income"]) == (13, Decimal("31500.00"))


def test_the_line_of_a_year_stands_beside_it_and_none_is_invented(manager: User, county: Division) -> None:
    rows = table(manager, "per_capita_income").rows

    assert [row["line"].words("CNY") if row["line"] else None for row in rows] == ["RMB 2,800", None]


def test_a_provinces_own_line_comes_before_the_nations(manager: User, county: Division) -> None:
    sichuan = county.ancestors[0]
    PovertyLineFactory(year=2018, division=sichuan, amount=Decimal("3100.00"))

    here = table(manager, "per_capita_income", area=county.code).rows
    nation = table(manager, "per_capita_income").rows

    assert here[0]["line"].words("CNY") == "RMB 3,100"
    assert nation[0]["line"].words("CNY") == "RMB 2,800"


@pytest.mark.slow
def test_by_area_shows_the_latest_year_asked_for(manager: User, county: Division) -> None:
    of_2018 = table(manager, "income_by_area", area=county.code, year="2018")
    latest = table(manager, "income_by_area", area=county.code)

    assert [(row["area"], row["persons"], row["per_capita"]) for row in of_2018.rows] == [
        ("Zhawo Countryside", 6, Decimal("2250.00")),
        ("Qinglang Countryside", 3, Decimal("2000.00")),
    ]
    assert [(row["area"], row["per_capita"]) for row in latest.rows] == [("Zhawo Countryside", Decimal("3000.00"))]


@pytest.mark.slow
def test_components_are_summed_apart_and_expenses_subtracted(manager: User, county: Division) -> None:
    row = table(manager, "income_components", year="2018").rows[0]

    assert [str(row[name]) for name in ("wage_income", "property_income", "expenses")] == [
        "19000.00",
        "1000.00",
        "500.00",
    ]


def test_a_clerk_sees_the_incomes_of_their_area_alone(clerk: User, county: Division) -> None:
    found = table(clerk, "per_capita_income")

    assert [(row["year"], row["persons"]) for row in found.rows] == [(2018, 6), (2019, 4)]


def test_a_household_that_moved_leaves_its_past_where_it_was(
    manager: User, county: Division, ruoduo: Division, erniunai: Division
) -> None:
    mover = HouseholdFactory(village=ruoduo)
    IncomeRecordFactory(household=mover, year=2018, persons=1, wage_income=Decimal("9000.00"))
    mover.village = erniunai
    mover.save()

    rows = table(manager, "income_by_area", area=county.code, year="2018").rows

    assert [(row["area"], row["persons"]) for row in rows] == [("Zhawo Countryside", 7), ("Qinglang Countryside", 3)]


def test_no_income_says_what_to_do(manager: User) -> None:
    response = signed_in(manager).get("/income/")

    assert response.context["tables"]["per_capita_income"].table.rows == []
    assert "No income is recorded for this filter." in response.content.decode()


def test_csv_has_the_unit_in_its_header(manager: User, county: Division) -> None:
    response = signed_in(manager).get("/income/", {"csv": "per-capita-income", "year": "2019"})

    header, row, total, _ = response.getvalue().decode("utf-8-sig").split("\r\n")
    assert header.split(",")[:5] == [
        "Year",
        "Households",
        "Persons",
        "Net income (yuan)",
        "Per capita (yuan per person)",
    ]
    assert row.split(",")[:5] == ["2019", "1", "4", "12000.00", "3000.00"]
    assert total.split(",")[:5] == ["Total", "1", "4", "12000.00", "3000.00"]


def test_an_administrator_sees_no_income(administrator: User, county: Division) -> None:
    assert signed_in(administrator).get("/income/").status_code == 403


@pytest.mark.parametrize("households", [1, 3, 30])
@pytest.mark.slow
def test_the_page_costs_the_same_with_more_rows(
    manager: User, ruoduo: Division, households: int, django_assert_num_queries: Any
) -> None:
    for _ in range(households):
        IncomeRecordFactory(household=HouseholdFactory(village=ruoduo))
    client = signed_in(manager)

    # Session, user, versions; how many incomes; total, years, what is counted, both lines; latest year; changes: sums,
    # benefits and breaks, twice, since of the same households too; bands: lines, cells; checks; quantiles; areas:
    # sums, successions, latest list, bands, names, total and its bands; by year and area: sums, successions, names;
    # the distribution by steps and by ranges; three cuts with their total; all lines; the form's latest list and
    # provinces; banner.
    with django_assert_num_queries(44):
        client.get("/income/")

"""The change of per-capita income opened: its components add up to it, and its rows are the sums of both years."""

from decimal import Decimal
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.common.years import FIRST_YEAR
from projects.models import Division
from tests.conftest import signed_in
from tests.factories import EnrolmentFactory, HouseholdFactory, IncomeRecordFactory
from tests.scrutiny.explained import opened, reasons, taken

D = Decimal


@pytest.fixture
def village(heishui: Division, ruoduo: Division) -> Division:
    """Two persons earned 6,000 in wages in 2018; in 2019 three earned 6,000, 1,500 in rent, and spent 300.

    Per capita 3,000 and 2,400: wages 2,000 − 3,000, property 500 − 0, expenses −(100 − 0): −600. Of the rent 900 came
    from a project: 300 per person.
    """
    household = HouseholdFactory(village=ruoduo)
    IncomeRecordFactory(household=household, year=2018, persons=2, wage_income=D("6000.00"))
    IncomeRecordFactory(
        household=household,
        year=2019,
        persons=3,
        wage_income=D("6000.00"),
        property_income=D("1500.00"),
        expenses=D("300.00"),
    )
    EnrolmentFactory(household=household, year=2019, role="land_rent", amount=D("900.00"))
    return ruoduo


@pytest.mark.parametrize("reader", ["manager", "auditor"])
@pytest.mark.parametrize(
    ("of", "words"),
    [
        ("net_income", "-600.00"),
        ("wage_income", "-1,000.00"),
        ("business_income", "0.00"),
        ("property_income", "500.00"),
        ("expenses", "-100.00"),
        ("role:land_rent", "300.00"),
        ("same", "-600.00"),
    ],
)
@pytest.mark.slow
def test_rows_make_the_change(request: Any, village: Division, reader: str, of: str, words: str) -> None:
    user = request.getfixturevalue(reader)

    rows, total = taken(user, "income-change", of=of, year=2019)

    amount, persons, before, persons_before = (
        sum(D(row[name] or 0) for row in rows)
        for name in (
            "Amount of the year (yuan)",
            "Persons of the year",
            "Amount of the year before (yuan)",
            "Persons of the year before",
        )
    )
    assert opened(user, "income-change", of=of, year=2019)["words"] == words
    assert amount / persons - before / persons_before == D(words.replace(",", ""))
    assert (D(total["Amount of the year (yuan)"]), D(total["Persons of the year"])) == (amount, persons)


def test_parts_of_the_change_add_up_and_projects_stand_beneath(manager: User, village: Division) -> None:
    context = opened(manager, "income-change", of="net_income", year=2019)

    told = [(str(part.label), part.words) for part, _url in context["parts"]]
    assert told == [
        ("Wages", "-1,000.00"),
        ("Business", "0.00"),
        ("Property", "500.00"),
        ("Transfers", "0.00"),
        ("Less expenses", "-100.00"),
        ("Of that from projects: land rent", "300.00"),
    ]
    assert sum(D(words.replace(",", "")) for _label, words in told[:5]) == D("-600.00")
    assert context["working"] == "7,200.00 ÷ 3 − 6,000.00 ÷ 2 = -600.00"


def test_break_in_the_series_is_told_beside_the_change(manager: User, ruoduo: Division) -> None:
    household = HouseholdFactory(village=ruoduo)
    for year in (2013, 2014):
        IncomeRecordFactory(household=household, year=year)

    context = opened(manager, "income-change", of="net_income", year=2014)

    assert reasons(context)[0][0] == (
        "Break in the series: net income, January to December in 2013; disposable income, January to December in 2014."
    )


def test_amounts_that_nobody_entered_are_counted_beside(manager: User, village: Division) -> None:
    household = HouseholdFactory(village=village)
    IncomeRecordFactory(household=household, year=2019, persons=3)
    EnrolmentFactory(household=household, year=2019, role="wage", amount=None)

    context = opened(manager, "income-change", of="role:land_rent", year=2019)

    assert reasons(context)[0] == ("Parts in projects of both years whose amount nobody entered", 1)


def test_year_without_one_before_has_no_change(manager: User, village: Division) -> None:
    context = opened(manager, "income-change", of="net_income", year=2018)

    assert (context["words"], context["table"].total) == ("—", {})


def test_change_of_few_households_is_not_told_to_a_manager(
    settings: Any, manager: User, auditor: User, village: Division
) -> None:
    settings.SMALLEST_CELL = 5

    told = [opened(user, "income-change", of="wage_income", year=2019)["words"] for user in (manager, auditor)]

    assert told == ["—", "-1,000.00"]


@pytest.mark.parametrize(
    "asked",
    [{"of": "net_income"}, {"of": "luck", "year": 2019}, {"year": 2019}, {"of": "net_income", "year": FIRST_YEAR}],
)
def test_change_of_nothing_known_is_not_found(manager: User, village: Division, asked: dict[str, Any]) -> None:
    assert signed_in(manager).get("/explain/income-change/", asked).status_code == 404


def test_percentage_is_asked_for_households_as_they_stood(manager: User, village: Division) -> None:
    asked = {"of": "per-capita-income", "year": 2019}

    assert opened(manager, "change", **asked, category="none")["words"] == "-20.0"
    assert opened(manager, "change", **asked, category="general")["words"] == "—"
    assert signed_in(manager).get("/explain/change/", {**asked, "kind": "road"}).status_code == 404
    assert signed_in(manager).get("/explain/change/", {**asked, "of": "spent", "cause": "land"}).status_code == 404

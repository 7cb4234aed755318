"""Quantiles opened: the household that holds the person asked for, for those who may see it."""

from decimal import Decimal
from typing import Any

import pytest

from alleviation.accounts.models import User
from projects.models import Division
from tests.conftest import signed_in
from tests.factories import HouseholdFactory, IncomeRecordFactory
from tests.golden_households import golden_households
from tests.scrutiny.explained import opened, taken

D = Decimal


@pytest.fixture
def village(heishui: Division, ruoduo: Division) -> Division:
    """Four persons on 1,000 each, one on 3,000 and five on 9,000: the 5th of 10 is the one on 3,000."""
    for number, persons, net in (("001", 4, "4000.00"), ("002", 1, "3000.00"), ("003", 5, "45000.00")):
        IncomeRecordFactory(
            household=HouseholdFactory(village=ruoduo, number=number), persons=persons, wage_income=D(net)
        )
    return ruoduo


@pytest.mark.parametrize(
    ("of", "words", "household"),
    [
        ("p10", "1,000.00", "001"),
        ("p25", "1,000.00", "001"),
        ("median", "3,000.00", "002"),
        ("p90", "9,000.00", "003"),
    ],
)
@pytest.mark.slow
def test_quantile_opens_to_the_household_at_the_rank(
    auditor: User, village: Division, of: str, words: str, household: str
) -> None:
    context = opened(auditor, "income-quantile", of=of, year=2019)
    rows, total = taken(auditor, "income-quantile", of=of, year=2019)

    assert context["words"] == words
    assert [(row["Household number"], row["Per capita (yuan per person)"]) for row in rows] == [
        (household, total["Per capita (yuan per person)"])
    ]
    assert D(total["Per capita (yuan per person)"]) == D(words.replace(",", ""))


def test_working_tells_which_of_the_persons_it_is(auditor: User, village: Division) -> None:
    context = opened(auditor, "income-quantile", of="median", year=2019)

    assert context["named"] == "P50, 2019"
    assert context["working"] == "the person with the number ⌈50 ÷ 100 × 10⌉ = 5: 3,000.00"
    assert [(part.words, url) for part, url in context["parts"]] == [("10", "/explain/persons/?year=2019")]


def test_manager_gets_the_figure_and_no_household(manager: User, village: Division) -> None:
    rows, total = taken(manager, "income-quantile", of="median", year=2019)

    assert [list(row.values())[:2] for row in rows] == [["2019", "3000.00"]]
    assert list(total) == ["Year", "Per capita (yuan per person)", "Made up"]


def test_quantile_that_few_stand_beside_is_not_told_to_a_manager(
    settings: Any, manager: User, auditor: User, ruoduo: Division
) -> None:
    settings.SMALLEST_CELL = 5
    for n in range(10):
        IncomeRecordFactory(household=HouseholdFactory(village=ruoduo), persons=1, wage_income=D(1000 * n))

    told = {
        (user.username, of): opened(user, "income-quantile", of=of, year=2019)["words"]
        for user in (manager, auditor)
        for of in ("p25", "median")
    }

    assert told == {
        ("manager", "p25"): "—",
        ("manager", "median"): "4,000.00",
        ("auditor", "p25"): "2,000.00",
        ("auditor", "median"): "4,000.00",
    }


@pytest.mark.parametrize("asked", [{"of": "median"}, {"of": "mean", "year": 2019}, {"year": 2019}])
def test_quantile_of_no_name_or_of_several_years_is_not_found(
    auditor: User, village: Division, asked: dict[str, Any]
) -> None:
    assert signed_in(auditor).get("/explain/income-quantile/", asked).status_code == 404


def test_year_without_a_record_has_no_quantile(auditor: User, village: Division) -> None:
    context = opened(auditor, "income-quantile", of="median", year=2010)

    assert (context["words"], list(context["table"].rows), context["working"]) == ("—", [], "")


# Per capita in 2022, a number of persons each: H6 3,200 (1), H8 and H9 4,500 (2 + 2), H7 5,000 (4), H2 and H5 6,000
# (3 + 5), H1 and H3 7,000 (2 + 2): of 21 the 3rd, 6th, 11th, 16th and 19th.
@pytest.mark.slow
def test_quantiles_of_the_golden_county(county_clerk: User, auditor: User, heishui: Division) -> None:
    golden_households(county_clerk)

    told = [opened(auditor, "income-quantile", of=of, year=2022)["words"] for of in ("p10", "p25", "median", "p75")]

    assert told == ["4,500.00", "5,000.00", "6,000.00", "6,000.00"]

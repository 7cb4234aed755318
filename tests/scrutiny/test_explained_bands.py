"""Incomes held against lines, opened: rows add up for either reader, and nobody learns what one household lives on.

The golden county of tests/golden_households.py. Per capita in 2019, line 3,500: H1 4,000 and H3 4,000 near; H2, H4, H5
and H6 3,000, H7 and H8 2,500 below: 6 households, 3 + 2 + 3 + 1 + 4 + 2 = 15 of 21 persons.
In 2022, line 4,500: H6 3,200 below (1 person); H2, H5 6,000, H7 5,000, H8 and H9 4,500 near (3 + 5 + 4 + 2 + 2 = 16);
H1 and H3 7,000 above 6,750 (4). In 2021 no line is recorded.
"""

from decimal import Decimal
from typing import Any

import pytest

from alleviation.accounts.models import User
from projects.models import Division
from tests.conftest import signed_in
from tests.factories import HouseholdFactory, IncomeRecordFactory, PovertyLineFactory
from tests.golden_households import golden_households
from tests.scrutiny.explained import opened, reasons, taken

D = Decimal
POVERTY = {"of": "poverty"}


@pytest.fixture
def village(heishui: Division, ruoduo: Division) -> Division:
    """Six households of two persons, line 3,000: three below, one on it, one just under 1.5 times it, one on that."""
    PovertyLineFactory(year=2019, amount=D("3000.00"))
    for net in ("2000.00", "4000.00", "5999.99", "6000.00", "8999.99", "9000.00"):
        IncomeRecordFactory(household=HouseholdFactory(village=ruoduo), persons=2, wage_income=D(net))
    return ruoduo


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("households-below-line", "3"),
        ("persons-below-line", "6"),
        ("households-near-line", "2"),
        ("persons-near-line", "4"),
        ("households-above-line", "1"),
        ("persons-above-line", "2"),
        ("households-without-line", "0"),
    ],
)
@pytest.mark.slow
def test_rows_of_a_band_add_up_for_either_reader(
    manager: User, auditor: User, village: Division, slug: str, words: str
) -> None:
    column = "Households" if slug.startswith("households") else "Persons"

    for user in (manager, auditor):
        rows, total = taken(user, slug, **POVERTY)
        assert opened(user, slug, **POVERTY)["words"] == words
        assert sum(int(row[column]) for row in rows) == int(total[column]) == int(words)


def test_record_below_is_told_with_what_it_is_held_against(auditor: User, village: Division) -> None:
    rows = list(opened(auditor, "households-below-line", **POVERTY)["table"].rows)

    assert [(row["net_income"], row["persons"], row["per_capita"], row["line"]) for row in rows] == [
        (D("2000.00"), 2, D("1000.00"), D("3000.00")),
        (D("4000.00"), 2, D("2000.00"), D("3000.00")),
        (D("5999.99"), 2, D("2999.995"), D("3000.00")),
    ]
    assert {row["place_code"] for row in rows} == {village.code}


def test_manager_gets_a_row_for_each_year_and_no_household(manager: User, village: Division) -> None:
    context = opened(manager, "persons-below-line", **POVERTY)

    assert [(row["year"], row["households"], row["persons"]) for row in context["table"].rows] == [(2019, 3, 6)]
    assert [column.key for column in context["table"].columns] == ["year", "households", "persons", "made_up"]
    assert reasons(context)[-1][0].startswith("Single households: your role sees how many there are in a year.")


def test_share_is_the_ratio_of_those_below_to_those_held_against_a_line(manager: User, village: Division) -> None:
    IncomeRecordFactory(household=HouseholdFactory(village=village), year=2018, persons=8)

    context = opened(manager, "share-below-line", **POVERTY)

    assert (context["words"], context["working"]) == ("50.0", "6 ÷ 12 = 50.0 %")
    assert [(str(part.label), part.words) for part, _url in context["parts"]] == [
        ("Persons below the line", "6"),
        ("The line of 2019", "RMB 3,000"),
    ]
    assert reasons(context)[0] == ("No line is recorded for their year and place", 1)


def test_year_without_a_line_has_nobody_below_and_nobody_above(auditor: User, village: Division) -> None:
    IncomeRecordFactory(household=HouseholdFactory(village=village), year=2018, persons=8)

    told = {
        slug: opened(auditor, slug, year=2018, **POVERTY)["words"]
        for slug in ("households-below-line", "share-below-line", "households-without-line")
    }

    assert told == {"households-below-line": "—", "share-below-line": "—", "households-without-line": "1"}


def test_number_of_too_few_households_is_not_told_to_a_manager(
    settings: Any, manager: User, auditor: User, ruoduo: Division
) -> None:
    settings.SMALLEST_CELL = 5
    PovertyLineFactory(year=2019, amount=D("3000.00"))
    IncomeRecordFactory(household=HouseholdFactory(village=ruoduo))

    context = opened(manager, "households-below-line", **POVERTY)

    assert (context["words"], list(context["table"].rows), context["table"].total) == ("—", [], {})
    assert reasons(context) == [("Your role sees sums of enough households alone", None)]
    assert opened(auditor, "households-below-line", **POVERTY)["words"] == "1"


@pytest.mark.parametrize("of", ["", "hunger", "poverty|1"])
def test_line_of_no_kind_is_not_found(auditor: User, village: Division, of: str) -> None:
    assert signed_in(auditor).get("/explain/persons-below-line/", {"of": of}).status_code == 404


def test_monitoring_line_is_a_line_of_its_own(auditor: User, village: Division) -> None:
    PovertyLineFactory(year=2019, kind="monitoring", amount=D("4400.00"))

    assert opened(auditor, "persons-below-line", of="monitoring")["words"] == "8"
    assert opened(auditor, "persons-below-line", **POVERTY)["words"] == "6"


@pytest.mark.slow
def test_golden_county_is_held_against_its_lines(county_clerk: User, auditor: User, heishui: Division) -> None:
    golden_households(county_clerk)

    told = {
        (slug, year): opened(auditor, slug, year=year, **POVERTY)["words"]
        for year in (2019, 2021, 2022)
        for slug in ("persons-below-line", "persons-near-line", "persons-above-line")
    }

    assert told == {
        ("persons-below-line", 2019): "15",
        ("persons-near-line", 2019): "6",
        ("persons-above-line", 2019): "0",
        ("persons-below-line", 2021): "—",
        ("persons-near-line", 2021): "—",
        ("persons-above-line", 2021): "—",
        ("persons-below-line", 2022): "1",
        ("persons-near-line", 2022): "16",
        ("persons-above-line", 2022): "4",
    }


def test_band_asks_for_households_as_they_stood(auditor: User, village: Division) -> None:
    poor = HouseholdFactory(village=village, category="general")
    IncomeRecordFactory(household=poor, persons=3, wage_income=D("300.00"))

    told: list[Any] = [
        opened(auditor, "persons-below-line", **POVERTY, category=category)["words"]
        for category in ("general", "none")
    ]

    assert told == ["3", "6"]

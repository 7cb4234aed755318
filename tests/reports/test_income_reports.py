"""The reports of incomes: who is below the line, the cuts, and what a change is made of."""

from decimal import Decimal
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.reports.catalogue import BY_SLUG
from projects.models import Division
from projects.rollups.places import area_query
from tests.conftest import signed_in
from tests.factories import EnrolmentFactory, HouseholdFactory, IncomeRecordFactory, PovertyLineFactory

D = Decimal


@pytest.fixture
def village(heishui: Division, ruoduo: Division) -> Division:
    """Two persons each: 2,000 and 4,000 a head in 2019, 1,000 each in 2018; a line of 3,000 for 2019 alone."""
    for number, wages, before, category in (
        ("001", "4000.00", "2000.00", "general"),
        ("002", "8000.00", "2000.00", "subsistence"),
    ):
        household = HouseholdFactory(village=ruoduo, number=number, category=category, main_cause="illness")
        IncomeRecordFactory(household=household, persons=2, wage_income=D(wages))
        IncomeRecordFactory(household=household, year=2018, persons=2, wage_income=D(before))
    PovertyLineFactory(year=2019, amount=D("3000.00"))
    PovertyLineFactory(year=2019, kind="monitoring", amount=D("4500.00"))
    return ruoduo


def rows(slug: str, query: Query) -> list[Row]:
    return list(BY_SLUG[slug].rows(query))


def told(row: Row, *keys: str) -> tuple[Any, ...]:
    return tuple(row.get(key) for key in keys)


BELOW = ("below_households", "below_persons", "compared_persons", "share_below")


def test_report_tells_who_is_below_the_line_and_none_where_no_line_is(everything: Query, village: Division) -> None:
    found = rows("per-capita-income", everything)

    assert [told(row, "year", *BELOW) for row in found] == [
        (2018, None, None, None, None),
        (2019, 1, 2, 4, D("0.5")),
    ]
    assert [row["monitoring"].words("CNY") if row["monitoring"] else None for row in found] == [None, "RMB 4,500"]
    assert found[1]["kept"] == "disposable income, January to December"


def test_total_row_tells_who_is_below_as_the_rows_do(everything: Query, village: Division) -> None:
    total = BY_SLUG["per-capita-income"].total(everything)

    assert total is not None
    assert told(total, *BELOW) == (1, 2, 4, D("0.5"))


def test_number_below_in_a_file_opens_to_its_records(auditor: User, village: Division) -> None:
    table = BY_SLUG["per-capita-income"].table(Query(user=auditor, first_year=2019, last_year=2019))
    (row,) = table.rows
    column = next(one for one in table.columns if one.key == "below_persons")

    address = table.opens(row, column)

    assert address == "/explain/persons-below-line/?inside=510000000000&of=poverty&year=2019"
    assert signed_in(auditor).get(address).context["words"] == "2"


def test_number_below_is_withheld_where_few_households_are(settings: Any, manager: User, village: Division) -> None:
    settings.SMALLEST_CELL = 5

    (row,) = rows("per-capita-income", Query(user=manager, first_year=2019, last_year=2019))

    assert told(row, *BELOW, "withheld") == (None, None, None, None, "withheld")
    assert set(BELOW) <= set(row["_withheld"])


def test_cuts_add_up_to_the_year_in_each_cut(manager: User, village: Division) -> None:
    query = area_query(Query(user=manager, first_year=2019, last_year=2019), village)

    found = rows("income-cuts", query)

    assert [told(row, "cut", "code", "label", "persons", "net_income") for row in found] == [
        ("Status at the end of the year", "registered", "registered as poor", 4, D("12000.00")),
        ("Category of today", "general", "general", 2, D("4000.00")),
        ("Category of today", "subsistence", "on subsistence allowance", 2, D("8000.00")),
        ("Main cause, of today", "illness", "illness", 4, D("12000.00")),
    ]
    assert BY_SLUG["income-cuts"].total(query) is None


def test_changes_are_told_by_component_and_by_benefit(everything: Query, village: Division) -> None:
    household = HouseholdFactory(village=village)
    IncomeRecordFactory(household=household, year=2020, persons=4, wage_income=D(0), property_income=D("8000.00"))
    EnrolmentFactory(household=household, year=2020, role="dividend", amount=D("400.00"))

    found = rows("income-changes", everything)

    keys = ("year", "change", "growth", "wage_income", "property_income", "dividend", "remark")
    assert [told(row, *keys) for row in found] == [
        (2018, None, None, None, None, None, "nothing is recorded for the year before"),
        (2019, D(2000), D(2), D(2000), D(0), None, ""),
        (2020, D(-1000), D(-1) / 3, D(-3000), D(2000), D(100), ""),
    ]


@pytest.mark.parametrize("slug", ["per-capita-income", "income-cuts", "income-changes"])
@pytest.mark.slow
def test_reports_answer_to_how_households_stood(manager: User, village: Division, slug: str) -> None:
    page = signed_in(manager).get(f"/reports/{slug}/", {"category": "general", "year": "2019"})
    file = signed_in(manager).get(f"/reports/{slug}.csv", {"category": "general", "year": "2019"})

    assert next(iter(page.context["table"].rows))["per_capita"] == D("2000.00")
    assert page.context["csv_url"] == f"/reports/{slug}.csv?year=2019&category=general"
    assert "2000.00" in b"".join(file.streaming_content if file.streaming else [file.content]).decode("utf-8-sig")

"""The page of early warnings: numbers for everybody who sees figures, households for those who may see them."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils.timezone import localdate

from tests.acceptance.crawling import read
from tests.acceptance.reading import Shown, page
from tests.conftest import signed_in
from tests.factories import (
    HouseholdFactory,
    IncomeRecordFactory,
    LargeExpenseFactory,
    MonitoringFactory,
    PovertyLineFactory,
)
from tests.reports.test_household_reports import SLUGS
from tests.scrutiny.explained import opened, taken


@pytest.fixture
def county(ruoduo, xili, erniunai) -> None:
    """Four expenses without a known income, in three villages; three households watched, one of them once before."""
    for village, number in ((ruoduo, "001"), (ruoduo, "002"), (xili, "009"), (erniunai, "001")):
        household = HouseholdFactory(village=village, number=number)
        LargeExpenseFactory(household=household, amount=D("9.00"), spent_on=localdate() - timedelta(days=9))
        if village != erniunai:
            MonitoringFactory(household=household, kind="sudden" if number == "001" else "marginal")
    past = HouseholdFactory(village=erniunai, number="002")
    MonitoringFactory(household=past, cleared_on=localdate(), cleared_reason="earns again")


def shown(user, **asked) -> dict[str, Shown]:
    return page(signed_in(user), "/households/warnings/", **asked)


def cells(table: Shown) -> list[list[str]]:
    return [list(row.values()) for row in (*table.rows, *([table.total] if table.total else []))]


def test_numbers_are_told_by_place_and_kind(county, reviewer):
    tables = shown(reviewer)

    # Below the line, fell, large expense, all.
    assert cells(tables["warnings"]) == [
        ["Zhawo Countryside", "0", "0", "3", "3"],
        ["Qinglang Countryside", "0", "0", "1", "1"],
        ["Total", "0", "0", "4", "4"],
    ]
    # Unstable, at the margin, sudden, monitored, cleared.
    assert cells(tables["monitored"]) == [
        ["Zhawo Countryside", "0", "2", "1", "3", "0"],
        ["Qinglang Countryside", "0", "0", "0", "0", "1"],
        ["Total", "0", "2", "1", "3", "1"],
    ]


def test_a_village_is_its_own_row(county, reviewer, ruoduo):
    tables = shown(reviewer, area=ruoduo.code)

    assert cells(tables["warnings"]) == [["Ruoduo Village", "0", "0", "2", "2"], ["Total", "0", "0", "2", "2"]]
    assert tables["early-warnings"].column("Household number") == ["001", "002"]


def test_single_households_are_for_those_who_may_see_them(county, reviewer, manager):
    assert set(shown(reviewer)) == {"warnings", "monitored", "early-warnings", "monitored-households"}
    assert shown(reviewer)["monitored-households"].column("Household number") == ["009", "001", "002", "002"]
    assert set(shown(manager)) == {"warnings", "monitored"}


@pytest.mark.parametrize(
    ("figure", "of", "value"),
    [
        ("early-warnings", "", 4),
        ("early-warnings", "expense", 4),
        ("early-warnings", "fall", 0),
        ("monitored", "", 3),
        ("monitored", "marginal", 2),
        ("cleared", "", 1),
    ],
)
@pytest.mark.slow
def test_each_number_opens_down_to_its_rows(figure, of, value, county, reviewer, manager):
    asked = {"of": of} if of else {}

    for user in (reviewer, manager):
        rows, total = taken(user, figure, **asked)
        assert opened(user, figure, **asked)["figure"].value(opened(user, figure, **asked)["query"]) == value
        assert sum(int(row["Number"]) for row in rows) == int(total["Number"]) == value
    assert "Household number" not in taken(manager, figure)[1]


@pytest.mark.parametrize(("figure", "of"), [("early-warnings", "sudden"), ("monitored", "fall"), ("cleared", "x")])
def test_a_kind_that_there_is_not_has_no_number(figure, of, county, reviewer):
    assert signed_in(reviewer).get(f"/explain/{figure}/", {"of": of}).status_code == 404


@pytest.mark.slow
def test_the_overview_leads_to_the_warnings_of_ones_own_area(county, clerk, manager):
    found = {need.url: need.number for need in signed_in(clerk).get("/").context["needs"]}

    assert found["/households/warnings/?area=513228212000"] == "3"
    assert all("warnings" not in need.url for need in signed_in(manager).get("/").context["needs"])


def test_the_page_says_where_a_line_is_missing(ruoduo, clerk):
    IncomeRecordFactory(household=HouseholdFactory(village=ruoduo), year=2022)
    says = "no monitoring line of their area and year is recorded"
    before = signed_in(clerk).get("/households/warnings/").content.decode()
    PovertyLineFactory(kind="monitoring", year=2022)
    after = signed_in(clerk).get("/households/warnings/").content.decode()

    assert (says in before, says in after) == (True, False)


PAGES = ("/households/", "/households/warnings/", *(f"/reports/{slug}/" for slug in SLUGS))


@pytest.mark.slow
def test_every_number_on_the_lists_leads_to_what_it_is_made_of(county, ruoduo, reviewer, manager):
    household = HouseholdFactory(village=ruoduo, number="003")
    IncomeRecordFactory(household=household, year=2022, persons=3, wage_income=D("9.00"))
    PovertyLineFactory(kind="monitoring", year=2022)

    for user, addresses in ((reviewer, PAGES), (manager, PAGES[1:2])):
        pages = {address: read(signed_in(user).get(address).content) for address in addresses}
        assert {address: page.unexplained for address, page in pages.items()} == {address: [] for address in addresses}
        assert len(pages["/households/warnings/"].opened) > 10

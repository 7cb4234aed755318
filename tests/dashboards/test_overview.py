"""The overview: the latest year against the one before, for whoever may see it."""

import re
from decimal import Decimal
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.dashboards.figures.stats import change
from projects.models import Division, ProjectSite
from tests.conftest import signed_in
from tests.factories import (
    DocumentFactory,
    HouseholdFactory,
    IncomeRecordFactory,
    LedgerEntryFactory,
    PovertyLineFactory,
    ProjectFactory,
)
from tests.golden import golden_incomes, golden_money


@pytest.fixture
def county(heishui: Division, ruoduo: Division, erniunai: Division) -> Division:
    golden_money(heishui, ruoduo, erniunai)
    golden_incomes(ruoduo, erniunai)
    return heishui


def stats(user: User, name: str, **filters: str) -> list[tuple[str, str, str]]:
    found = signed_in(user).get("/", filters).context[name]
    return [(stat.label, stat.value, stat.note) for stat in found]


def test_money_of_the_latest_year_against_the_one_before(manager: User, county: Division) -> None:
    # Allocated 299.70 against 1,500.30: −80.0 %. Disbursed 0 against 400.00. Spent 50.05 against 300.00: −83.3 %.
    assert stats(manager, "money") == [
        ("Pledged for 2019", "—", "never added to booked money"),
        ("Allocated in 2019", "RMB 299.70", "-80.0% against 2018"),
        ("Disbursed in 2019", "RMB 0", "-100.0% against 2018"),
        ("Spent in 2019", "RMB 50.05", "-83.3% against 2018"),
        ("Execution rate 2019", "16.7%", "spent ÷ allocated"),
    ]


def test_people_of_the_latest_year_with_the_line(manager: User, county: Division) -> None:
    # 12,000.00 ÷ 4 = 3,000.00 against 19,500.00 ÷ 9 = 2,166.67: +38.5 %.
    assert stats(manager, "people") == [
        ("Per-capita income 2019", "3,000.00", "+38.5% against 2018"),
        ("Poverty line 2019", "—", "not recorded for this year"),
        ("Persons counted", "4", "in 2019"),
        ("Households on the register", "3", ""),
    ]


def test_a_year_in_the_filter_is_the_year_shown(manager: User, county: Division) -> None:
    labels = [label for label, _, _ in stats(manager, "people", year="2018")]

    assert labels[:2] == ["Per-capita income 2018", "Poverty line 2018"]


@pytest.mark.slow
def test_a_clerk_sees_their_area_alone(clerk: User, county: Division) -> None:
    assert stats(clerk, "money")[1] == (
        "Allocated in 2018",
        "RMB 1,500.30",
        "nothing to compare with in 2017",
    )
    assert stats(clerk, "people")[3] == ("Households on the register", "2", "")


def test_an_empty_house_says_what_to_do(manager: User) -> None:
    content = signed_in(manager).get("/").content.decode()

    assert "Nothing is recorded for this filter yet" in content
    assert "Staff enter projects, ledger entries and incomes in the admin" in content


def test_an_administrator_is_led_to_the_accounts(administrator: User) -> None:
    response = signed_in(administrator).get("/")

    assert (response.status_code, response.headers["Location"]) == (302, "/admin/")


def test_a_stranger_without_an_account_is_led_to_the_sign_in(client: Any, db: None) -> None:
    response = client.get("/")

    assert (response.status_code, response.headers["Location"]) == (302, "/sign-in/?next=/")


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (Decimal("110"), Decimal("100"), "+10.0% against 2018"),
        (Decimal("90"), Decimal("100"), "-10.0% against 2018"),
        (Decimal("100"), Decimal("100"), "+0.0% against 2018"),
        (Decimal("5"), Decimal("0"), "nothing to compare with in 2018"),
        (None, Decimal("5"), "nothing to compare with in 2018"),
        (Decimal("5"), None, "nothing to compare with in 2018"),
    ],
)
def test_change_says_when_there_is_nothing_to_compare(now: Any, before: Any, words: str) -> None:
    assert change(now, before, 2018) == words


@pytest.mark.parametrize("rows", [1, 3, 30])
@pytest.mark.slow
def test_the_page_costs_the_same_with_more_rows(
    manager: User, ruoduo: Division, rows: int, django_assert_num_queries: Any
) -> None:
    PovertyLineFactory(year=2019)
    for _ in range(rows):
        LedgerEntryFactory(division=ruoduo)
        IncomeRecordFactory(household=HouseholdFactory(village=ruoduo))
        DocumentFactory()
    client = signed_in(manager)

    # Session, user, versions; filter choices; money and incomes by year with totals, pledges, lines; places; the two
    # years compared for money and people; households; counts of four kinds of records; banner; what waits; which
    # households warn, and which are watched.
    with django_assert_num_queries(37):
        client.get("/")


@pytest.mark.parametrize(
    ("address", "part"),
    [
        ("/", "Overview"),
        ("/claims/", "Claims"),
        ("/reports/", "Reports"),
        ("/reports/claims/", "Reports"),
        ("/reports/alliances/", "Reports"),
    ],
)
def test_the_navigation_marks_the_one_part_of_the_house_that_the_page_is_in(
    manager: User, address: str, part: str
) -> None:
    navigation = signed_in(manager).get(address).content.decode().partition("<nav")[2].partition("</nav>")[0]

    assert re.findall(r'aria-current="page">([^<]+)<', navigation) == [part]


def test_the_records_of_an_area_lead_to_those_of_the_area(manager: User, ruoduo: Division) -> None:
    found = signed_in(manager).get("/", {"area": ruoduo.code}).context["records"]

    assert [stat.url for stat in found] == [
        "/projects/?area=513228212205",
        "/alliances/?area=513228212205",
        "/documents/",
        "/claims/",
    ]


def test_projects_are_as_many_on_the_overview_as_in_the_list_it_leads_to(
    manager: User, heishui: Division, ruoduo: Division, erniunai: Division, hezhou: Division
) -> None:
    ProjectFactory(division=ruoduo)
    ProjectSite.objects.create(project=ProjectFactory(division=hezhou), division=ruoduo)
    LedgerEntryFactory(project=ProjectFactory(division=hezhou), division=ruoduo)
    ProjectFactory(division=hezhou)
    client = signed_in(manager)

    stat = client.get("/", {"area": heishui.code}).context["records"][0]
    listed = client.get(stat.url).context["tables"]["projects"].table

    assert (stat.value, len(listed.rows)) == ("3", 3)

"""The overview: the latest year against the one before, for whoever may see it."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils.html import strip_tags

from alleviation.accounts.models import User
from alleviation.dashboards.figures.stats import change
from alleviation.scrutiny import remembered
from projects.models import Division, Milestone, ProjectSite
from tests.conftest import signed_in
from tests.factories import (
    DocumentFactory,
    HouseholdFactory,
    IncomeRecordFactory,
    LedgerEntryFactory,
    PledgeFactory,
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
    return [(stat.label, stat.value, strip_tags(str(stat.note))) for stat in found]


def test_money_of_the_latest_year_against_the_one_before(manager: User, county: Division) -> None:
    # Allocated 299.70 against 1,500.30: −80.0 %. Disbursed 0 against 400.00. Spent 50.05 against 300.00: −83.3 %.
    assert stats(manager, "money") == [
        ("Pledged", "—", "nothing to compare with in 2018"),
        ("Allocated", "RMB 299.70", "-80.0% against 2018"),
        ("Disbursed", "RMB 0", "-100.0% against 2018"),
        ("Spent", "RMB 50.05", "-83.3% against 2018"),
        ("Execution rate", "16.7%", "from 20.0% in 2018"),
    ]


def test_the_plan_so_far_stands_beside_the_year(manager: User, county: Division, ruoduo: Division) -> None:
    """2016 to 2019: 1,800.00 allocated, 400.00 disbursed, 350.05 spent; 2011 to 2014: 900.00 allocated."""
    LedgerEntryFactory(division=ruoduo, year=2013, amount=Decimal("900.00"))
    LedgerEntryFactory(division=ruoduo, year=2015, amount=Decimal("7777.00"))

    context = signed_in(manager).get("/").context

    found = [(one.beside.value, strip_tags(str(one.beside.note)), one.beside.way) for one in context["money"]]
    assert found == [
        ("—", "nothing to compare with in 2011–2014", ""),
        ("RMB 1,800", "+100.0% against 2011–2014", "up"),
        ("RMB 400", "nothing to compare with in 2011–2014", ""),
        ("RMB 350.05", "nothing to compare with in 2011–2014", ""),
        ("19.4%", "from 0.0% in 2011–2014", "up"),
    ]
    assert (context["year"], context["plan"]) == (2019, ("13th Five-Year Plan (2016-2020)", "2016–2019"))


def test_pledges_stand_beside_those_of_the_year_before_with_their_qualifier(manager: User, ruoduo: Division) -> None:
    """1.2345 million a year from 2018, and about 1 million more in 2019 alone."""
    PledgeFactory(division=ruoduo, basis="per_year", first_year=2018, last_year=2019, low=Decimal("1234500.00"))
    more = Decimal("1000000.00")
    PledgeFactory(division=ruoduo, first_year=2019, qualifier="about", low=more, high=more)

    (pledged, *_booked) = signed_in(manager).get("/", {"year": "2019"}).context["money"]

    assert (pledged.value, strip_tags(str(pledged.note)), pledged.way) == (
        "about RMB 2.23 million",
        "from RMB 1.23 million in 2018",
        "up",
    )


def test_people_of_the_latest_year_with_the_line(manager: User, county: Division) -> None:
    # 12,000.00 ÷ 4 = 3,000.00 against 19,500.00 ÷ 9 = 2,166.67: +38.5 %.
    assert stats(manager, "people") == [
        ("Per-capita income 2019", "3,000.00", "+38.5% against 2018"),
        ("Poverty line 2019", "—", "not recorded for this year"),
        ("Persons counted", "4", "in 2019"),
        ("Households on the register", "3", "today"),
    ]
    per_capita, line, *_others = signed_in(manager).get("/").context["people"]
    assert (per_capita.way, strip_tags(str(line.more))) == ("up", "the last one recorded: RMB 2,800 in 2018")


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("3000.00", "at the poverty line of 2019"),
        ("2999.99", "above the poverty line of 2019"),
        ("3000.01", "below the poverty line of 2019"),
    ],
)
def test_incomes_stand_against_the_line_of_their_year(
    manager: User, county: Division, amount: str, words: str
) -> None:
    PovertyLineFactory(year=2019, amount=Decimal(amount))

    assert signed_in(manager).get("/").context["people"][0].more == words


def test_a_year_in_the_filter_is_the_year_shown(manager: User, county: Division) -> None:
    labels = [label for label, _, _ in stats(manager, "people", year="2018")]

    assert labels[:2] == ["Per-capita income 2018", "Poverty line 2018"]


@pytest.mark.slow
def test_a_clerk_sees_their_area_alone(clerk: User, county: Division) -> None:
    assert stats(clerk, "money")[1] == (
        "Allocated",
        "RMB 1,500.30",
        "nothing to compare with in 2017",
    )
    assert stats(clerk, "people")[3] == ("Households on the register", "2", "today")


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
    manager: User, ruoduo: Division, rows: int, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "ROOM", 9)
    PovertyLineFactory(year=2019)
    for _ in range(rows):
        LedgerEntryFactory(division=ruoduo)
        IncomeRecordFactory(household=HouseholdFactory(village=ruoduo))
        DocumentFactory()
        Milestone.objects.create(project=ProjectFactory(division=ruoduo), title="Road", due_on=date(2019, 1, 1))
    client = signed_in(manager)

    # Once after each write: red flags, evidence (of incomes in two), whom projects reach, numbers of records.
    with django_assert_num_queries(58):
        client.get("/")
    # Session, user, versions of money and incomes; pledges, breaks, lines; what waits; places and their names; the
    # filter's places; banner. Money and incomes by year and place are remembered (decision 19).
    with django_assert_num_queries(13):
        client.get("/")


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("address", "part"),
    [
        ("/", "Overview"),
        ("/claims/", "Claims"),
        ("/reports/", "Reports"),
        ("/reports/claims/", "Reports"),
        ("/reports/alliances/", "Reports"),
        ("/sources/", "Funding"),
        ("/evidence/", "Evidence"),
        ("/explain/allocated/", "Funding"),
        ("/explain/posts/", "People"),
        ("/explain/open-red-flags/", "Red flags"),
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


@pytest.mark.slow
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

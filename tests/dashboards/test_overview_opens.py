"""Every number of the first page opens to rows that add up to it; what waits is that of whoever reads."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role
from alleviation.common.query import Query
from alleviation.dashboards.figures import attention
from alleviation.scrutiny import needs, remembered
from alleviation.scrutiny.remembered import remembered as remember
from beneficiaries.actions import record_income
from beneficiaries.models import IncomeRecord
from beneficiaries.rollups import reached
from projects import actions
from projects.models import Division, LedgerEntry, Milestone
from tests.acceptance.crawling import read
from tests.acceptance.opening import faults_of
from tests.conftest import signed_in
from tests.factories import (
    NO_OTHER_INCOME,
    ClaimFactory,
    EnrolmentFactory,
    FundingSourceFactory,
    HouseholdFactory,
    LedgerEntryFactory,
    PersonFactory,
    PledgeFactory,
    PovertyLineFactory,
    ProjectFactory,
    UserFactory,
)
from tests.golden import golden_incomes, golden_money


@pytest.fixture
def world(heishui: Division, ruoduo: Division, xili: Division, erniunai: Division) -> Division:
    """The golden county; the plan before; pledges, enrolments, claims; and something of all that can wait."""
    golden_money(heishui, ruoduo, erniunai)
    golden_incomes(ruoduo, erniunai)
    PovertyLineFactory(year=2019)
    LedgerEntryFactory(division=ruoduo, year=2013, amount=Decimal("900.00"))
    PledgeFactory(division=ruoduo, basis="per_year", first_year=2018, last_year=2019, low=Decimal("1234567.00"))
    PledgeFactory(
        division=ruoduo, first_year=2019, qualifier="range", low=Decimal("1000000.00"), high=Decimal("1500000.00")
    )
    _enrolled(ruoduo, (2018, 2019))
    _enrolled(xili, (2019,))
    reached_by = {"measure": "P", "unit": "person", "status": "reached", "qualifier": "over", "division": ruoduo}
    ClaimFactory(**reached_by, low=Decimal(3000))
    ClaimFactory(**reached_by, low=Decimal(40000))
    project = ProjectFactory(code="LATE", division=ruoduo, status="under_way")
    Milestone.objects.create(project=project, title="Grid", due_on=date(2019, 3, 1))
    Milestone.objects.create(project=project, title="Road", due_on=timezone.localdate() + timedelta(days=1))
    for state in ("draft", "submitted", "returned"):
        LedgerEntryFactory(division=ruoduo, state=state, drafted_by="clerk-of-zhawo", submitted_by="clerk-of-zhawo")
    return heishui


def _enrolled(village: Division, years: tuple[int, ...]) -> None:
    household = HouseholdFactory(village=village)
    PersonFactory(household=household)
    PersonFactory(household=household)
    project = ProjectFactory(division=village)
    for year in years:
        EnrolmentFactory(household=household, village=village, project=project, year=year)


def lines(user: User, **asked: str) -> list[tuple[str, str]]:
    found = signed_in(user).get("/", asked).context["needs"]
    return [(need.number, need.title) for need in found]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "asked"),
    [
        pytest.param("clerk", {}, marks=pytest.mark.long),
        ("reviewer", {"plan": "13", "area": "513228212205"}),
        ("manager", {}),
        pytest.param("manager", {"year": "2018"}, marks=pytest.mark.long),
        pytest.param("auditor", {}, marks=pytest.mark.long),
    ],
    ids=str,
)
def test_every_number_opens_to_what_adds_up_to_it(
    world: Division, name: str, asked: dict[str, str], request: pytest.FixtureRequest
) -> None:
    client = signed_in(request.getfixturevalue(name))

    page = read(client.get("/", asked).content)
    faults = {one.href: found for one in page.opened if (found := faults_of(client, one))}

    assert (page.unexplained, faults) == ([], {})
    assert len(page.opened) > 40


# --- whom it reached --------------------------------------------------------------------------------------------


def test_people_are_counted_once_in_each_stretch_and_never_added_to_what_is_stated(
    world: Division, manager: User
) -> None:
    """Two of Ruoduo in 2018 and 2019, two of Xili in 2019: four persons in two households, whatever the years."""
    context = signed_in(manager).get("/").context

    assert [
        (row.label, row.of_year.value, strip_tags(row.of_year.note), row.of_plan.value, row.of_all.value)
        for row in context["reach_rows"]
    ] == [("Persons", "4", "from 2 in 2018", "4", "4"), ("Households", "2", "from 1 in 2018", "2", "2")]
    assert [strip_tags(line.words) for line in context["reach_lines"]] == [
        "Documents state over 40,000 persons, however their claims overlap; over 43,000 persons if none did."
    ]


@pytest.mark.slow
def test_where_there_are_too_many_to_count_at_a_glance_the_page_leads_to_where_they_are_counted(
    world: Division, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (reached, needs):
        monkeypatch.setattr(module, "MOST_AT_A_GLANCE", 2)

    response = signed_in(manager).get("/")

    assert response.context["reach"].recorded is None
    assert "So many households are counted in a report of their own, each once." in response.content.decode()
    assert lines(manager) == [
        ("1", "late milestone"),
        ("3", "entries wait to be checked"),
        ("", "Red flags"),
        ("", "Figures without evidence"),
    ]


# --- what needs attention ---------------------------------------------------------------------------------------


def test_each_reads_what_waits_for_them_in_the_order_of_their_work(
    world: Division, clerk: User, reviewer: User, manager: User, auditor: User
) -> None:
    found = {user.username: [title for _number, title in lines(user)] for user in (clerk, reviewer, manager, auditor)}

    flags, late = "open red flags", "late milestone"
    lacking, pending = "ledger entries without evidence", "entries wait to be checked"
    assert found == {
        "clerk-of-zhawo": ["entry returned to you", "draft of yours", late, flags, lacking],
        "reviewer-of-heishui": ["entry to check", "incomes to verify", late, flags, lacking],
        "manager": [flags, late, pending, lacking],
        "auditor": [lacking, flags, pending, late],
    }


def test_what_one_made_oneself_waits_for_somebody_else(heishui: Division, ruoduo: Division, reviewer: User) -> None:
    LedgerEntryFactory(division=ruoduo, state="submitted", submitted_by=reviewer.username)
    LedgerEntryFactory(division=ruoduo, state="submitted")

    assert lines(reviewer)[0] == ("1", "entry to check")


def test_the_longest_late_milestone_is_named_and_led_to(world: Division, manager: User) -> None:
    (late,) = (need for need in signed_in(manager).get("/").context["needs"] if need.title == "late milestone")

    assert strip_tags(late.meaning) == "The longest: Grid of LATE, due 2019-03-01."
    assert (late.opens, late.url) == ("/explain/late-milestones/", "/projects/LATE/")


def test_a_milestone_of_a_project_that_is_finished_or_given_up_is_not_late(ruoduo: Division, manager: User) -> None:
    LedgerEntryFactory(division=ruoduo)
    for status in ("accepted", "operating", "closed", "cancelled"):
        project = ProjectFactory(division=ruoduo, status=status)
        Milestone.objects.create(project=project, title="Grid", due_on=date(2019, 3, 1))

    assert "late milestones" not in [title for _number, title in lines(manager)]


def test_of_a_past_day_nothing_is_told_to_need_attention(world: Division, manager: User) -> None:
    response = signed_in(manager).get("/", {"as_of": "2020-01-01"})

    assert response.context["needs"] is None
    assert "What needs attention" not in response.content.decode()


def test_where_nothing_needs_attention_the_page_says_so(manager: User, ruoduo: Division) -> None:
    PledgeFactory(division=ruoduo, first_year=2019, low=Decimal("5.00"), stated_in=ClaimFactory().document)

    assert "Nothing needs attention" in signed_in(manager).get("/").content.decode()


@pytest.mark.parametrize(
    ("address", "name", "status"),
    [
        ("own-entries/?of=check", "reviewer", 200),
        ("own-entries/?of=check", "clerk", 404),
        ("own-entries/?of=draft", "manager", 404),
        ("own-entries/", "clerk", 404),
        ("own-incomes/?of=returned", "clerk", 200),
        ("own-incomes/?of=check", "manager", 403),
        ("own-incomes/?of=draft", "clerk", 404),
        ("plan-change/?of=spent&first=2016&last=2019", "manager", 200),
        ("plan-change/?of=spent&first=2015&last=2019", "manager", 404),
        ("plan-change/?of=nothing&first=2016&last=2019", "manager", 404),
    ],
)
def test_what_waits_and_what_changed_is_told_where_it_is_ones_own_and_within_a_plan(
    address: str, name: str, status: int, request: pytest.FixtureRequest
) -> None:
    assert signed_in(request.getfixturevalue(name)).get(f"/explain/{address}").status_code == status


# --- what is remembered -----------------------------------------------------------------------------------------


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "ROOM", 2)
    remembered._kept.clear()


def counted(user: User, asked: list[int], **narrower: Any) -> int:
    query = Query(user=user, **narrower)
    remember(query, "tests", lambda: asked.append(1))
    return len(asked)


def test_a_number_is_worked_out_once_for_all_of_a_role_and_area(memory: None, manager: User, clerk: User) -> None:
    asked: list[int] = []
    other = UserFactory(role=Role.MANAGER)

    assert [counted(user, asked) for user in (manager, manager, other, clerk)] == [1, 1, 1, 2]


def test_another_question_and_one_that_was_forgotten_are_worked_out_anew(memory: None, manager: User) -> None:
    asked: list[int] = []
    years = ({}, {"last_year": 2018}, {"last_year": 2019}, {})

    assert [counted(manager, asked, **one) for one in years] == [1, 2, 3, 4]


def test_whatever_is_written_is_worked_out_anew(
    memory: None, manager: User, ruoduo: Division, county_clerk: User
) -> None:
    asked: list[int] = []
    source, household = FundingSourceFactory(), HouseholdFactory(village=ruoduo)
    facts = {"kind": "expenditure", "amount": Decimal("7.00"), "year": 2019, "booked_on": date(2019, 6, 30)}
    income = IncomeRecord(household=household, year=2018, persons=4, **NO_OTHER_INCOME)
    told = [counted(manager, asked)]

    actions.draft_entry(LedgerEntry(**facts, division=ruoduo, source=source), by="a-clerk")
    told.append(counted(manager, asked))
    record_income(income, by=county_clerk)
    told.append(counted(manager, asked))

    assert told == [1, 2, 3]


def test_acting_comes_first_for_whoever_enters_checks_or_audits() -> None:
    roles = {role: attention.acts_first(User(role=role)) for role in Role if role is not Role.ADMINISTRATOR}

    assert roles == {Role.CLERK: True, Role.REVIEWER: True, Role.MANAGER: False, Role.AUDITOR: True}


def test_sums_that_are_remembered_are_those_of_the_last_write(
    memory: None, monkeypatch: pytest.MonkeyPatch, manager: User, county_clerk: User, reviewer: User, ruoduo: Division
) -> None:
    monkeypatch.setattr(remembered, "ROOM", 99)
    source, household = FundingSourceFactory(), HouseholdFactory(village=ruoduo)
    facts = {"kind": "allocation", "amount": Decimal("7.00"), "year": 2019, "booked_on": date(2019, 6, 30)}
    entry = LedgerEntry(**facts, division=ruoduo, source=source)
    income = IncomeRecord(household=household, year=2018, persons=4, **NO_OTHER_INCOME)

    def told() -> list[tuple[str, int]]:
        tables = signed_in(manager).get("/").context["tables"]
        return [(name, len(list(panel.table.rows))) for name, panel in tables.items()]

    empty = told()
    actions.draft_entry(entry, by=county_clerk)
    actions.submit_entry(entry, by=county_clerk)
    actions.post_entry(entry, by=reviewer)
    booked = told()
    record_income(income, by=county_clerk)

    years = [("annual_funding", 1), ("per_capita_income", 0), ("places", 1)]
    assert [empty, booked, told()] == [[], years, [years[0], ("per_capita_income", 1), years[2]]]

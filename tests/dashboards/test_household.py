"""The handbook page of a household: what it tells, what it masks, who reads it, and what it costs."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
from django.utils.timezone import localdate

from alleviation.audit.models import AuditEvent
from alleviation.dashboards.households.gaps import years_in_words
from tests.acceptance.crawling import read
from tests.acceptance.reading import Row, Shown, page
from tests.conftest import signed_in
from tests.factories import (
    EnrolmentFactory,
    HouseholdFactory,
    HouseholdLinkFactory,
    HouseholdMoveFactory,
    IncomeRecordFactory,
    LargeExpenseFactory,
    MonitoringFactory,
    OfficialFactory,
    PersonFactory,
    PovertyLineFactory,
    ProjectFactory,
    ResponsibilityFactory,
    StatusChangeFactory,
    SupportMeasureFactory,
    VisitFactory,
)

DAY = date(2020, 12, 31)


@pytest.fixture
def household(ruoduo):
    return HouseholdFactory(village=ruoduo, number="001", status="exited", status_since=DAY, farmland=D("3.50"))


def shown(user, household) -> dict[str, Shown]:
    return page(signed_in(user), f"/households/{household.pk}/")


def body(user, household) -> str:
    return signed_in(user).get(f"/households/{household.pk}/").content.decode()


def gaps(user, household) -> list[str]:
    context = signed_in(user).get(f"/households/{household.pk}/").context
    return [gap.text for gap in context["gaps"]]


def rows(table: Shown, *titles: str) -> list[tuple[str, ...]]:
    return [tuple(row[title] for title in titles) for row in table.rows]


def test_members_are_masked_and_former_ones_stand_apart(household, clerk):
    told = {"schooling": "primary", "health": "chronic", "labour": "weak", "migrant_work": "province"}
    PersonFactory(household=household, name="王小红", relation="child", birth_year=2001, migrant_months=9, **told)
    PersonFactory(household=household, name="王大明", relation="head", sex="male", id_tail="907X")
    PersonFactory(household=household, name="李老人", relation="parent", left_on=DAY, left_as="death")

    tables = shown(clerk, household)

    assert rows(tables["members"], "Name", "Relation to the head", "Year of birth", "Health", "Works away") == [
        ("王**", "head", "—", "not recorded", "not recorded"),
        ("王**", "child", "2001", "chronically ill", "in the province, 9 months a year"),
    ]
    assert rows(tables["former-members"], "Name", "Member until") == [("李**", "2020-12-31 (death)")]
    assert re.findall("小红|大明|老人|907X", body(clerk, household)) == []


def test_the_income_sheet_tells_each_year_with_its_line_and_what_was_corrected(household, clerk):
    PovertyLineFactory(year=2019, amount=D("3218.00"))
    PovertyLineFactory(year=2019, amount=D("3500.00"), division=household.village)
    IncomeRecordFactory(
        household=household, year=2019, wage_income=D("9.00"), superseded_at=datetime(2020, 3, 1, tzinfo=UTC)
    )
    # 12,000.00 + 2,000.00 + 500.00 + 100.00 − 601.00 = 13,999.00; for four persons 3,499.75 a head.
    parts = {"business_income": D(2000), "property_income": D(500), "transfer_income": D(100), "expenses": D(601)}
    IncomeRecordFactory(
        household=household, year=2019, wage_income=D(12000), reason="The harvest was left out", **parts
    )
    IncomeRecordFactory(household=household, year=2020, wage_income=D(14000), persons=4, income_year="october")

    table = shown(clerk, household)["incomes"]

    titles = (
        "Year",
        "Persons",
        "Net income (yuan)",
        "Per capita (yuan)",
        "Poverty line",
        "Against the line",
        "Remark",
    )
    assert rows(table, *titles) == [
        ("2019", "4", "9.00", "2.25", "RMB 3,500", "below", WAS_CORRECTED),
        ("2019", "4", "13,999.00", "3,499.75", "RMB 3,500", "below", "—"),
        ("2020", "4", "14,000.00", "3,500.00", "—", "no line is recorded", IS_A_BREAK),
    ]
    assert body(clerk, household).count('<tr class="struck">') == 1


WAS_CORRECTED = "Corrected on 2020-03-01. Reason: The harvest was left out"
IS_A_BREAK = "Break in the series: 2019 was of disposable income, January to December."


def test_care_is_told_with_its_cost_and_effect(household, clerk):
    wang = OfficialFactory(name="Wang Wei")
    ResponsibilityFactory(household=household, official=wang, from_on=DAY)
    SupportMeasureFactory(household=household, cost=D("1200.50"), effect="sold the harvest")
    VisitFactory(household=household, official=wang, found="The roof leaks")
    MonitoringFactory(household=household, note="since the flood")
    LargeExpenseFactory(household=household, amount=D("30000.00"), covered=D("18000.01"))

    tables = shown(clerk, household)

    assert tables["responsible"].rows == [{"Responsible person": "Wang Wei", "From": "2020-12-31", "Until": "still"}]
    assert rows(tables["measures"], "What was done", "Cost (yuan)", "Effect") == [
        ("seedlings", "1,200.50", "sold the harvest")
    ]
    assert rows(tables["visits"], "Visitor", "What was found") == [("Wang Wei", "The roof leaks")]
    assert rows(tables["monitoring"], "Main risk", "Note", "Cleared on") == [("illness", "since the flood", "—")]
    assert rows(tables["expenses"], "Kind", "Borne by the household (yuan)") == [("medical treatment", "11,999.99")]


def test_an_exit_is_told_with_its_five_steps(household, clerk):
    days = [date(2020, 11, day) for day in range(1, 6)]
    steps = dict(
        zip(("appraised_on", "verified_on", "consented_on", "publicised_on", "announced_on"), days, strict=True)
    )
    StatusChangeFactory(household=household, was="registered", status="exited", happened_on=DAY, **steps)

    (row,) = shown(clerk, household)["status"].rows

    assert list(row.values()) == [
        "2020-12-31", "registered as poor", "exited from poverty", "a meeting made up for a test", "—",
        "2020-11-01", "2020-11-02", "2020-11-03", "2020-11-04", "2020-11-05",
    ]  # fmt: skip


def test_what_lies_in_another_area_is_neither_named_nor_linked(household, hezhou, erniunai, clerk, auditor):
    foreign = HouseholdFactory(village=erniunai, number="FOREIGN")
    HouseholdLinkFactory(household=household, other_number=foreign.pk)
    HouseholdLinkFactory(household=foreign, kind="merged_into", other_number=household.pk)
    HouseholdMoveFactory(household=household, from_village=erniunai, moved_on=date(2021, 6, 1))
    EnrolmentFactory(household=household, project=ProjectFactory(code="FOREIGN", name="FOREIGN", division=hezhou))
    IncomeRecordFactory(household=household, year=2018, village=erniunai)
    titles = ("What happened", "From", "To")

    own, all_areas = shown(clerk, household), shown(auditor, household)

    assert rows(own["origin"], *titles) == [
        ("split from another household", "a household outside your area", "001"),
        ("another household merged into it", "a household outside your area", "001"),
        (
            "moved",
            "Erniunai Village (二牛奶村) 513228213201, number 001",
            "Ruoduo Village (若多村) 513228212205, number 001",
        ),
    ]
    assert rows(all_areas["origin"], "From")[:2] == [("Erniunai Village FOREIGN",)] * 2
    assert rows(own["enrolments"], "Project") == [("A project outside your area",)]
    assert (own["incomes"].rows, len(all_areas["incomes"].rows)) == ([], 1)
    assert "FOREIGN" not in body(clerk, household)
    assert "incomes and benefits recorded there are not shown" in body(clerk, household)


def test_what_is_missing_is_named(household, clerk, auditor):
    today = localdate()
    IncomeRecordFactory(household=household, year=today.year - 4)
    PersonFactory(household=household, relation="child")
    VisitFactory(household=household, visited_on=date(today.year - 1, 5, 1))

    assert gaps(clerk, household) == gaps(auditor, household)
    assert gaps(clerk, household) == [
        "The head of the household is not recorded.",
        "The identity number of 1 member is not recorded.",
        "The category is not recorded.",
        "The main cause of poverty is not recorded.",
        "The safety of the house is not recorded.",
        "The drinking water is not recorded.",
        "The road is not recorded.",
        "Nobody is recorded who is responsible for the household today.",
        f"No visit has been recorded for {today.year}.",
        f"No income has been recorded for {today.year - 3}–{today.year - 1}.",
        f"No poverty line is recorded for {today.year - 4}: the administrator enters it.",
        f"No monitoring line is recorded for {today.year - 4}: the administrator enters it.",
    ]


@pytest.mark.parametrize(
    ("years", "words"),
    [([], ""), ([2020], "2020"), ([2021, 2020], "2020–2021"), ([2016, 2018, 2019], "2016, 2018–2019")],
)
def test_years_that_follow_each_other_are_a_span(years, words):
    assert years_in_words(years) == words


def test_reading_a_household_reveals_nobody(household, auditor):
    PersonFactory(household=household)
    before = AuditEvent.objects.count()

    body(auditor, household)

    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize(
    ("who", "status"),
    [("clerk", 200), ("reviewer", 200), ("auditor", 200), ("stranger", 404), ("manager", 403), ("administrator", 403)],
)
def test_the_page_is_for_those_who_may_see_the_household(who, status, household, request):
    assert signed_in(request.getfixturevalue(who)).get(f"/households/{household.pk}/").status_code == status


def test_every_number_of_the_income_sheet_opens(household, clerk):
    income = IncomeRecordFactory(household=household)
    PovertyLineFactory(year=2019)
    sheet = body(clerk, household).partition('id="incomes"')[2]

    assert set(re.findall(r'href="(/records/[^"]+|/explain/[^"?]+)', sheet)) == {
        f"/records/beneficiaries.incomerecord/{income.pk}/",
        "/explain/poverty-line/",
    }


def test_the_page_is_in_no_file(household, clerk):
    client = signed_in(clerk)

    assert {client.get(f"/households/{household.pk}/?csv={slug}").status_code for slug in ("members", "incomes")} == {
        404
    }
    assert "csv=" not in body(clerk, household)


def test_the_paper_names_the_place_and_is_signed(household, clerk):
    text = body(clerk, household)

    assert "四川省" in text or "Sichuan Province" in text
    assert text.count('class="signatures paper-only"') == 1
    assert read(text.encode()).links[-1].startswith("/people/") is False


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_page_costs_the_same_however_much_is_recorded(number, household, xili, clerk, django_assert_num_queries):
    fill(household, number, xili)
    client = signed_in(clerk)

    # Session, user; household; incomes, enrolments, links to and from it, the households they name; persons,
    # responsible, statuses, monitorings, measures, visits, expenses, moves; lines, evidence, projects; the places
    # above it, whether the example is loaded.
    with django_assert_num_queries(21):
        client.get(f"/households/{household.pk}/")


def fill(household, number: int, elsewhere) -> None:
    """So many rows of each kind."""
    for n in range(number):
        day = date(2015, 1, 1 + n)
        PersonFactory(household=household, relation="child")
        ResponsibilityFactory(household=household, from_on=day, until_on=day)
        StatusChangeFactory(household=household, happened_on=day)
        SupportMeasureFactory(household=household)
        VisitFactory(household=household)
        MonitoringFactory(household=household, cleared_on=date(2021, 5, 1), cleared_reason="earns again")
        LargeExpenseFactory(household=household)
        EnrolmentFactory(household=household)
        HouseholdMoveFactory(household=household, moved_on=day, from_village=elsewhere)
        HouseholdLinkFactory(household__village=elsewhere, kind="merged_into", other_number=household.pk)
        IncomeRecordFactory(household=household, year=1991 + n)


def test_an_income_a_head_is_shown_to_the_fen(household, clerk):
    IncomeRecordFactory(household=household, persons=3, wage_income=D("10000.00"))

    (row,) = shown(clerk, household)["incomes"].rows

    assert told(row) == ("10,000.00", "3,333.33")


def told(row: Row) -> tuple[str, str]:
    return row["Net income (yuan)"], row["Per capita (yuan)"]

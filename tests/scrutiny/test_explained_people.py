"""Figures about people and counts opened: their rows add up, and nobody learns what a single household lives on."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alleviation.accounts.models import User
from alleviation.audit import trail
from alleviation.audit.models import AuditEvent
from alleviation.scrutiny.catalogue import BY_SLUG
from alleviation.scrutiny.figures.base import Explained
from beneficiaries.choices import IncomeStatus
from beneficiaries.models import IncomeRecord
from projects.models import Alliance, AlliancePledge, Division, Project
from tests.conftest import signed_in
from tests.factories import (
    AllianceFactory,
    AwardFactory,
    ClaimFactory,
    DocumentFactory,
    EnrolmentFactory,
    EvidenceFactory,
    HouseholdFactory,
    IncomeRecordFactory,
    LedgerEntryFactory,
    OfficialFactory,
    PersonFactory,
    PovertyLineFactory,
    ProjectFactory,
)
from tests.golden import golden_incomes

D = Decimal


@pytest.fixture
def county(heishui: Division, ruoduo: Division, xili: Division, erniunai: Division) -> Division:
    golden_incomes(ruoduo, erniunai)
    return heishui


def opened(user: User, slug: str, **asked: Any) -> Any:
    """What the page of an explanation was made of."""
    response = signed_in(user).get(f"/explain/{slug}/", asked)
    assert response.status_code == 200
    return response.context


def taken(user: User, slug: str, **asked: Any) -> tuple[list[dict[str, str]], dict[str, str]]:
    """The rows and the total row of its file."""
    response = signed_in(user).get(f"/explain/{slug}.csv", asked)
    rows = list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"), newline="")))
    return rows[:-1], rows[-1]


def reasons(context: Any) -> list[tuple[str, int | None]]:
    return [(str(one.reason), one.number) for one in context["left_out"]]


@pytest.mark.parametrize(
    ("slug", "words", "column"),
    [
        ("households", "4", "Households"),
        ("persons", "13", "Persons"),
        ("wage-income", "31,000.00", "Wages (yuan)"),
        ("business-income", "0.00", "Business (yuan)"),
        ("property-income", "1,000.00", "Property (yuan)"),
        ("transfer-income", "0.00", "Transfers (yuan)"),
        ("expenses", "500.00", "Expenses (yuan)"),
        ("net-income", "31,500.00", "Net income (yuan)"),
    ],
)
@pytest.mark.parametrize("reader", ["manager", "auditor"])
def test_rows_of_either_reader_add_up_to_the_same_sum(
    request: Any, county: Division, reader: str, slug: str, words: str, column: str
) -> None:
    user = request.getfixturevalue(reader)

    rows, total = taken(user, slug)

    assert opened(user, slug)["words"] == words
    assert sum(D(row[column]) for row in rows) == D(total[column]) == D(words.replace(",", ""))


def test_per_capita_is_opened_as_the_ratio_of_two_sums(manager: User, county: Division) -> None:
    context = opened(manager, "per-capita-income", year="2018")

    assert context["words"] == "2,166.67"
    assert context["working"] == "19,500.00 yuan ÷ 9 persons = 2,166.67 yuan per person"
    assert [(str(part.label), part.words, url) for part, url in context["parts"]] == [
        ("Net income", "19,500.00", "/explain/net-income/?year=2018"),
        ("Persons counted", "9", "/explain/persons/?year=2018"),
    ]


def test_net_income_shows_its_five_parts(manager: User, county: Division) -> None:
    context = opened(manager, "net-income", year="2018")

    assert context["working"] == "19,000.00 + 0.00 + 1,000.00 + 0.00 − 500.00 = 19,500.00"
    assert [part.figure for part, _url in context["parts"]] == [
        "wage-income",
        "business-income",
        "property-income",
        "transfer-income",
        "expenses",
    ]


def test_manager_sees_villages_and_small_ones_in_one_row_without_a_name(
    manager: User, county: Division, ruoduo: Division
) -> None:
    HouseholdFactory(village=ruoduo)
    IncomeRecordFactory(household=HouseholdFactory(village=ruoduo), year=2018, persons=1, wage_income=D("100.00"))

    rows = list(opened(manager, "net-income", year="2018")["table"].rows)

    # Ruoduo has three households with a record in 2018, Erniunai one.
    assert [(row["place"], row["place_code"], row["households"], row["net_income"]) for row in rows] == [
        ("Ruoduo Village", ruoduo.code, 3, D("13600.00")),
        ("villages with fewer than 3 households", "", 1, D("6000.00")),
    ]


def test_manager_is_told_that_single_households_are_not_theirs_to_see(manager: User, county: Division) -> None:
    page = signed_in(manager).get("/explain/net-income/", {"year": "2018"}).content.decode()

    assert "Single households: your role sees sums by village alone." in page
    assert not any(number in page for number in ("H0000", "10,500.00"))


def test_file_of_a_manager_holds_no_household_either(manager: User, county: Division) -> None:
    rows, _total = taken(manager, "net-income", year="2018")

    assert [row["Net income (yuan)"] for row in rows] == ["19500.00"]
    assert "Household number" not in rows[0]


def test_auditor_sees_each_record_with_who_entered_it_and_what_proves_it(
    auditor: User, heishui: Division, ruoduo: Division
) -> None:
    income = IncomeRecord(
        household=HouseholdFactory(village=ruoduo, number="H7"), year=2019, village=ruoduo, persons=2
    )
    for name in ("wage_income", "business_income", "property_income", "transfer_income", "expenses"):
        setattr(income, name, D("10.00"))
    trail.write(income, by="clerk-of-zhawo")
    EvidenceFactory(subject_type="beneficiaries.incomerecord", subject_id=income.pk)

    context = opened(auditor, "net-income")

    (row,) = context["table"].rows
    assert (row["household"], row["entered_by"], row["evidence"], row["net_income"]) == (
        "H7",
        "clerk-of-zhawo",
        1,
        D("30.00"),
    )
    assert row["_url"] == f"/records/beneficiaries.incomerecord/{income.pk}/"


def test_what_is_expected_is_in_and_said_aloud(manager: User, ruoduo: Division) -> None:
    IncomeRecordFactory(household=HouseholdFactory(village=ruoduo), persons=3, status=IncomeStatus.EXPECTED)
    IncomeRecordFactory(household=HouseholdFactory(village=ruoduo), persons=4)

    context = opened(manager, "persons")

    assert context["words"] == "7"
    assert [(str(part.label), part.words) for part, _url in context["parts"]] == [
        (
            "Of it from records of which a part is only expected",
            "1 households with 3 persons; they are in the figure",
        )
    ]


def test_households_without_a_record_and_corrected_records_are_left_out_by_number(
    auditor: User, ruoduo: Division
) -> None:
    HouseholdFactory.create_batch(2, village=ruoduo)
    household = HouseholdFactory(village=ruoduo)
    IncomeRecordFactory(household=household, superseded_at=timezone.now(), wage_income=D("5.00"))
    IncomeRecordFactory(household=household, reason="A digit was wrong.")

    context = opened(auditor, "wage-income", year="2019")

    assert context["words"] == "10,000.00"
    assert reasons(context) == [
        ("Households on today's register without an income recorded for these years", 2),
        ("Income records that a correction took the place of", 1),
    ]


def test_nothing_recorded_is_not_known_and_no_zero(manager: User, county: Division) -> None:
    context = opened(manager, "per-capita-income", year="2010")

    assert (context["words"], list(context["table"].rows), context["table"].total) == ("—", [], {})


def test_clerk_gets_their_part_of_a_link_and_a_stranger_gets_none(
    clerk: User, stranger: User, county: Division
) -> None:
    assert opened(clerk, "persons", year="2018")["words"] == "6"
    assert [
        signed_in(stranger).get(f"/explain/persons/?{asked}={county.code}").status_code
        for asked in ("area", "inside", "at")
    ] == [404, 404, 404]
    assert opened(stranger, "persons")["words"] == "—"


def test_administrator_opens_no_figure(administrator: User, county: Division) -> None:
    answers = [signed_in(administrator).get(f"/explain/{slug}/").status_code for slug in ("persons", "register")]

    assert answers == [403, 403]


# The question's own (session, user, area), the sums, what is expected, what is left out, the rows with their recorders
# and their evidence; for villages their names instead.
@pytest.mark.parametrize("reader", ["manager", "auditor"])
def test_opening_asks_as_much_of_thirty_households_as_of_three(request: Any, reader: str, ruoduo: Division) -> None:
    client = signed_in(request.getfixturevalue(reader))

    def asked(number: int) -> int:
        for household in HouseholdFactory.create_batch(number, village=ruoduo):
            IncomeRecordFactory(household=household)
        with CaptureQueriesContext(
            connection,
        ) as questions:
            assert client.get("/explain/per-capita-income/").status_code == 200
        return len(questions)

    asked(1)
    assert asked(2) == asked(27) <= 20


def test_pages_of_rows_hold_each_record_once(auditor: User, ruoduo: Division) -> None:
    for household in HouseholdFactory.create_batch(60, village=ruoduo):
        IncomeRecordFactory(household=household)

    pages = [[row["household"] for row in opened(auditor, "net-income", page=n)["table"].rows] for n in (1, 2)]

    assert [len(page) for page in pages] == [50, 10]
    assert len({*pages[0], *pages[1]}) == 60


def test_line_opens_to_its_concept_its_prices_and_its_source(manager: User, heishui: Division) -> None:
    line = PovertyLineFactory(year=2018, amount=D("2995.00"), qualifier="about", price_base="prices of 2018")

    context = opened(manager, "poverty-line", of=line.pk)
    rows, total = taken(manager, "poverty-line", of=line.pk)

    assert (context["words"], context["named"]) == ("about RMB 2,995", "poverty line, Nation, 2018")
    assert [(row["Income concept"], row["Price base"], row["Source"]) for row in rows] == [
        ("disposable income", "prices of 2018", "made up for a test")
    ]
    assert rows[0]["Amount (yuan): low"] == total["Amount (yuan): low"] == "2995.00"


@pytest.mark.parametrize("of", ["", "0", "x", "9" * 30, "alliance:1"])
def test_line_that_is_none_is_not_found(manager: User, of: str) -> None:
    assert signed_in(manager).get("/explain/poverty-line/", {"of": of}).status_code == 404


def test_register_counts_every_household_of_the_area(
    manager: User, clerk: User, heishui: Division, ruoduo: Division, erniunai: Division
) -> None:
    HouseholdFactory.create_batch(2, village=ruoduo)
    HouseholdFactory(village=erniunai, is_made_up=True)

    rows, total = taken(manager, "register")

    assert [(row["Village"], row["Households"], row["Made up"]) for row in rows] == [
        ("Ruoduo Village", "2", ""),
        ("Erniunai Village", "1", "made up"),
    ]
    assert (total["Households"], opened(manager, "register")["words"]) == ("3", "3")
    assert [row["households"] for row in opened(clerk, "register")["table"].rows] == [1, 1]
    assert opened(clerk, "register")["words"] == "2"


@pytest.fixture
def parts(ruoduo: Division, erniunai: Division) -> Project:
    """Ruoduo: one household of two, in two projects and two years. Erniunai: one of one, in one project in 2018."""
    pv, road = ProjectFactory(division=ruoduo), ProjectFactory(division=erniunai)
    first, second = HouseholdFactory(village=ruoduo), HouseholdFactory(village=erniunai)
    for household in (first, first, second):
        PersonFactory(household=household)
    HouseholdFactory(village=ruoduo)
    for household, project, year in ((first, pv, 2018), (first, pv, 2019), (first, road, 2019), (second, road, 2018)):
        EnrolmentFactory(household=household, project=project, year=year)
    return pv


@pytest.mark.parametrize("reader", ["manager", "auditor"])
def test_enrolled_count_once_and_their_rows_add_up(request: Any, parts: Project, reader: str) -> None:
    user = request.getfixturevalue(reader)

    told = {slug: opened(user, slug)["words"] for slug in ("enrolled-households", "enrolled-persons")}
    rows, total = taken(user, "enrolled-persons")

    assert told == {"enrolled-households": "2", "enrolled-persons": "3"}
    assert sum(int(row["Persons"]) for row in rows) == int(total["Persons"]) == 3
    assert sum(int(row["Households"]) for row in rows) == int(total["Households"]) == 2


def test_enrolled_of_a_project_and_a_year(manager: User, clerk: User, auditor: User, parts: Project) -> None:
    assert opened(manager, "enrolled-persons", project_id=parts.pk)["words"] == "2"
    of_2019 = opened(auditor, "enrolled-households", year="2019")
    assert [(row["households"], row["persons"], row["parts"]) for row in of_2019["table"].rows] == [(1, 2, 2)]
    assert reasons(of_2019)[1] == ("Households with a part in other years only", 1)
    assert opened(clerk, "enrolled-persons")["words"] == "2"


@pytest.fixture
def joined(erniunai: Division) -> Alliance:
    """An alliance with an undertaking done and two open, and another beside it."""
    alliance = AllianceFactory(division=erniunai, title="Alliance of Erniunai")
    for number, done in enumerate(("2019-01-01", None, None)):
        AlliancePledge.objects.create(alliance=alliance, undertaking=f"Undertaking {number}", done_on=done)
    other = AllianceFactory(division=erniunai)
    AlliancePledge.objects.create(alliance=other, undertaking="Of the other", done_on=None)
    return alliance


def test_undertakings_are_counted_of_one_alliance_and_of_an_area(manager: User, joined: Alliance) -> None:
    of = {"of": f"alliance:{joined.pk}"}

    assert [opened(manager, f"undertakings-{state}", **of)["words"] for state in ("done", "open")] == ["1", "2"]
    assert [opened(manager, f"undertakings-{state}")["words"] for state in ("done", "open")] == ["1", "3"]
    rows = opened(manager, "undertakings-open", **of)["table"].rows
    assert [row["title"] for row in rows] == ["Undertaking 1", "Undertaking 2"]


def test_counts_are_those_of_the_reader(
    clerk: User, stranger: User, manager: User, joined: Alliance, ruoduo: Division
) -> None:
    AllianceFactory(division=ruoduo)
    ProjectFactory(division=ruoduo)

    counted = {
        user.username: [opened(user, slug)["words"] for slug in ("alliances", "projects")]
        for user in (manager, clerk, stranger)
    }
    assert counted == {"manager": ["3", "1"], "clerk-of-zhawo": ["1", "1"], "clerk-of-hezhou": ["0", "0"]}
    assert signed_in(stranger).get(f"/explain/undertakings-open/?of=alliance:{joined.pk}").status_code == 404


def test_claims_of_a_document_are_those_of_all_its_versions(manager: User) -> None:
    first = DocumentFactory()
    second = DocumentFactory(supersedes=first)
    ClaimFactory.create_batch(2, document=first)
    ClaimFactory(document=second)
    ClaimFactory()

    told = [opened(manager, slug, of=f"document:{second.pk}")["words"] for slug in ("claims", "versions")]
    assert told == ["3", "2"]
    assert opened(manager, "claims")["words"] == "4"


def test_awards_of_a_person_are_counted(manager: User) -> None:
    official = OfficialFactory()
    AwardFactory.create_batch(2, official=official)
    AwardFactory()

    assert opened(manager, "awards", of=f"official:{official.pk}")["words"] == "2"


@pytest.mark.parametrize("of", ["award:1", "official:", "official:x", "official:999", "official:" + "9" * 30])
def test_count_of_what_is_not_there_is_not_found(manager: User, of: str) -> None:
    assert signed_in(manager).get("/explain/awards/", {"of": of}).status_code == 404


def test_capacity_is_the_projects_own(manager: User, stranger: User, ruoduo: Division) -> None:
    project: Project = ProjectFactory(division=ruoduo, capacity=D("30"), capacity_unit="MW", code="PV", name="Station")
    bare: Project = ProjectFactory(division=ruoduo)

    context = opened(manager, "capacity", of=project.pk)

    assert (context["words"], context["named"], context["table"].total["number"]) == ("30 MW", "PV Station", D("30"))
    assert signed_in(manager).get("/explain/capacity/", {"of": bare.pk}).status_code == 404
    assert signed_in(stranger).get("/explain/capacity/", {"of": project.pk}).status_code == 404


@pytest.mark.parametrize("figure", BY_SLUG.values(), ids=lambda figure: figure.slug)
def test_every_figure_says_what_it_is_and_where_its_rule_is_from(figure: Explained) -> None:
    told = [str(one) for one in (figure.title, figure.description, figure.formula, figure.source)]

    assert all(told)
    assert set(figure.adds_up) <= {column.key for column in figure.columns}


def test_taking_rows_away_is_an_event_of_the_trail(manager: User, county: Division) -> None:
    taken(manager, "persons", year="2018")

    event = AuditEvent.objects.order_by("-pk")[0]
    assert (event.verb, event.subject, event.actor) == ("downloaded", "explain-persons", "manager")


def test_amount_of_a_red_flag_opens_to_its_case(manager: User, stranger: User, ruoduo: Division) -> None:
    day = timezone.localdate() - timedelta(days=200)
    LedgerEntryFactory(division=ruoduo, year=day.year, booked_on=day, voucher="V-1", amount=D("100.00"))
    of = {"of": "idle-money:V-1"}

    context = opened(manager, "red-flag-amount", **of)

    assert (context["words"], [row["amount"] for row in context["table"].rows]) == ("100.00", [D("100.00")])
    assert signed_in(stranger).get("/explain/red-flag-amount/", of).status_code == 404
    assert signed_in(manager).get("/explain/red-flag-amount/", {"of": "idle-money"}).status_code == 404

"""Figures about people and counts opened: their rows add up, and nobody learns what a single household lives on."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alleviation.accounts.models import User
from alleviation.audit import trail
from alleviation.audit.models import AuditEvent
from beneficiaries.choices import IncomeStatus
from beneficiaries.models import IncomeRecord
from projects.models import Division
from tests.conftest import signed_in
from tests.factories import (
    EvidenceFactory,
    HouseholdFactory,
    IncomeRecordFactory,
    PovertyLineFactory,
    place,
)
from tests.golden import golden_incomes
from tests.scrutiny.explained import opened, reasons, taken

D = Decimal


@pytest.fixture
def county(heishui: Division, ruoduo: Division, xili: Division, erniunai: Division) -> Division:
    golden_incomes(ruoduo, erniunai)
    return heishui


@pytest.mark.sampled(4)
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


def test_manager_sees_small_villages_in_one_row_without_a_name(
    manager: User, county: Division, ruoduo: Division, settings: Any
) -> None:
    settings.SMALLEST_CELL = 3
    HouseholdFactory(village=ruoduo)
    IncomeRecordFactory(household=HouseholdFactory(village=ruoduo), year=2018, persons=1, wage_income=D("100.00"))
    beside_erniunai = place("513228213202", "红星村民委员会")
    for _number in range(2):
        home = HouseholdFactory(village=beside_erniunai)
        IncomeRecordFactory(household=home, year=2018, persons=1, wage_income=D("50.00"))

    rows = list(opened(manager, "net-income", year="2018")["table"].rows)

    # Ruoduo has three households with a record in 2018, Erniunai one, the village beside it two.
    assert [(row["place"], row["place_code"], row["households"], row["net_income"]) for row in rows] == [
        ("Ruoduo Village", ruoduo.code, 3, D("13600.00")),
        ("villages whose sums are told together alone", "", 3, D("6100.00")),
    ]


def test_manager_is_told_that_single_households_are_not_theirs_to_see(manager: User, county: Division) -> None:
    page = signed_in(manager).get("/explain/net-income/", {"year": "2018"}).content.decode()

    assert "Single households: your role sees sums by village alone." in page
    assert not any(number in page for number in ("H0000", "10,500.00"))


def test_file_of_a_manager_holds_no_household_either(manager: User, county: Division, settings: Any) -> None:
    settings.SMALLEST_CELL = 3

    rows, _total = taken(manager, "net-income", year="2018")

    assert [row["Net income (yuan)"] for row in rows] == ["19500.00"]
    assert "Household number" not in rows[0]


def test_auditor_sees_each_record_with_who_entered_it_and_what_proves_it(
    auditor: User, heishui: Division, ruoduo: Division
) -> None:
    income = IncomeRecord(
        household=HouseholdFactory(village=ruoduo, number="H7"),
        year=2019,
        village=ruoduo,
        persons=2,
        concept="disposable",
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
            "households: 1, persons: 3; they are in the figure",
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


def test_taking_rows_away_is_an_event_of_the_trail(manager: User, county: Division) -> None:
    taken(manager, "persons", year="2018")

    event = AuditEvent.objects.order_by("-pk")[0]
    assert (event.verb, event.subject, event.actor) == ("downloaded", "explain-persons", "manager")

"""What lacks evidence, on its page and in the explanations of its numbers."""

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from django.db import connection

from alleviation.common.query import Query
from alleviation.evidence.actions import attach, withdraw
from alleviation.scrutiny.unproven import BY_KEY, KINDS, Lack, lack_by_village, lack_of, numbers_of, unproven
from projects.models import Milestone
from tests.conftest import signed_in
from tests.factories import (
    DocumentFactory,
    EnrolmentFactory,
    HouseholdFactory,
    IncomeRecordFactory,
    LedgerEntryFactory,
    PledgeFactory,
    ProjectFactory,
)


@pytest.fixture
def spent(ruoduo, erniunai) -> list:
    """Spent in 2019: 100 with a receipt, 20 with one that was withdrawn, 3 without; 4,000 in 2020."""
    amounts = [(ruoduo, 2019, "100.00"), (ruoduo, 2019, "20.00"), (erniunai, 2019, "3.00"), (ruoduo, 2020, "4000.00")]
    made = [
        LedgerEntryFactory(division=place, year=year, amount=Decimal(amount), kind="expenditure")
        for place, year, amount in amounts
    ]
    attach(made[0], b"Receipt", title="Receipt", by="a-clerk")
    withdraw(attach(made[1], b"Wrong", title="Receipt", by="a-clerk"), by="a-clerk", reason="of another entry")
    LedgerEntryFactory(division=ruoduo, state="draft", kind="expenditure")
    return made


@pytest.fixture
def household(ruoduo):
    return HouseholdFactory(village=ruoduo, number="H-17")


def rows_of(client, address: str) -> dict[str, list[str]]:
    """The rows of a file by their first cell, without the total."""
    _header, *rows = csv.reader(io.StringIO(client.get(address).getvalue().decode("utf-8-sig")))
    return {row[0]: row[1:] for row in rows if row[0] != "Total"}


def asked(user, **filter_) -> Query:
    return Query(user=user, **filter_)


def test_evidence_that_stands_proves_and_nothing_else_does(spent, manager):
    kind = BY_KEY["entry-expenditure"]

    everything, one_year = asked(manager), asked(manager, first_year=2019, last_year=2019)

    assert lack_of(kind, everything) == Lack(4, 3, Decimal("4023.00"))
    assert lack_of(kind, one_year) == Lack(3, 2, Decimal("23.00"))
    assert list(unproven(kind, one_year).order_by("pk")) == spent[1:3]


def test_a_clerk_counts_the_own_area(spent, clerk):
    assert lack_of(BY_KEY["entry-expenditure"], asked(clerk)) == Lack(3, 2, Decimal("4020.00"))


def test_the_sum_of_nothing_is_zero_and_an_unknown_amount_is_none(ruoduo, household, manager):
    EnrolmentFactory(household=household, amount=None)

    assert lack_of(BY_KEY["enrolment"], asked(manager)) == Lack(1, 1, None, without_amount=1)
    assert lack_of(BY_KEY["entry-refund"], asked(manager)) == Lack(0, 0, Decimal("0.00"))
    assert lack_of(BY_KEY["milestone"], asked(manager)) == Lack(0, 0, None)


@pytest.mark.parametrize("person", ["manager", "clerk"])
def test_incomes_by_their_kept_sums_are_what_each_of_them_tells(person, ruoduo, erniunai, xili, request):
    for place, year, is_made_up in product((ruoduo, erniunai, xili), (2018, 2019), (False, True)):
        home = HouseholdFactory(village=place, is_made_up=is_made_up)
        attach(IncomeRecordFactory(household=home, year=year), b"Slip of %d" % home.pk, title="Slip", by="a-clerk")
        for kept_year in (2016, 2017):
            IncomeRecordFactory(household=home, year=kept_year, expenses=Decimal("7.03"))
    user, kind = request.getfixturevalue(person), BY_KEY["income"]
    asked_for = [
        {},
        {"first_year": 2018, "last_year": 2019},
        {"place_code": ruoduo.code},
        {"prefixes": (erniunai.code,), "first_year": 2017},
        {"category": "general"},
    ]

    pairs = [
        (each(kind, asked(user, **one)), each(replace(kind, whole=None), asked(user, **one)))
        for each, one in product((lack_of, numbers_of), asked_for)
    ]

    assert [quick for quick, _slow in pairs] == [slow for _quick, slow in pairs]
    assert {slow.without > 0 and slow.number > slow.without for _quick, slow in pairs} >= {True}


def test_an_income_is_its_net_income_and_one_that_was_corrected_is_out(household, manager):
    IncomeRecordFactory(household=household, wage_income=Decimal("5000.00"), expenses=Decimal("100.00"))
    proven = IncomeRecordFactory(household=household, year=2020)
    attach(proven, b"Survey sheet", title="Survey sheet", by="a-clerk")

    assert lack_of(BY_KEY["income"], asked(manager)) == Lack(2, 1, Decimal("4900.00"))
    assert lack_by_village(BY_KEY["income"], asked(manager)) == {"513228212205": Lack(2, 1)}


def test_only_milestones_that_were_reached_are_asked_after(ruoduo, manager):
    project = ProjectFactory(division=ruoduo, is_made_up=True)
    for reached in (date(2019, 1, 1), date(2020, 12, 31), None):
        Milestone.objects.create(project=project, title="Opened", reached_on=reached)

    assert lack_of(BY_KEY["milestone"], asked(manager)) == Lack(2, 2, None, made_up=2, made_up_without=2)
    assert lack_of(BY_KEY["milestone"], asked(manager, first_year=2020, last_year=2020)).number == 1


def test_a_promise_has_its_evidence_in_a_document_or_a_file(ruoduo, auditor):
    common = {"division": ruoduo, "first_year": 2019}
    PledgeFactory(stated_in=DocumentFactory(), low=Decimal("1000.00"), **common)
    attach(PledgeFactory(low=Decimal("200.00"), **common), b"Letter", title="Letter", by="a-clerk")
    PledgeFactory(low=Decimal("30.00"), qualifier="over", high=None, **common)
    PledgeFactory(low=Decimal("4.00"), **common)

    row = rows_of(signed_in(auditor), "/evidence/?csv=without-evidence")["promises in their years"]

    # Over 30 and 4 make over 34.
    assert row[:2] + row[3:6] == ["4", "2", "over", "34.00", ""]


@pytest.mark.slow
def test_every_number_of_the_page_leads_to_rows_that_make_it(spent, household, auditor):
    IncomeRecordFactory(household=household)
    EnrolmentFactory(household=household, amount=Decimal("70.00"))
    client = signed_in(auditor)
    page = client.get("/evidence/?year=2019")
    links = [
        cell
        for panel in page.context["tables"].values()
        for line in panel.table.body()
        for cell in line.cells
        if cell.url
    ]

    rows = rows_of(client, "/explain/money-without-evidence.csv?of=entry-expenditure&year=2019")

    # Eight kinds, each with two numbers; a sum of money for the four kinds of entries, of incomes and of enrolments.
    assert (len(links), {client.get(link.url).status_code for link in links}) == (22, {200})
    assert [(name, row[3]) for name, row in rows.items()] == [
        (spent[1].voucher, "20.00"),
        (spent[2].voucher, "3.00"),
    ]


def test_the_rows_of_an_explanation_lead_to_the_pages_of_their_records(spent, manager):
    page = signed_in(manager).get("/explain/without-evidence/?of=entry-expenditure&year=2019")

    assert [f"/records/projects.ledgerentry/{one.pk}/" in page.text for one in spent] == [False, True, True, False]
    assert "3 records, of which 1 have evidence" in page.text


def test_who_sees_no_household_gets_numbers_by_village_and_no_sum(household, manager, clerk):
    IncomeRecordFactory(household=household)
    seen, unseen = signed_in(clerk), signed_in(manager)
    figure, money = "/explain/without-evidence/?of=income", "/explain/money-without-evidence/?of=income"

    assert ["H-17" in client.get(figure).text for client in (seen, unseen)] == [True, False]
    assert rows_of(unseen, figure.replace("/?", ".csv?")) == {"513228212205": ["Ruoduo Village", "1", ""]}
    assert [client.get(money).status_code for client in (seen, unseen)] == [200, 404]
    assert rows_of(unseen, "/evidence/?csv=without-evidence")["income records"][:3] == ["1", "1", ""]


@pytest.mark.parametrize("of", ["", "nothing", "entry-expenditure&project_id=0"])
def test_what_is_no_such_question_is_not_found(of, auditor):
    assert signed_in(auditor).get(f"/explain/without-evidence/?of={of}").status_code == 404


@pytest.mark.slow
def test_the_page_asks_the_same_however_many_records_there_are(ruoduo, auditor, django_assert_num_queries):
    client = signed_in(auditor)
    client.get("/evidence/")

    for number in (1, 3, 30):
        for _one in range(number):
            LedgerEntryFactory(division=ruoduo)
            PledgeFactory(division=ruoduo, first_year=2019)
        # Session, user, the example's banner, the areas of the filter; one for each of seven kinds, of incomes two;
        # the promises, their revisions and what proves them, for each of the three numbers that are told of them.
        with django_assert_num_queries(21):
            client.get("/evidence/")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the plan is spelt out for SQLite")
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_an_index_answers_whether_anything_proves_a_record(kind, manager, db):
    with connection.cursor() as cursor:
        cursor.execute(*explained(unproven(kind, asked(manager))))
        plan = " ".join(row[3] for row in cursor.fetchall())

    assert "INDEX evidence_once (subject_type=? AND subject_id=?)" in plan


def explained(rows) -> tuple[str, tuple]:
    sql, values = rows.query.sql_with_params()
    return f"EXPLAIN QUERY PLAN {sql}", values

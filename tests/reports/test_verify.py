"""verify: everything holds, or each fault is named with its place, and the exit code says so."""

import io
from datetime import date
from decimal import Decimal
from hashlib import sha256

import pytest
from django.core.management import CommandError, call_command
from stdnum.cn import ric

from alleviation.common.checks import Check
from alleviation.reports import checks
from alleviation.reports.management.commands import verify
from beneficiaries import verification as of_beneficiaries
from beneficiaries.actions import register_person
from beneficiaries.models import Household, Person, PersonNumber
from projects import verification as of_projects
from projects.actions import attach_text, book_entry, enter, make_claim
from projects.models import Claim, Document, FundingSource, LedgerEntry
from projects.rollups import Funding
from tests.factories import (
    ClaimFactory,
    DocumentFactory,
    FundingSourceFactory,
    HouseholdFactory,
    LedgerEntryFactory,
    PersonFactory,
)
from tests.golden import golden_incomes, golden_money


def verified(*args: str) -> str:
    out = io.StringIO()
    call_command("verify", *args, stdout=out, no_color=True)
    return out.getvalue()


def test_an_empty_house_holds(db):
    lines = verified().splitlines()

    assert [line[:4] for line in lines[:-1]] == ["OK: "] * len(checks.CHECKS)
    assert lines[-1] == f"{len(checks.CHECKS)} checks. Everything holds."


def test_a_house_that_was_entered_through_actions_holds(clerk, ruoduo):
    source = FundingSource(code="county", name="County budget", level="county")
    enter(source, by=clerk)
    facts = {"kind": "allocation", "year": 2019, "booked_on": date(2019, 6, 30), "amount": Decimal("1.00")}
    book_entry(LedgerEntry(source=source, division=ruoduo, **facts), by=clerk)
    document = Document(title="A text")
    attach_text(document, b"0123456789", by=clerk)
    make_claim(Claim(document=document, start=0, end=10, subject="x", attribute="y", measure="Q"), by=clerk)
    household = Household(village=ruoduo, number="1")
    enter(household, by=clerk)
    register_person(Person(household=household, name="测试", relation="head"), by=clerk, id_number=valid_number())

    assert verified().splitlines()[-1] == f"{len(checks.CHECKS)} checks. Everything holds."


def valid_number() -> str:
    first = "51322819610101001"
    return first + ric.calc_check_digit(first + "0")


def test_a_fault_is_named_and_the_exit_code_is_one(ruoduo):
    entry = LedgerEntryFactory(division=ruoduo, voucher="V-1", year=2019, booked_on=date(2018, 12, 31))
    out = io.StringIO()

    with pytest.raises(CommandError) as failed:
        call_command("verify", stdout=out, no_color=True)

    lines = out.getvalue().splitlines()
    assert failed.value.returncode == 1
    assert lines[:2] == [
        "WRONG: Each ledger entry belongs to the year of its date",
        "         V-1: booked on 2018-12-31 for the year 2019",
    ]
    assert f"         ledger entry {entry.pk}: no event tells who entered it" in lines


def test_the_last_line_counts_what_is_wrong(monkeypatch):
    monkeypatch.setattr(verify, "CHECKS", [Check("a", lambda: ["x"]), Check("b", list), Check("c", lambda: ["y"])])

    with pytest.raises(CommandError, match=r"^3 checks\. 2 of them found faults\.$"):
        verified()


def test_many_faults_are_counted_and_not_all_printed(monkeypatch):
    monkeypatch.setattr(verify, "CHECKS", [Check("a", lambda: (f"fault {n}" for n in range(25)))])
    out = io.StringIO()

    with pytest.raises(CommandError):
        call_command("verify", stdout=out, no_color=True)

    lines = out.getvalue().splitlines()
    assert (len(lines), lines[1], lines[-1]) == (22, "         fault 0", "         and 5 more")


def test_every_check_says_what_must_hold():
    titles = [str(check.title) for check in checks.CHECKS]

    assert len(set(titles)) == len(titles) == 9


# --- each check finds its fault ---------------------------------------------------------------------------------


def test_golden_sums_hold(heishui, ruoduo, erniunai):
    golden_money(heishui, ruoduo, erniunai)
    golden_incomes(ruoduo, erniunai)

    assert list(of_projects.funding_that_does_not_add_up()) == []
    assert list(of_beneficiaries.incomes_that_do_not_add_up()) == []


def test_an_entry_of_its_year_is_no_fault(ruoduo):
    LedgerEntryFactory(division=ruoduo, booked_on=date(2019, 1, 1))
    LedgerEntryFactory(division=ruoduo, booked_on=date(2019, 12, 31))

    assert list(of_projects.entries_of_another_year()) == []
    assert list(of_projects.entries_of_nothing()) == []


def test_a_sum_that_is_not_the_total_is_found(monkeypatch, ruoduo):
    LedgerEntryFactory(division=ruoduo, amount=Decimal("100.00"))
    monkeypatch.setattr(of_projects, "funding_by_kind", lambda query: [Funding(Decimal("99.99"), entries=1)])

    assert list(of_projects.funding_that_does_not_add_up()) == [
        "by kind of project, allocated: the parts add up to 99.99, the total is 100.00"
    ]


def test_an_income_sum_that_is_not_the_total_is_found(monkeypatch, ruoduo, erniunai):
    golden_incomes(ruoduo, erniunai)
    whole = of_beneficiaries.per_capita_income
    monkeypatch.setattr(of_beneficiaries, "per_capita_income", lambda query: whole(query)[:1])

    assert list(of_beneficiaries.incomes_that_do_not_add_up()) == [
        "by year, households: the parts add up to 3, the total is 4",
        "by year, persons: the parts add up to 9, the total is 13",
        "by year, wage_income: the parts add up to 19000.00, the total is 31000.00",
    ]


def test_a_claim_outside_its_text_is_found(db):
    document = DocumentFactory(text="0123456789", length=10, sha256=sha256(b"0123456789").hexdigest())
    ClaimFactory(document=document, code="A", start=0, end=10)
    ClaimFactory(document=document, code="B", start=5, end=11)

    assert list(of_projects.spans_outside_their_text()) == ["claim B: characters 5 to 11 of a text of 10"]


@pytest.mark.parametrize(
    "facts",
    [
        {"text": "another text", "length": 12, "sha256": sha256(b"the text").hexdigest()},
        {"text": "the text", "length": 9, "sha256": sha256(b"the text").hexdigest()},
    ],
)
def test_a_text_that_is_not_the_one_recorded_is_found(db, facts):
    wrong = DocumentFactory(**facts)

    (fault,) = of_projects.texts_that_are_not_theirs()

    assert fault.startswith(f"document {wrong.pk}: its text of {len(facts['text'])} characters has the SHA-256 ")


def test_a_document_whose_text_is_missing_is_no_fault(db):
    DocumentFactory(sha256=sha256(b"x").hexdigest(), length=1)

    assert list(of_projects.texts_that_are_not_theirs()) == []


def test_a_number_without_its_person_is_found(ruoduo):
    person = PersonFactory(household__village=ruoduo, id_tail="001X")
    PersonNumber.objects.create(
        kind="resident_id", digest="a", household_number=person.household_id, person_number=person.pk
    )
    lost = PersonNumber.objects.create(
        kind="resident_id", digest="b", household_number=person.household_id, person_number=person.pk + 1
    )

    assert list(of_beneficiaries.numbers_without_their_person()) == [
        f"number record {lost.pk}: no such person in its household"
    ]
    assert list(of_beneficiaries.persons_whose_tail_has_no_number()) == []


def test_a_number_of_another_household_is_found(ruoduo):
    person, other = PersonFactory(household__village=ruoduo, id_tail="001X"), HouseholdFactory(village=ruoduo)
    PersonNumber.objects.create(kind="resident_id", digest="a", household_number=other.pk, person_number=person.pk)

    assert len(list(of_beneficiaries.numbers_without_their_person())) == 1
    assert list(of_beneficiaries.persons_whose_tail_has_no_number()) == [
        f"person record {person.pk}: the identity number is not reserved"
    ]


def test_a_record_that_nobody_entered_is_found(db):
    source = FundingSourceFactory()

    assert list(checks.records_that_nobody_entered()) == [f"funding source {source.pk}: no event tells who entered it"]


def test_every_model_but_reference_lists_and_key_tables_is_asked_for_its_events():
    names = {model.__name__ for model in checks.business_models()}

    assert {"LedgerEntry", "Claim", "Document", "Household", "Person", "IncomeRecord", "Pledge"} <= names
    assert names.isdisjoint({"Division", "Succession", "VoucherSeries", "PersonNumber"})


def test_no_fault_names_a_person(ruoduo):
    PersonFactory(household__village=ruoduo, name="张三丰", id_tail="001X")
    out = io.StringIO()

    with pytest.raises(CommandError):
        call_command("verify", stdout=out, no_color=True)

    assert "张三丰" not in out.getvalue()
    assert "001X" not in out.getvalue()

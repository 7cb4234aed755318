"""verify: everything holds, or each fault is named with its place, and the exit code says so."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from stdnum.cn import ric

from alleviation.audit import trail
from alleviation.audit.models import Verb
from alleviation.audit.values import values_of
from alleviation.common.checks import Check
from alleviation.reports import checks
from alleviation.reports.management.commands import verify
from beneficiaries import verification as of_beneficiaries
from beneficiaries.actions import register_person
from beneficiaries.models import Household, Person, PersonNumber
from projects.actions import attach_text, draft_entry, enter, make_claim, post_entry, submit_entry
from projects.models import Claim, Document, FundingSource, LedgerEntry
from tests.factories import (
    HouseholdFactory,
    LedgerEntryFactory,
    PersonFactory,
)


def verified(*args: str) -> str:
    out = io.StringIO()
    call_command("verify", *args, stdout=out, no_color=True)
    return out.getvalue()


@pytest.mark.slow
def test_an_empty_house_holds(db):
    lines = verified().splitlines()

    assert [line[:4] for line in lines[:-1]] == ["OK: "] * len(checks.CHECKS)
    assert lines[-1] == f"{len(checks.CHECKS)} checks. Everything holds."


@pytest.mark.slow
def test_a_house_that_was_entered_through_actions_holds(clerk, reviewer, ruoduo):
    source = FundingSource(code="county", name="County budget", level="county")
    enter(source, by=clerk)
    facts = {"kind": "allocation", "year": 2019, "booked_on": date(2019, 6, 30), "amount": Decimal("1.00")}
    entry = LedgerEntry(source=source, division=ruoduo, **facts)
    draft_entry(entry, by=clerk)
    submit_entry(entry, by=clerk)
    post_entry(entry, by=reviewer)
    document = Document(title="A text")
    attach_text(document, b"0123456789", by=clerk)
    make_claim(Claim(document=document, start=0, end=10, subject="x", attribute="y", measure="Q"), by=clerk)
    household = Household(village=ruoduo, number="1")
    enter(household, by=clerk)
    register_person(Person(household=household, name="测试", relation="head"), by=clerk, id_number=valid_number())
    for person in (clerk, reviewer):
        trail.record(verb=Verb.CREATED, subject=person, by="manage.py", after=values_of(person))

    assert verified().splitlines()[-1] == f"{len(checks.CHECKS)} checks. Everything holds."


def valid_number() -> str:
    first = "51322819610101001"
    return first + ric.calc_check_digit(first + "0")


@pytest.mark.slow
def test_a_fault_is_named_and_the_exit_code_is_one(ruoduo):
    entry = LedgerEntryFactory(division=ruoduo, voucher="V-1", year=2019, booked_on=date(2018, 12, 31))
    out = io.StringIO()

    with pytest.raises(CommandError) as failed:
        call_command("verify", stdout=out, no_color=True)

    lines = out.getvalue().splitlines()
    first = lines.index("WRONG: Each ledger entry belongs to the year of its date")
    assert failed.value.returncode == 1
    assert lines[first + 1] == "         V-1: booked on 2018-12-31 for the year 2019"
    assert f"         ledger entry {entry.pk}: no event tells who entered it" in lines


@pytest.mark.slow
def test_faults_are_told_in_the_language_asked_for(ruoduo):
    LedgerEntryFactory(division=ruoduo, voucher="V-1", year=2019, booked_on=date(2018, 12, 31))
    out = io.StringIO()

    with pytest.raises(CommandError, match="项核查"):
        call_command("verify", language="zh-hans", stdout=out, no_color=True)

    assert "每笔台账分录的年度与其日期一致" in out.getvalue()


def test_a_quick_run_leaves_out_what_is_slow(db):
    slow = [str(check.title) for check in checks.CHECKS if check.is_slow]

    lines = verified("--quick").splitlines()

    assert slow == [
        "Each record keeps every constraint",
        "Each stored file is on the disk as it was handed in",
        "Each sum of money is what its entries add up to",
        "Each kept sum of money is what its entries add up to",
        "Each promised sum is what its pledges add up to",
        "Each sum of incomes is what its records add up to",
        "Each kept sum of incomes is what its records add up to",
        "Each encrypted number opens, and is found by its digest",
    ]
    assert [line.removeprefix("OK: ") for line in lines[:-1]] == [
        str(check.title) for check in checks.CHECKS if not check.is_slow
    ]


def test_a_check_that_breaks_off_has_found_something_and_quotes_nothing(db, monkeypatch):
    def broken():
        yield "a fault"
        raise ValueError("张三丰")

    monkeypatch.setattr(verify, "CHECKS", [Check("a", broken), Check("b", list)])
    out = io.StringIO()

    with pytest.raises(CommandError):
        call_command("verify", stdout=out, no_color=True)

    assert out.getvalue().splitlines() == [
        "WRONG: a",
        "         a fault",
        "         this check broke off: ValueError",
        "OK: b",
    ]


def test_the_last_line_counts_what_is_wrong(db, monkeypatch):
    monkeypatch.setattr(verify, "CHECKS", [Check("a", lambda: ["x"]), Check("b", list), Check("c", lambda: ["y"])])

    with pytest.raises(CommandError, match=r"^3 checks\. 2 of them found faults\.$"):
        verified()


def test_many_faults_are_counted_and_not_all_printed(db, monkeypatch):
    monkeypatch.setattr(verify, "CHECKS", [Check("a", lambda: (f"fault {n}" for n in range(25)))])
    out = io.StringIO()

    with pytest.raises(CommandError):
        call_command("verify", stdout=out, no_color=True)

    lines = out.getvalue().splitlines()
    assert (len(lines), lines[1], lines[-1]) == (22, "         fault 0", "         and 5 more")


def test_every_check_says_what_must_hold():
    titles = [str(check.title) for check in checks.CHECKS]

    assert len(set(titles)) == len(titles) == 38


# --- the checks of households and persons ----------------------------------------------------------------------


def test_a_number_without_its_person_is_found(ruoduo):
    person = PersonFactory(household__village=ruoduo, id_tail="001X")
    PersonNumber.objects.create(
        kind="resident_id", digest="a", household_number=person.household_id, person_number=person.key
    )
    lost = PersonNumber.objects.create(
        kind="resident_id", digest="b", household_number=person.household_id, person_number=person.key + 1
    )

    assert list(of_beneficiaries.numbers_without_their_person()) == [
        f"number record {lost.pk}: no such person in its household"
    ]
    assert list(of_beneficiaries.persons_whose_tail_has_no_number()) == []


def test_a_number_of_another_household_is_found(ruoduo):
    person, other = PersonFactory(household__village=ruoduo, id_tail="001X"), HouseholdFactory(village=ruoduo)
    number = PersonNumber.objects.create(
        kind="resident_id", digest="a", household_number=other.pk, person_number=person.key
    )

    assert list(of_beneficiaries.numbers_without_their_person()) == [
        f"number record {number.pk}: no such person in its household"
    ]
    assert list(of_beneficiaries.persons_whose_tail_has_no_number()) == []


def test_a_tail_without_a_number_of_its_kind_is_found(ruoduo):
    person = PersonFactory(household__village=ruoduo, id_tail="001X", account_tail="0019")
    PersonNumber.objects.create(
        kind="bank_account", digest="a", household_number=person.household_id, person_number=person.key
    )

    without_account = list(of_beneficiaries.persons_whose_tail_has_no_number())
    PersonNumber.objects.update(kind="resident_id")

    assert without_account == [f"person record {person.pk}: the identity number is not reserved"]
    assert list(of_beneficiaries.persons_whose_tail_has_no_number()) == [
        f"person record {person.pk}: the bank account is not reserved"
    ]


@pytest.mark.slow
def test_no_fault_names_a_person(ruoduo):
    PersonFactory(household__village=ruoduo, name="张三丰", id_tail="001X")
    out = io.StringIO()

    with pytest.raises(CommandError):
        call_command("verify", stdout=out, no_color=True)

    assert "张三丰" not in out.getvalue()
    assert "001X" not in out.getvalue()

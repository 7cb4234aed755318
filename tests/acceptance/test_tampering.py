"""verify against someone who writes into the database past the application, and puts its rules back."""

import contextlib
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from alleviation.accounts.models import User
from alleviation.audit import trail
from alleviation.audit.models import Verb
from alleviation.audit.values import values_of
from beneficiaries.actions import record_income
from beneficiaries.models import Household, IncomeRecord
from projects.actions import attach_text, draft_entry, enter, make_claim, post_entry, submit_entry
from projects.models import Claim, Division, Document, FundingSource, LedgerEntry
from tests.audit.tampering import checks_away, run
from tests.factories import NO_OTHER_INCOME

LEDGER = "projects_ledgerentry"
CHAIN = "Each event of the trail is bound to the one before, and to the key"
TABLES = "Each table holds what the trail says"
CONSTRAINTS = "Each record keeps every constraint"
VOUCHERS = "The vouchers of each area and year run from 1 without a gap"

BY_SQL = {
    "an amount": (f"UPDATE {LEDGER} SET amount = 500", [TABLES]),
    "a year": (
        f"UPDATE {LEDGER} SET booked_on = '2018-06-30'",
        [TABLES, "Each ledger entry belongs to the year of its date"],
    ),
    "a checker": (
        f"UPDATE {LEDGER} SET checked_by = drafted_by",
        [TABLES, CONSTRAINTS, "Nobody checked an entry that they made"],
    ),
    "nothing": (f"UPDATE {LEDGER} SET amount = 0", [TABLES, CONSTRAINTS, "No ledger entry is of zero yuan"]),
    "a voucher": (f"UPDATE {LEDGER} SET voucher = '513228-2019-00002'", [TABLES, VOUCHERS]),
    "an entry": (f"DELETE FROM {LEDGER}", [TABLES, VOUCHERS]),
    "a span": ('UPDATE projects_claim SET "end" = 11', [TABLES, "Each claim's characters lie inside its document"]),
    "a text": (
        "UPDATE projects_document SET text = '0123456780'",
        [TABLES, "Each document's text has the SHA-256 and length that are recorded"],
    ),
    "an income": ("UPDATE beneficiaries_incomerecord SET wage_income = 7", [TABLES]),
    "a role": ("UPDATE accounts_user SET role = 'auditor' WHERE username = 'clerk-of-heishui'", [TABLES]),
    "an event's column": ("UPDATE audit_auditevent SET actor = 'somebody' WHERE id = 3", [CHAIN]),
    "an event": ("DELETE FROM audit_auditevent WHERE subject_type = 'projects.claim'", [CHAIN, TABLES]),
    "the tail": ("DELETE FROM audit_auditevent WHERE id > 3", [CHAIN, TABLES]),
    "the head": ("UPDATE audit_trailhead SET number = number - 1", [CHAIN]),
}


@pytest.fixture
def records(county_clerk: User, reviewer: User, ruoduo: Division) -> None:
    """One of each, entered as the office enters them."""
    for person in (county_clerk, reviewer):
        trail.record(verb=Verb.CREATED, subject=person, by="manage.py", after=values_of(person))
    source = FundingSource(code="county", name="County budget", level="county")
    enter(source, by=county_clerk)
    facts: dict[str, Any] = {"kind": "allocation", "year": 2019, "booked_on": date(2019, 6, 30)}
    entry = LedgerEntry(source=source, division=ruoduo, amount=Decimal("1.00"), **facts)
    draft_entry(entry, by=county_clerk)
    submit_entry(entry, by=county_clerk)
    post_entry(entry, by=reviewer)
    document = Document(title="A text")
    attach_text(document, b"0123456789", by=county_clerk)
    figure: dict[str, Any] = {"qualifier": "exact", "low": Decimal(5), "high": Decimal(5), "unit": "person"}
    claim = Claim(document=document, start=0, end=10, subject="x", attribute="y", measure="P", **figure)
    make_claim(claim, by=county_clerk)
    household = Household(village=ruoduo, number="1")
    enter(household, by=county_clerk)
    income = {"village": ruoduo, "year": 2019, "persons": 2, **NO_OTHER_INCOME}
    record_income(IncomeRecord(household=household, **income), by=county_clerk)


def said() -> list[str]:
    """The lines of verify."""
    out = io.StringIO()
    with contextlib.suppress(CommandError):
        call_command("verify", stdout=out, no_color=True)
    return out.getvalue().splitlines()


def faults() -> list[str]:
    """The titles of the checks that found something."""
    return [line.removeprefix("WRONG: ") for line in said() if line.startswith("WRONG")]


@pytest.mark.slow
def test_what_the_office_entered_holds(records: None) -> None:
    assert faults() == []


@pytest.mark.slow
@pytest.mark.parametrize(("tampering", "checks"), BY_SQL.values(), ids=BY_SQL)
def test_tampering_is_found_by_its_checks_alone(records: None, tampering: str, checks: list[str]) -> None:
    with checks_away(LEDGER):
        assert run(tampering) >= 1

    assert faults() == checks


@pytest.mark.slow
def test_the_place_and_both_values_are_named(records: None) -> None:
    entry = LedgerEntry.objects.get()

    run(f"UPDATE {LEDGER} SET amount = 500")

    assert f"         ledger entry {entry.pk}: amount is 5.00, the trail says 1.00" in said()

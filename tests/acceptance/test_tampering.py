"""verify against someone who writes into the database past the application."""

import contextlib
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from alleviation.accounts.models import User
from beneficiaries.actions import record_income
from beneficiaries.models import Household, IncomeRecord
from projects.actions import attach_text, book_entry, enter, make_claim
from projects.models import Claim, Division, Document, FundingSource, LedgerEntry
from tests.factories import NO_OTHER_INCOME

BY_SQL = [
    (
        "UPDATE projects_ledgerentry SET booked_on = '2018-06-30'",
        "Each ledger entry belongs to the year of its date",
    ),
    ('UPDATE projects_claim SET "end" = 11', "Each claim's characters lie inside its document"),
    (
        "UPDATE projects_document SET text = '0123456780'",
        "Each document's text has the SHA-256 and length that are recorded",
    ),
    (
        "DELETE FROM audit_auditevent WHERE subject_type = 'projects.ledgerentry'",
        "The trail tells who entered each record",
    ),
    (
        "INSERT INTO projects_ledgerentry"
        " (voucher, kind, year, booked_on, amount, note, is_made_up, division_id, source_id)"
        " SELECT 'X-1', kind, year, booked_on, amount, '', is_made_up, division_id, source_id"
        " FROM projects_ledgerentry",
        "The trail tells who entered each record",
    ),
]


@pytest.fixture
def records(county_clerk: User, ruoduo: Division) -> None:
    """One of each, entered as the office enters them."""
    source = FundingSource(code="county", name="County budget", level="county")
    enter(source, by=county_clerk)
    facts: dict[str, Any] = {"kind": "allocation", "year": 2019, "booked_on": date(2019, 6, 30)}
    book_entry(LedgerEntry(source=source, division=ruoduo, amount=Decimal("1.00"), **facts), by=county_clerk)
    document = Document(title="A text")
    attach_text(document, b"0123456789", by=county_clerk)
    figure: dict[str, Any] = {"qualifier": "exact", "low": Decimal(5), "high": Decimal(5), "unit": "person"}
    claim = Claim(document=document, start=0, end=10, subject="x", attribute="y", measure="P", **figure)
    make_claim(claim, by=county_clerk)
    household = Household(village=ruoduo, number="1")
    enter(household, by=county_clerk)
    income = {"village": ruoduo, "year": 2019, "persons": 2, **NO_OTHER_INCOME}
    record_income(IncomeRecord(household=household, **income), by=county_clerk)


def faults() -> list[str]:
    """The titles of the checks that found something."""
    out = io.StringIO()
    with contextlib.suppress(CommandError):
        call_command("verify", stdout=out, no_color=True)
    return [line.removeprefix("WRONG: ") for line in out.getvalue().splitlines() if line.startswith("WRONG")]


def test_what_the_office_entered_holds(records: None) -> None:
    assert faults() == []


@pytest.mark.parametrize(("tampering", "check"), BY_SQL, ids=[words for _sql, words in BY_SQL])
def test_tampering_is_found_by_its_check_alone(records: None, tampering: str, check: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(tampering)
        assert cursor.rowcount == 1

    assert faults() == [check]

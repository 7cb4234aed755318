"""Constraints asked again of the rows, rules of the database that were taken away or emptied, frozen files."""

from hashlib import sha256

import pytest
from django.db import connection
from django.utils import timezone

from alleviation.audit import triggers
from alleviation.audit.models import FrozenReport, YearClosing
from alleviation.audit.verification.constraints import constraint_faults, rows_that_break_a_constraint
from alleviation.audit.verification.rules import frozen_reports_that_are_others, rules_that_are_not_in_force
from beneficiaries.models import IncomeRecord
from projects.models import FundingSource, LedgerEntry, VoucherSeries
from tests.audit.tampering import change, checks_away, run, without_unique
from tests.factories import FundingSourceFactory, IncomeRecordFactory, LedgerEntryFactory

LEDGER = "projects_ledgerentry"
BROKEN = [
    ("amount", -100, "An amount is above zero; only a reversal is below. (entry_amount_sign)"),
    ("year", 1900, "The year is out of range. (entry_year_in_range)"),
    (
        "checked_by",
        "a-clerk",
        "Whoever made, imported or submitted an entry cannot check it. (entry_maker_is_not_checker)",
    ),
    ("kind", "gift", "There is no such kind. (entry_known_kind)"),
    ("submitted_at", None, "Who submitted it and when belong together. (entry_submitted_paired)"),
]


@pytest.mark.parametrize(("column", "value", "words"), BROKEN, ids=[column for column, _value, _words in BROKEN])
def test_a_row_that_a_constraint_would_have_refused_is_named(ruoduo, column, value, words):
    entry = LedgerEntryFactory(division=ruoduo)

    with checks_away(LEDGER):
        change(LEDGER, entry.pk, column, value)

    assert list(constraint_faults(LedgerEntry)) == [f"ledger entry {entry.pk}: {words}"]


@pytest.mark.slow
def test_rows_that_keep_their_constraints_are_no_fault(ruoduo):
    LedgerEntryFactory.create_batch(2, division=ruoduo)
    IncomeRecordFactory(household__village=ruoduo)

    assert list(rows_that_break_a_constraint()) == []


def test_a_doubled_voucher_is_named(ruoduo):
    _first, second = LedgerEntryFactory.create_batch(2, division=ruoduo)
    without_unique(LEDGER, "entry_voucher")
    run(f"UPDATE {LEDGER} SET voucher = 'V'")

    assert list(constraint_faults(LedgerEntry)) == [
        f"ledger entry {second.pk}: another has the same, which is to be unique (entry_voucher)"
    ]


def test_uniqueness_holds_among_those_that_it_is_about(ruoduo):
    superseded = IncomeRecordFactory(household__village=ruoduo)
    change("beneficiaries_incomerecord", superseded.pk, "superseded_at", "2020-01-01 00:00:00+00:00")
    IncomeRecordFactory(household=superseded.household, village=ruoduo)

    assert list(constraint_faults(IncomeRecord)) == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps this rule in the table's own text")
def test_a_doubled_series_is_named(db):
    VoucherSeries.objects.create(area="513228", year=2019)
    second = VoucherSeries.objects.create(area="513228", year=2020)
    without_unique("projects_voucherseries", "voucher_series_once")
    run("UPDATE projects_voucherseries SET year = 2019")

    assert list(constraint_faults(VoucherSeries)) == [
        f"voucher series {second.pk}: another has the same, which is to be unique (voucher_series_once)"
    ]


@pytest.mark.slow
def test_a_key_without_its_record_is_named(ruoduo):
    entry = LedgerEntryFactory(division=ruoduo)
    kept = entry.source_id
    with checks_away(LEDGER):
        change(LEDGER, entry.pk, "source_id", 99999)

    found = list(constraint_faults(LedgerEntry))
    change(LEDGER, entry.pk, "source_id", kept)

    assert found == [f"ledger entry {entry.pk}: funding source: there is no such record"]


def test_rules_in_force_are_no_fault(db):
    assert list(rules_that_are_not_in_force()) == []


def test_a_rule_that_was_taken_away_is_named(db):
    trigger, table = next(triggers.expected(connection.vendor))
    with connection.cursor() as cursor:
        cursor.execute(triggers._drop(connection.vendor, trigger, table))

    found = list(rules_that_are_not_in_force())
    triggers.install(connection)

    assert found == [f"{table}: {trigger}: this rule of the database is not in force"]


def emptied(trigger: str, table: str) -> list[str]:
    """A rule that lets everything through, under the name of one that does not."""
    if connection.vendor == "postgresql":
        body = "BEGIN RETURN NEW; END"
        return [f'CREATE OR REPLACE FUNCTION "{trigger}"() RETURNS trigger LANGUAGE plpgsql AS $rule$ {body} $rule$']
    return [
        f'DROP TRIGGER "{trigger}"',
        f'CREATE TRIGGER "{trigger}" BEFORE UPDATE ON "{table}" WHEN 1 = 0 BEGIN SELECT RAISE(ABORT, \'no\'); END',
    ]


def test_a_rule_that_was_emptied_is_named(db):
    trigger, table = next(triggers.expected(connection.vendor))
    with connection.cursor() as cursor:
        for statement in emptied(trigger, table):
            cursor.execute(statement)

    found = list(rules_that_are_not_in_force())
    triggers.install(connection)

    assert found == [f"{trigger}: this rule of the database was altered"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a trigger of SQLite is not switched off")
def test_a_rule_that_was_switched_off_or_given_a_condition_is_named(db):
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE {LEDGER} DISABLE TRIGGER "keep_entry_posted_stays"')
        cursor.execute('DROP TRIGGER "keep_entry_posted_is_kept" ON projects_ledgerentry')
        cursor.execute(
            'CREATE TRIGGER "keep_entry_posted_is_kept" BEFORE DELETE ON projects_ledgerentry FOR EACH ROW '
            'WHEN (false) EXECUTE FUNCTION "keep_entry_posted_is_kept"()'
        )

    assert list(rules_that_are_not_in_force()) == [
        "projects_ledgerentry: keep_entry_posted_stays: this rule of the database is not in force",
        "keep_entry_posted_is_kept: this rule of the database was altered",
    ]


def test_a_frozen_report_of_another_content_is_named(db):
    closing = YearClosing.objects.create(area="513228", year=2018, proposed_by="a", proposed_at=timezone.now())
    facts = {"closing": closing, "language": "en", "file_name": "a.csv", "rows": 1}
    FrozenReport.objects.create(slug="a", content=b"a", sha256=sha256(b"a").hexdigest(), **facts)
    other = FrozenReport.objects.create(slug="b", content=b"b", sha256=sha256(b"a").hexdigest(), **facts)

    (fault,) = frozen_reports_that_are_others()

    assert fault == (f"frozen report {other.pk} (a.csv): its content has the SHA-256 {sha256(b'b').hexdigest()}")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps this rule in the table's own text")
def test_what_is_never_empty_is_named_where_it_is(db):
    source = FundingSourceFactory()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE projects_fundingsource ALTER COLUMN name DROP NOT NULL")
    change("projects_fundingsource", source.pk, "name", None)

    assert list(constraint_faults(FundingSource)) == [f"funding source {source.pk}: name is empty"]

"""Rows that came together, told by one event."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from alleviation.audit import trail
from alleviation.audit.bulk import digest_of, line_of, tell_born, tell_ended
from alleviation.audit.history import changes_of, events_of, recorders
from alleviation.audit.models import AuditEvent, ImportBatch, Verb
from alleviation.audit.replay import states_of
from alleviation.audit.values import values_of
from alleviation.audit.verification.bulk import batches_that_are_not_what_came
from alleviation.audit.verification.tables import table_faults
from beneficiaries.models import IncomeRecord
from tests.audit.tampering import rules_away
from tests.factories import HouseholdFactory, IncomeRecordFactory

AT = timezone.now()
CHANGING = ("reason", "state", "recorded_by_id", "checked_at", "checked_by_id", "check_note", "superseded_at")


@pytest.fixture
def incomes(ruoduo) -> list[IncomeRecord]:
    """Three incomes that came in one file, told by one event."""
    households = [HouseholdFactory(village=ruoduo) for _ in range(3)]
    with trail.together():
        rows = [IncomeRecordFactory(household=one, recorded_at=AT) for one in households]
        alike = {name: value for name, value in values_of(rows[0]).items() if name in CHANGING}
        batch = trail.open_batch(kind=ImportBatch.Kind.FILE, title="2019.csv", by="clerk")
        tell_born(IncomeRecord, at=AT, alike=alike, by="clerk", batch=batch, first=rows[0].pk, last=rows[-1].pk)
    return rows


@pytest.fixture
def ended(incomes) -> list[IncomeRecord]:
    """The same incomes, the first two of which another file took the place of."""
    later = AT + timedelta(hours=1)
    with trail.together():
        IncomeRecord.objects.filter(pk__in=[one.pk for one in incomes[:2]]).update(superseded_at=later)
        batch = trail.open_batch(kind=ImportBatch.Kind.FILE, title="2019 again.csv", by="clerk")
        select = f"SELECT id FROM beneficiaries_incomerecord WHERE id <> {incomes[2].pk} ORDER BY id"
        tell_ended(IncomeRecord, select, at=later, by="clerk", batch=batch)
    return incomes


def birth_of(incomes: list[IncomeRecord]) -> AuditEvent:
    """The event that tells of all of them."""
    (event,) = (event for event in events_of(incomes[0]) if event.verb == Verb.CREATED)
    return event


def faults() -> list[str]:
    return [*batches_that_are_not_what_came(), *table_faults(IncomeRecord)]


def test_rows_that_came_together_are_played_again_with_every_column(ended):
    stored = {row.pk: values_of(row) for row in IncomeRecord.objects.order_by("pk")}

    states = dict(states_of(IncomeRecord))

    assert states == stored
    assert faults() == []


def test_a_later_change_of_one_row_is_played_on_top(incomes):
    income = IncomeRecord.objects.get(pk=incomes[1].pk)
    income.check_note, income.state = "Look again.", "returned"
    income.checked_at = timezone.now()
    trail.record(verb=Verb.CHANGED, subject=income, by="x", after={"check_note": "Look again.", "state": "returned"})

    states = dict(states_of(IncomeRecord))

    assert [states[one.pk]["check_note"] for one in incomes] == ["", "Look again.", ""]


def test_the_digest_of_the_database_is_that_of_the_lines(incomes):
    event = birth_of(incomes)

    rows, digest = digest_of(line_of(IncomeRecord, values_of(one)) for one in incomes)

    assert (event.after["rows"], event.after["digest"]) == (rows, digest)


def test_who_entered_a_row_is_who_brought_them_all(incomes):
    assert recorders(IncomeRecord, [one.pk for one in incomes]) == dict.fromkeys([one.pk for one in incomes], "clerk")


@pytest.mark.parametrize("change", [{"wage_income": Decimal("10000.01")}, {"persons": 5}, {"year": 2018}])
def test_a_row_that_was_changed_spoils_its_batch(incomes, change):
    with rules_away():
        IncomeRecord.objects.filter(pk=incomes[1].pk).update(**change)

    number = birth_of(incomes).pk
    assert faults() == [f"event {number}, 2019.csv: its rows are not those that came"]


def test_a_row_that_is_gone_is_missed(incomes):
    with rules_away():
        IncomeRecord.objects.filter(pk=incomes[1].pk)._raw_delete("default")

    number = birth_of(incomes).pk
    assert faults() == [f"event {number}, 2019.csv: 2 rows are there, 3 came"]


def test_a_row_that_was_put_among_them_is_found(incomes):
    IncomeRecordFactory(household=incomes[0].household, year=2018, recorded_at=AT)

    number = birth_of(incomes).pk
    assert faults() == [f"event {number}, 2019.csv: 4 rows are there, 3 came"]


def test_a_row_that_was_brought_back_is_found(ended):
    with rules_away():
        IncomeRecord.objects.filter(pk=ended[0].pk).update(superseded_at=None)

    assert [fault.split(": ")[1] for fault in faults()] == ["1 rows are there, 2 came"]


def test_a_row_that_was_removed_with_an_event_is_not_missed(incomes):
    with rules_away():
        trail.remove(incomes[1], by="remove_example")

    assert faults() == []


def test_the_event_of_many_reads_well_in_the_history_of_one(ended):
    later, birth = events_of(ended[0])[:2]

    told = {change.field: change.after for change in changes_of(birth)}
    assert (told["together"], told["verification"]) == ("3 records, with “2019.csv”", "waits to be verified")
    assert [change.field for change in changes_of(later)] == ["together", "corrected at"]
    assert {"digest", "alike", "first", "rows"}.isdisjoint(told)

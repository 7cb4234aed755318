"""Incomes are verified, or returned with a note, by somebody else than who recorded them."""

import threading
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, connections

from alleviation.accounts.models import User
from alleviation.audit.models import AuditEvent
from alleviation.audit.versions import ChangedMeanwhile
from beneficiaries import actions
from beneficiaries.models import IncomeRecord
from beneficiaries.rollups.jumps import beside_year_before
from beneficiaries.rollups.waiting import unverified_incomes
from tests.closings import closed
from tests.factories import NO_OTHER_INCOME, HouseholdFactory, IncomeRecordFactory, UserFactory, place


@pytest.fixture
def income(ruoduo, clerk) -> IncomeRecord:
    """What a household of Ruoduo earned in 2019, as the clerk recorded it."""
    return IncomeRecordFactory(household=HouseholdFactory(village=ruoduo), recorded_by=clerk)


def stored() -> IncomeRecord:
    return IncomeRecord.objects.standing().get()


def test_an_income_is_verified_by_another_person(income, reviewer):
    actions.verify_incomes([income], by=reviewer)

    event = AuditEvent.objects.get()
    assert (stored().state, stored().checked_by) == ("verified", reviewer)
    assert stored().checked_at is not None
    assert (event.actor, event.verb, event.after["state"]) == ("reviewer-of-heishui", "changed", "verified")
    assert not IncomeRecord.objects.waiting().exists()


def test_an_income_is_returned_with_its_note_and_corrected_by_a_new_record(income, reviewer, clerk):
    actions.return_income(income, note=" The wages look twice too high ", by=reviewer)
    returned = stored()
    correction = stored()
    correction.wage_income, correction.reason = Decimal("5000.00"), "A digit was wrong"
    actions.record_income(correction, by=clerk)

    assert (returned.state, returned.check_note) == ("returned", "The wages look twice too high")
    assert (stored().state, stored().check_note, stored().wage_income) == ("submitted", "", Decimal("5000.00"))
    assert IncomeRecord.objects.get(pk=income.pk).state == "returned"


def test_what_was_returned_may_turn_out_right_after_all(income, reviewer):
    actions.return_income(income, note="Is that so?", by=reviewer)

    actions.verify_incomes([income], by=reviewer)

    assert (stored().state, stored().check_note) == ("verified", "")


def test_a_note_is_asked_for(income, reviewer):
    with pytest.raises(ValidationError) as refused:
        actions.return_income(income, note="  ", by=reviewer)

    assert refused.value.message_dict == {"check_note": ["Say what is wrong with the income."]}
    assert stored().state == "submitted"


def test_nobody_checks_what_they_recorded(income, reviewer):
    own = IncomeRecordFactory(household=income.household, year=2018, recorded_by=reviewer)

    with pytest.raises(PermissionDenied, match="You recorded this income"):
        actions.verify_incomes([income, own], by=reviewer)

    assert set(IncomeRecord.objects.values_list("state", flat=True)) == {"submitted"}


def test_what_a_command_recorded_any_reviewer_verifies(income, reviewer):
    actions.verify_incomes([IncomeRecordFactory(household=income.household, year=2018)], by=reviewer)

    assert IncomeRecord.objects.get(year=2018).state == "verified"


@pytest.mark.parametrize("who", ["county_clerk", "auditor", "manager"])
def test_only_reviewers_check(request, income, who):
    with pytest.raises(PermissionDenied):
        actions.verify_incomes([income], by=request.getfixturevalue(who))

    assert stored().state == "submitted"


def test_a_command_checks_nothing(income):
    with pytest.raises(PermissionDenied, match="checked by a person"):
        actions.verify_incomes([income], by="load_example")


def test_a_reviewer_of_another_area_checks_nothing(income, hezhou):
    far = UserFactory(username="far", role="reviewer", area="451102")

    with pytest.raises(PermissionDenied):
        actions.verify_incomes([income], by=far)

    assert stored().state == "submitted"


def test_a_corrected_income_is_not_verified(income, reviewer, clerk):
    correction = stored()
    correction.wage_income, correction.reason = Decimal("5000.00"), "A digit was wrong"
    actions.record_income(correction, by=clerk)

    with pytest.raises(ValidationError, match="corrected meanwhile"):
        actions.verify_incomes([income], by=reviewer)


def test_what_is_verified_is_not_returned(income, reviewer):
    actions.verify_incomes([income], by=reviewer)

    with pytest.raises(ValidationError, match="“verified”"):
        actions.return_income(income, note="No", by=reviewer)


def test_what_changed_since_it_was_shown_is_not_verified(income, reviewer):
    income.seen_version = 0
    actions.return_income(IncomeRecord.objects.get(), note="Look again", by=reviewer)

    with pytest.raises(ChangedMeanwhile):
        actions.verify_incomes([income], by=reviewer)

    assert stored().state == "returned"


def test_a_closed_year_is_checked_no_more(income, reviewer):
    closed(reviewer, year=2019)

    with pytest.raises(ValidationError) as refused:
        actions.verify_incomes([income], by=reviewer)

    assert list(refused.value.message_dict) == ["year"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_of_two_who_check_at_once_one_is_told(income, reviewer):
    other = UserFactory(username="second-reviewer", role="reviewer", area="513228")
    gate, told = threading.Barrier(2), []

    def check(by: User, does) -> None:
        try:
            one = IncomeRecord.objects.get(pk=income.pk)
            one.seen_version = 0
            gate.wait(10)
            does(one, by)
            told.append("done")
        except ValidationError:
            told.append("refused")
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=check, args=(reviewer, lambda one, by: actions.verify_incomes([one], by=by))),
        threading.Thread(target=check, args=(other, lambda one, by: actions.return_income(one, note="No", by=by))),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == ["done", "refused"]
    assert AuditEvent.objects.filter(subject_type="beneficiaries.incomerecord").count() == 1


@pytest.mark.parametrize(
    ("now", "persons", "jumps"),
    [
        ("15000.00", 4, False),  # 3,750 beside 2,500: half more is no jump yet
        ("15000.01", 4, True),
        ("5000.00", 4, False),  # 1,250: half less
        ("4999.99", 4, True),
        ("15000.00", 2, True),  # 7,500
        ("3750.00", 1, False),
    ],
)
def test_an_income_jumps_by_more_than_half_per_person(ruoduo, now, persons, jumps):
    household = HouseholdFactory(village=ruoduo)
    IncomeRecordFactory(household=household, year=2018, persons=4)
    amounts = {**NO_OTHER_INCOME, "wage_income": Decimal(now)}
    income = IncomeRecordFactory(household=household, year=2019, persons=persons, **amounts)

    beside = beside_year_before([income])[income.pk]

    assert (beside.is_jump, beside.per_capita_before) == (jumps, Decimal("2500"))


def test_an_income_without_a_year_before_jumps_from_nothing(income):
    beside = beside_year_before([income])[income.pk]

    assert (beside.is_jump, beside.per_capita_before, beside.per_capita) == (False, None, Decimal("2500"))


def test_waiting_incomes_are_counted_by_the_village_of_their_year(income, xili, ruoduo, reviewer):
    verified = IncomeRecordFactory(household=HouseholdFactory(village=xili))
    actions.verify_incomes([verified], by=reviewer)
    IncomeRecordFactory(household=income.household, year=2018)
    IncomeRecordFactory(household=HouseholdFactory(village=xili))
    IncomeRecordFactory(household=HouseholdFactory(village=place("451102100200")))

    found = [(one.village, one.records) for one in unverified_incomes("513228", 2019)]

    assert found == [(xili, 1), (ruoduo, 1)]

"""Explaining a case: one person gives the reason, another accepts or declines it, and it holds until a day."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from alleviation.audit.models import AuditEvent
from alleviation.common.query import Query
from alleviation.scrutiny.actions import approve_waiver, ask_waiver, decline_waiver
from alleviation.scrutiny.flags import telling
from alleviation.scrutiny.flags.catalogue import BY_SLUG
from alleviation.scrutiny.flags.found import State, find, found_by, numbers, unexplained
from alleviation.scrutiny.models import Waiver
from tests.factories import LedgerEntryFactory, UserFactory, WaiverFactory

IDLE = BY_SLUG["idle-money"]


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def idle(ruoduo):
    """An allocation of 2019 that still lies there."""
    return LedgerEntryFactory(division=ruoduo, voucher="V")


def found(user, key="V"):
    return find(IDLE, key, Query(user=user))


def asked(user, *, days=30):
    return ask_waiver(
        found(user), by=user, reason="the permit is late", expires_on=timezone.localdate() + timedelta(days=days)
    )


def states(user):
    return numbers(found_by(IDLE, Query(user=user)))


# --- a life -------------------------------------------------------------------------------------------------------


def test_a_waiver_names_its_case_and_who_asked(idle, clerk, ruoduo, today):
    waiver = asked(clerk)

    waiver.refresh_from_db()
    assert (waiver.flag, waiver.case_key, waiver.area, waiver.year) == ("idle-money", "V", ruoduo.code, 2019)
    assert (waiver.state, waiver.asked_by, waiver.reason) == ("asked", "clerk-of-zhawo", "the permit is late")
    event = AuditEvent.objects.latest("id")
    assert (event.actor, event.verb, event.subject_type) == ("clerk-of-zhawo", "created", "scrutiny.waiver")


def test_a_case_is_open_then_waits_then_is_explained(idle, clerk, reviewer):
    lives = [states(clerk)]
    waiver = asked(clerk)
    lives.append(states(clerk))
    approve_waiver(waiver, by=reviewer)
    lives.append(states(clerk))

    assert lives == [{State.OPEN: 1}, {State.WAITING: 1}, {State.EXPLAINED: 1}]
    assert unexplained(Query(user=clerk)) == []


def test_an_explained_case_stays_listed_with_its_reason(idle, clerk, reviewer, manager, today):
    approve_waiver(asked(clerk), by=reviewer)

    (row,) = telling.rows(found_by(IDLE, Query(user=manager)))

    assert {name: row[name] for name in ("reason", "asked_by", "approver", "expires_on")} == {
        "reason": "the permit is late",
        "asked_by": "clerk-of-zhawo",
        "approver": "reviewer-of-heishui",
        "expires_on": today + timedelta(days=30),
    }


@pytest.mark.parametrize(("days", "state"), [(0, State.EXPLAINED), (-1, State.OPEN)])
def test_a_waiver_holds_on_its_last_day_and_not_after(days, state, idle, ruoduo, manager, today):
    waiver = WaiverFactory(case_key="V", area=ruoduo.code, expires_on=today + timedelta(days=days))
    decided(waiver)

    assert states(manager) == {state: 1}


def test_a_case_whose_waiver_has_expired_is_explained_anew(idle, ruoduo, clerk, reviewer, today):
    decided(WaiverFactory(case_key="V", area=ruoduo.code, expires_on=today - timedelta(days=1)))

    approve_waiver(asked(clerk), by=reviewer)

    assert states(clerk) == {State.EXPLAINED: 1}
    assert Waiver.objects.count() == 2


def test_a_declined_case_is_open_again_and_can_be_explained_anew(idle, clerk, reviewer):
    declined = decline_waiver(asked(clerk), by=reviewer, note="show the permit")
    after = states(clerk)

    asked(clerk)

    assert (declined.state, declined.decision_note, after) == ("declined", "show the permit", {State.OPEN: 1})
    assert states(clerk) == {State.WAITING: 1}


def test_a_waiver_explains_its_own_case_alone(idle, ruoduo, clerk, reviewer):
    LedgerEntryFactory(division=ruoduo, voucher="W")

    approve_waiver(asked(clerk), by=reviewer)

    assert states(clerk) == {State.EXPLAINED: 1, State.OPEN: 1}


# --- what is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "message"),
    [
        (-1, "That day is past; choose one to come."),
        (367, "Choose a day within a year; it can be asked for again then."),
    ],
)
def test_a_waiver_holds_from_today_until_a_year_ahead(days, message, idle, clerk):
    with pytest.raises(ValidationError) as refused:
        asked(clerk, days=days)

    assert refused.value.message_dict == {"expires_on": [message]}
    assert Waiver.objects.count() == 0


@pytest.mark.parametrize("days", [0, 366])
def test_the_first_and_the_last_day_may_be_asked_for(days, idle, clerk, today):
    assert asked(clerk, days=days).expires_on == today + timedelta(days=days)


def test_a_reason_is_given(idle, clerk, today):
    with pytest.raises(ValidationError) as refused:
        ask_waiver(found(clerk), by=clerk, reason="  ", expires_on=today)

    assert "reason" in refused.value.message_dict


def test_a_case_is_asked_for_once_at_a_time(idle, clerk, county_clerk, reviewer):
    waiver = asked(clerk)
    with pytest.raises(ValidationError, match=r"Somebody has asked for this already; it waits for a decision."):
        asked(county_clerk)
    approve_waiver(waiver, by=reviewer)

    with pytest.raises(ValidationError, match=r"This case is explained already\."):
        asked(county_clerk)


def test_two_who_ask_at_once_are_told(idle, clerk, county_clerk, monkeypatch):
    asked(clerk)
    monkeypatch.setattr(Waiver, "full_clean", lambda self, *args, **kwargs: None)

    with pytest.raises(ValidationError, match="Somebody has asked for this already"):
        asked(county_clerk)


@pytest.mark.parametrize("name", ["manager", "auditor", "administrator"])
def test_readers_explain_nothing(name, request, idle, clerk, today):
    user = request.getfixturevalue(name)

    with pytest.raises(PermissionDenied):
        ask_waiver(found(clerk), by=user, reason="x", expires_on=today)


def test_a_case_of_another_area_is_explained_by_nobody_else(idle, clerk, stranger, today):
    with pytest.raises(PermissionDenied):
        ask_waiver(found(clerk), by=stranger, reason="x", expires_on=today)
    assert found(stranger) is None
    assert Waiver.objects.count() == 0


@pytest.mark.parametrize("decide", [approve_waiver, decline_waiver])
def test_who_asked_does_not_decide(decide, idle, reviewer):
    waiver = asked(reviewer)

    with pytest.raises(PermissionDenied, match="You asked for this yourself"):
        decide(waiver, by=reviewer, note="x")
    assert states(reviewer) == {State.WAITING: 1}


@pytest.mark.parametrize("name", ["county_clerk", "manager", "auditor"])
def test_a_reviewer_decides(name, request, idle, clerk):
    waiver = asked(clerk)

    with pytest.raises(PermissionDenied):
        approve_waiver(waiver, by=request.getfixturevalue(name))


def test_a_command_decides_nothing(idle, clerk):
    with pytest.raises(PermissionDenied, match="This is decided by a person"):
        approve_waiver(asked(clerk), by="a-command")


def test_the_second_of_two_who_decide_is_told(idle, clerk, reviewer):
    second = UserFactory(username="second", role="reviewer", area="513228")
    waiver = asked(clerk)
    decline_waiver(waiver, by=reviewer, note="no")

    with pytest.raises(ValidationError, match="reviewer-of-heishui has decided this meanwhile: declined"):
        approve_waiver(waiver, by=second)
    assert states(clerk) == {State.OPEN: 1}


def test_what_has_expired_is_not_approved(idle, ruoduo, reviewer, today):
    waiver = WaiverFactory(case_key="V", area=ruoduo.code, expires_on=today - timedelta(days=1))

    with pytest.raises(ValidationError, match="That day is past"):
        approve_waiver(waiver, by=reviewer)


def test_it_is_said_why_a_waiver_is_declined(idle, clerk, reviewer):
    with pytest.raises(ValidationError, match="Say why it is declined"):
        decline_waiver(asked(clerk), by=reviewer, note=" ")


# --- what the database keeps --------------------------------------------------------------------------------------


def decided(waiver, state="approved", by="a-reviewer"):
    Waiver.objects.filter(pk=waiver.pk).update(state=state, decided_by=by, decided_at=timezone.now())


DECIDE = "UPDATE scrutiny_waiver SET state = 'approved', decided_by = %s, decided_at = asked_at WHERE id = %s"
ADD = (
    "INSERT INTO scrutiny_waiver (flag, case_key, area, year, reason, expires_on, state, asked_by, asked_at, "
    "decided_by, decided_at, decision_note) SELECT flag, 'another', area, year, reason, expires_on, 'approved', "
    "asked_by, asked_at, 'a-reviewer', asked_at, '' FROM scrutiny_waiver WHERE id = %s"
)


def refused_by_the_database(statement, *values):
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    return str(refused.value)


def test_the_database_lets_a_waiver_be_decided_once(db):
    waiver = WaiverFactory()
    with connection.cursor() as cursor:
        cursor.execute(DECIDE, ["a-reviewer", waiver.pk])

    assert "a waiver is decided as it was asked for, once" in refused_by_the_database(DECIDE, "another", waiver.pk)


@pytest.mark.parametrize("column", ["reason", "case_key", "flag", "area", "asked_by"])
def test_the_database_keeps_what_was_asked_for(column, db):
    waiver = WaiverFactory()

    said = refused_by_the_database(f"UPDATE scrutiny_waiver SET {column} = 'x' WHERE id = %s", waiver.pk)

    assert "a waiver is decided as it was asked for, once" in said


def test_the_database_keeps_the_last_day(db):
    waiver = WaiverFactory()

    said = refused_by_the_database("UPDATE scrutiny_waiver SET expires_on = '2099-01-01' WHERE id = %s", waiver.pk)

    assert "a waiver is decided as it was asked for, once" in said


def test_the_database_deletes_no_waiver(db):
    waiver = WaiverFactory()

    assert "a waiver is never deleted" in refused_by_the_database(
        "DELETE FROM scrutiny_waiver WHERE id = %s", waiver.pk
    )


def test_the_database_takes_no_waiver_that_is_born_decided(db):
    assert "a waiver begins by being asked for" in refused_by_the_database(ADD, WaiverFactory().pk)


def test_the_database_knows_that_who_asked_does_not_approve(db):
    waiver = WaiverFactory(asked_by="one")

    assert "waiver_asker_is_not_approver" in refused_by_the_database(DECIDE, "one", waiver.pk)

"""Personal data in full: to whom, why, how often, and what the trail tells of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from alleviation.audit.lately import events_since
from alleviation.audit.models import AuditEvent, TrailHead
from beneficiaries.actions import erase_person, find_household, register_person, reveal, transfer_person
from beneficiaries.actions.reasons import valid_reason
from beneficiaries.models import Household, Person
from tests.beneficiaries.numbers import a_person, card_number, id_number
from tests.factories import HouseholdFactory, UserFactory

REASON = "a letter is to be sent"
two_connections = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")


@pytest.fixture
def household(ruoduo) -> Household:
    """A household of one, of whom everything is known."""
    made = HouseholdFactory(village=ruoduo)
    register_person(a_person(made, name="张三丰"), by="a test", id_number=id_number(1), account_number=card_number(1))
    return made


def shown(household: Household, user: Any) -> list[tuple[object, ...]]:
    return [
        (one.name, one.born_on, one.id_number, one.account_number) for one in reveal(household, reason=REASON, by=user)
    ]


@pytest.mark.parametrize("role", ["clerk", "reviewer", "auditor"])
def test_who_may_is_shown_everything_and_the_trail_tells_why(household, role, request):
    user = request.getfixturevalue(role)

    assert shown(household, user) == [("张三丰", date(1961, 1, 1), id_number(1), card_number(1))]

    event = AuditEvent.objects.order_by("pk").last()
    assert (event.verb, event.actor, event.subject_type, event.subject_id, event.reason) == (
        "revealed", user.username, "beneficiaries.household", household.pk, REASON,
    )  # fmt: skip
    assert (event.before, event.after, event.subject) == ({}, {}, household.number)


@pytest.mark.parametrize("role", ["manager", "administrator", "stranger"])
def test_nobody_else_is_shown_anything(household, role, request):
    before = AuditEvent.objects.count()

    with pytest.raises(PermissionDenied):
        reveal(household, reason=REASON, by=request.getfixturevalue(role))

    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("reason", ["", "letter"[:4], " letr ", f"for {id_number(1)}", "x" * 301])
def test_without_a_reason_nothing_is_shown(household, clerk, reason):
    with pytest.raises(ValidationError) as refused:
        reveal(household, reason=reason, by=clerk)

    assert list(refused.value.message_dict) == ["reason"]
    assert AuditEvent.objects.filter(verb="revealed").count() == 0


@pytest.mark.parametrize("reason", ["a letter", " 核对银行卡 ", "letter 12 of 2019-03-04", "12345 678 90 1"])
def test_a_reason_is_taken_as_it_is(reason):
    assert valid_reason(reason) == reason.strip()


@pytest.mark.parametrize("digits", ["123456789012", "1234 5678 9012", "1234-5678-9012", "１２３４５６７８９０１２"])
def test_a_reason_with_a_number_is_refused_however_it_is_written(digits):
    with pytest.raises(ValidationError, match="Write no number"):
        valid_reason(f"for {digits}")


def test_a_number_is_shown_where_its_person_belongs_now(household, erniunai, reviewer):
    other = HouseholdFactory(village=erniunai)
    transfer_person(
        Person.objects.get(), to=other, on=date(2020, 5, 1), how="marriage", relation="spouse", by="a test"
    )

    assert shown(household, reviewer) == [("张三丰", date(1961, 1, 1), "", "")]
    assert shown(other, reviewer) == [("张三丰", date(1961, 1, 1), id_number(1), card_number(1))]


def test_somebody_erased_is_shown_empty(household, reviewer):
    erase_person(Person.objects.get(), reason=REASON, by=reviewer)

    assert shown(household, reviewer) == [("", None, "", "")]


# --- by a number ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "number"),
    [("resident_id", id_number(1)), ("bank_account", f" {card_number(1)[:4]} {card_number(1)[4:]}")],
)
def test_a_number_finds_its_household_and_the_trail_keeps_no_number(household, clerk, kind, number):
    assert find_household(kind, number, by=clerk) == household

    event = AuditEvent.objects.order_by("pk").last()
    assert (event.verb, event.actor, event.subject_type, event.subject) == (
        "revealed", clerk.username, "search", "person-by-number",
    )  # fmt: skip
    assert event.after == {"number": kind, "household": household.pk}


def test_a_foreign_number_is_told_as_nobodys(household, stranger):
    foreign, nobodys = (find_household("resident_id", id_number(n), by=stranger) for n in (1, 3))

    told = AuditEvent.objects.filter(verb="revealed").values_list("subject", "subject_id", "before", "after")
    assert (foreign, nobodys) == (None, None)
    assert len({str(one) for one in told}) == 1
    assert told[0][3] == {"number": "resident_id", "household": None}


def test_a_number_finds_where_its_person_belongs_now(household, erniunai, clerk, reviewer):
    other = HouseholdFactory(village=erniunai)
    transfer_person(
        Person.objects.get(), to=other, on=date(2020, 5, 1), how="marriage", relation="spouse", by="a test"
    )

    assert find_household("resident_id", id_number(1), by=reviewer) == other
    assert find_household("resident_id", id_number(1), by=clerk) is None


def test_what_is_no_number_is_told_and_no_search(household, clerk):
    with pytest.raises(ValidationError) as refused:
        find_household("resident_id", "1", by=clerk)

    assert list(refused.value.message_dict) == ["id_number"]
    assert AuditEvent.objects.filter(verb="revealed").count() == 0


@pytest.mark.parametrize("role", ["manager", "administrator"])
def test_nobody_else_searches(household, role, request):
    with pytest.raises(PermissionDenied):
        find_household("resident_id", id_number(1), by=request.getfixturevalue(role))


# --- how often --------------------------------------------------------------------------------------------------


def test_reveals_and_searches_of_an_hour_are_counted_for_each_person(household, clerk, county_clerk, settings):
    settings.REVEALS_PER_HOUR = 2
    reveal(household, reason=REASON, by=clerk)
    find_household("resident_id", id_number(3), by=clerk)

    with pytest.raises(ValidationError, match="often as one may within an hour: 2") as refused:
        reveal(household, reason=REASON, by=clerk)
    with pytest.raises(ValidationError, match="Try again at"):
        find_household("resident_id", id_number(3), by=clerk)

    assert (refused.value.code, AuditEvent.objects.filter(verb="revealed").count()) == ("too_often", 2)
    assert len(shown(household, county_clerk)) == 1


def test_what_was_longer_ago_than_an_hour_does_not_count(household, clerk, settings, monkeypatch):
    settings.REVEALS_PER_HOUR = 1
    reveal(household, reason=REASON, by=clerk)
    later = AuditEvent.objects.order_by("pk").last().at + timedelta(hours=1)

    monkeypatch.setattr("beneficiaries.actions.revealing.timezone.now", lambda: later - timedelta(seconds=1))
    with pytest.raises(ValidationError, match="Try again at"):
        reveal(household, reason=REASON, by=clerk)
    monkeypatch.setattr("beneficiaries.actions.revealing.timezone.now", lambda: later)

    assert len(shown(household, clerk)) == 1


@two_connections
@pytest.mark.django_db(transaction=True)
def test_who_asks_many_times_at_once_is_shown_no_more_often(ruoduo, settings):
    settings.REVEALS_PER_HOUR = 2
    household, user, barrier = HouseholdFactory(village=ruoduo), UserFactory(role="auditor"), Barrier(6)

    def ask(_number: int) -> str:
        barrier.wait(timeout=20)
        try:
            reveal(household, reason=REASON, by=user)
        except ValidationError as refused:
            return str(refused.code)
        finally:
            connection.close()
        return "shown"

    with ThreadPoolExecutor(6) as pool:
        found = sorted(pool.map(ask, range(6)))

    assert found == ["shown"] * 2 + ["too_often"] * 4
    assert AuditEvent.objects.filter(verb="revealed").count() == 2


@pytest.mark.sampled(3)
@pytest.mark.parametrize("ago", range(8))
def test_the_events_since_a_moment_are_found_by_halving(household, clerk, ago):
    for _one in range(5):
        find_household("resident_id", id_number(3), by=clerk)
    moments = list(AuditEvent.objects.order_by("pk").values_list("at", flat=True))
    moment = moments[-1] - timedelta(microseconds=1) * ago if ago < 2 else moments[ago % len(moments)]

    found = list(events_since(moment).order_by("pk").values_list("pk", flat=True))

    assert found == list(AuditEvent.objects.filter(at__gte=moment).order_by("pk").values_list("pk", flat=True))


def test_there_are_no_events_before_the_first(db):
    assert (TrailHead.objects.count(), events_since(date(2020, 1, 1)).count()) == (0, 0)

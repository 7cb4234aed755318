"""Records spoilt past the actions where all else is right: one check names the record, the others are silent."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import timezone

from alleviation.common import sealing
from beneficiaries.actions import move_household, register_person, split_household
from beneficiaries.models import (
    Household,
    HouseholdLink,
    HouseholdMove,
    IncomeRecord,
    Person,
    PersonNumber,
    StatusChange,
)
from beneficiaries.verification import CHECKS
from projects.models import Division
from tests.audit.tampering import rules_away
from tests.beneficiaries.numbers import a_person, card_number, id_number
from tests.closings import closed
from tests.factories import HouseholdFactory, IncomeRecordFactory, PersonFactory, StatusChangeFactory

pytestmark = pytest.mark.slow

BY = "manage.py test"
LATER = datetime(2038, 1, 1, tzinfo=UTC)


@pytest.fixture
def family(ruoduo: Division, xili: Division) -> Household:
    """A household that exited, split and moved, with members whose numbers are known and one who was erased."""
    household = HouseholdFactory(village=ruoduo, status="exited", status_since=date(2018, 3, 1))
    StatusChangeFactory(household=household, status="registered", happened_on=date(2014, 3, 1))
    StatusChangeFactory(household=household, was="registered", status="exited", happened_on=date(2018, 3, 1))
    head, son = a_person(household), a_person(household, relation="child")
    register_person(head, by=BY, id_number=id_number(1), account_number=card_number(1))
    register_person(son, by=BY, id_number=id_number(3))
    PersonFactory(household=household, name="", erased_at=timezone.now())
    split_household(household, number="N3-2", members=[son], on=date(2019, 6, 1), by=BY)
    move_household(household, to=xili, on=date(2020, 3, 1), reason="move", by=BY)
    household.refresh_from_db()
    move_household(household, to=ruoduo, on=date(2021, 3, 1), reason="move", by=BY)
    for year in (2017, 2018):
        IncomeRecordFactory(household=household, village=ruoduo, year=year)
    household.refresh_from_db()
    return household


def said() -> list[str]:
    """What all checks say together."""
    return [fault for check in CHECKS for fault in check.faults()]


def checks_that_speak() -> int:
    return sum(1 for check in CHECKS if list(check.faults()))


def spoil(model: type[Any], place: int, **wrong: object) -> int:
    """Write past the rules into the record at this place of its table; returns its number."""
    number = int(model.objects.order_by("pk").values_list("pk", flat=True)[place])
    with rules_away():
        assert model.objects.filter(pk=number).update(**wrong) == 1
    return number


def test_where_all_went_through_the_actions_nothing_is_said(family):
    counted = {model: model.objects.count() for model in (StatusChange, HouseholdMove, Person, PersonNumber)}

    assert said() == []
    assert list(counted.values()) == [3, 2, 4, 3]


STATUS = "household record %s: its status is not that of its last change"
HOME = "household record %s: it is not where its last move led"
ID, ACCOUNT = (f"person record %s: the {what} is not reserved" for what in ("identity number", "bank account"))
NOBODY = "number record %s: no such person in its household"
NOT_EMPTY = "person record %s: erased, and not empty"

SPOILT: tuple[tuple[Callable[[], int], str], ...] = (
    (lambda: spoil(Household, 0, status="monitored"), STATUS),
    (lambda: spoil(Household, 0, status_since=date(2018, 3, 2)), STATUS),
    (lambda: spoil(Household, 0, status_since=None), STATUS),
    (lambda: spoil(Household, 0, number="X1"), HOME),
    (lambda: spoil(StatusChange, 1, was="monitored"), "change of status %s: the one before it led elsewhere"),
    (lambda: spoil(HouseholdLink, 0, other_number=99_999), "link %s: no such other household"),
    (lambda: spoil(PersonNumber, 0, household_number=99_999), NOBODY),
    (lambda: spoil(PersonNumber, 0, sealed="gAAAAA"), "number record %s: no key opens it"),
    (
        lambda: spoil(PersonNumber, 0, sealed=sealing.seal(id_number(5))),
        "number record %s: it is kept under the digest of another",
    ),
    (lambda: spoil(PersonNumber, 0, digest="0" * 64), "number record %s: it is kept under the digest of another"),
    (lambda: spoil(Person, 1, account_tail="1234"), ACCOUNT),
    (lambda: spoil(Person, 2, name="测试"), NOT_EMPTY),
    (lambda: spoil(Person, 2, birth_year=1961), NOT_EMPTY),
    (lambda: spoil(Person, 2, labour="none"), NOT_EMPTY),
)


@pytest.mark.parametrize(("spoiling", "fault"), SPOILT)
def test_one_check_names_the_spoilt_record_and_no_other_speaks(family, spoiling, fault):
    number = spoiling()

    assert said() == [fault % number]
    assert checks_that_speak() == 1


def test_a_change_that_leads_elsewhere_is_told_at_the_one_that_follows(family):
    spoil(StatusChange, 0, status="cleared")
    follows = StatusChange.objects.order_by("pk")[1]

    assert said() == [f"change of status {follows.pk}: the one before it led elsewhere"]


def test_a_move_that_led_elsewhere_is_told_at_the_one_that_follows(family, erniunai):
    spoil(HouseholdMove, 0, to_village=erniunai)
    follows = HouseholdMove.objects.order_by("pk")[1]

    assert said() == [f"move {follows.pk}: the one before it led elsewhere"]


def test_a_last_move_that_led_elsewhere_is_told_at_the_household(family, erniunai):
    spoil(HouseholdMove, 1, to_village=erniunai)

    assert said() == [HOME % family.pk]


def test_a_number_given_to_nobody_is_missed_by_its_person_too(family):
    row = spoil(PersonNumber, 0, person_number=99_999)
    person = Person.objects.order_by("pk").first()

    assert said() == [NOBODY % row, ID % person.pk]


def test_a_number_that_is_gone_is_missed_in_each_row_of_its_person(family):
    son = PersonNumber.objects.order_by("-pk").first()
    rows = Person.objects.filter(key=son.person_number).order_by("pk")

    with rules_away():
        son.delete()

    assert said() == [ID % person.pk for person in rows]
    assert len(rows) == 2


def test_a_number_of_somebody_erased_is_named_by_its_own_check(family):
    erased = Person.objects.get(name="")
    facts = {"kind": "bank_account", "household_number": family.pk, "person_number": erased.key}
    number = card_number(9)
    kept = {"digest": sealing.digest(number, of="bank_account"), "sealed": sealing.seal(number)}

    row = PersonNumber.objects.create(**facts, **kept, key_mark=sealing.mark())

    assert said() == [f"number record {row.pk}: its person was erased"]


def test_a_second_membership_is_named_and_the_first_is_not(family):
    head = Person.objects.order_by("pk").first()
    elsewhere = HouseholdFactory(village=family.village)

    with rules_away():
        second = PersonFactory(household=elsewhere, key=head.key, joined_on=date(2030, 1, 1))

    assert said() == [f"person record {second.pk}: a member elsewhere at that time"]


def test_a_household_that_ended_too_early_is_told_by_members_and_incomes(family):
    spoil(Household, 0, ended_on=date(2017, 6, 1), ended_as="moved_away")
    late = IncomeRecord.objects.get(year=2018)
    members = Person.objects.filter(household=family).order_by("pk")

    assert said() == [
        *(f"person record {person.pk}: a member of a household that has ended" for person in members),
        f"income record {late.pk}: of a year after the household ended",
    ]


@pytest.mark.parametrize("column", ["recorded_at", "superseded_at"])
def test_an_income_written_after_its_year_was_closed_is_named(family, reviewer, column):
    closed(reviewer, area="513228212", year=2018)
    other_year = spoil(IncomeRecord, 0, **{column: LATER})
    assert said() == []

    late = spoil(IncomeRecord, 1, **{column: LATER})

    assert said() == [f"income record {late}: written after 513228212 2018 was closed"]
    assert other_year != late

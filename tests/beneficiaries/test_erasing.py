"""A person who is erased: what identifies them is gone everywhere, and every sum stays."""

import re
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from alleviation.audit.models import AuditEvent
from alleviation.common.query import Query
from beneficiaries.actions import erase_person, find, register_person, transfer_person
from beneficiaries.models import Person, PersonNumber
from beneficiaries.rollups import on_register_each, per_capita_income
from beneficiaries.verification import privacy as checks
from tests.beneficiaries.numbers import a_person, card_number, id_number
from tests.factories import HouseholdFactory, IncomeRecordFactory, UserFactory

REASON = "asked for by the person"
FACTS = {"name": "张三丰", "health": "serious", "schooling": "primary", "in_school": "not", "labour": "weak"}


@pytest.fixture
def person(ruoduo) -> Person:
    """Somebody of whom everything is recorded."""
    made = a_person(HouseholdFactory(village=ruoduo), **FACTS)
    register_person(made, by="a test", id_number=id_number(1), account_number=card_number(1))
    IncomeRecordFactory(household=made.household)
    return made


def test_what_identifies_a_person_is_gone_and_the_rest_stays(person, reviewer):
    before = Person.objects.values("household", "key", "relation", "sex", "joined_on", "left_on").get()

    erase_person(person, reason=REASON, by=reviewer)

    row = Person.objects.get()
    assert {getattr(row, name) for name in Person.ERASED} == {"", None}
    assert row.erased_at is not None
    assert Person.objects.values(*before).get() == before
    assert PersonNumber.objects.count() == 0
    assert list(checks.numbers_of_the_erased()) == []


def test_every_row_of_the_person_is_emptied(person, reviewer, erniunai):
    other = HouseholdFactory(village=erniunai)
    transfer_person(person, to=other, on=date(2020, 5, 1), how="marriage", relation="spouse", by="a test")

    erase_person(Person.objects.get(household=other), reason=REASON, by=reviewer)

    rows = Person.objects.order_by("pk")
    assert [(row.name, row.born_on, row.id_tail, bool(row.erased_at)) for row in rows] == [("", None, "", True)] * 2
    assert [row.left_on for row in rows] == [date(2020, 5, 1), None]


def test_no_sum_changes(person, reviewer, manager):
    def sums() -> list[object]:
        query = Query(user=manager)
        return [list(per_capita_income(query)), *on_register_each([query])]

    before = sums()

    erase_person(person, reason=REASON, by=reviewer)

    assert sums() == before
    assert before[1].persons == 1


def test_the_trail_tells_who_and_why_and_no_value(person, reviewer):
    erase_person(person, reason=REASON, by=reviewer)

    event = AuditEvent.objects.order_by("pk").last()
    told = str([event.before, event.after, event.subject, event.reason])
    canaries = [*FACTS.values(), id_number(1)[-4:], card_number(1)[-4:], "1961"]
    assert (event.actor, event.verb, event.subject_id, event.reason) == (
        reviewer.username, "changed", person.pk, REASON,
    )  # fmt: skip
    assert set(event.before) == {*Person.ERASED, "erased_at"}
    # A digest may hold these digits by chance, among others.
    assert [word for word in canaries if re.search(rf"\b{word}\b", told)] == []


def test_the_number_of_somebody_erased_is_free_for_nobody_and_somebody_else(person, reviewer):
    erase_person(person, reason=REASON, by=reviewer)
    erased = Person.objects.get()

    assert find("resident_id", id_number(1)) == []
    with pytest.raises(ValidationError, match="This person was erased"):
        register_person(erased, by="a test", id_number=id_number(1))
    other = a_person(person.household)
    register_person(other, by="a test", id_number=id_number(1))
    assert other.key != erased.key


def test_twice_is_refused(person, reviewer):
    erase_person(person, reason=REASON, by=reviewer)
    events = AuditEvent.objects.count()

    with pytest.raises(ValidationError, match="This person was erased already"):
        erase_person(person, reason=REASON, by=reviewer)

    assert AuditEvent.objects.count() == events


@pytest.mark.parametrize("reason", ["", "    ", "asks", f"for {id_number(1)}", "6228 4800 0000 0000 001", "x" * 301])
def test_a_reason_is_needed_and_holds_no_number(person, reviewer, reason):
    with pytest.raises(ValidationError) as refused:
        erase_person(person, reason=reason, by=reviewer)

    assert list(refused.value.message_dict) == ["reason"]
    assert Person.objects.get().erased_at is None


@pytest.mark.parametrize("name", ["clerk", "county_clerk", "manager", "auditor", "administrator"])
def test_only_a_reviewer_erases(person, name, request):
    with pytest.raises(PermissionDenied):
        erase_person(person, reason=REASON, by=request.getfixturevalue(name))

    assert Person.objects.get().name == "张三丰"


def test_a_reviewer_of_another_area_does_not(person, hezhou):
    with pytest.raises(PermissionDenied):
        erase_person(person, reason=REASON, by=UserFactory(role="reviewer", area="451102"))

    assert Person.objects.get().name == "张三丰"


def test_who_went_over_to_another_area_is_erased_from_there(person, erniunai):
    other = HouseholdFactory(village=erniunai)
    arrived = transfer_person(person, to=other, on=date(2020, 5, 1), how="marriage", relation="spouse", by="a test")
    here, there = (UserFactory(role="reviewer", area=area) for area in ("513228212", "513228213"))

    with pytest.raises(PermissionDenied):
        erase_person(person, reason=REASON, by=here)
    erase_person(arrived, reason=REASON, by=there)

    assert set(Person.objects.values_list("name", flat=True)) == {""}


@pytest.mark.parametrize("values", [{"name": "back"}, {"born_on": date(1961, 1, 1)}, {"erased_at": None}])
def test_the_database_keeps_the_erased_erased(person, reviewer, values):
    erase_person(person, reason=REASON, by=reviewer)

    with pytest.raises(IntegrityError, match="a person who was erased stays erased"), transaction.atomic():
        Person.objects.filter(pk=person.pk).update(**values)

    assert Person.objects.get().erased_at is not None


def test_the_database_takes_no_new_row_of_the_erased(person, reviewer):
    erase_person(person, reason=REASON, by=reviewer)
    Person.objects.update(left_on=date(2020, 12, 31), left_as="move")
    elsewhere = HouseholdFactory(village=person.household.village)

    with pytest.raises(IntegrityError, match="a person who was erased stays erased"), transaction.atomic():
        Person.objects.bulk_create([a_person(elsewhere, key=person.key, joined_on=date(2021, 1, 1))])

    assert Person.objects.count() == 1

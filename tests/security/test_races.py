"""Two people at the same moment: on PostgreSQL in two threads, and elsewhere as what the second one finds."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from alleviation.common import guard
from beneficiaries import actions as register
from beneficiaries.models import Household, Person, PersonNumber
from projects import actions
from projects.models import Claim
from tests.admin_pages import errors, page, submit
from tests.conftest import signed_in
from tests.factories import DocumentFactory, HouseholdFactory, LedgerEntryFactory, ProjectFactory, UserFactory

AT_ONCE = 6
NUMBER = "11010519491231002X"
two_connections = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")


def at_once(act: Callable[[int], object]) -> list[object]:
    """What each of several threads gets or is refused, all begun at the same moment."""
    barrier = Barrier(AT_ONCE)

    def run(number: int) -> object:
        barrier.wait(timeout=20)
        try:
            return act(number)
        except ValidationError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


@two_connections
@pytest.mark.django_db(transaction=True)
def test_vouchers_given_at_once_neither_repeat_nor_leave_a_gap(ruoduo):
    entries = LedgerEntryFactory.create_batch(AT_ONCE, division=ruoduo, state="submitted")
    reviewer = UserFactory(role="reviewer", area="513228")

    def post(number: int) -> str:
        return actions.post_entry(entries[number], by=reviewer).voucher

    assert sorted(at_once(post)) == [f"513228-2019-{n:05}" for n in range(1, AT_ONCE + 1)]


@two_connections
@pytest.mark.django_db(transaction=True)
def test_claims_made_at_once_get_a_number_each():
    documents = [DocumentFactory() for _ in range(AT_ONCE)]

    def claim(number: int) -> str:
        made = Claim(document=documents[number], start=0, end=1, subject="A", attribute="b", measure="Q")
        actions.make_claim(made, by="a test")
        return made.code

    assert len(set(at_once(claim))) == AT_ONCE
    assert Claim.objects.count() == AT_ONCE


@two_connections
@pytest.mark.django_db(transaction=True)
def test_an_identity_number_is_one_persons_though_all_register_it_at_once(ruoduo):
    households = [HouseholdFactory(village=ruoduo) for _ in range(AT_ONCE)]

    found = at_once(lambda number: registered(households[number]))

    assert sorted(type(one).__name__ for one in found) == ["Person", *["ValidationError"] * (AT_ONCE - 1)]
    assert Person.objects.count() == PersonNumber.objects.count() == 1


def registered(household: Household) -> Person:
    person = Person(household=household, name="Somebody", relation="head")
    register.register_person(person, by="a test", id_number=NUMBER)
    return person


def test_a_number_of_somebody_else_registers_nobody(ruoduo):
    first = registered(HouseholdFactory(village=ruoduo))
    second = HouseholdFactory(village=ruoduo)

    with pytest.raises(ValidationError) as refused:
        registered(second)

    where = f"in household {first.household.number} of Ruoduo Village: transfer them from there."
    told = f"A person with this identity number is registered already, {where}"
    assert refused.value.message_dict == {"id_number": [told]}
    assert list(Person.objects.all()) == [first]


@pytest.mark.slow
def test_a_code_that_somebody_took_meanwhile_is_told_and_not_a_failure(county_clerk, ruoduo, monkeypatch):
    def too_late(record, **rest):
        with guard.writing():
            ProjectFactory(code="P-1", division=ruoduo)
        raise IntegrityError("UNIQUE constraint failed")

    monkeypatch.setattr("alleviation.audit.admin_base.entry.enter", too_late)
    fields = {"code": "P-1", "name": "Road", "kind": "road", "division": ruoduo.pk}

    response = submit(signed_in(county_clerk), page("projects_project", "add"), **fields)

    assert response.status_code == 200
    assert errors(response)["__all__"] == [
        "Somebody else has just entered the same. Look at it before you save again."
    ]

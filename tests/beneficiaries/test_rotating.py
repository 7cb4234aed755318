"""A new key for the numbers of persons: all or none, again and again, and while others write."""

from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection

from alleviation.audit.models import AuditEvent
from alleviation.common import sealing
from beneficiaries.actions import find, legacy_digest_of, numbers_of, register_person
from beneficiaries.models import Household, Person, PersonNumber
from beneficiaries.verification import privacy as checks
from tests.beneficiaries.numbers import a_person, card_number, id_number
from tests.factories import HouseholdFactory, PersonFactory

two_connections = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")


@pytest.fixture
def household(ruoduo, settings) -> Household:
    settings.PERSONAL_KEYS = ["old"]
    return HouseholdFactory(village=ruoduo)


def registered(household: Household, serial: int) -> Person:
    person = a_person(household)
    register_person(person, by="a test", id_number=id_number(serial), account_number=card_number(serial))
    return person


def rotated() -> str:
    out = StringIO()
    call_command("rotate_personal_keys", stdout=out)
    return out.getvalue()


def rows() -> list[object]:
    return list(PersonNumber.objects.order_by("pk").values_list("digest", "sealed", "key_mark"))


def test_every_number_gets_the_newest_key_and_is_found_without_the_old_one(household, settings, monkeypatch):
    monkeypatch.setattr("beneficiaries.actions.rotating.CHUNK", 3)
    people = [registered(household, serial) for serial in (1, 3)]
    settings.PERSONAL_KEYS = ["new", "old"]
    people.append(registered(household, 5))

    said = rotated().splitlines()

    settings.PERSONAL_KEYS = ["new"]
    assert said == [
        "4 numbers encrypted with the newest key; 2 were already.",
        "Every number opens with the newest key: the older ones can be taken away.",
    ]
    assert [numbers_of(person)["resident_id"] for person in people] == [id_number(n) for n in (1, 3, 5)]
    assert [row.person_number for row in find("bank_account", card_number(1))] == [people[0].key]
    assert set(PersonNumber.objects.values_list("key_mark", flat=True)) == {sealing.mark()}
    assert list(checks.sealed_numbers_that_do_not_hold()) == []


def test_a_second_run_changes_nothing(household, settings):
    registered(household, 1)
    settings.PERSONAL_KEYS = ["new", "old"]
    rotated()
    before, events = rows(), AuditEvent.objects.count()

    said = rotated()

    assert said.splitlines()[0] == "0 numbers encrypted with the newest key; 2 were already."
    assert (rows(), AuditEvent.objects.count()) == (before, events)


def test_the_trail_tells_how_many(household, settings):
    registered(household, 1)
    settings.PERSONAL_KEYS = ["new", "old"]

    rotated()

    event = AuditEvent.objects.order_by("pk").last()
    assert (event.actor, event.subject_type, event.after) == (
        "manage.py rotate_personal_keys", "keys", {"numbers": 2, "key": sealing.mark()},
    )  # fmt: skip


@pytest.mark.parametrize("chunk", [1, 500])
def test_where_no_key_opens_a_number_it_is_named_and_nothing_is_done(household, settings, monkeypatch, chunk):
    monkeypatch.setattr("beneficiaries.actions.rotating.CHUNK", chunk)
    registered(household, 1)
    settings.PERSONAL_KEYS = ["lost"]
    registered(household, 3)
    lost = list(PersonNumber.objects.filter(key_mark=sealing.mark()).order_by("pk").values_list("pk", flat=True))
    settings.PERSONAL_KEYS = ["new", "old"]
    before = rows()

    with pytest.raises(CommandError) as refused:
        rotated()

    assert str(refused.value) == (
        f"No key of PERSONAL_KEYS opens these number records: {lost[0]}, {lost[1]}. Nothing was changed: add the key "
        "with which they were encrypted."
    )
    assert rows() == before


def test_two_records_of_one_number_are_named(household, settings):
    registered(household, 1)
    settings.PERSONAL_KEYS = ["new"]
    registered(HouseholdFactory(village=household.village), 1)
    one, _account, other, _account = PersonNumber.objects.order_by("pk").values_list("pk", flat=True)
    settings.PERSONAL_KEYS = ["new", "old"]
    before = rows()

    with pytest.raises(CommandError, match=f"The number records {one} and {other} hold the same number"):
        rotated()

    assert rows() == before


def test_numbers_of_former_days_are_counted_and_left(household):
    person = PersonFactory(household=household)
    PersonNumber.objects.create(
        kind="resident_id", digest=legacy_digest_of(id_number(1)), household_number=household.pk,
        person_number=person.key,
    )  # fmt: skip

    said = rotated().splitlines()

    assert said == [
        "0 numbers encrypted with the newest key; 0 were already.",
        "1 number is known by a digest of SECRET_KEY alone, until it is entered again.",
    ]


@two_connections
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("serial", [1, 3, 5])
def test_servers_before_and_after_the_change_give_one_number_to_one_person(ruoduo, serial, monkeypatch):
    """Half of them write with the old key and half with the new one, as while the servers are restarted."""
    households = [HouseholdFactory(village=ruoduo) for _ in range(6)]
    barrier = Barrier(6)

    def keys() -> list[str]:
        from threading import current_thread

        return ["new", "old"] if current_thread().name.endswith(("0", "2", "4")) else ["old", "new"]

    monkeypatch.setattr(sealing, "_keys", keys)

    def register(number: int) -> str:
        barrier.wait(timeout=20)
        try:
            registered(households[number], serial)
        except ValidationError:
            return "refused"
        finally:
            connection.close()
        return "registered"

    with ThreadPoolExecutor(6, thread_name_prefix="server") as pool:
        found = sorted(pool.map(register, range(6)))

    assert found == ["refused"] * 5 + ["registered"]
    assert (Person.objects.count(), PersonNumber.objects.count()) == (1, 2)


@two_connections
@pytest.mark.django_db(transaction=True)
def test_who_registers_while_keys_are_changed_waits(ruoduo, settings):
    settings.PERSONAL_KEYS = ["old"]
    household = HouseholdFactory(village=ruoduo)
    people = [registered(household, serial) for serial in (1, 3)]
    settings.PERSONAL_KEYS = ["new", "old"]
    barrier = Barrier(5)

    def act(number: int) -> None:
        barrier.wait(timeout=20)
        try:
            if number == 4:
                rotated()
            else:
                register_person(people[number % 2], by="a test", id_number=id_number(7 + 2 * (number % 2)))
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(act, range(5)))

    settings.PERSONAL_KEYS = ["new"]
    assert [numbers_of(person) for person in people] == [
        {"resident_id": id_number(7), "bank_account": card_number(1)},
        {"resident_id": id_number(9), "bank_account": card_number(3)},
    ]

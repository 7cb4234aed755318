"""Records that change later and came with a file, told by one event."""

import pytest

from alleviation.audit import trail
from alleviation.audit.births import births_of, born, runs_of
from alleviation.audit.history import changes_of, events_of, recorders
from alleviation.audit.models import AuditEvent, ImportBatch, Verb
from alleviation.audit.replay import states_of
from alleviation.audit.values import values_of
from alleviation.audit.verification.bulk import batches_that_are_not_what_came
from alleviation.audit.verification.tables import table_faults
from beneficiaries.actions import erase_person, register_household, register_person
from beneficiaries.models import Household, Person
from tests.audit.tampering import rules_away
from tests.factories import HouseholdFactory, PersonFactory

SEALED = {"name", "born_on", "id_tail", "account_tail", "birth_year"}


def a_batch() -> ImportBatch:
    return trail.open_batch(kind=ImportBatch.Kind.FILE, title="register.csv", by="clerk")


@pytest.fixture
def people(ruoduo) -> list[Person]:
    """Three households of one person each, all of which came in one file; and one by hand before."""
    alone = HouseholdFactory.build(village=ruoduo)
    register_household(alone, by="a hand")
    register_person(PersonFactory.build(household=alone), by="a hand")
    households = HouseholdFactory.build_batch(3, village=ruoduo)
    with trail.together():
        batch = a_batch()
        trail.write_together(households, by="clerk", batch=batch)
        persons = [PersonFactory.build(household=one, health="healthy") for one in households]
        trail.write_together(persons, by="clerk", batch=batch)
    return persons


def birth() -> AuditEvent:
    return AuditEvent.objects.get(subject_type="beneficiaries.person", subject_id=None, actor="clerk")


def faults() -> list[str]:
    return [*batches_that_are_not_what_came(), *table_faults(Person)]


def changed(person: Person, **facts: object) -> Person:
    """A person after a change by the action of the pages."""
    stored = Person.objects.select_related("household").get(pk=person.pk)
    for name, value in facts.items():
        setattr(stored, name, value)
    register_person(stored, by="a hand")
    return stored


def test_one_event_tells_of_all_records_of_a_kind_and_names_nobody(people):
    told = AuditEvent.objects.filter(batch__title="register.csv").order_by("id")

    assert list(told.values_list("verb", "subject_type", "subject_id")) == [
        ("created", "beneficiaries.household", None),
        ("created", "beneficiaries.person", None),
    ]
    assert birth().after["rows"] == 3
    assert not any(one.name in str(vars(birth())) for one in people)


def test_records_of_a_file_are_played_again_with_every_column(people):
    stored = {row.pk: values_of(row) for row in Person.objects.filter(pk__in=[one.pk for one in people])}

    states = dict(states_of(Person))

    assert {number: states[number] for number in stored} == stored


def test_what_a_record_was_when_it_came_stays_known_through_later_changes(people):
    came = {number: values for number, _event, values in born(Person)}
    before = birth().at

    changed(people[1], health="serious", name="李四五")
    changed(people[1], health="chronic")
    erase_person(people[2], reason="asked for by the person", by="a command")

    assert {number: values for number, _event, values in born(Person)} == came
    assert came[people[1].pk]["health"] == values_of(people[1])["health"]
    then = dict(states_of(Person, before))
    assert {one.pk: then[one.pk] for one in people} == came
    assert faults() == []


def test_an_erased_person_is_in_no_event_of_the_file(people):
    erase_person(people[0], reason="asked for by the person", by="a command")

    told = born(Person)

    values = next(values for number, _event, values in told if number == people[0].pk)
    assert all(values[name] in (None, "") or set(values[name]) == {"sealed"} for name in SEALED)


@pytest.mark.parametrize("change", [{"health": "serious"}, {"name": "赵六七"}, {"key": 12345}])
def test_a_row_that_somebody_changed_spoils_its_file(people, change):
    with rules_away():
        Person.objects.filter(pk=people[1].pk).update(**change)

    assert faults() == [f"event {birth().pk}, register.csv: its rows are not those that came"]


def test_a_column_that_was_changed_twice_is_told_of_its_own_row(people):
    stored = changed(people[1], health="serious")
    with rules_away():
        Person.objects.filter(pk=stored.pk).update(health="chronic")

    (fault,) = faults()
    assert fault.startswith(f"person {stored.pk}: health is")


def test_a_row_that_is_gone_is_missed(people):
    with rules_away():
        Person.objects.filter(pk=people[1].pk)._raw_delete("default")

    assert faults() == [f"event {birth().pk}, register.csv: 2 rows are there, 3 came"]


def test_a_row_that_somebody_put_in_is_in_no_file(people):
    with rules_away():
        row = Person.objects.bulk_create([PersonFactory.build(household=people[0].household)])[0]

    number = Person.objects.order_by("-pk").values_list("pk", flat=True)[0]
    assert faults() == [f"person {row.pk or number}: no event tells who entered it"]


def test_a_record_that_was_removed_with_an_event_is_not_missed(people):
    with rules_away():
        changed(people[1], health="serious")
        trail.remove(Person.objects.get(pk=people[1].pk), by="remove_example")

    assert faults() == []
    assert people[1].pk not in dict(states_of(Person))


def test_a_digest_that_somebody_changed_is_told(people):
    event = birth()
    with rules_away():
        AuditEvent.objects.filter(pk=event.pk).update(after={**event.after, "digest": "0" * 64})

    assert faults() == [f"event {event.pk}, register.csv: its rows are not those that came"]


def test_ids_of_another_transaction_lie_between(people):
    with trail.together():
        later = [PersonFactory.build(household=people[0].household) for _ in range(2)]
        batch = a_batch()
        trail.write_together(later, by="other", batch=batch)
    event = AuditEvent.objects.filter(batch=batch, subject_type="beneficiaries.person").get()

    assert births_of(Person, [later[0].pk, people[0].pk, 10**9]) == {later[0].pk: event, people[0].pk: birth()}
    assert runs_of([3, 4, 5, 9, 11, 12]) == [[3, 5], [9, 9], [11, 12]]


def test_the_history_of_a_record_begins_with_its_file(people):
    stored = changed(people[1], health="serious")

    later, came = events_of(stored)

    assert (later.verb, later.subject_id, came.verb, came.subject_id) == ("changed", stored.pk, "created", None)
    assert [(one.field, one.after) for one in changes_of(came)] == [("together", "3 records, with “register.csv”")]
    assert recorders(Person, [one.pk for one in people]) == dict.fromkeys([one.pk for one in people], "clerk")


def test_a_record_by_hand_has_no_file(people):
    alone = Person.objects.exclude(pk__in=[one.pk for one in people]).get()

    assert births_of(Person, [alone.pk]) == {}
    assert recorders(Person, [alone.pk]) == {alone.pk: "a hand"}
    assert events_of(alone).get().verb == Verb.CREATED


def test_a_household_of_a_file_is_changed_by_hand_like_any_other(people):
    household = Household.objects.get(pk=people[0].household_id)
    household.seen_version, household.category = 0, "general"

    register_household(household, by="a hand")

    assert [*batches_that_are_not_what_came(), *table_faults(Household)] == []
    assert AuditEvent.objects.get(subject_id=household.pk, subject_type="beneficiaries.household").before == {
        "category": ""
    }

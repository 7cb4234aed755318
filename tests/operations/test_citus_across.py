"""A number of a household that no index keeps unique: the engine looks after each write, here on one PostgreSQL."""

import pytest
from django.db import IntegrityError, NotSupportedError, connection, transaction
from django.db.models import Q

from alleviation.common.guard import writing
from beneficiaries.models import Household, Person

TAKEN = 'duplicate key value violates unique constraint "household_village_number"'


@pytest.fixture
def homes(ruoduo, monkeypatch):
    """Three households of a village, written by the engine, without the index that machines cannot have."""
    if connection.vendor != "postgresql":
        pytest.skip("The engine is PostgreSQL's.")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE beneficiaries_household DROP CONSTRAINT IF EXISTS household_village_number")
    monkeypatch.setattr(connection.ops, "compiler_module", "alleviation.common.citus.compiler")
    monkeypatch.setattr(connection.ops, "_cache", None)
    with writing():
        yield Household.objects.bulk_create([Household(village=ruoduo, number=f"{n}") for n in (101, 102, 103)])


def numbers():
    return list(Household.objects.filter(number__startswith="10").order_by("pk").values_list("number", flat=True))


CONDITIONS = {
    "id": lambda homes: Q(pk=homes[1].pk),
    "ids": lambda homes: Q(pk__in=[homes[1].pk]),
    "village": lambda homes: Q(village=homes[1].village, number="102"),
    "village-joined": lambda homes: Q(village__code=homes[1].village.code, number="102"),
    "query": lambda homes: Q(pk__in=Household.objects.filter(number="102")),
    "negated": lambda homes: ~Q(pk__in=[homes[0].pk, homes[2].pk]) & Q(village=homes[0].village, number__gt="101"),
    "either": lambda homes: Q(pk=homes[2].pk) & Q(number="none") | Q(number="102"),
    "above": lambda homes: Q(pk__gt=homes[0].pk) & Q(pk__lt=homes[2].pk),
}


@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)
def test_a_number_that_another_household_has_is_refused_however_the_row_is_named(homes, condition):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Household.objects.filter(condition(homes)).update(number="101")

    assert (str(refused.value), numbers()) == (TAKEN, ["101", "102", "103"])


@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)
def test_a_number_that_is_free_is_written_however_the_row_is_named(homes, condition):
    written = Household.objects.filter(condition(homes)).update(number="109")

    assert (written, numbers()) == (1, ["101", "109", "103"])


def test_one_number_for_all_of_a_village_is_refused(homes):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Household.objects.filter(village=homes[0].village).update(number="104")

    assert (str(refused.value), numbers()) == (TAKEN, ["101", "102", "103"])


def test_rows_that_no_id_names_are_not_taken_for_those_of_the_household_that_is_set(homes):
    """To be asked for and not set is the household of a record that is saved; these would be left where they are."""
    head = Person.objects.create(household=homes[0], name="Zhang", relation="head")

    told = "name the rows by their ids to write their household"
    with pytest.raises(NotSupportedError, match=told), transaction.atomic():
        Person.objects.filter(relation="head").update(household=homes[1])

    assert Person.objects.get(pk=head.pk).household == homes[0]


def test_a_condition_that_nobody_meets_writes_nothing(homes):
    assert Household.objects.filter(number="999").update(number="101") == 0

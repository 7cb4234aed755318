"""Checks of tables that are told without the database come out as the database has them."""

from itertools import product

import pytest
from django.core.exceptions import FieldError
from django.db.models import CheckConstraint, F, Q

from alleviation.common import constraints
from beneficiaries.models import Household, Person
from tests.factories import HouseholdFactory, PersonFactory

CAUSES = ("", "illness", "land")


def kept_by_the_database(record) -> bool:
    """What the checks of a record come to, asked one by one."""
    values = record._get_field_expression_map(meta=record._meta)
    checks = [one for one in record._meta.constraints if isinstance(one, CheckConstraint)]
    return all(one.condition.check(values) for one in checks)


@pytest.mark.django_db
def test_causes_of_households_are_told_as_by_the_database():
    records = [
        Household(main_cause=main, second_cause=second, third_cause=third)
        for main, second, third in product(CAUSES, repeat=3)
    ]

    told = [constraints.keeps_checks(one) for one in records]

    assert told == [kept_by_the_database(one) for one in records]
    assert set(told) == {True, False}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"name": ""},
        {"left_on": "2020-01-01"},
        {"left_on": "2020-01-01", "left_as": "death"},
        {"left_on": "2020-01-01", "left_as": "death", "joined_on": "2021-01-01"},
        {"joined_as": "birth"},
    ],
)
def test_a_member_is_told_as_by_the_database(facts):
    person = PersonFactory.build(household=HouseholdFactory.build(), **facts)
    person.clean_fields(exclude=["household"] if person.name else ["household", "name"])

    assert constraints.keeps_checks(person) == kept_by_the_database(person)


@pytest.mark.parametrize("condition", [Q(name__startswith="a"), Q(name="a") ^ Q(name="b"), Q(name__lt=F("name__x"))])
def test_a_check_that_says_more_is_not_guessed_at(monkeypatch, condition):
    check = CheckConstraint(name="more", condition=condition)
    monkeypatch.setattr(Person, "get_constraints", lambda self: [(Person, [check])])

    with pytest.raises(FieldError):
        constraints.keeps_checks(Person(name="a"))

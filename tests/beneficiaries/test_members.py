"""Members of households in time: joining, leaving, going over to another, and never in two at once."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from beneficiaries.actions import (
    end_household,
    leave_household,
    numbers_of,
    register_person,
    transfer_person,
)
from beneficiaries.actions.persons import FACTS
from beneficiaries.choices import NumberKind
from beneficiaries.models import Household, Person, PersonNumber
from beneficiaries.verification import (
    memberships_that_overlap,
    numbers_without_their_person,
    persons_whose_tail_has_no_number,
)
from tests.beneficiaries.numbers import a_person, card_number, id_number
from tests.beneficiaries.test_moves import refused
from tests.factories import HouseholdFactory, PersonFactory, UserFactory
from tests.security.test_races import AT_ONCE, at_once, two_connections

WEDDING = date(2019, 10, 1)
ALREADY = "A person with this identity number is registered already"


@pytest.fixture
def household(ruoduo) -> Household:
    return HouseholdFactory(village=ruoduo, number="001")


@pytest.fixture
def other(xili) -> Household:
    return HouseholdFactory(village=xili, number="002")


@pytest.fixture
def daughter(household, clerk) -> Person:
    person = a_person(household, name="王小明", relation="child", schooling="junior", labour="skilled")
    register_person(person, by=clerk, id_number=id_number(2, "19980512"), account_number=card_number(7))
    return person


def marry(person: Person, to: Household, by, **facts) -> Person:
    return transfer_person(person, to=to, by=by, **{"on": WEDDING, "how": "marriage", "relation": "spouse", **facts})


def members_on(household: Household, day: date) -> list[int]:
    """The persons who belonged to a household at the end of a day, by their keys."""
    rows = Person.objects.filter(household=household)
    return sorted(
        one.key
        for one in rows
        if (one.joined_on is None or one.joined_on <= day) and (one.left_on is None or one.left_on > day)
    )


# --- going over -------------------------------------------------------------------------------------------------


def test_a_person_who_marries_is_the_same_in_the_other_household_with_all_facts(daughter, household, other, clerk):
    arrived = marry(daughter, other, clerk)

    left, stored = Person.objects.get(pk=daughter.pk), Person.objects.get(pk=arrived.pk)
    own = {"relation"}
    assert {name: getattr(stored, name) for name in FACTS if name not in own} == {
        name: getattr(left, name) for name in FACTS if name not in own
    }
    assert (left.relation, left.left_on, left.left_as) == ("child", WEDDING, "marriage")
    assert (stored.relation, stored.joined_on, stored.joined_as, stored.left_on) == (
        "spouse",
        WEDDING,
        "marriage",
        None,
    )
    assert [members_on(household, date(2019, 9, 30)), members_on(other, date(2019, 9, 30))] == [[daughter.key], []]
    assert [members_on(household, WEDDING), members_on(other, WEDDING)] == [[], [daughter.key]]


def test_the_numbers_of_a_person_go_along(daughter, other, clerk):
    arrived = marry(daughter, other, clerk)

    assert set(PersonNumber.objects.values_list("household_number", "person_number")) == {(other.pk, daughter.key)}
    assert numbers_of(arrived)[NumberKind.RESIDENT_ID] == id_number(2, "19980512")
    assert [*numbers_without_their_person(), *persons_whose_tail_has_no_number()] == []


def test_who_comes_back_belongs_to_the_first_household_again(daughter, household, other, clerk):
    there = marry(daughter, other, clerk)

    back = marry(there, household, clerk, on=date(2022, 3, 1), how="move", relation="child")

    days = (date(2018, 1, 1), date(2020, 1, 1), date(2023, 1, 1))
    assert [members_on(household, day) for day in days] == [[daughter.key], [], [daughter.key]]
    assert back.joined_as == "move"
    assert list(memberships_that_overlap()) == []


def test_a_former_membership_keeps_its_facts_and_may_be_put_right(daughter, other, clerk):
    marry(daughter, other, clerk)
    former = Person.objects.get(pk=daughter.pk)
    former.schooling = "senior"

    register_person(former, by=clerk)

    assert list(Person.objects.order_by("pk").values_list("schooling", flat=True)) == ["senior", "junior"]


@pytest.mark.parametrize("how", ["", "death", "split", "merger", "whim"])
def test_a_transfer_has_a_reason_of_its_own(daughter, other, clerk, how):
    assert refused(marry, daughter, other, clerk, how=how) == {"how": ["Say why: marriage, moved out, other."]}


def test_a_person_does_not_go_where_they_are_or_where_nobody_is(daughter, household, other, clerk):
    end_household(other, on=date(2019, 1, 1), how="died_out", by=clerk)

    assert refused(marry, daughter, household, clerk) == {"to": ["Name another household."]}
    assert refused(marry, daughter, other, clerk) == {"to": ["The household ended on 2019-01-01."]}
    assert Person.objects.get().left_on is None


def test_a_person_leaves_once(daughter, other, clerk):
    seen = Person.objects.get()
    marry(daughter, other, clerk)

    for act in (lambda: marry(seen, other, clerk), lambda: leave_household(seen, on=WEDDING, how="move", by=clerk)):
        with pytest.raises(ValidationError) as error:
            act()
        assert error.value.messages == ["The person left this household already, on 2019-10-01."]

    assert Person.objects.count() == 2


def test_of_a_household_outside_the_area_nothing_is_told(daughter, erniunai, clerk, county_clerk, stranger):
    foreign = HouseholdFactory(village=erniunai)

    assert refused(marry, daughter, foreign, clerk) == {"to": ["There is no such household in your area."]}
    for by, person, to in ((stranger, daughter, foreign), (clerk, PersonFactory(household=foreign), foreign)):
        with pytest.raises((PermissionDenied, ValidationError)):
            marry(person, to, by)
    marry(daughter, foreign, county_clerk)

    assert members_on(foreign, WEDDING) == sorted({daughter.key, Person.objects.get(name="测试").key})


# --- leaving ----------------------------------------------------------------------------------------------------


def test_the_day_of_leaving_is_no_longer_theirs(daughter, household, clerk):
    leave_household(daughter, on=WEDDING, how="death", by=clerk)

    stored = Person.objects.get()
    assert (stored.left_on, stored.left_as, daughter.left_on) == (WEDDING, "death", WEDDING)
    assert [members_on(household, day) for day in (date(2019, 9, 30), WEDDING)] == [[daughter.key], []]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"how": ""}, "how"),
        ({"how": "merger"}, "how"),
        ({"on": date(2999, 1, 1)}, "on"),
        ({"on": date(1998, 5, 11)}, "on"),
        ({"on": date(2017, 12, 31)}, "on"),
    ],
)
def test_nobody_leaves_for_no_reason_in_time_to_come_or_before_they_came(household, clerk, facts, field):
    person = a_person(household, born_on=date(1998, 5, 12), joined_on=date(2018, 1, 1), joined_as="move")
    register_person(person, by=clerk)

    said = refused(leave_household, person, **{"on": WEDDING, "how": "move", "by": clerk, **facts})

    assert list(said) == [field]
    assert Person.objects.get().left_on is None


def test_only_a_clerk_of_the_area_says_that_somebody_left(daughter, request):
    for name in ("stranger", "reviewer", "manager", "auditor", "administrator"):
        with pytest.raises(PermissionDenied):
            leave_household(daughter, on=WEDDING, how="death", by=request.getfixturevalue(name))

    assert Person.objects.get().left_on is None


# --- joining ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("facts", [{"born_on": date(2018, 6, 1)}, {"birth_year": 2019}])
def test_nobody_joins_before_they_are_born(household, clerk, facts):
    person = a_person(household, joined_on=date(2018, 5, 31), joined_as="birth", **facts)

    assert refused(register_person, person, by=clerk) == {"joined_on": ["The person was not born yet."]}
    person.joined_on = date(2019, 6, 1)
    register_person(person, by=clerk)

    assert Person.objects.count() == 1


def test_nobody_joins_a_household_that_has_ended(household, clerk):
    end_household(household, on=date(2019, 1, 1), how="moved_away", by=clerk)

    for joined in ({}, {"joined_on": date(2018, 1, 1)}):
        said = refused(register_person, a_person(household, **joined), by=clerk)
        assert said == {"joined_on": ["The household ended on 2019-01-01."]}


def test_a_day_of_joining_that_reaches_into_another_membership_is_refused(daughter, other, clerk):
    arrived = marry(daughter, other, clerk)

    for day in (date(2019, 9, 30), None):
        arrived.joined_on, arrived.joined_as = day, "marriage" if day else ""
        assert refused(register_person, arrived, by=clerk) == {
            "joined_on": ["The person is a member of another household at that time."]
        }
        with pytest.raises(IntegrityError, match="belongs to one household at a time"), transaction.atomic():
            arrived.save()
    arrived.joined_on, arrived.joined_as = date(2019, 10, 2), "marriage"
    register_person(arrived, by=clerk)

    assert Person.objects.get(pk=arrived.pk).joined_on == date(2019, 10, 2)


# --- entered anew -----------------------------------------------------------------------------------------------


def test_a_member_of_another_household_is_transferred_and_not_entered_again(daughter, other, clerk):
    again = a_person(other)

    said = refused(register_person, again, by=clerk, id_number=id_number(2, "19980512"))

    assert said == {"id_number": [f"{ALREADY}, in household 001 of Ruoduo Village: transfer them from there."]}
    assert Person.objects.count() == 1


def test_where_a_person_is_registered_is_not_told_outside_the_area(daughter, hezhou, stranger):
    village = HouseholdFactory(village=hezhou)

    said = refused(register_person, a_person(village), by=stranger, id_number=id_number(2, "19980512"))

    assert said == {"id_number": [f"{ALREADY}. Whoever enters records of both households can transfer them."]}


def test_who_left_and_comes_back_under_the_same_number_is_the_same_person(daughter, other, clerk):
    leave_household(daughter, on=WEDDING, how="move", by=clerk)
    number = id_number(2, "19980512")

    assert list(refused(register_person, a_person(other), by=clerk, id_number=number)) == ["joined_on"]
    overlapping = a_person(other, joined_on=date(2019, 9, 1), joined_as="move")
    assert list(refused(register_person, overlapping, by=clerk, id_number=number)) == ["joined_on"]
    register_person(a_person(other, joined_on=date(2021, 1, 1), joined_as="move"), by=clerk, id_number=number)

    assert set(Person.objects.values_list("key", "household")) == {
        (daughter.key, daughter.household_id),
        (daughter.key, other.pk),
    }
    assert PersonNumber.objects.get(kind=NumberKind.RESIDENT_ID).household_number == other.pk
    assert list(numbers_without_their_person()) == []


def test_who_is_dead_is_not_entered_again(daughter, other, clerk):
    leave_household(daughter, on=WEDDING, how="death", by=clerk)
    again = a_person(other, joined_on=date(2021, 1, 1), joined_as="move")

    said = refused(register_person, again, by=clerk, id_number=id_number(2, "19980512"))

    assert said == {"id_number": ["The person with this identity number is recorded as dead."]}


# --- at once ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@two_connections
@pytest.mark.django_db(transaction=True)
def test_of_several_who_transfer_a_person_at_once_one_does(ruoduo):
    person = PersonFactory(household__village=ruoduo)
    homes = [HouseholdFactory(village=ruoduo) for _ in range(AT_ONCE)]
    clerk = UserFactory(role="clerk", area="513228")

    found = at_once(lambda number: marry(Person.objects.get(pk=person.pk), homes[number], clerk))

    arrived = [one for one in found if isinstance(one, Person)]
    refusals = {message for one in found if not isinstance(one, Person) for message in one.messages}
    assert (len(arrived), refusals) == (1, {"The person left this household already, on 2019-10-01."})
    assert Person.objects.filter(key=person.key).count() == 2
    assert Person.objects.get(key=person.key, left_on__isnull=True).pk == arrived[0].pk

"""Households that are split, merged and ended; and that what happened is never rewritten."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from beneficiaries.actions import (
    end_household,
    leave_household,
    merge_household,
    move_household,
    record_enrolment,
    record_income,
    register_person,
    split_household,
)
from beneficiaries.models import (
    Enrolment,
    Household,
    HouseholdLink,
    HouseholdMove,
    IncomeRecord,
    Person,
    StatusChange,
    status_on,
)
from beneficiaries.verification import CHECKS
from tests.beneficiaries.test_members import members_on
from tests.beneficiaries.test_moves import refused
from tests.beneficiaries.test_statuses import to
from tests.closings import closed
from tests.factories import (
    NO_OTHER_INCOME,
    HouseholdFactory,
    HouseholdLinkFactory,
    HouseholdMoveFactory,
    MonitoringFactory,
    PersonFactory,
    ProjectFactory,
    ResponsibilityFactory,
    StatusChangeFactory,
)

SPLIT, MERGED = date(2020, 3, 1), date(2022, 5, 1)
FACTS = {"category": "subsistence", "main_cause": "illness", "second_cause": "land"}


@pytest.fixture
def household(ruoduo) -> Household:
    return HouseholdFactory(village=ruoduo, number="001", status_since=date(2014, 5, 1), **FACTS)


@pytest.fixture
def family(household) -> list[Person]:
    return [PersonFactory(household=household, name=name) for name in ("甲", "乙", "丙")]


def split(household: Household, members: list[Person], by, *, on: date = SPLIT, number: str = "001-1") -> Household:
    return split_household(household, number=number, members=members, on=on, by=by)


def keys(members: list[Person]) -> list[int]:
    return sorted(one.key for one in members)


def faults() -> list[str]:
    """What the checks of this floor that read no sums find."""
    return [fault for check in CHECKS if not check.is_slow for fault in check.faults()]


# --- split ------------------------------------------------------------------------------------------------------


def test_a_split_makes_a_household_of_its_own_with_what_was_common(household, family, clerk, ruoduo):
    made = split(household, family[1:], clerk)

    stored = Household.objects.get(pk=made.pk)
    assert (stored.village, stored.number, stored.status, stored.status_since) == (
        ruoduo,
        "001-1",
        "registered",
        SPLIT,
    )
    assert {name: getattr(stored, name) for name in FACTS} == FACTS
    assert list(HouseholdLink.objects.values_list("household", "kind", "other_number", "happened_on")) == [
        (made.pk, "split_from", household.pk, SPLIT)
    ]
    assert [status_on(stored, day) for day in (date(2020, 2, 29), SPLIT)] == ["", "registered"]
    assert faults() == []


def test_those_who_leave_are_the_same_persons_and_the_others_stay(household, family, clerk):
    made = split(household, family[1:], clerk)

    before, day = date(2020, 2, 29), SPLIT
    assert (members_on(household, before), members_on(made, before)) == (keys(family), [])
    assert (members_on(household, day), members_on(made, day)) == (keys(family[:1]), keys(family[1:]))
    assert set(made.persons.values_list("joined_as", flat=True)) == {"split"}
    assert set(household.persons.filter(left_on=SPLIT).values_list("left_as", flat=True)) == {"split"}


def test_a_split_takes_the_status_of_its_day(household, family, clerk):
    to("exited", clerk, household, on=date(2018, 12, 20))

    assert split(household, family[:1], clerk).status == "exited"


def test_one_leaves_at_least_and_one_stays(household, family, clerk, ruoduo):
    foreign = PersonFactory(household__village=ruoduo)
    some = {"members": ["At least one member leaves, and at least one stays."]}

    assert refused(split, household, [], clerk) == some
    assert refused(split, household, family, clerk) == some
    assert refused(split, household, [foreign], clerk) == {"members": ["Choose present members of the household."]}
    assert (Household.objects.count(), HouseholdLink.objects.count()) == (2, 0)


def test_a_split_with_a_number_that_is_taken_or_none_is_refused_at_the_number(household, family, clerk):
    taken = ["The village has a household of this number already."]

    assert refused(split, household, family[:1], clerk, number="001") == {"number": taken}
    assert list(refused(split, household, family[:1], clerk, number=" ")) == ["number"]
    assert Household.objects.count() == 1


def test_a_split_comes_after_what_happened_to_the_household_and_after_its_members_came(household, family, clerk, xili):
    late = PersonFactory(household=household, joined_on=date(2020, 3, 2), joined_as="birth")
    assert list(refused(split, household, [late], clerk)) == ["on"]
    move_household(household, to=xili, on=date(2021, 1, 1), reason="move", by=clerk)

    said = refused(split, household, family[:1], clerk)

    assert said == {"on": ["The household moved or changed its status on 2021-01-01; enter what came after that."]}
    assert Household.objects.count() == 1


def test_a_split_merger_or_end_in_a_closed_year_is_refused(household, family, clerk, reviewer):
    other = HouseholdFactory(village=household.village)
    closed(reviewer, year=2020)

    for act in (
        lambda: split(household, family[:1], clerk),
        lambda: merge_household(household, into=other, on=SPLIT, by=clerk),
        lambda: end_household(household, on=SPLIT, how="moved_away", by=clerk),
    ):
        assert refused(act)["on"][0].startswith("The year 2020 of 513228 is closed.")


def test_a_household_has_no_years_before_it_was_split_off(household, family, clerk):
    made = split(household, family[:1], clerk)

    for year in (2019, 2020):
        income = IncomeRecord(household=made, year=year, persons=1, **NO_OTHER_INCOME)
        if year == 2019:
            assert refused(record_income, income, by=clerk) == {
                "year": ["The household was split from another on 2020-03-01."]
            }
        else:
            record_income(income, by=clerk)
    said = refused(move_household, made, to=made.village, on=date(2020, 2, 1), reason="move", by=clerk)

    assert (list(said), IncomeRecord.objects.get().year) == (["to"], 2020)


# --- merged and ended -------------------------------------------------------------------------------------------


def test_a_merger_takes_all_over_and_ends_the_household(household, family, clerk, xili):
    into = HouseholdFactory(village=xili)
    PersonFactory(household=into)
    ResponsibilityFactory(household=household)
    leave_household(family[0], on=date(2019, 1, 1), how="death", by=clerk)

    merge_household(household, into=into, on=MERGED, by=clerk, note="the son took them in")

    stored = Household.objects.get(pk=household.pk)
    assert (stored.ended_on, stored.ended_as, household.ended_on) == (MERGED, "merged", MERGED)
    assert list(stored.links.values_list("kind", "other_number", "note")) == [
        ("merged_into", into.pk, "the son took them in")
    ]
    assert members_on(household, MERGED) == []
    assert set(keys(family[1:])) < set(members_on(into, MERGED))
    assert stored.responsibilities.get().until_on == MERGED
    assert faults() == []


def test_a_merger_is_refused_with_itself_with_what_ended_and_outside_the_area(household, family, clerk, erniunai):
    ended = HouseholdFactory(village=household.village, ended_on=date(2021, 1, 1), ended_as="died_out")
    foreign = HouseholdFactory(village=erniunai)

    for into, message in (
        (household, "Name another household."),
        (ended, "The household ended on 2021-01-01."),
        (foreign, "There is no such household in your area."),
    ):
        assert refused(merge_household, household, into=into, on=MERGED, by=clerk) == {"into": [message]}
    assert (Household.objects.get(pk=household.pk).ended_on, HouseholdLink.objects.count()) == (None, 0)


def test_nothing_more_happens_to_a_household_that_has_ended(household, family, clerk, xili):
    end_household(household, on=MERGED, how="moved_away", by=clerk)
    project = ProjectFactory(division=xili)
    ended = ["The household ended on 2022-05-01."]
    after = {"household": household, "year": 2023}

    assert set(household.persons.values_list("left_on", "left_as")) == {(MERGED, "move")}
    assert refused(move_household, household, to=xili, on=MERGED, reason="move", by=clerk) == {"on": ended}
    assert refused(split, household, family[:1], clerk, on=MERGED) == {"on": ended}
    assert refused(end_household, household, on=MERGED, how="died_out", by=clerk) == {"on": ended}
    assert refused(record_income, IncomeRecord(persons=1, **after, **NO_OTHER_INCOME), by=clerk) == {"year": ended}
    assert refused(record_enrolment, Enrolment(project=project, role="wage", **after), by=clerk) == {"year": ended}
    assert refused(register_person, Person(household=household, name="丁", relation="child"), by=clerk) == {
        "joined_on": ended
    }
    record_income(IncomeRecord(household=household, year=2022, persons=1, **NO_OTHER_INCOME), by=clerk)
    assert faults() == []


@pytest.mark.parametrize("how", ["died_out", "split"])
def test_a_household_in_which_somebody_lives_does_not_die_out(household, family, clerk, how):
    for member in family[:2]:
        leave_household(member, on=date(2021, 1, 1), how="death", by=clerk)

    said = refused(end_household, household, on=MERGED, how=how, by=clerk)
    assert said == {"how": ["Record first how each member left: somebody is a member still."]}
    leave_household(family[2], on=date(2021, 6, 1), how="death", by=clerk)
    assert refused(end_household, household, on=date(2021, 1, 1), how=how, by=clerk) == {
        "on": ["A member left after that day."]
    }
    end_household(household, on=MERGED, how=how, by=clerk)

    assert Household.objects.get().ended_as == how


def test_a_household_does_not_end_as_merged_by_itself(household, clerk):
    assert list(refused(end_household, household, on=MERGED, how="merged", by=clerk)) == ["how"]


def test_a_watch_ends_with_the_household(household, family, clerk):
    MonitoringFactory(household=household)

    end_household(household, on=MERGED, how="moved_away", by=clerk)

    assert list(household.monitorings.values_list("cleared_on", "cleared_reason")) == [
        (MERGED, "The household ended.")
    ]


def test_only_a_clerk_of_the_area_splits_merges_and_ends(household, family, request):
    other = HouseholdFactory(village=household.village)
    for name in ("stranger", "reviewer", "manager", "auditor", "administrator"):
        by = request.getfixturevalue(name)
        for act in (
            lambda by=by: split(household, family[:1], by),
            lambda by=by: merge_household(household, into=other, on=MERGED, by=by),
            lambda by=by: end_household(household, on=MERGED, how="moved_away", by=by),
        ):
            with pytest.raises(PermissionDenied):
                act()

    assert Person.objects.filter(left_on__isnull=False).count() == HouseholdLink.objects.count() == 0


# --- what the database keeps ------------------------------------------------------------------------------------

HISTORIES = ((StatusChange, StatusChangeFactory), (HouseholdMove, HouseholdMoveFactory))
HISTORIES += ((HouseholdLink, HouseholdLinkFactory),)


@pytest.mark.parametrize(("model", "make"), HISTORIES, ids=lambda one: one.__name__)
def test_what_happened_is_never_rewritten_nor_deleted(db, model, make):
    row = make()
    table = model._meta.db_table
    acts = {
        "never rewritten": (row.save, lambda: sql(f'UPDATE "{table}" SET id = id')),
        "never deleted": (row.delete, model.objects.all().delete, lambda: sql(f'DELETE FROM "{table}"')),
    }
    if connection.vendor == "sqlite":
        acts["recorded already"] = (lambda: sql(f'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}"'),)

    for message, refusals in acts.items():
        for act in refusals:
            with pytest.raises(IntegrityError, match=message), transaction.atomic():
                act()

    assert list(model.objects.all()) == [row]


@pytest.mark.parametrize(("model", "make"), HISTORIES, ids=lambda one: one.__name__)
def test_what_was_made_up_may_go(db, model, make):
    make(household__is_made_up=True)

    model.objects.all().delete()

    assert model.objects.count() == 0


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)

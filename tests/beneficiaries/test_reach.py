"""Households and persons in projects: each once, however many projects, roles and years they are in."""

from dataclasses import replace
from itertools import product
from random import Random
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.common.areas import covers
from alleviation.common.query import Query
from beneficiaries.models import Enrolment, Person
from beneficiaries.rollups import (
    People,
    enrolled,
    enrolled_each,
    enrolments,
    households_on_register,
    latest_enrolled_each,
    on_register_each,
    persons_by_village,
)
from projects.models import Division
from tests.factories import EnrolmentFactory, HouseholdFactory, PersonFactory, ProjectFactory


@pytest.fixture
def villages(ruoduo: Division, xili: Division, erniunai: Division) -> list[Division]:
    """Two villages of Zhawo and one of another countryside, nine households, two projects, five years."""
    random, projects = Random(4), [ProjectFactory(code=code, division=ruoduo) for code in ("P-1", "P-2")]
    for village, _number in product((ruoduo, xili, erniunai), range(3)):
        household = HouseholdFactory(village=village)
        PersonFactory.create_batch(random.randint(0, 5), household=household)
        parts = list(product(projects, ("dividend", "wage"), range(2018, 2023)))
        for project, role, year in random.sample(parts, random.randint(0, 9)):
            EnrolmentFactory(household=household, project=project, role=role, year=year)
    return [ruoduo, xili, erniunai]


def counted_by_hand(query: Query) -> People:
    """The sets of households and persons, gathered row by row."""
    households, persons = set(), set()
    for part in Enrolment.objects.select_related("household__village", "project"):
        code = part.household.village.code
        inside = query.prefixes is None or any(covers(prefix, code) for prefix in query.prefixes)
        is_asked = query.first_year <= part.year <= query.last_year and query.project_code in ("", part.project.code)
        if inside and is_asked and covers(query.user.area, code):
            households.add(part.household_id)
            persons |= {one.pk for one in Person.objects.all() if one.household_id == part.household_id}
    return People(len(households), len(persons))


def questions(user: User) -> list[Query]:
    everything = Query(user=user)
    years = [(1949, 2100), (2019, 2019), (2019, 2021), (2030, 2031)]
    places: list[Any] = [None, ("513228212",), ("513228212205",), ("513228213201", "513228212200"), ()]
    return [
        replace(everything, first_year=first, last_year=last, prefixes=place, project_code=project)
        for (first, last), place, project in product(years, places, ("", "P-1", "P-2", "P-9"))
    ]


@pytest.mark.slow
def test_enrolled_is_what_is_counted_by_hand(manager: User, clerk: User, villages: list[Division]) -> None:
    asked = [*questions(manager), *questions(clerk)]

    expected = [counted_by_hand(query) for query in asked]

    # 160 questions in four statements, more than one of them with people to count.
    assert enrolled_each(asked) == expected
    assert len(set(expected)) > 20
    assert enrolled(asked[0]) == expected[0]


def test_a_household_in_many_projects_and_years_counts_once(everything: Query, ruoduo: Division) -> None:
    household = HouseholdFactory(village=ruoduo)
    PersonFactory.create_batch(4, household=household)
    for project, year in product([ProjectFactory(), ProjectFactory()], (2019, 2020, 2021)):
        EnrolmentFactory(household=household, project=project, year=year)

    assert enrolled(everything) == People(households=1, persons=4)
    assert enrolments(everything).count() == 6


def test_on_register_counts_households_without_a_part_in_anything(manager: User, villages: list[Division]) -> None:
    asked = questions(manager)[::4]

    found = on_register_each(asked)

    assert [one.households for one in found] == [households_on_register(query) for query in asked]
    assert [one.persons for one in found] == [sum(persons_by_village(query).values()) for query in asked]
    assert found[0] == People(9, Person.objects.count(), made_up=0)


def test_who_may_see_no_figures_counts_nobody(administrator: User, villages: list[Division]) -> None:
    query = Query(user=administrator)

    assert (enrolled(query), on_register_each([query])) == (People(), [People()])
    assert (persons_by_village(query), enrolments(query).count()) == ({}, 0)


@pytest.mark.parametrize("number", [1, 3, 30])
def test_any_number_of_questions_costs_the_same(
    manager: User, villages: list[Division], number: int, django_assert_num_queries: Any
) -> None:
    asked = questions(manager)[:number]

    # the enrolments; the households, the persons and the made-up households on the register; the latest year
    with django_assert_num_queries(5):
        enrolled_each(asked)
        on_register_each(asked)
        latest_enrolled_each(asked)


def test_made_up_households_are_counted_among_them(everything: Query, ruoduo: Division) -> None:
    for is_made_up, year in ((True, 2019), (False, 2021)):
        household = HouseholdFactory(village=ruoduo, is_made_up=is_made_up)
        EnrolmentFactory.create_batch(2, household=household, year=year)

    assert enrolled(everything) == People(households=2, persons=0, made_up=1)
    assert on_register_each([everything]) == [People(households=2, persons=0, made_up=1)]
    early = replace(everything, last_year=2020)
    late = replace(everything, first_year=2022)
    assert latest_enrolled_each([everything, early, late]) == [2021, 2019, None]

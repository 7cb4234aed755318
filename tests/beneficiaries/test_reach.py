"""Households and persons in projects: each once, however many projects, roles, years and households they are in."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from itertools import product
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alleviation.accounts.models import User
from alleviation.common.query import Query
from beneficiaries.models import Enrolment, Household, Person
from beneficiaries.rollups import (
    People,
    Reach,
    ended_households,
    enrolled,
    enrolled_by_village,
    enrolled_each,
    enrolled_households,
    enrolments,
    households_on_register,
    latest_enrolled_each,
    on_register_each,
    persons_by_village,
    reach,
    reach_by_project,
    reach_by_project_and_year,
    reach_by_year,
    register_by_village,
)
from beneficiaries.rollups.reach import persons_through_households
from projects.models import Division, Project, Succession
from projects.rollups import area_query
from tests.beneficiaries.enrolling import Part, World, enrolment, random_world
from tests.factories import (
    EnrolmentFactory,
    HouseholdFactory,
    HouseholdMoveFactory,
    PersonFactory,
    ProjectFactory,
    StatusChangeFactory,
)

SEEDS = [2, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 3, 4, 5))]


@pytest.fixture
def villages(ruoduo: Division, xili: Division, erniunai: Division) -> list[Division]:
    return [ruoduo, erniunai, xili]


# --- by hand ------------------------------------------------------------------------------------------------------


@pytest.fixture
def moved(ruoduo: Division, xili: Division) -> dict[str, Project]:
    """Two households, and Ah Mei, who married from A (Ruoduo) into B (Xili) on 1 July 2018.

    A: Father and Ah Mei until then. B: Son from the start, and Ah Mei from then on.

    | project | year | whose        | amount | reaches             |
    | station | 2017 | A            | 100.00 | Father, Ah Mei      |
    | station | 2018 | A            | 100.00 | Father, Ah Mei      |
    | station | 2019 | A            | unknown| Father              |
    | station | 2018 | B            |  50.00 | Son, Ah Mei         |
    | road    | 2018 | B: Son alone | 900.10 | Son                 |
    Station: 2 households, 3 persons, 4 enrolments, 250.00 and one unknown. Road: 1 household, 1 person, 900.10.
    Both: 2 households, 3 persons, 5 enrolments: less than 2 + 1 and 3 + 1.
    """
    projects = {code: ProjectFactory(code=code, division=ruoduo, kind="road") for code in ("STATION", "ROAD")}
    a, b = HouseholdFactory(number="A", village=ruoduo), HouseholdFactory(number="B", village=xili)
    married = date(2018, 7, 1)
    PersonFactory(household=a, name="Father")
    mei = PersonFactory(household=a, name="Mei", left_on=married, left_as="marriage")
    PersonFactory(household=b, name="Mei", key=mei.key, joined_on=married, joined_as="marriage")
    son = PersonFactory(household=b, name="Son")
    station, road = projects["STATION"], projects["ROAD"]
    for household, project, year, amount, key in (
        (a, station, 2017, "100.00", None),
        (a, station, 2018, "100.00", None),
        (a, station, 2019, None, None),
        (b, station, 2018, "50.00", None),
        (b, road, 2018, "900.10", son.key),
    ):
        EnrolmentFactory(
            household=household, project=project, year=year, amount=amount and D(amount), person_key=key, role="wage"
        )
    return projects


def of(households: int, persons: int, services: int, known: str, unknown: int = 0) -> Reach:
    return Reach(households, persons, services, D(known), unknown)


def test_each_household_and_person_counts_once_whatever_the_filter(
    everything: Query, clerk: User, moved: dict[str, Project]
) -> None:
    asked: dict[str, Query] = {
        "all": everything,
        "station": replace(everything, project_code="STATION"),
        "road": replace(everything, project_id=moved["ROAD"].pk),
        "2018": everything.of_years(2018, 2018),
        "2019": everything.of_years(2019, 2019),
        "xili": replace(everything, prefixes=("513228212200",)),
        "dividends": replace(everything, of="role:dividend"),
        "wages": replace(everything, of="role:wage"),
        "a kind": replace(everything, project_kind="pv_village"),
        "of the countryside": Query(user=clerk),
    }

    assert {name: reach(query) for name, query in asked.items()} == {
        "all": of(2, 3, 5, "1150.10", 1),
        "station": of(2, 3, 4, "250.00", 1),
        "road": of(1, 1, 1, "900.10"),
        "2018": of(2, 3, 3, "1050.10"),
        "2019": of(1, 1, 1, "0.00", 1),
        # Ah Mei and Son.
        "xili": of(1, 2, 2, "950.10"),
        "dividends": Reach(),
        "wages": of(2, 3, 5, "1150.10", 1),
        "a kind": Reach(),
        "of the countryside": of(2, 3, 5, "1150.10", 1),
    }


def test_an_amount_that_nobody_knows_is_not_nothing(everything: Query, moved: dict[str, Project]) -> None:
    assert reach(everything.of_years(2019, 2019)).amount is None
    assert reach(everything.of_years(2020, 2020)).amount is None
    assert reach(everything.of_years(2018, 2019)).amount == D("1050.10")


def test_the_parts_of_a_reach_hold_more_than_the_whole(everything: Query, moved: dict[str, Project]) -> None:
    by_project = {one.key: one for one in reach_by_project(everything)}
    by_year = [(one.key, one.households, one.persons) for one in reach_by_year(everything)]
    cells = {one.key: one.persons for one in reach_by_project_and_year(everything)}
    station, road = moved["STATION"].pk, moved["ROAD"].pk

    assert by_project == {station: of(2, 3, 4, "250.00", 1), road: of(1, 1, 1, "900.10")}
    assert by_year == [(2017, 1, 2), (2018, 2, 3), (2019, 1, 1)]
    assert cells == {(station, 2017): 2, (station, 2018): 3, (station, 2019): 1, (road, 2018): 1}
    assert enrolled_by_village(everything) == {"513228212205": People(1, 2), "513228212200": People(1, 2)}


def test_a_household_is_told_with_those_reached_through_it_in_the_village_of_its_latest_part(
    everything: Query, moved: dict[str, Project], erniunai: Division
) -> None:
    Household.objects.filter(number="A").update(village=erniunai, number="A-9")

    found: list[Any] = list(enrolled_households(everything))

    # A moved after the years of its parts: today's number, the village of those years.
    told = [(one.place_code, one.number, one.members, one.parts) for one in found]
    assert told == [("513228212200", "B", 2, 2), ("513228212205", "A-9", 2, 3)]
    assert persons_through_households(everything) == 4


def test_the_day_on_which_somebody_leaves_is_no_longer_theirs(everything: Query, ruoduo: Division) -> None:
    household = HouseholdFactory(village=ruoduo)
    EnrolmentFactory(household=household, year=2018)
    for joined, left in (
        (None, date(2018, 1, 1)),
        (date(2019, 1, 1), None),
        (None, date(2018, 1, 2)),
        (date(2018, 12, 31), None),
    ):
        leaving = {"left_on": left, "left_as": "move"} if left else {}
        PersonFactory(household=household, joined_on=joined, **leaving)

    assert reach(everything).persons == 2
    assert set(Person.objects.of_year(2018)) == set(Person.objects.order_by("pk")[2:])


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("asked", "years"),
    [
        ({"household_status": "registered"}, [2018]),
        ({"household_status": "exited"}, [2019, 2020]),
        ({"household_status": "monitored"}, [2021]),
        ({"household_status": "none"}, [2017]),
        ({"household_status": "struck"}, []),
        ({"category": "destitute"}, [2017, 2018, 2019, 2020, 2021]),
        ({"category": "none"}, []),
        ({"cause": "illness"}, [2017, 2018, 2019, 2020, 2021]),
        ({"cause": "illness", "household_status": "monitored"}, [2021]),
        ({"cause": "water"}, []),
    ],
)
def test_a_household_counts_as_it_stood_at_the_end_of_each_year(
    everything: Query, ruoduo: Division, asked: dict[str, str], years: list[int]
) -> None:
    household = HouseholdFactory(
        village=ruoduo, status="monitored", category="destitute", main_cause="illness", second_cause="water"
    )
    for was, status, day in (
        ("", "registered", date(2018, 3, 1)),
        ("registered", "exited", date(2019, 12, 31)),
        ("exited", "monitored", date(2021, 1, 1)),
    ):
        StatusChangeFactory(household=household, was=was, status=status, happened_on=day)
    for year in range(2017, 2022):
        EnrolmentFactory(household=household, year=year)

    found = reach_by_year(replace(everything, **asked))

    assert [one.key for one in found] == years
    assert enrolled_each([replace(everything, **asked)]) == [People(int(bool(years)))]


def test_a_merged_village_is_asked_for_on_the_boundaries_of_today_or_as_recorded(
    auditor: User, ruoduo: Division, xili: Division
) -> None:
    """Ruoduo was merged into Xili in 2020, with household A; B was always of Xili."""
    Succession.objects.create(predecessor=ruoduo, successor=xili, kind="merged", source="made up for a test")
    a, b = (HouseholdFactory(village=xili, number=number) for number in "AB")
    HouseholdMoveFactory(
        household=a, from_village=ruoduo, to_village=xili, moved_on=date(2020, 1, 1), reason="village_merger"
    )
    for household, year, village in ((a, 2019, ruoduo), (a, 2021, xili), (b, 2019, xili), (b, 2021, xili)):
        EnrolmentFactory(household=household, year=year, village=village)
    today = {one.code: area_query(Query(user=auditor), one) for one in (ruoduo, xili)}
    recorded = {code: replace(query, boundaries="recorded") for code, query in today.items()}

    # In Ruoduo of today is what was recorded there; in Xili everything. As recorded, each has its own in both years.
    assert {code: reach(query).services for code, query in today.items()} == {ruoduo.code: 1, xili.code: 4}
    assert {code: reach(query).services for code, query in recorded.items()} == {ruoduo.code: 2, xili.code: 2}
    assert {code: reach(query).households for code, query in recorded.items()} == {ruoduo.code: 1, xili.code: 1}
    assert reach(replace(Query(user=auditor), boundaries="recorded")) == reach(Query(user=auditor))


def test_the_register_is_todays_and_says_how_many_ended(everything: Query, ruoduo: Division, xili: Division) -> None:
    here, there = HouseholdFactory(village=ruoduo, category="general"), HouseholdFactory(village=xili)
    gone = HouseholdFactory(village=ruoduo, ended_on=date(2020, 1, 1), ended_as="merged")
    leaving = {"left_on": date(2020, 1, 1), "left_as": "move"}
    for household, facts in ((here, {}), (here, leaving), (there, {}), (gone, leaving)):
        PersonFactory(household=household, **facts)

    assert (households_on_register(everything), ended_households(everything)) == (2, 1)
    assert on_register_each([everything]) == [People(2, 2)]
    assert persons_by_village(everything) == {xili.code: 1, ruoduo.code: 1}
    of_general = replace(everything, category="general")
    assert {code: one.households for code, one in register_by_village(of_general).items()} == {ruoduo.code: 1}
    assert (on_register_each([of_general]), persons_by_village(of_general)) == ([People(1, 1)], {ruoduo.code: 1})


def test_who_may_see_no_figures_counts_nobody(administrator: User, moved: dict[str, Project]) -> None:
    query = Query(user=administrator)

    assert (reach(query), enrolled(query), on_register_each([query])) == (Reach(), People(), [People()])
    assert (persons_by_village(query), enrolments(query).count()) == ({}, 0)


def test_made_up_households_are_counted_among_them(everything: Query, ruoduo: Division) -> None:
    for is_made_up, year in ((True, 2019), (False, 2021)):
        household = HouseholdFactory(village=ruoduo, is_made_up=is_made_up)
        EnrolmentFactory.create_batch(2, household=household, year=year)

    assert enrolled(everything) == People(households=2, persons=0, made_up=1)
    assert on_register_each([everything]) == [People(households=2, persons=0, made_up=1)]
    early = replace(everything, last_year=2020)
    late = replace(everything, first_year=2022)
    assert latest_enrolled_each([everything, early, late]) == [2021, 2019, None]


# --- whatever the world -------------------------------------------------------------------------------------------


def questions(world: World, user: User) -> list[tuple[Query, Callable[[Part], bool]]]:
    """Questions, each with the same of one part in plain Python."""
    everything, project = Query(user=user), world.projects[0]
    years: list[tuple[dict[str, Any], Callable[[Part], bool]]] = [
        ({}, lambda one: True),
        ({"first_year": 2018, "last_year": 2018}, lambda one: one.year == 2018),
        ({"first_year": 2010, "last_year": 2017}, lambda one: one.year <= 2017),
        ({"outside_plans": True}, lambda one: one.year == 2010),
    ]
    which: list[tuple[dict[str, Any], Callable[[Part], bool]]] = [
        ({}, lambda one: True),
        ({"project_code": project.code}, lambda one: one.project == project),
        ({"project_id": project.pk}, lambda one: one.project == project),
        ({"project_kind": "road"}, lambda one: one.project.kind == "road"),
        ({"project_id": 0}, lambda one: False),
        ({"is_tied": True}, lambda one: one.project.division.code.startswith(user.area)),
        ({"prefixes": ("513228213",)}, lambda one: one.village.startswith("513228213")),
        ({"of": "role:wage"}, lambda one: one.role == "wage"),
    ]
    return [
        (
            replace(everything, **when, **what),
            lambda one, a=in_year, b=is_meant: a(one) and b(one) and one.village.startswith(user.area),
        )
        for (when, in_year), (what, is_meant) in product(years, which)
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_reach_is_what_plain_python_gathers(seed: int, manager: User, clerk: User, villages: list[Division]) -> None:
    world = random_world(random.Random(seed), villages)
    asked = [*questions(world, manager), *questions(world, clerk)]
    asked = random.Random(seed).sample(asked, 20)

    expected = [world.reach(holds) for _query, holds in asked]

    assert [reach(query) for query, _holds in asked] == expected
    for user in (manager, clerk):
        own = [(query, one.people) for (query, _holds), one in zip(asked, expected, strict=True) if query.user == user]
        assert enrolled_each([query for query, _people in own]) == [people for _query, people in own]
    assert len({one.persons for one in expected}) > 3
    by_project = {one.key: one for one in reach_by_project(Query(user=manager))}
    assert by_project == {
        project.pk: world.reach(lambda one, p=project: one.project == p)
        for project in world.projects
        if any(one.project == project for one in world.parts)
    }


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), size=st.integers(2, 12), persons=st.integers(0, 20))
def test_reach_is_what_plain_python_gathers_of_any_world(
    seed: int, size: int, persons: int, manager: User, villages: list[Division]
) -> None:
    with transaction.atomic():
        world = random_world(random.Random(seed), villages, households=size, persons=persons)
        for query, holds in questions(world, manager):
            assert reach(query) == world.reach(holds), query
        transaction.set_rollback(True)


@pytest.mark.parametrize("seed", SEEDS)
def test_one_more_part_of_somebody_who_is_reached_changes_neither_total(
    seed: int, everything: Query, villages: list[Division]
) -> None:
    rng = random.Random(seed)
    world = random_world(rng, villages)
    before = reach(everything)
    taken = {(one.home, one.key, one.project, one.role, one.year) for one in world.parts}
    reached = sorted({(one.home.pk, key) for one in world.parts for key in world.persons(one)})
    homes = {one.pk: one for one in world.homes}
    more = [
        Part(homes[pk], key, rng.choice(world.projects), "planting", rng.choice((2017, 2020)), villages[0].code, D(1))
        for pk, key in reached
    ]
    assert taken.isdisjoint((one.home, one.key, one.project, one.role, one.year) for one in more)

    Enrolment.objects.bulk_create(enrolment(one, villages[0]) for one in more)

    after = reach(everything)
    assert (after.households, after.persons) == (before.households, before.persons)
    assert (after.services, after.known) == (before.services + len(more), before.known + len(more))
    assert len(more) > 2


@pytest.mark.parametrize("number", [1, 3, 30])
def test_any_number_of_questions_costs_the_same(
    manager: User, villages: list[Division], number: int, django_assert_num_queries: Any
) -> None:
    world = random_world(random.Random(0), villages)
    asked = [query for query, _holds in questions(world, manager)][:number]

    # the enrolments; the households, the persons and the made-up households on the register; the latest year
    with django_assert_num_queries(5):
        enrolled_each(asked)
        on_register_each(asked)
        latest_enrolled_each(asked)
    # people, and services
    with django_assert_num_queries(2):
        reach(asked[0])
    with django_assert_num_queries(2):
        reach_by_project(asked[0])

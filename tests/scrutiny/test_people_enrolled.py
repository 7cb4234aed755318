"""Whatever the world: households, persons and sums of enrolments are what plain Python gathers from the parts."""

import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal as D
from itertools import product
from typing import Any
from urllib.parse import urlencode

import pytest

from alleviation.accounts.models import User
from alleviation.common.query import Query
from alleviation.common.tables import PARTLY
from alleviation.scrutiny.catalogue import BY_SLUG
from beneficiaries.rollups import Reach
from projects.models import Division, Project
from tests.beneficiaries.enrolling import Part, World, random_world
from tests.conftest import signed_in
from tests.factories import EnrolmentFactory, HouseholdFactory, PersonFactory, ProjectFactory, UserFactory
from tests.opening import added_up, question
from tests.scrutiny.explained import opened, reasons, taken
from tests.scrutiny.registers import of_another_county

HOUSEHOLDS, PERSONS = BY_SLUG["enrolled-households"], BY_SLUG["enrolled-persons"]
SERVICES, RECEIVED, NOT_KNOWN = BY_SLUG["services"], BY_SLUG["received"], BY_SLUG["received-not-known"]
SEEDS = [
    pytest.param(1, marks=pytest.mark.slow),
    *(pytest.param(seed, marks=pytest.mark.long) for seed in (2, 3, 4)),
]
Asked = tuple[Query, Callable[[Part], bool]]


@pytest.fixture
def villages(ruoduo: Division, xili: Division, erniunai: Division) -> list[Division]:
    return [ruoduo, erniunai, xili, of_another_county()]


@pytest.fixture
def readers(manager: User, auditor: User, clerk: User) -> list[User]:
    return [manager, UserFactory(username="manager-of-heishui", role="manager", area="513228"), auditor, clerk]


def questions(world: World, readers: list[User]) -> list[Asked]:
    project, other = world.projects[0], world.projects[1]
    years: list[tuple[dict[str, Any], Callable[[Part], bool]]] = [
        ({}, lambda one: True),
        ({"first_year": 2018, "last_year": 2018}, lambda one: one.year == 2018),
        ({"outside_plans": True}, lambda one: one.year == 2010),
    ]
    which: list[tuple[dict[str, Any], Callable[[Part], bool]]] = [
        ({}, lambda one: True),
        ({"project_id": project.pk}, lambda one: one.project == project),
        ({"project_code": other.code}, lambda one: one.project == other),
        ({"project_id": 0}, lambda one: False),
        ({"of": "role:wage"}, lambda one: one.role == "wage"),
        ({"prefixes": ("513228212",)}, lambda one: one.village.startswith("513228212")),
        ({"place_code": "513228213201"}, lambda one: one.village == "513228213201"),
    ]
    return [
        (
            Query(user=user, **when, **what),
            lambda one, u=user, a=in_year, b=is_meant: one.village.startswith(u.area) and a(one) and b(one),
        )
        for user in readers
        for (when, in_year), (what, is_meant) in product(years, which)
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_each_figure_is_what_plain_python_gathers_and_its_rows_make_it(
    seed: int, villages: list[Division], readers: list[User], settings: Any
) -> None:
    settings.SMALLEST_CELL = 5
    world, told_of = random_world(random.Random(seed), villages), 0

    for query, holds in random.Random(seed).sample(questions(world, readers), 24):
        found = world.reach(holds)
        counted = {HOUSEHOLDS: found.households, PERSONS: found.persons}
        if found.services:
            counted |= {SERVICES: found.services, NOT_KNOWN: found.unknown}
        for figure, number in counted.items():
            assert (figure.value(query), added_up(figure, query)) == (number, number), (figure.slug, query)
            rows = list(figure.rows(query))
            pages = [row for first in range(0, len(rows) + 1, 3) for row in figure.part(query, first, first + 3)]
            assert (pages, figure.number(query)) == (rows, len(rows)), (figure.slug, query)
        assert_received(query, found)
        mark = PARTLY if 0 < found.made_up < found.households else found.made_up > 0
        assert (PERSONS.mark(query), SERVICES.mark(query)) == (mark, mark), query
        told_of += found.persons > 0

    assert told_of > 4


def assert_received(query: Query, found: Reach) -> None:
    """Who sees households is told every sum; others a sum or none, and never another."""
    value = RECEIVED.value(query)
    if query.user.role != "manager" or value is not None:
        assert value == found.amount, query
        assert added_up(RECEIVED, query) == (found.known if value is not None else D("0.00")), query


# --- by hand ------------------------------------------------------------------------------------------------------


@pytest.fixture
def station(ruoduo: Division, xili: Division, erniunai: Division) -> Project:
    """A station of Ruoduo that pays households of three villages.

    | household | village  | members | in the station           | in the road |
    | A         | Ruoduo   |       3 | 2018, 2019: dividend     | 2019        |
    | B         | Ruoduo   |       0 | 2019: dividend and wage  |             |
    | C         | Xili     |       2 | 2018: dividend           |             |
    | D         | Erniunai |       4 |                          | 2010        |
    Station: A, B, C: 3 + 0 + 2 = 5 persons; in 2019 A and B: 3. Both: 4 households, 9 persons.
    The wage of B is not known; every other amount is 100.00.
    """
    station, road = ProjectFactory(code="PV", division=ruoduo), ProjectFactory(code="ROAD", division=erniunai)
    sizes = (("A", ruoduo, 3), ("B", ruoduo, 0), ("C", xili, 2), ("D", erniunai, 4))
    homes = {number: HouseholdFactory(number=number, village=village) for number, village, _size in sizes}
    for number, _village, size in sizes:
        PersonFactory.create_batch(size, household=homes[number])
    parts = [
        *(("A", station, 2018, "dividend"), ("A", station, 2019, "dividend"), ("A", road, 2019, "wage")),
        *(("B", station, 2019, "dividend"), ("B", station, 2019, "wage")),
        *(("C", station, 2018, "dividend"), ("D", road, 2010, "wage")),
    ]
    for number, project, year, role in parts:
        amount = None if (number, role) == ("B", "wage") else D("100.00")
        EnrolmentFactory(household=homes[number], project=project, year=year, role=role, amount=amount)
    return station


@pytest.mark.parametrize(
    ("asked", "households", "persons"),
    [
        ({}, "4", "9"),
        ({"project": "PV"}, "3", "5"),
        ({"project": "PV", "year": "2019"}, "2", "3"),
        ({"first": "2010", "last": "2018"}, "3", "9"),
        ({"outside_plans": "1"}, "1", "4"),
        ({"area": "513228212000"}, "3", "5"),
        ({"at": "513228212200"}, "1", "2"),
        ({"plan": "12"}, "0", "0"),
        ({"of": "role:wage"}, "3", "7"),
    ],
)
def test_the_page_tells_what_the_table_above_adds_up_to(
    manager: User, station: Project, asked: dict[str, str], households: str, persons: str
) -> None:
    found = [question(f"/explain/{one.slug}/?{urlencode(asked)}", manager) for one in (HOUSEHOLDS, PERSONS)]

    assert [figure.words(query) for figure, query in found] == [households, persons]


def test_a_household_without_recorded_members_is_a_row_of_no_persons(auditor: User, station: Project) -> None:
    rows, total = taken(auditor, "enrolled-persons", project="PV")

    # Xili's code is before Ruoduo's.
    told_of = [(row["Household number"], row["Persons"], row["Parts in projects"]) for row in rows]
    assert told_of == [("C", "2", "1"), ("A", "3", "2"), ("B", "0", "2")]
    assert (total["Households"], total["Persons"]) == ("3", "5")


def test_each_of_the_two_leads_to_the_other_with_the_same_question(manager: User, station: Project) -> None:
    context = opened(manager, "enrolled-persons", project="PV", year="2019")

    assert [(part.words, url) for part, url in context["parts"]] == [
        ("2", "/explain/enrolled-households/?project=PV&year=2019")
    ]
    assert context["working"] == "Σ over 2 households = 3"
    # C was in the station in 2018 alone.
    assert reasons(context)[1] == ("Households with a part in other years only", 1)


def test_who_is_in_two_villages_is_taken_off_in_a_row(manager: User, auditor: User, station: Project) -> None:
    erniunai = Division.objects.get(code="513228213201")
    moved = station.enrolments.get(household__number="C").household
    EnrolmentFactory(household=moved, village=erniunai, project=station, year=2020)
    query = replace(Query(user=manager), project_code="PV")

    told_of = [(row.get("place_code"), row["households"], row["persons"]) for row in PERSONS.rows(query)]

    twice = (None, -1, -2)
    assert told_of == [("513228212200", 1, 2), ("513228212205", 2, 3), ("513228213201", 1, 2), twice]
    assert (HOUSEHOLDS.value(query), PERSONS.value(query)) == (3, 5)
    # Who sees households has a row for each, in the village of its latest part.
    rows, _total = taken(auditor, "enrolled-persons", project="PV")
    assert [(row["Household number"], row["Village"]) for row in rows][-1] == ("C", "Erniunai Village")


def test_whoever_sees_households_opens_a_sum_to_its_enrolments(auditor: User, station: Project) -> None:
    rows, total = taken(auditor, "received", project="PV", year="2019")

    told_of = [(row["Household number"], row["Kind of benefit"], row["Received (yuan)"]) for row in rows]
    assert told_of == [("A", "dividend", "100.00"), ("B", "dividend", "100.00"), ("B", "wage", "")]
    assert (total["Received (yuan)"], total["Amount not known"], total["Enrolments"]) == ("200.00", "1", "3")
    context = opened(auditor, "received", project="PV", year="2019")
    assert [(str(part.label), part.words, url) for part, url in context["parts"]] == [
        ("dividend", "200.00", "/explain/received/?of=role%3Adividend&project=PV&year=2019"),
        ("wage", "—", "/explain/received/?of=role%3Awage&project=PV&year=2019"),
    ]
    assert reasons(context)[0] == ("Enrolments whose amount is not known", 1)


@pytest.mark.slow
def test_a_manager_is_told_no_sum_of_few_households(
    manager: User, auditor: User, station: Project, settings: Any
) -> None:
    settings.SMALLEST_CELL = 5
    # The station has three households and the road two: nowhere are five.
    asked: list[dict[str, str]] = [{}, {"project": "PV"}, {"year": "2019"}, {"at": "513228212200"}]

    assert [opened(manager, "received", **one)["words"] for one in asked] == ["—"] * 4
    assert "100.00" not in signed_in(manager).get("/explain/received.csv").getvalue().decode()
    assert opened(auditor, "received", at="513228212200")["words"] == "100.00"


@pytest.mark.parametrize("of", ["role:none", "role:", "wage", "project:1"])
def test_what_is_no_kind_of_benefit_is_not_there(manager: User, station: Project, of: str) -> None:
    answers = [signed_in(manager).get(f"/explain/{slug}/", {"of": of}) for slug in ("received", "enrolled-persons")]

    assert [one.status_code for one in answers] == [404, 404]

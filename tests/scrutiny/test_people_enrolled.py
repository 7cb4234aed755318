"""Whatever the register: households and persons with a part in projects are the sets that plain Python gathers."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import pytest

from alleviation.accounts.models import User
from alleviation.common.query import Query
from alleviation.common.tables import PARTLY
from alleviation.scrutiny.catalogue import BY_SLUG
from projects.models import Division, Project
from tests.factories import EnrolmentFactory, HouseholdFactory, PersonFactory, ProjectFactory, UserFactory
from tests.opening import added_up, question
from tests.scrutiny.explained import opened, reasons, taken
from tests.scrutiny.registers import Home, Register, Role, of_another_county, random_register, random_roles

HOUSEHOLDS, PERSONS = BY_SLUG["enrolled-households"], BY_SLUG["enrolled-persons"]
SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 4))]
Holds = Callable[[Role], bool]


@dataclass(frozen=True)
class Asked:
    """A question, and the same of one part in a project in plain Python; `anyhow` is the question of any year."""

    query: Query
    holds: Holds
    anyhow: Holds

    def homes(self, register: Register) -> list[Home]:
        """Whom it finds, by village and number."""
        return self._homes(register, self.holds)

    def homes_of_any_year(self, register: Register) -> list[Home]:
        return self._homes(register, self.anyhow)

    def _homes(self, register: Register, holds: Holds) -> list[Home]:
        area = self.query.user.area
        found = {one.home for one in register.roles if one.home.village.startswith(area) and holds(one)}
        return sorted(found, key=lambda home: (home.village, home.number))


def every(role: Role) -> bool:
    return True


@pytest.fixture
def villages(ruoduo: Division, xili: Division, erniunai: Division) -> list[Division]:
    return [ruoduo, xili, erniunai, of_another_county()]


@pytest.fixture
def readers(manager: User, auditor: User, clerk: User) -> list[User]:
    return [manager, UserFactory(username="manager-of-heishui", role="manager", area="513228"), auditor, clerk]


def questions(register: Register, readers: list[User]) -> list[Asked]:
    project, other = register.projects[0].pk, register.projects[1].pk
    years: list[tuple[dict[str, Any], Holds]] = [
        ({}, every),
        ({"first_year": 2018, "last_year": 2018}, lambda one: one.year == 2018),
        ({"first_year": 2011, "last_year": 2018}, lambda one: one.year in (2017, 2018)),
        ({"outside_plans": True}, lambda one: one.year == 2010),
    ]
    which: list[tuple[dict[str, Any], Holds]] = [
        ({}, every),
        ({"project_id": project}, lambda one: one.project == project),
        ({"project_code": register.projects[1].code}, lambda one: one.project == other),
        ({"project_kind": "road"}, lambda one: one.kind == "road"),
        ({"project_id": 0}, lambda one: False),
        ({"prefixes": ("513228212",)}, lambda one: one.home.village[:9] == "513228212"),
        ({"place_code": "513228213201"}, lambda one: one.home.village == "513228213201"),
    ]
    return [
        Asked(Query(user=user, **when, **what), lambda one, a=in_year, b=is_meant: a(one) and b(one), is_meant)
        for user in readers
        for when, in_year in years
        for what, is_meant in which
    ]


def some_of(every_one: list[Asked], seed: int) -> list[Asked]:
    return every_one if seed else random.Random(4).sample(every_one, 12)


@pytest.mark.parametrize("seed", SEEDS)
def test_each_household_and_its_members_count_once_and_the_rows_make_the_sum(
    seed: int, villages: list[Division], readers: list[User]
) -> None:
    rng = random.Random(seed)
    register = random_register(rng, villages)
    random_roles(rng, register, villages)
    found_any = 0

    for asked in some_of(questions(register, readers), seed):
        query, homes = asked.query, asked.homes(register)
        persons = sum(home.persons for home in homes)
        assert (HOUSEHOLDS.value(query), PERSONS.value(query)) == (len(homes), persons), query
        assert (added_up(HOUSEHOLDS, query), added_up(PERSONS, query)) == (len(homes), persons), query
        rows = list(PERSONS.rows(query))
        assert [told(row, query) for row in rows] == expected_rows(register, asked), query
        pages = [row for first in range(0, len(rows) + 1, 3) for row in PERSONS.part(query, first, first + 3)]
        assert (pages, PERSONS.number(query)) == (rows, len(rows))
        made_up = sum(home.is_made_up for home in homes)
        assert PERSONS.mark(query) == (PARTLY if 0 < made_up < len(homes) else made_up > 0), query
        found_any += len(homes) > 0

    assert found_any > 5


def told(row: dict[str, Any], query: Query) -> tuple[Any, ...]:
    keys = ("place_code", "households", "persons")
    return tuple(row[key] for key in (keys if query.user.role == "manager" else (*keys, "household", "parts")))


def expected_rows(register: Register, asked: Asked) -> list[tuple[Any, ...]]:
    """A row for each household with its parts, or for each village with how many live in it."""
    homes = asked.homes(register)
    if asked.query.user.role == "manager":
        households, persons = Counter(home.village for home in homes), Counter[str]()
        for home in homes:
            persons[home.village] += home.persons
        return [(code, households[code], persons[code]) for code in sorted(households)]
    parts = Counter(one.home.pk for one in register.roles if asked.holds(one))
    return [(home.village, 1, home.persons, home.number, parts[home.pk]) for home in homes]


@pytest.mark.parametrize("seed", SEEDS)
def test_those_with_a_part_in_other_years_only_are_told_by_number(
    seed: int, villages: list[Division], readers: list[User]
) -> None:
    rng = random.Random(seed)
    register = random_register(rng, villages)
    random_roles(rng, register, villages)
    numbers = set()

    for asked in some_of(questions(register, readers), seed):
        others = len(asked.homes_of_any_year(register)) - len(asked.homes(register))
        told_of = [one.number for one in HOUSEHOLDS.left_out(asked.query) if one.number is not None]
        assert told_of == ([others] if others else []), asked.query
        numbers |= {others}

    assert len(numbers) > 2


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
        EnrolmentFactory(household=homes[number], project=project, year=year, role=role)
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


def test_who_moved_counts_in_the_village_of_today(manager: User, clerk: User, station: Project) -> None:
    erniunai = Division.objects.get(code="513228213201")
    moved = station.enrolments.get(household__number="C").household
    moved.village = erniunai
    moved.save()

    told_of = {row["place_code"]: row["persons"] for row in PERSONS.rows(Query(user=manager))}
    assert told_of == {"513228212205": 3, "513228213201": 6}
    assert PERSONS.value(Query(user=clerk)) == 3
    assert PERSONS.value(replace(Query(user=manager), place_code="513228212200")) == 0

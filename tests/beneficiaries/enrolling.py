"""Worlds of households, members who move between them, and parts in projects, and whom these reach."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from beneficiaries.models import Enrolment, Household, Person
from beneficiaries.rollups import Reach
from projects.models import Division, Project
from tests.factories import ProjectFactory

# 2010 lies outside of every five-year plan that is listed.
YEARS = (2010, 2017, 2018, 2019)
ROLES = ("dividend", "wage")
# Days on which one year ends for somebody and another begins, and days in between.
DAYS = (date(2010, 6, 1), date(2016, 12, 31), date(2017, 1, 1), date(2017, 12, 31), date(2018, 1, 1), date(2018, 7, 1))


@dataclass(frozen=True)
class Home:
    """A household as plain Python knows it."""

    pk: int
    number: str
    is_made_up: bool


@dataclass(frozen=True)
class Member:
    """Somebody who belonged to a household from a day to the day before another; None: from or to the end of time."""

    key: int
    home: Home
    joined: date | None
    left: date | None

    def is_of(self, year: int) -> bool:
        """Whether a day of the year is theirs."""
        last = self.left - timedelta(days=1) if self.left else date.max
        return (self.joined or date.min) <= date(year, 12, 31) and last >= date(year, 1, 1)


@dataclass(frozen=True)
class Part:
    """A part of a household in a project, or of one of its members, in a year and the village of that year."""

    home: Home
    key: int | None
    project: Project
    role: str
    year: int
    village: str
    amount: Decimal | None


Holds = Callable[[Part], bool]


@dataclass
class World:
    """Everything that was written, as plain Python."""

    homes: list[Home] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    projects: list[Project] = field(default_factory=list)

    def persons(self, part: Part) -> set[int]:
        """Whom one part reaches."""
        if part.key is not None:
            return {part.key}
        return {one.key for one in self.members if one.home == part.home and one.is_of(part.year)}

    def reach(self, holds: Holds) -> Reach:
        """The sets of households and persons of the parts that are asked for, gathered one by one."""
        parts = [one for one in self.parts if holds(one)]
        homes = {one.home for one in parts}
        known = [one.amount for one in parts if one.amount is not None]
        return Reach(
            households=len(homes),
            persons=len({key for one in parts for key in self.persons(one)}),
            services=len(parts),
            known=sum(known, Decimal("0.00")),
            unknown=len(parts) - len(known),
            made_up=sum(home.is_made_up for home in homes),
        )


def random_world(rng: random.Random, villages: list[Division], *, households: int = 8, persons: int = 14) -> World:
    """Households of two or three villages, persons of whom half moved, and up to seven parts of each household."""
    world = World()
    for number in range(households):
        is_made_up = rng.random() < 0.3
        row = Household.objects.create(village=rng.choice(villages), number=f"RW-{number}", is_made_up=is_made_up)
        world.homes.append(Home(row.pk, row.number, is_made_up))
    for _one in range(persons):
        world.members += _stays(rng, world.homes)
    kinds = ("road", "pv_village", "road")
    world.projects = [ProjectFactory(division=rng.choice(villages), kind=kind) for kind in kinds]
    Person.objects.bulk_create(_person(one) for one in world.members)
    for home in world.homes:
        world.parts += _parts(rng, world, home, villages)
    by_code = {one.code: one for one in villages}
    Enrolment.objects.bulk_create(enrolment(one, by_code[one.village]) for one in world.parts)
    return world


def enrolment(part: Part, village: Division) -> Enrolment:
    """The row of a part."""
    return Enrolment(
        household_id=part.home.pk,
        person_key=part.key,
        project=part.project,
        role=part.role,
        year=part.year,
        village=village,
        amount=part.amount,
    )


def _stays(rng: random.Random, homes: list[Home]) -> list[Member]:
    """A person who stays, or who goes on to another household on the day of leaving the first."""
    key, here, there = rng.randint(1, 2**62), *rng.sample(homes, 2)
    began = rng.choice((None, DAYS[0]))
    if rng.random() < 0.5:
        return [Member(key, here, began, None)]
    moved = rng.choice(DAYS[1:])
    return [Member(key, here, began, moved), Member(key, there, moved, None)]


def _person(one: Member) -> Person:
    leaving: dict[str, Any] = {"left_on": one.left, "left_as": "move"} if one.left else {}
    return Person(household_id=one.home.pk, key=one.key, name="测试", relation="head", joined_on=one.joined, **leaving)


def _parts(rng: random.Random, world: World, home: Home, villages: list[Division]) -> list[Part]:
    keys = sorted(one.key for one in world.members if one.home == home)
    every = [
        (key, project, role, year)
        for key in (None, *keys)
        for project in world.projects
        for role in ROLES
        for year in YEARS
    ]
    amounts = (None, Decimal("0.01"), Decimal("1200.00"))
    return [
        Part(home, *one, village=rng.choice(villages[:2]).code, amount=rng.choice(amounts))
        for one in rng.sample(every, rng.choice((0, 1, 2, 7)))
    ]

"""Registers that nobody thought of: households that move, incomes corrected day by day, parts in projects."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from beneficiaries.models import Enrolment, Household, IncomeRecord, Person, concept_of
from beneficiaries.rollups import COMPONENTS
from projects.models import Division, Project
from tests.factories import ProjectFactory, place

# 2010 lies outside of every five-year plan that is listed.
YEARS = (2010, 2017, 2018, 2019)
FIRST_DAY = datetime(2020, 3, 1, 9, 0, tzinfo=UTC)


def moment(day: int) -> datetime:
    """The end of a day, as the filter of a page has it; day 0 is the first one on which anything was entered."""
    return FIRST_DAY + timedelta(days=day, hours=12)


@dataclass(frozen=True)
class Home:
    """A household as plain Python knows it: where it lives today, and how many are in it."""

    pk: int
    number: str
    village: str
    persons: int
    is_made_up: bool


@dataclass(frozen=True)
class Earned:
    """An income record as plain Python knows it. `until` is the day of its correction, None while it holds."""

    home: Home
    village: str
    year: int
    persons: int
    amounts: dict[str, Decimal]
    is_expected: bool
    since: int
    until: int | None

    @property
    def net(self) -> Decimal:
        wages, business, rent, transfers, expenses = (self.amounts[name] for name in COMPONENTS)
        return wages + business + rent + transfers - expenses

    def holds(self, day: int | None) -> bool:
        """Whether it is what was known at the end of a day; None is now."""
        return self.until is None if day is None else self.since <= day and (self.until is None or self.until > day)

    def is_replaced(self, day: int | None) -> bool:
        return self.until is not None and (day is None or self.until <= day)


@dataclass(frozen=True)
class Role:
    """A part in a project as plain Python knows it."""

    home: Home
    project: int
    kind: str
    year: int


@dataclass
class Register:
    """Everything that was written, as plain Python."""

    homes: list[Home] = field(default_factory=list)
    incomes: list[Earned] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    projects: list[Project] = field(default_factory=list)


def random_register(rng: random.Random, villages: list[Division], *, households: int = 12) -> Register:
    """Most households in the first village, one or two in the second, the others anywhere."""
    found = Register()
    for number in range(households):
        village = (
            villages[0] if number < 4 else villages[1] if number < 4 + rng.randint(1, 2) else rng.choice(villages)
        )
        found.homes.append(_home(rng, village, number))
    by_code = {one.code: one for one in villages}
    for home in found.homes:
        for year in YEARS:
            if rng.random() < 0.7:
                # A household that moved was counted elsewhere in an earlier year.
                village = by_code[home.village] if rng.random() < 0.7 else rng.choice(villages)
                found.incomes += _earned(rng, home, village, year)
    return found


def random_roles(rng: random.Random, register: Register, villages: list[Division]) -> None:
    """Parts of some of the households in projects of two kinds, some of them elsewhere than they live."""
    kinds = ("road", "pv_village", "road")
    register.projects = [ProjectFactory(division=rng.choice(villages), kind=kind) for kind in kinds]
    rows, homes = [], {one.code: one for one in villages}
    for home in register.homes:
        every = [(one, role, year) for one in register.projects for role in ("dividend", "wage") for year in YEARS]
        for project, role, year in rng.sample(every, rng.choice((0, 1, 2, 7))):
            register.roles.append(Role(home, project.pk, project.kind, year))
            row = Enrolment(household_id=home.pk, project=project, role=role, year=year, village=homes[home.village])
            rows.append(row)
    Enrolment.objects.bulk_create(rows)


def of_another_county() -> Division:
    """A village of Gansu, which no area of Heishui reaches."""
    place("62", name="甘肃省", name_en="Gansu Province")
    return place("620122101201", name_en="Far Village")


def _home(rng: random.Random, village: Division, number: int) -> Home:
    is_made_up = rng.random() < 0.3
    household = Household.objects.create(village=village, number=f"HH-{number:03}", is_made_up=is_made_up)
    persons = rng.randint(0, 5)
    Person.objects.bulk_create(Person(household=household, name="测试", relation="head") for _one in range(persons))
    return Home(household.pk, household.number, village.code, persons, is_made_up)


def _earned(rng: random.Random, home: Home, village: Division, year: int) -> list[Earned]:
    """A record, and the corrections that took its place one after another."""
    days = sorted(rng.sample(range(8), rng.choice((1, 1, 1, 2, 3))))
    found = [_record(rng, home, village, year, *span) for span in zip(days, [*days[1:], None], strict=True)]
    IncomeRecord.objects.bulk_create(_row(one, village) for one in found)
    return found


def _record(rng: random.Random, home: Home, village: Division, year: int, since: int, until: int | None) -> Earned:
    amounts = {name: Decimal(rng.choice((0, rng.randint(0, 10**7)))) / 100 for name in COMPONENTS}
    return Earned(home, village.code, year, rng.randint(1, 9), amounts, rng.random() < 0.2, since, until)


def _row(one: Earned, village: Division) -> IncomeRecord:
    given: dict[str, Any] = {**one.amounts, "status": "expected" if one.is_expected else "received"}
    return IncomeRecord(
        household_id=one.home.pk,
        village=village,
        year=one.year,
        persons=one.persons,
        concept=concept_of(one.year),
        recorded_at=FIRST_DAY + timedelta(days=one.since),
        superseded_at=None if one.until is None else FIRST_DAY + timedelta(days=one.until),
        **given,
    )

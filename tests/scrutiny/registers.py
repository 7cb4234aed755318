"""Registers that nobody thought of: households that move, incomes corrected day by day, parts in projects."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from beneficiaries.models import (
    Enrolment,
    Household,
    HouseholdMove,
    IncomeRecord,
    Person,
    StatusChange,
    concept_of,
)
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


@dataclass(frozen=True)
class Move:
    """A household's move as plain Python knows it."""

    on: date
    came_from: str
    to: str
    is_merger: bool


@dataclass(frozen=True)
class Life:
    """How a household stood and where it moved, as plain Python knows it; changes and moves in their order."""

    status: str
    since: date | None
    category: str
    cause: str
    changes: tuple[tuple[date, str, str], ...]
    moves: tuple[Move, ...]

    def status_in(self, year: int) -> str:
        """The status after the last change until the end of the year; before the first one, what it changed from."""
        statuses = [status for on, _was, status in self.changes if on.year <= year]
        if statuses or self.changes:
            return statuses[-1] if statuses else self.changes[0][1]
        return self.status if self.since is None or self.since.year <= year else ""

    def village_then(self, village: str, year: int) -> str:
        """The village before the mergers, one after another, that last brought the household into this one."""
        into = [number for number, one in enumerate(self.moves) if one.to == village and one.on.year <= year]
        number = into[-1] if into else -1
        while number >= 0 and self.moves[number].is_merger:
            village, number = self.moves[number].came_from, number - 1
        return village


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


def random_lives(rng: random.Random, register: Register, villages: list[Division]) -> dict[int, Life]:
    """What happened to each household: it changed its status, moved, or was moved with its village."""
    by_code = {one.code: one for one in villages}
    found = {home.pk: _life(rng, home, list(by_code)) for home in register.homes}
    for number, life in found.items():
        Household.objects.filter(pk=number).update(
            status=life.status, status_since=life.since, category=life.category, main_cause=life.cause
        )
        StatusChange.objects.bulk_create(
            StatusChange(household_id=number, happened_on=on, was=was, status=status, decided_by="nobody")
            for on, was, status in life.changes
        )
        HouseholdMove.objects.bulk_create(_move(number, one, by_code) for one in life.moves)
    return found


def _life(rng: random.Random, home: Home, villages: list[str]) -> Life:
    statuses = ["", *rng.sample(["registered", "monitored", "cleared", "struck"], 3)]
    days = sorted(rng.sample([date(year, month, 28) for year in YEARS for month in (1, 6, 12)], 3))
    number = rng.randint(0, 3)
    changes = tuple(zip(days, statuses, statuses[1:], strict=False))[:number]
    way = [rng.choice(villages)]
    moves = []
    for day in rng.sample(days, rng.randint(0, 3)):
        way.append(rng.choice([one for one in villages if one != way[-1]]))
        moves.append((day, way[-2], way[-1]))
    days_of_moves = sorted(day for day, _from, _to in moves)
    return Life(
        status=changes[-1][2] if changes else "registered",
        since=rng.choice((None, date(2018, 5, 1))),
        category=rng.choice(("", "general", "subsistence")),
        cause=rng.choice(("", "illness", "skills")),
        changes=changes,
        moves=tuple(
            Move(day, came_from, to, rng.random() < 0.7)
            for day, (_day, came_from, to) in zip(days_of_moves, moves, strict=True)
        ),
    )


def _move(household: int, one: Move, by_code: dict[str, Division]) -> HouseholdMove:
    return HouseholdMove(
        household_id=household,
        from_village=by_code[one.came_from],
        to_village=by_code[one.to],
        moved_on=one.on,
        reason="village_merger" if one.is_merger else "move",
    )


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

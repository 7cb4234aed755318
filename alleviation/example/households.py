"""Makes up the households, what they earn and what they take part in, in whole numbers only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from beneficiaries.choices import HouseholdStatus, IncomeStatus, Relation, Sex
from beneficiaries.models import Enrolment, Household, IncomeRecord, Person, concept_of
from projects.models import Division, Project

YEARS = range(2016, 2025)
# What a person must earn, in yuan a year, before the made-up county writes the household off the register.
SAFE = 4000
NAME = "示例"
MARKS = "甲乙丙丁戊己"
RELATIONS = (Relation.HEAD, Relation.SPOUSE, Relation.CHILD, Relation.CHILD, Relation.PARENT, Relation.PARENT)
BORN = (1972, 1974, 1998, 2004, 1946, 1949)
SIZES = (1, 2, 3, 3, 4, 4, 4, 5, 5, 6)
# One household in so many earned much less in the last year: the early warnings have something to say.
FALLEN_ONE_IN, FALLEN_FROM, FALLEN_TO = 60, 22, 55
# Villages whose land the made-up station stands on.
RENTING = ("513228206201", "513228212205")
# One household in so many is written off the register while it still rests on transfers, the first of them this one.
HASTY_ONE_IN, HASTY_FROM = 20, 14


@dataclass(frozen=True)
class Family:
    """A household with what the rest of it follows from: its members, and its net income per head in each year.

    `before` is the village that it left in `moved_in`, where it moved.
    """

    household: Household
    size: int
    per_head: dict[int, int]
    before: Division | None = None
    moved_in: int = 0

    def home(self, year: int) -> Division:
        """The village at the end of a year."""
        return self.before if self.before and year < self.moved_in else self.household.village


def transfer_share(year: int) -> int:
    """How much of a net income is transfers, in thousandths: less every year."""
    return 260 - 14 * (year - YEARS[0])


def fen(number: int) -> Decimal:
    """So many fen in yuan."""
    return Decimal(number).scaleb(-2)


def families(chance: Random, village: Division, number: int, first: int) -> Iterator[Family]:
    """The households of a village, numbered on through the county."""
    for n in range(first, first + number):
        per_head = net_incomes(chance)
        if n % FALLEN_ONE_IN == FALLEN_FROM:
            per_head[YEARS[-1]] = per_head[YEARS[-2]] * FALLEN_TO // 100
        status, since = status_after(chance, per_head, is_hasty=n % HASTY_ONE_IN == HASTY_FROM)
        household = Household(village=village, number=f"EX{n:04}", status=status, status_since=since, is_made_up=True)
        yield Family(household, chance.choice(SIZES), per_head)


def net_incomes(chance: Random) -> dict[int, int]:
    """Net income per head in fen by year: below the line at first; one family in ten rises slowly."""
    slow = chance.randrange(10) == 0
    income, incomes = chance.randint(210_000, 330_000), {}
    for year in YEARS:
        incomes[year] = income
        income = income * (1000 + (chance.randint(60, 110) if slow else chance.randint(140, 250))) // 1000
    return incomes


def status_after(chance: Random, per_head: dict[int, int], *, is_hasty: bool) -> tuple[HouseholdStatus, date]:
    """Where the household stands at the end: exited once it earned enough, unless it fell under watch again.

    It exits when it earns enough without transfers; a hasty one as soon as it has enough with them.
    """
    safe = [year for year in YEARS if year > YEARS[0] and per_head[year] >= SAFE * 100]
    if safe and safe[0] <= 2020 and chance.randrange(8):
        earning = [year for year in safe if per_head[year] * (1000 - transfer_share(year)) > SAFE * 100_000]
        return HouseholdStatus.EXITED, date(safe[0] if is_hasty or not earning else earning[0], 12, 31)
    if safe and safe[0] <= 2022:
        return HouseholdStatus.MONITORED, date(chance.randint(2021, 2023), chance.randint(1, 12), 15)
    return HouseholdStatus.REGISTERED, date(2014, chance.randint(1, 12), 1)


def members(family: Family, chance: Random) -> Iterator[Person]:
    """The family's persons; names say that they are made up, and nobody has an identity number."""
    for place in range(family.size):
        yield Person(
            household=family.household,
            name=f"{NAME}{family.household.number[2:]}{MARKS[place]}",
            relation=RELATIONS[place],
            sex=(Sex.MALE, Sex.FEMALE)[(place + chance.randrange(2)) % 2],
            birth_year=BORN[place] + chance.randint(-8, 8),
        )


def entered_twice(persons: list[Person]) -> None:
    """Make the last member of all the same person as the first of all, as if somebody had moved and stayed."""
    if persons:
        first, last = persons[0], persons[-1]
        last.name, last.birth_year, last.sex = first.name, first.birth_year, first.sex


def incomes(family: Family, chance: Random) -> Iterator[IncomeRecord]:
    """One record a year: wages take over from farming, rent for land comes with the station in 2018."""
    leaning = chance.randint(-40, 40)
    for age, year in enumerate(YEARS):
        home = family.home(year)
        net = family.per_head[year] * family.size
        rent = 45 if year >= 2018 and home.code in RENTING else 0
        wage = net * (330 + 28 * age + leaning) // 1000
        property_income = net * (15 + 4 * age + rent) // 1000
        transfer = net * transfer_share(year) // 1000
        farming = net - wage - property_income - transfer
        expenses = farming * chance.randint(250, 450) // 1000
        yield IncomeRecord(
            household=family.household,
            year=year,
            village=home,
            concept=concept_of(year),
            persons=family.size,
            wage_income=fen(wage),
            business_income=fen(farming + expenses),
            property_income=fen(property_income),
            transfer_income=fen(transfer),
            expenses=fen(expenses),
            status=IncomeStatus.EXPECTED if is_expected(family, year) else IncomeStatus.RECEIVED,
        )


def is_expected(family: Family, year: int) -> bool:
    """Whether the year's income had not come in yet when it was recorded: that of one hasty exit."""
    household = family.household
    if household.status != HouseholdStatus.EXITED or household.number != f"EX{HASTY_FROM:04}":
        return False
    return household.status_since is not None and household.status_since.year == year


def enrolments(families: list[Family], part: dict[str, Any], project: Project, chance: Random) -> Iterator[Enrolment]:
    """What the households of some villages get from a project in each year, around the yuan that `part` says."""
    chosen = [f for f in families if f.home(part["first_year"]).code in part["villages"]]
    for place, family in enumerate(chosen):
        if place % part.get("one_in", 1):
            continue
        for year in range(part["first_year"], part["last_year"] + 1):
            amount = part["yuan"] * chance.randint(800, 1200) // 10
            if year == part.get("all_alike_in"):
                amount = part["yuan"] * 100
            yield Enrolment(
                household=family.household,
                village=family.home(year),
                project=project,
                role=part["role"],
                year=year,
                amount=fen(amount),
            )

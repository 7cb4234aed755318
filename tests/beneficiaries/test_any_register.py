"""Whatever the register: cuts, bands, quantiles, changes and boundaries are what plain Python makes of the records."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal as D
from fractions import Fraction
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.common.query import Query
from beneficiaries.models import PovertyLine, concept_of
from beneficiaries.rollups import (
    COMPONENTS,
    below_line,
    income_by_year_and,
    income_by_year_and_village,
    income_changes,
    income_quantiles,
    income_total,
    line_bands,
)
from projects.models import Division
from tests.factories import PovertyLineFactory
from tests.scrutiny.registers import YEARS, Earned, Life, Register, of_another_county, random_lives, random_register

SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 12))]
BANDS = ("below", "near", "above", "without_line", "other_concept")
RANKS = {"p10": 10, "p25": 25, "median": 50, "p75": 75, "p90": 90}


@dataclass
class World:
    """A register with its lives and lines, and a question with the same in plain Python."""

    register: Register
    lives: dict[int, Life]
    lines: list[PovertyLine]
    questions: list[tuple[Query, Callable[[Earned], bool]]]

    def asked(self) -> Iterable[tuple[Query, list[Earned]]]:
        """Each question, with the records that it finds."""
        for query, holds in self.questions:
            yield query, [one for one in self.register.incomes if one.holds(None) and holds(one)]

    def codes(self, one: Earned) -> dict[str, str]:
        life = self.lives[one.home.pk]
        return {"household_status": life.status_in(one.year), "category": life.category, "cause": life.cause}

    def village_then(self, one: Earned) -> str:
        return self.lives[one.home.pk].village_then(one.village, one.year)


@pytest.fixture
def world(
    request: pytest.FixtureRequest,
    auditor: User,
    heishui: Division,
    zhawo: Division,
    ruoduo: Division,
    xili: Division,
    erniunai: Division,
) -> World:
    rng = random.Random(request.param)
    villages = [ruoduo, xili, erniunai, of_another_county()]
    register = random_register(rng, villages, households=14)
    lines = [
        PovertyLineFactory(year=year, division=area, amount=D(rng.randint(1, 20_000)), concept=rng.choice(CONCEPTS))
        for year in YEARS
        for area in (None, heishui, zhawo, ruoduo)
        if rng.random() < 0.5
    ]
    found = World(register, random_lives(rng, register, villages), lines, [])
    found.questions = questions(found, Query(user=auditor))
    return found


CONCEPTS = ("disposable", "disposable", "net")
# The world of each seed is the fixture's own argument.
each_world = pytest.mark.parametrize("world", SEEDS, indirect=True)


def questions(world: World, query: Query) -> list[tuple[Query, Callable[[Earned], bool]]]:
    then = replace(query, boundaries="recorded")
    return [
        (query, lambda one: True),
        (query.of_years(2018, 2019), lambda one: one.year >= 2018),
        (replace(query, prefixes=("513228212",)), lambda one: one.village[:9] == "513228212"),
        (replace(then, prefixes=("513228212",)), lambda one: world.village_then(one)[:9] == "513228212"),
        (replace(then, place_code="513228212200"), lambda one: world.village_then(one) == "513228212200"),
        (
            replace(query, household_status="registered"),
            lambda one: world.codes(one)["household_status"] == "registered",
        ),
        (replace(query, household_status="none"), lambda one: world.codes(one)["household_status"] == ""),
        (
            replace(then, category="general", cause="none"),
            lambda one: (world.codes(one)["category"], world.codes(one)["cause"]) == ("general", ""),
        ),
    ]


def gathered(records: list[Earned], key: Callable[[Earned], Any]) -> dict[Any, tuple[int, int, D]]:
    """Households, persons and net income by a key."""
    found: dict[Any, list[Earned]] = defaultdict(list)
    for one in records:
        found[key(one)].append(one)
    return {
        name: (len(some), sum(one.persons for one in some), sum((one.net for one in some), D(0)))
        for name, some in found.items()
    }


def told(sums: Iterable[Any]) -> dict[Any, tuple[int, int, D]]:
    return {one.key: (one.households, one.persons, one.net_income) for one in sums}


@each_world
def test_cuts_and_villages_are_the_sums_of_their_records(world: World) -> None:
    for query, records in world.asked():
        assert told([income_total(query)]) == (gathered(records, lambda one: None) or {None: (0, 0, D(0))}), query
        for dimension in ("household_status", "category", "cause"):
            by_hand = gathered(records, lambda one, name=dimension: (one.year, world.codes(one)[name]))
            assert told(income_by_year_and(query, dimension)) == by_hand, (query, dimension)
        then = query.boundaries == "recorded"
        by_village = gathered(
            records, lambda one, then=then: (one.year, world.village_then(one) if then else one.village)
        )
        assert told(income_by_year_and_village(query)) == by_village, query


@each_world
@pytest.mark.slow
def test_bands_are_what_each_record_is_against_its_own_line(world: World) -> None:
    for query, records in world.asked():
        found = {
            (one.key, name): (getattr(one, name).households, getattr(one, name).persons)
            for one in line_bands(query)
            for name in BANDS
            if getattr(one, name).households
        }
        by_hand = gathered(records, lambda one: (one.year, band(one, world.lines)))
        assert found == {key: sums[:2] for key, sums in by_hand.items()}, query
        below = sorted(below_line(query).values_list("household_id", "year"))
        assert below == sorted((one.home.pk, one.year) for one in records if band(one, world.lines) == "below")


def band(one: Earned, lines: list[PovertyLine]) -> str:
    """Against the line of the longest code that the village's begins with."""
    around = [
        (len(line.division.code.rstrip("0")) if line.division else 0, line)
        for line in lines
        if line.year == one.year and (line.division is None or one.village.startswith(line.division.code.rstrip("0")))
    ]
    if not around:
        return "without_line"
    _length, line = max(around, key=lambda pair: pair[0])
    if line.concept != concept_of(one.year):
        return "other_concept"
    per_head = Fraction(one.net) / one.persons
    return "below" if per_head < line.amount else "near" if per_head < Fraction(line.amount) * 3 / 2 else "above"


@each_world
def test_quantiles_are_the_persons_lined_up(world: World) -> None:
    for query, records in world.asked():
        found = {one.key: tuple(getattr(one, name) for name in RANKS) for one in income_quantiles(query)}
        by_hand = {}
        for year in {one.year for one in records}:
            of_year = [one for one in records if one.year == year]
            line = sorted(Fraction(one.net) / one.persons for one in of_year for _person in range(one.persons))
            by_hand[year] = tuple(as_decimal(line[-(-rank * len(line) // 100) - 1]) for rank in RANKS.values())
        assert found == by_hand, query


@each_world
@pytest.mark.slow
def test_changes_are_the_differences_of_the_ratios_of_sums(world: World) -> None:
    for query, records in world.asked():
        if query.first_year == 2018:
            # The year before counts, though it is not asked for.
            records = [one for one in world.register.incomes if one.holds(None) and one.year >= 2017]
        for matched in (False, True):
            found = {one.year: one.parts for one in income_changes(query, matched=matched)}
            by_hand = changes(records, matched)
            assert found == {year: parts for year, parts in by_hand.items() if year >= query.first_year}, query


def changes(records: list[Earned], matched: bool) -> dict[int, dict[str, Fraction]]:
    """For each year what each component adds; {} where there is no year before."""
    found: dict[int, dict[str, Fraction]] = {}
    for year in {one.year for one in records}:
        before, after = ({one.home.pk: one for one in records if one.year == when} for when in (year - 1, year))
        if matched:
            both = before.keys() & after.keys()
            before, after = ({pk: one for pk, one in side.items() if pk in both} for side in (before, after))
        if after:
            found[year] = rises(list(before.values()), list(after.values())) if before else {}
    return found


def rises(before: list[Earned], after: list[Earned]) -> dict[str, Fraction]:
    def each(some: list[Earned], name: str) -> Fraction:
        return Fraction(sum((one.amounts[name] for one in some), D(0))) / sum(one.persons for one in some)

    return {name: (each(after, name) - each(before, name)) * (-1 if name == "expenses" else 1) for name in COMPONENTS}


def as_decimal(exact: Fraction) -> D:
    return D(exact.numerator) / exact.denominator

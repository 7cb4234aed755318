"""Whatever the register: each figure of incomes is what plain Python adds up, for whoever asks, however narrowly."""

import csv
import io
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal as D
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.common.csv_out import write_csv
from alleviation.common.query import Query
from alleviation.scrutiny.catalogue import BY_SLUG
from alleviation.scrutiny.figures.income_rows import KEYS
from alleviation.scrutiny.figures.people import FIGURES
from beneficiaries.rollups import COMPONENTS
from projects.models import Division
from tests.factories import UserFactory
from tests.scrutiny.registers import Earned, Register, moment, of_another_county, random_register

SEEDS = [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.long)]
# So many questions are asked of a register by default; in the slow run all of them.
FEW_QUESTIONS = 10
Holds = Callable[[str, int], bool]


@dataclass(frozen=True)
class Asked:
    """A question, and the same in plain Python: which villages and years, on which day, of whose area."""

    query: Query
    holds: Holds
    day: int | None

    def of_now(self, register: Register) -> list[Earned]:
        return [one for one in register.incomes if one.holds(self.day) and self.is_theirs(one.village, one.year)]

    def is_theirs(self, village: str, year: int) -> bool:
        return village.startswith(self.query.user.area) and self.holds(village, year)


@pytest.fixture
def villages(ruoduo: Division, xili: Division, erniunai: Division) -> list[Division]:
    return [ruoduo, xili, erniunai, of_another_county()]


@pytest.fixture
def readers(manager: User, auditor: User, clerk: User) -> list[User]:
    """Two who may not see households, one of them of an area, and two who may."""
    return [manager, UserFactory(username="manager-of-heishui", role="manager", area="513228"), auditor, clerk]


NARROWINGS: list[tuple[dict[str, Any], Holds]] = [
    ({}, lambda code, year: True),
    ({"first_year": 2018, "last_year": 2018}, lambda code, year: year == 2018),
    ({"first_year": 2016, "last_year": 2018}, lambda code, year: year in (2017, 2018)),
    ({"outside_plans": True}, lambda code, year: year == 2010),
    ({"prefixes": ("513228212",)}, lambda code, year: code[:9] == "513228212"),
    ({"prefixes": ("513228212205",)}, lambda code, year: code == "513228212205"),
    ({"prefixes": ("513228213", "62")}, lambda code, year: code[:9] == "513228213" or code[:2] == "62"),
    ({"place_code": "513228212200", "last_year": 2018}, lambda code, year: code == "513228212200" and year < 2019),
    ({"inside_code": "513228000000", "inside": ("513228",)}, lambda code, year: code[:6] == "513228"),
    ({"prefixes": ()}, lambda code, year: False),
    ({"above_level": 5}, lambda code, year: False),
]


def every_question(readers: list[User]) -> list[Asked]:
    return [
        Asked(replace(Query(user=user), **narrowed, as_of=None if day is None else moment(day)), holds, day)
        for user in readers
        for narrowed, holds in NARROWINGS
        for day in (None, 2, 5)
    ]


def questions(readers: list[User], seed: int) -> list[Asked]:
    every = every_question(readers)
    return every if seed else random.Random(1).sample(every, FEW_QUESTIONS)


def sums(records: list[Earned]) -> dict[str, Any]:
    """What each column of the rows is the sum of."""
    amounts = {name: sum((one.amounts[name] for one in records), D(0)) for name in COMPONENTS}
    net = sum((one.net for one in records), D(0))
    return {
        "households": len(records),
        "persons": sum(one.persons for one in records),
        **amounts,
        "net_income": net,
    }


def values(records: list[Earned]) -> dict[str, Any]:
    """Each figure by its name; of no record nothing is known."""
    found = sums(records)
    told = {name.replace("_", "-"): number for name, number in found.items()}
    told["per-capita-income"] = found["net_income"] / found["persons"] if records else None
    return told if records else dict.fromkeys(told)


@pytest.mark.parametrize("seed", SEEDS)
def test_each_figure_is_the_sum_by_hand_and_its_rows_make_it(
    seed: int, villages: list[Division], readers: list[User]
) -> None:
    register = random_register(random.Random(seed), villages)

    for asked in questions(readers, seed):
        records, query = asked.of_now(register), asked.query
        by_hand = values(records)
        assert {one.slug: one.value(query) for one in FIGURES} == by_hand, query
        rows = list(FIGURES[0].rows(query))
        made = {key: sum((row[key] for row in rows), D(0)) for key in KEYS}
        assert made == sums(records), query
        for figure in FIGURES:
            assert not rows or figure.made_of([made[key] for key in figure.adds_up]) == by_hand[figure.slug], query
            assert figure.number(query) == len(rows)


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_are_single_records_or_villages(seed: int, villages: list[Division], readers: list[User]) -> None:
    register = random_register(random.Random(seed), villages)

    for asked in questions(readers, seed):
        rows = list(BY_SLUG["net-income"].rows(asked.query))
        records = asked.of_now(register)
        if asked.query.user.role == "manager":
            told = {(row["year"], row["place_code"]): tuple(row[key] for key in KEYS) for row in rows}
            assert (told, len(rows)) == (by_village(records), len(told))
        else:
            told_each = [(row["household"], row["place_code"], row["year"], row["net_income"]) for row in rows]
            assert told_each == sorted(told_each, key=lambda row: (row[1], row[0], row[2]))
            expected = [(one.home.number, one.village, one.year, one.net) for one in records]
            assert sorted(told_each) == sorted(expected)


def by_village(records: list[Earned]) -> dict[tuple[int, str], tuple[Any, ...]]:
    """Year by year each village: tests/beneficiaries/test_disclosure.py has what is told of small ones."""
    apart: dict[tuple[int, str], list[Earned]] = defaultdict(list)
    for one in records:
        apart[one.year, one.village].append(one)
    return {key: tuple(sums(some).values()) for key, some in apart.items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_left_out_and_what_is_expected_is_counted_right(
    seed: int, villages: list[Division], readers: list[User]
) -> None:
    register, told_of = random_register(random.Random(seed), villages), set()

    for asked in questions(readers, seed):
        figure = BY_SLUG["persons"]
        told = [one.number for one in figure.left_out(asked.query) if one.number]
        expected = [one for one in asked.of_now(register) if one.is_expected]

        assert told == [number for number in left_out(register, asked) if number], asked.query
        counted = (
            f"households: {len(expected)}, persons: {sum(one.persons for one in expected)}; they are in the figure"
        )
        assert [part.words for part in figure.parts(asked.query)] == ([counted] if expected else [])
        told_of |= set(told)

    assert len(told_of) > 3


def left_out(register: Register, asked: Asked) -> tuple[int, int]:
    """Households of these places today without any record of these years; records that were corrected."""
    years = {
        year for year in (2010, 2017, 2018, 2019) if any(asked.holds(one, year) for one in every_village(register))
    }
    known = {one.home.pk for one in register.incomes if one.holds(asked.day) and one.year in years}
    here = [one for one in register.homes if any(asked.is_theirs(one.village, year) for year in years)]
    replaced = [one for one in register.incomes if one.is_replaced(asked.day)]
    return (
        sum(1 for one in here if one.pk not in known),
        sum(1 for one in replaced if asked.is_theirs(one.village, one.year)),
    )


def every_village(register: Register) -> set[str]:
    return {one.village for one in (*register.homes, *register.incomes)}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.long
def test_the_file_and_the_pages_hold_the_same_rows(seed: int, villages: list[Division], readers: list[User]) -> None:
    register = random_register(random.Random(seed), villages)

    for asked in questions(readers, seed)[: None if seed else 4]:
        figure, query = BY_SLUG["net-income"], asked.query
        with io.StringIO(newline="") as whole:
            write_csv(figure.table(query), whole)
            header, *lines = csv.reader(io.StringIO(whole.getvalue().removeprefix("\ufeff"), newline=""))
        place = header.index("Net income (yuan)")
        number, records = figure.number(query), asked.of_now(register)
        body, total = (lines[:-1], lines[-1]) if records else (lines, [])

        assert sum((D(line[place]) for line in lines[:number]), D(0)) == sums(records)["net_income"]
        assert not records or (len(body), D(total[place])) == (number, sums(records)["net_income"])
        pages = [row for first in range(0, number, 5) for row in figure.part(query, first, first + 5)]
        assert [f"{row['net_income']:.2f}" for row in pages] == [line[place] for line in lines[:number]]
        if query.user.role == "manager":
            assert not any("HH-" in cell for line in lines for cell in line)

"""Sums of enrolments are made of whole blocks of households for whoever may not see single ones."""

import contextlib
import random
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from alleviation.accounts.models import User
from alleviation.common.query import Query
from beneficiaries.models import Enrolment
from beneficiaries.rollups import enrolments, reach, reach_by_project, reach_by_role, reach_by_village, reach_by_year
from beneficiaries.rollups import few as few_module
from beneficiaries.rollups.few import FEW_EACH, _made_of_blocks, blocks_of, told, told_apart
from projects.models import Division, Project
from tests.beneficiaries.enrolling import random_world
from tests.factories import ProjectFactory

A, B, C = "513228212200", "513228212205", "513228213201"


@pytest.fixture(autouse=True)
def _five(settings: Any) -> None:
    settings.SMALLEST_CELL = 5


@pytest.mark.parametrize(
    ("households", "blocks"),
    [
        # Villages of enough households stand alone.
        ({(1, 2019, A): 5, (1, 2019, B): 6}, [{(1, 2019, A)}, {(1, 2019, B)}]),
        # Small ones together are enough.
        ({(1, 2019, A): 2, (1, 2019, B): 3, (1, 2019, C): 9}, [{(1, 2019, C)}, {(1, 2019, A), (1, 2019, B)}]),
        # A small one joins the smallest beside it.
        ({(1, 2019, A): 4, (1, 2019, B): 7, (1, 2019, C): 6}, [{(1, 2019, B)}, {(1, 2019, A), (1, 2019, C)}]),
        # Projects of few join the first project that has a block, though another has a smaller one.
        (
            {(1, 2018, A): 1, (2, 2018, A): 9, (2, 2018, B): 8, (3, 2018, A): 5, (4, 2019, A): 4},
            [{(2, 2018, A)}, {(1, 2018, A), (2, 2018, B), (4, 2019, A)}, {(3, 2018, A)}],
        ),
        # A small year joins the smallest block of its project, though another project's is smaller.
        ({(1, 2018, A): 1, (1, 2019, A): 8, (2, 2018, A): 5}, [{(1, 2018, A), (1, 2019, A)}, {(2, 2018, A)}]),
        # Two small years of one project may be of the same households: they join another project.
        (
            {(1, 2018, A): 4, (1, 2019, A): 4, (2, 2018, A): 5, (2, 2019, A): 6},
            [{(1, 2018, A), (1, 2019, A), (2, 2018, A)}, {(2, 2019, A)}],
        ),
        # Nowhere enough.
        ({(1, 2018, A): 4, (2, 2018, B): 4}, []),
        ({}, []),
    ],
)
def test_small_cells_join_the_next(households: dict[Any, int], blocks: list[set[Any]]) -> None:
    assert sorted(map(sorted, blocks_of(households))) == sorted(map(sorted, blocks))


@pytest.mark.parametrize("seed", range(5))
def test_each_cell_is_in_one_block_of_enough_households(seed: int) -> None:
    rng = random.Random(seed)
    cells = [(project, year, code) for project in (1, 2, 3) for year in (2018, 2019) for code in (A, B, C)]
    households = {cell: rng.randint(1, 9) for cell in rng.sample(cells, 12)}

    blocks = blocks_of(households)

    assert sorted(cell for block in blocks for cell in block) == sorted(households)
    for block in blocks:
        years = {(project, year) for project, year, _code in block}
        assert max(sum(households[one] for one in block if one[:2] == cell) for cell in years) >= 5


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in (2, 3))])
def test_no_two_sums_that_are_told_differ_by_less_than_five_households(
    seed: int, manager: User, auditor: User, ruoduo: Division, xili: Division, settings: Any
) -> None:
    settings.SMALLEST_CELL = 3
    random_world(random.Random(seed), [ruoduo, xili], households=14, persons=6)
    everything = Query(user=manager)
    asked = [
        replace(everything, first_year=first, last_year=last) for first, last in combinations(range(2009, 2020), 2)
    ]
    asked += [replace(one, place_code=xili.code) for one in asked] + [replace(one, of="role:wage") for one in asked]

    public = [one for one in asked if not told(one, reach(one)).withheld]

    for one, other in combinations(public, 2):
        rows, others = (set(_rows(replace(query, user=auditor))) for query in (one, other))
        if rows < others:
            assert len({household for household, _pk in others - rows}) >= 3
    assert 1 < len(public) < len(asked)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_told_of_a_project_is_what_all_cells_together_tell(
    seed: int, manager: User, ruoduo: Division, xili: Division, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(seed)
    random_world(rng, [ruoduo, xili], households=16, persons=4)
    spread_over_projects(rng, 9)
    projects = list(Project.objects.order_by("pk").values_list("pk", flat=True))
    asked = [{}, *({"project_id": pk} for pk in projects), {"place_code": xili.code}, {"first_year": 2018}]
    names = ((), ("project_id",), ("year",), ("village__code",))

    few = [_made_of_blocks(Query(user=manager, **one), name) for one in asked for name in names]
    everything = few_module._cells_of(projects)
    monkeypatch.setattr(few_module, "cells_with", lambda _query, _projects: everything)
    whole = [_made_of_blocks(Query(user=manager, **one), name) for one in asked for name in names]

    assert few == whole
    assert {value for one in few for value in one.values()} == {True, False}


def spread_over_projects(rng: random.Random, number: int) -> None:
    """Give the enrolments to so many projects, most of them to few of these."""
    projects = [ProjectFactory().pk for _one in range(number)]
    weights = [rng.choice((1, 1, 2, 30)) for _one in projects]
    for pk in Enrolment.objects.beyond("a test").order_by("pk").values_list("pk", flat=True):
        (project,) = rng.choices(projects, weights)
        with contextlib.suppress(IntegrityError), transaction.atomic():
            Enrolment.objects.beyond("a test").filter(pk=pk).update(project_id=project)


def test_a_question_about_a_project_reads_no_other(
    manager: User, ruoduo: Division, xili: Division, monkeypatch: pytest.MonkeyPatch
) -> None:
    random_world(random.Random(1), [ruoduo, xili], households=16, persons=4)
    first = few_module._first_with_blocks()
    others = set(Enrolment.objects.beyond("a test").values_list("project_id", flat=True)) - {first}
    read: list[int] = []
    cells_of = few_module._cells_of
    monkeypatch.setattr(few_module, "_cells_of", lambda projects: read.extend(projects) or cells_of(projects))
    monkeypatch.setattr(few_module, "_first_with_blocks", lambda: first)

    for pk in others:
        told(Query(user=manager, project_id=pk), reach(Query(user=manager, project_id=pk)))

    assert sorted(read) == sorted(others)


def _rows(query: Query) -> Any:
    return enrolments(query).values_list("household", "pk")


def test_whoever_sees_households_is_told_every_cell(
    manager: User, auditor: User, ruoduo: Division, xili: Division
) -> None:
    random_world(random.Random(2), [ruoduo, xili])

    for cut, name in (
        (reach_by_project, "project_id"),
        (reach_by_year, "year"),
        (reach_by_role, "role"),
        (reach_by_village, "village__code"),
    ):
        own, all_ = (told_apart(Query(user=user), cut(Query(user=user)), name) for user in (manager, auditor))
        assert [one.key for one in all_] == [one.key for one in cut(Query(user=auditor))]
        assert own[-1].key is FEW_EACH
        known = [one.known for one in own]
        assert sum(known) == reach(Query(user=auditor)).known

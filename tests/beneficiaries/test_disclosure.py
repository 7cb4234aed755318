"""Which sums may be told: whoever knows all of them, and each number of households, computes no small one."""

import random
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import combinations, product

import pytest

from beneficiaries.rollups.blocks import Part, Path, blocks_of, hang_together, regions_of

LIMIT = 5
CODES = "abc"


def random_tree(rng: random.Random, most: int = 9) -> dict[Path, int]:
    """Households by village, in up to two counties of up to three townships of up to three villages."""
    places = product("12", "123", "123")
    return {path: rng.randint(1, most) for path in places if rng.random() < 0.6}


def sums_told(cells: dict[Path, int], parts: Iterable[Part]) -> list[set[Path]]:
    """The villages of each place of which the sum is told: they make whole blocks, none of which is small."""
    places = {path[:depth] for path in cells for depth in range(len(path) + 1)}
    held = [{path for path in cells if path[: len(place)] == place} for place in places]
    return [inside for inside in held if all(_is_whole(part, inside) for part in parts)]


def _is_whole(part: Part, inside: set[Path]) -> bool:
    return not part.paths & inside or (part.paths <= inside and part.households >= LIMIT)


class Attacker:
    """Who knows sums, as rows of 0 and 1 over cells, and whatever follows from them."""

    def __init__(self, told: Iterable[list[Fraction]]) -> None:
        self.known: list[tuple[int, list[Fraction]]] = []
        for row in told:
            left = self._less_known(row)
            if (lead := next((place for place, value in enumerate(left) if value), None)) is not None:
                self.known.append((lead, left))

    def computes(self, wanted: list[Fraction]) -> bool:
        """Whether a sum follows from those that are told, by Gaussian elimination."""
        return not any(self._less_known(wanted))

    def _less_known(self, row: list[Fraction]) -> list[Fraction]:
        for lead, known in self.known:
            if row[lead]:
                row = [a - b * row[lead] / known[lead] for a, b in zip(row, known, strict=True)]
        return row


def row_of(cells: Iterable[object], among: set[object]) -> list[Fraction]:
    return [Fraction(cell in among) for cell in cells]


def small_sets(weights: dict[object, int]) -> Iterator[set[object]]:
    """Each set of up to three cells of fewer households than may be told."""
    for number in (1, 2, 3):
        for some in combinations(sorted(weights, key=repr), number):
            if sum(weights[cell] for cell in some) < LIMIT:
                yield set(some)


@pytest.mark.parametrize("seed", range(12))
def test_no_sum_of_few_households_follows_from_the_sums_that_are_told(seed: int) -> None:
    cells = random_tree(random.Random(seed))

    told = sums_told(cells, blocks_of(cells, LIMIT))

    attacker = Attacker(row_of(cells, inside) for inside in told)
    assert [some for some in small_sets(cells) if attacker.computes(row_of(cells, some))] == []


@pytest.mark.parametrize("seed", range(6))
def test_a_tree_without_a_small_cell_is_told_whole(seed: int) -> None:
    cells = {path: 4 + number for path, number in random_tree(random.Random(seed)).items()}

    parts = blocks_of(cells, LIMIT)

    assert sorted(min(part.paths) for part in parts) == sorted(cells)
    assert len(parts) == len(cells)


def test_a_small_village_is_told_with_the_smallest_beside_it() -> None:
    cells = {("1", "1"): 1, ("1", "2"): 20, ("1", "3"): 7, ("2", "1"): 6}

    parts = blocks_of(cells, LIMIT)

    assert {part.paths: part.households for part in parts} == {
        frozenset({("1", "1"), ("1", "3")}): 8,
        frozenset({("1", "2")}): 20,
        frozenset({("2", "1")}): 6,
    }


def test_a_small_township_is_told_with_the_smallest_village_of_another() -> None:
    cells = {("1", "1"): 1, ("1", "2"): 2, ("2", "1"): 9, ("2", "2"): 6}

    parts = blocks_of(cells, LIMIT)

    assert {part.paths: part.households for part in parts} == {
        frozenset({("1", "1"), ("1", "2"), ("2", "2")}): 9,
        frozenset({("2", "1")}): 9,
    }


def test_a_nation_of_few_households_is_one_small_block() -> None:
    parts = blocks_of({("1", "1"): 1, ("2", "1"): 3}, LIMIT)

    assert [part.households for part in parts] == [4]


@pytest.mark.parametrize("seed", range(20))
def test_no_sum_of_few_households_follows_from_a_cut_beside_the_sums_by_place(seed: int) -> None:
    """Known besides: which village has no household of a code."""
    rng = random.Random(seed)
    most = rng.choice((2, 9, 20))
    weights = {
        (path, code): number
        for path in random_tree(rng)
        for code in CODES
        if (number := rng.choice((0, rng.randint(1, most))))
    }
    cells: dict[Path, int] = {}
    for (path, _code), number in weights.items():
        cells[path] = cells.get(path, 0) + number
    blocks = blocks_of(cells, LIMIT)
    regions = regions_of(blocks, weights, LIMIT)
    told = [row_of(weights, {(p, c) for p, c in weights if p in inside}) for inside in sums_told(cells, blocks)]

    untold = {path for path in cells if not any(path in part.paths for part in regions)}
    for inside in sums_told(cells, [*regions, *(Part(1, frozenset({path})) for path in untold)]):
        for code in CODES:
            if not any(code in part.untold and part.paths & inside for part in regions):
                told.append(row_of(weights, {(p, c) for p, c in weights if p in inside and c == code}))

    attacker = Attacker(told)
    assert [some for some in small_sets(weights) if attacker.computes(row_of(weights, some))] == []


def test_rows_and_columns_that_share_few_tell_what_they_share() -> None:
    # a-x 9, b-y 9, and 2 between: Σ a − Σ x are the 2.
    assert not hang_together({("a", "x"): 9, ("b", "y"): 9, ("a", "y"): 2}, LIMIT)
    assert hang_together({("a", "x"): 9, ("b", "y"): 9, ("a", "y"): 2, ("b", "x"): 3}, LIMIT)
    assert hang_together({("a", "x"): 9, ("b", "y"): 9}, LIMIT)

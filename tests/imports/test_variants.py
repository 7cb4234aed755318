"""Spoiled files end in a declared outcome. `python -m tests.imports.variants` does many more rounds."""

import random

import pytest

from tests.imports.variants import run, variant

DECLARED = {"accept", "row_errors", "refuse"}


@pytest.mark.parametrize("rounds", [60, pytest.param(1500, marks=pytest.mark.slow)])
def test_spoiled_files_end_in_a_declared_outcome(rounds):
    outcomes, wrong = run(rounds, seed=7)

    assert wrong == []
    assert outcomes.total() == rounds
    assert {name.split()[0] for name in outcomes} == DECLARED


def test_the_same_seed_spoils_in_the_same_way():
    content = b"village_code,household_no\r\n110101001001,0001\r\n"

    first, second = (variant(content, random.Random(5)) for _time in range(2))

    assert first == second != content

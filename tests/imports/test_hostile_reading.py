"""Each hostile file comes to the outcome that its manifest states, as far as no table has a say."""

from decimal import Decimal
from hashlib import sha256

import pytest

from tests.imports.cases import CASES, FOLDER, MANIFEST, expected_of, outcome_of, workbooks_read_here

# They unpack for half a second; test_containers.py has a small sibling of each.
LONG = {"i05_zip_bomb_blanks", "i14_lying_zip_size"}


@pytest.mark.parametrize(
    "number", [pytest.param(one, marks=[pytest.mark.slow] if one in LONG else []) for one in sorted(CASES)]
)
def test_a_hostile_file_comes_to_the_outcome_that_is_stated(number):
    case = CASES[number]
    expected = expected_of(case)

    with workbooks_read_here():
        found = outcome_of(FOLDER / case["file"])

    assert (found.word, found.code, found.places) == (expected.word, expected.code, expected.places)


@pytest.mark.parametrize("number", sorted(number for number, case in CASES.items() if case["rows"]))
def test_an_accepted_file_holds_the_rows_that_are_stated(number):
    case = CASES[number]
    amounts = [{name: Decimal(row[name]) for name in MANIFEST["money_columns"]} for row in case["rows"]]

    with workbooks_read_here():
        found = outcome_of(FOLDER / case["file"])

    assert found.rows == [row | money for row, money in zip(case["rows"], amounts, strict=True)]


def test_the_files_are_those_of_the_manifest():
    digests = {number: sha256((FOLDER / case["file"]).read_bytes()).hexdigest() for number, case in CASES.items()}

    assert digests == {number: case["sha256"] for number, case in CASES.items()}


@pytest.mark.slow
@pytest.mark.parametrize("number", sorted(number for number, case in CASES.items() if case["format"] == "xlsx"))
def test_a_workbook_comes_to_the_same_in_a_process_of_its_own(number):
    case = CASES[number]

    found = outcome_of(FOLDER / case["file"])

    assert (found.word, found.code) == (expected_of(case).word, case["file_error"])

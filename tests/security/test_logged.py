"""The search through what all tests log finds what it is there to find (tests/logged.py, tests/conftest.py)."""

import logging

import pytest

from tests.conftest import signed_in
from tests.logged import CANARIES, GATHERER

QUIET = logging.getLogger("tests.quiet")


@pytest.mark.parametrize(
    "named", ["FOREIGN-project", "王小明", "513228198001011234", "6222020200112233", "example-only"]
)
def test_line_that_names_somebody_is_found(named):
    assert CANARIES.search(f"what was told of {named} in a line")


def test_line_of_chinese_is_found_in_json():
    QUIET.error("told of %s", "王小明")

    found, GATHERER.found[:] = list(GATHERER.found), []
    assert len(found) == 1
    assert "王小明" in found[0]


def test_code_of_a_place_a_moment_and_an_amount_are_no_canaries():
    assert not CANARIES.search(
        "513228212205 2026-11-23T06:09:16.123+00:00 OWN-village 4032000.00 4e1243bd22c66e76c2ba9eddc1f91394"
    )


def test_each_request_is_a_line_that_is_searched(auditor):
    before = GATHERER.lines

    signed_in(auditor).get("/funding/", {"area": "513228000000"})

    assert GATHERER.lines > before

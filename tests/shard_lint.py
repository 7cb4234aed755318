"""Statements that Citus would refuse fail the test that ran them, on any database: pytest -p tests.shard_lint

Over the tests of households it looks always (tests/beneficiaries/conftest.py), over the whole suite when asked so.
With SHARD_LINT_FILE=… it fails nothing and writes what it objects to into that file.
"""

import json
import os
import re
from collections.abc import Iterator

import pytest
from django.db import connection

from alleviation.operations.citus.lint import Lint

# (what the statement looks like, why it may be): may only shrink (tests/operations/test_citus_lint.py).
ALLOWED: tuple[tuple[str, str], ...] = (
    (r'EXISTS\(SELECT %s AS "a" FROM "evidence_evidence" U0', "on Citus a list: common/citus/asking.py, unproven.py"),
    (
        r'^SELECT "projects_division"."code" AS "code" FROM "projects_division" WHERE .*EXISTS\(SELECT',
        "on Citus a list: common/citus/asking.py, projects/rollups/walks.py",
    ),
    (
        r'^SELECT (COUNT\(DISTINCT|MAX\()\s?"beneficiaries_enrolment"."(household_id|year)"\) FILTER',
        "on Citus a statement of its own: beneficiaries/rollups/reach.py",
    ),
)
FILE = os.environ.get("SHARD_LINT_FILE", "")


def objections(lint: Lint) -> list[str]:
    """What was objected to and is not allowed."""
    return [
        f"{', '.join(why)}: {sql}"
        for sql, why in lint.found.items()
        if not any(re.search(looks, sql) for looks, _reason in ALLOWED)
    ]


@pytest.fixture(scope="session")
def shard_lint() -> Lint:
    """One for all tests of a worker: the same statements come again and again."""
    return Lint()


@pytest.fixture(autouse=True)
def _no_statement_that_citus_refuses(shard_lint: Lint, request: pytest.FixtureRequest) -> Iterator[None]:
    shard_lint.found.clear()
    with connection.execute_wrapper(shard_lint):
        yield
    found = objections(shard_lint)
    if FILE:
        with open(FILE, "a", encoding="utf-8") as told:
            told.writelines(json.dumps([request.node.nodeid, one]) + "\n" for one in found)
    else:
        assert found == [], "Citus would refuse it (docs/citus.md)"

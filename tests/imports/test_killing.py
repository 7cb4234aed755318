"""A worker may end at any moment: what it was busy with is written whole, or not at all."""

import subprocess
import sys

import pytest

from tests.house.ground import ROOT
from tests.postgres import server_folder


@pytest.mark.slow
@pytest.mark.parametrize(
    "database",
    [
        "sqlite",
        pytest.param(
            "postgresql",
            marks=[pytest.mark.long, pytest.mark.skipif(not server_folder(), reason="no PostgreSQL server")],
        ),
    ],
)
def test_imports_that_are_killed_ended_and_cancelled_leave_nothing_half_done(database):
    command = [sys.executable, "-m", "tests.imports.killing", "--runs", "9", "--database", database]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)

    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["nothing half done"]), done.stdout + done.stderr

"""Every benchmark runs, and what it checks is right; how fast it is here is nobody's business."""

import os
import shutil
import subprocess
import sys

import pytest

from benchmarks.all import RUNS
from tests.house.ground import ROOT
from tests.postgres import server_folder


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.skipif(server_folder() is None, reason="no PostgreSQL server here")
@pytest.mark.skipif(not shutil.which("psql"), reason="no psql here")
def test_benchmarks_are_right_at_their_smallest():
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}

    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.all", "--smallest"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    begun = [line.split()[3] for line in done.stdout.splitlines() if line.startswith("=== ")]
    wrong = [line for line in done.stdout.splitlines() if "WRONG" in line]
    assert (done.returncode, wrong) == (0, []), done.stdout + done.stderr
    assert begun == [f"benchmarks.{run.module or run.name}" for run in RUNS]

"""Runs every benchmark, one after the other, on databases that are made once.

    python -m benchmarks.all --quick | --full [NAME …]

--full measures at the sizes that docs and targets speak of, and takes an hour; --quick takes some minutes and tells
ratios all the same; --smallest only tries whether everything is right. What each prints goes to
benchmarks/results/NAME.txt, except for --smallest.
"""

import argparse
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.inside import ROOT
from benchmarks.worlds import CLUSTER, FOLDER, path_of, postgresql, sqlite

RESULTS = Path(__file__).resolve().parent / "results"
SIZES = ("smallest", "quick", "full")


@dataclass(frozen=True)
class Run:
    """A benchmark with the options of each size; `name` is that of its result as well."""

    name: str
    smallest: str
    quick: str
    full: str
    module: str = ""

    def command(self, size: str) -> list[str]:
        """What is typed to run it."""
        options: str = getattr(self, size)
        return [sys.executable, "-m", f"benchmarks.{self.module or self.name}", *options.split()]


# The smaller worlds are shared: a database is made once for all that ask for as many households.
RUNS = (
    Run(
        "export_http",
        smallest="--rows 3000 --large 3000 --small 3000 --rounds 1 --no-peers",
        quick="--rows 75000 --large 75000 --rounds 3",
        full="--rows 1000000 --large 15000000 --rounds 5",
    ),
    Run(
        "export_http_sqlite",
        module="export_http",
        smallest="--database sqlite --rows 3000 --small 3000 --rounds 1 --no-peers",
        quick="--database sqlite --rows 75000 --rounds 3 --no-peers",
        full="--database sqlite --rows 1000000 --rounds 5 --no-peers",
    ),
    Run(
        "import_incomes",
        smallest="--rows 3000 --rounds 1 --no-peers",
        quick="--rows 75000 --rounds 3",
        full="--rows 1000000 --rounds 5",
    ),
    Run(
        "rollup_cost",
        smallest="--households 600 --saves 20 --rows 3000 --rounds 1",
        quick="--households 15000 --saves 200 --rows 75000 --rounds 3",
        full="--households 300000 --saves 400 --rows 1000000 --rounds 3",
    ),
    Run("rollup_exactness", smallest="--rounds 1 --writers 3", quick="--rounds 20", full="--rounds 200"),
    Run(
        "dashboards",
        smallest="--small 600 --large 600 --rounds 1",
        quick="--small 3660 --large 15000 --rounds 3",
        full="--small 15000 --large 3000000 --rounds 5",
    ),
    Run(
        "nation_cells",
        smallest="--villages 20 --rounds 1",
        quick="--villages 500 --rounds 3",
        full="--villages 128000 --rounds 5",
    ),
    Run(
        "not_modified",
        smallest="--households 600 --rounds 1 --requests 3",
        quick="--households 15000 --rounds 3 --requests 20",
        full="--households 300000 --rounds 5 --requests 40",
    ),
    Run(
        "first_page",
        smallest="--rounds 1 --requests 3",
        quick="--rounds 9 --requests 20",
        full="--rounds 25 --requests 40",
    ),
    Run(
        "admin_at_size",
        smallest="--households 600 600 --rounds 1",
        quick="--households 3660 15000 --rounds 3",
        full="--households 15000 3000000 --rounds 9",
    ),
    Run(
        "bytes_per_household_year",
        smallest="--households 600",
        quick="--households 15000",
        full="--households 300000",
    ),
    Run(
        "metrics_cost",
        smallest="--rounds 1 --requests 2",
        quick="--rounds 15",
        full="--rounds 60",
    ),
    Run(
        "registering",
        smallest="--households 20 --saves 20",
        quick="--households 200 --saves 200",
        full="--households 6000 --saves 500",
    ),
    Run(
        "scale",
        smallest="--households 600 600 1200",
        quick="--households 600 3000 15000",
        full="--households 3000 30000 300000",
    ),
    Run(
        "load",
        smallest="--people 4 --minutes 0.05 --rows 4000 --idle 0.01",
        quick="--people 20 --minutes 2 --rows 100000 --idle 0.5",
        full="--people 50 --minutes 10 --rows 1000000",
    ),
)


def main() -> int:
    parser = argparse.ArgumentParser(description="Every benchmark, one after the other.")
    sizes = parser.add_mutually_exclusive_group(required=True)
    for size in SIZES:
        sizes.add_argument(f"--{size}", dest="size", action="store_const", const=size)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these; default: all")
    given = parser.parse_args()
    if unknown := set(given.names) - {run.name for run in RUNS}:
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    with postgresql() as cluster, sqlite() as files:
        os.environ[CLUSTER], os.environ[FOLDER] = cluster, str(path_of(files).parent)
        codes = {run.name: run_one(run, given.size) for run in RUNS if run.name in (given.names or [run.name])}
    for name in (failed := [name for name, code in codes.items() if code]):
        print(f"{name}: SOMETHING IS WRONG")
    return 1 if failed else 0


def run_one(run: Run, size: str) -> int:
    """Run it, show what it prints, and keep that; its exit code."""
    command = run.command(size)
    shown = " ".join(["python", *command[1:]])
    print(f"\n=== {shown}", flush=True)
    lines = [f"{shown}, {datetime.now(UTC):%Y-%m-%d}\n", "\n"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    if size != "smallest":
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{run.name}.txt").write_text("".join(lines), encoding="utf-8")
    return process.returncode


if __name__ == "__main__":
    sys.exit(main())

"""What benchmarks measure is told as it is: pairs in turns, medians of pairs, targets kept and missed."""

import pytest

from benchmarks.all import RUNS, SIZES
from benchmarks.pairs import in_turns, ratio_of
from benchmarks.sheets import Sheet
from benchmarks.worlds import is_sqlite, named, path_of


def test_works_are_done_in_turns_and_each_begins_once():
    order: list[str] = []

    def work(name: str):
        return lambda: order.append(name) or len(order)

    found = in_turns(2, {"one": work("one"), "other": work("other")})

    assert order == ["one", "other", "other", "one"]
    assert found == {"one": [1, 4], "other": [2, 3]}


def test_ratio_is_the_median_of_the_pairs_and_not_the_ratio_of_medians():
    # 2, 1 and 4: a slow minute of the machine made the last pair slow on one side only.
    assert ratio_of([2.0, 3.0, 40.0], [1.0, 3.0, 10.0]) == 2.0


@pytest.mark.parametrize(
    ("bounds", "verdict"),
    [({"most": 1.7}, "<= 1.7 kept"), ({"most": 1.5}, "<= 1.5 MISSED"), ({"least": 2}, ">= 2 MISSED"), ({}, "")],
    ids=["kept", "above", "below", "no target"],
)
def test_figure_stands_beside_its_target(capsys, bounds, verdict):
    sheet = Sheet()

    sheet.figure("import / psql", 1.6044, "times", **bounds)

    assert " ".join(capsys.readouterr().out.split()) == f"import / psql 1.6 times {verdict}".strip()
    # A target that is missed is written down, and no fault.
    assert sheet.code == 0


def test_check_that_fails_is_a_fault_and_told_in_short(capsys):
    sheet = Sheet()

    sheet.check("rows", 5, 5)
    sheet.check("sums", "x" * 1000, "y")

    right, wrong = capsys.readouterr().out.splitlines()
    assert (" ".join(right.split()), wrong.split(":")[0].split(), len(wrong) < 500) == (
        "rows right",
        ["sums", "WRONG"],
        True,
    )
    assert sheet.code == 1


def test_databases_beside_each_other_differ_by_name_alone(tmp_path):
    cluster = "postgresql://postgres@/postgres?host=%2Ftmp%2Fpg-1"
    file = f"sqlite:///{tmp_path}/none.sqlite3"

    assert named(cluster, "load_60") == "postgresql://postgres@/load_60?host=%2Ftmp%2Fpg-1"
    assert path_of(named(file, "load_60")) == tmp_path / "load_60.sqlite3"
    assert (is_sqlite(file), is_sqlite(cluster)) == (True, False)


@pytest.mark.parametrize("size", SIZES)
def test_each_benchmark_is_run_by_name_at_each_size(size):
    commands = [run.command(size) for run in RUNS]

    assert len({run.name for run in RUNS}) == len(RUNS)
    assert {command[2].partition(".")[0] for command in commands} == {"benchmarks"}
    assert all(len(command) > 3 for command in commands)

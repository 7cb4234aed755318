"""How commands ended is kept for whoever watches, and what they log can be found again."""

import json
import logging
import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from alleviation.common.broken_commands import tell_failures
from alleviation.common.outcomes import last_outcome, outcome
from alleviation.common.request_numbers import current, number_of_command, numbered
from alleviation.imports import working
from alleviation.intake.models import RunState
from tests.house.ground import ROOT


def test_an_outcome_keeps_when_it_was_good_last(counting):
    with outcome("backup"):
        pass
    good = last_outcome("backup")
    with pytest.raises(ValueError, match="disk"), outcome("backup"):
        raise ValueError("disk")

    bad = last_outcome("backup")

    assert (good.is_good, bad.is_good, bad.good_at) == (True, False, good.good_at)
    assert bad.ended_at >= good.ended_at


def test_nothing_is_kept_where_nobody_asks(settings, tmp_path):
    settings.METRICS_TOKEN, settings.METRICS_FOLDER = "", tmp_path

    with outcome("backup"):
        pass

    assert (last_outcome("backup"), list(tmp_path.iterdir())) == (None, [])


def test_a_folder_that_cannot_be_written_fails_no_command(counting, settings, tmp_path, caplog):
    settings.METRICS_FOLDER = tmp_path / "file"
    settings.METRICS_FOLDER.touch()

    with outcome("backup"):
        pass

    assert [record.getMessage() for record in caplog.records] == [
        "How backup ended could not be kept: NotADirectoryError."
    ]


def test_an_anchor_and_a_check_of_sums_tell_how_they_ended(counting, db, tmp_path):
    call_command("rebuild_rollups", "--check", verbosity=0)
    with pytest.raises(CommandError):
        call_command("export_anchor", to=tmp_path / "anchors")

    assert [last_outcome(job).is_good for job in ("rollup_check", "anchor")] == [True, False]
    assert last_outcome("verify") is None


def test_what_a_worker_logs_is_numbered_by_its_import(monkeypatch):
    class Run:
        pk, state, kind = 7, RunState.WAITING, "incomes"

    left, numbers = [Run()], []
    monkeypatch.setattr(working, "_next", lambda: left.pop() if left else None)
    monkeypatch.setattr(working, "STEPS", {RunState.WAITING: lambda *_run: numbers.append(current())})

    with numbered("run_imports-1"):
        working.work_off()
        numbers.append(current())

    assert numbers == ["import-7", "run_imports-1"]


@pytest.mark.parametrize(
    ("words", "name"), [(["manage.py", "verify"], "verify"), (["manage.py", "张三"], "command"), ([], "command")]
)
def test_a_command_has_a_number_that_repeats_nothing_that_was_typed(words, name):
    before, _, rest = number_of_command(words).rpartition("-")

    assert (before, len(rest)) == (name, 8)


def test_a_command_that_breaks_off_is_told_without_its_words_where_machines_read(settings, caplog):
    settings.LOG_FORMAT = "json"

    with pytest.raises(SystemExit) as ended, tell_failures():
        raise ValueError("the row of somebody")

    settings.LOG_FORMAT = "text"
    with pytest.raises(ValueError, match="somebody"), tell_failures():
        raise ValueError("the row of somebody")
    assert (ended.value.code, [record.levelno for record in caplog.records]) == (1, [logging.CRITICAL])


@pytest.mark.slow
def test_a_command_speaks_to_the_log_in_lines_of_json(tmp_path):
    environment = {
        "LOG_FORMAT": "json",
        "DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3",
        "PATH": os.environ["PATH"],
    }

    done = subprocess.run(
        [sys.executable, "manage.py", "export_anchor", "--to", str(tmp_path / "anchors")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    line = json.loads(done.stderr)
    assert (done.returncode, line["level"], line["request"].rpartition("-")[0]) == (1, "CRITICAL", "export_anchor")
    assert line["failure"][-1] == "django.db.utils.OperationalError"

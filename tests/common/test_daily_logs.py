"""A file of log lines for each day, and how old ones go."""

import logging
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from alleviation.common.daily_logs import DailyFile, old_logs


def record(at: datetime, words: str) -> logging.LogRecord:
    made = logging.LogRecord("a", logging.INFO, "", 0, words, None, None)
    made.created = at.timestamp()
    return made


def test_each_line_goes_to_the_file_of_its_day_for_the_owner_alone(tmp_path):
    handlers = [DailyFile(str(tmp_path / "logs")) for _process in range(2)]

    for handler in handlers:
        handler.emit(record(datetime(2024, 1, 3, 23, 59, tzinfo=UTC), "late"))
        handler.emit(record(datetime(2024, 1, 4, tzinfo=UTC), "early"))

    files = sorted((tmp_path / "logs").iterdir())
    assert [(one.name, one.read_text()) for one in files] == [
        ("alleviation-2024-01-03.log", "late\nlate\n"),
        ("alleviation-2024-01-04.log", "early\nearly\n"),
    ]
    assert {one.stat().st_mode & 0o777 for one in files} == {0o600}


def test_old_files_are_those_of_days_longer_past_and_no_others(tmp_path):
    for name in ("alleviation-2024-01-01.log", "alleviation-2024-01-02.log", "alleviation-old.log", "other.log"):
        (tmp_path / name).touch()

    assert [one.name for one in old_logs(tmp_path, today=date(2024, 6, 30), days=180)] == [
        "alleviation-2024-01-01.log"
    ]


def test_command_keeps_the_days_of_the_setting(tmp_path: Path, settings):
    settings.LOG_FOLDER, settings.LOG_DAYS = str(tmp_path), 180
    old, new = (
        tmp_path / "alleviation-2020-01-01.log",
        tmp_path / datetime.now(UTC).strftime("alleviation-%Y-%m-%d.log"),
    )
    old.touch()
    new.touch()

    call_command("forget_logs", dry_run=True)
    kept = old.exists()
    call_command("forget_logs")

    assert (kept, old.exists(), new.exists()) == (True, False, True)


@pytest.mark.parametrize(("folder", "days"), [("", 180), ("/nowhere", 179)])
def test_command_refuses_without_a_folder_and_too_few_days(folder, days, settings):
    settings.LOG_FOLDER, settings.LOG_DAYS = folder, days

    with pytest.raises(CommandError):
        call_command("forget_logs")

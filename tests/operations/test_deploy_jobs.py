"""The jobs of compose.yaml over some nights, which take seconds: the clock, sleep and Python acted by a few lines."""

import os
import signal
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.house.ground import ROOT

SHANGHAI = ZoneInfo("Asia/Shanghai")
# A second of the clock passes only in sleep; what else runs meanwhile has a moment for it.
PROGRAMS = {
    "date": 'exec /bin/date -d "@$(cat "$PLACE/now")" "$@"',
    "sleep": """
/bin/sleep 0.25
now=$(($(cat "$PLACE/now") + $1))
echo "$now" > "$PLACE/now.new" && mv "$PLACE/now.new" "$PLACE/now"
[ "$now" -lt "$(cat "$PLACE/until")" ] || kill -TERM "$PPID"
""",
    "python": """
echo "$2 $(cat "$PLACE/now")" >> "$PLACE/said"
[ ! -e "$PLACE/long-$2" ] || until [ "$(cat "$PLACE/now")" -ge "$(cat "$PLACE/long-$2")" ]; do /bin/sleep 0.02; done
[ ! -e "$PLACE/fails-$2" ]
""",
}


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).timestamp())


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name, text in PROGRAMS.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text.strip()}\n")
        (tmp_path / name).chmod(0o755)
    return tmp_path


def started(place: Path, since: str, until: str, **settings: str) -> "subprocess.Popen[bytes]":
    (place / "now").write_text(str(at(since)))
    (place / "until").write_text(str(at(until)))
    told = {"PLACE": str(place), "JOBS_FOLDER": str(place / "days"), "ANCHOR_FILE": "a", "BACKUP_FOLDER": "b"}
    environment = {"PATH": f"{place}:{os.environ['PATH']}", **told, **settings}
    return subprocess.Popen(["/bin/sh", str(ROOT / "deploy" / "jobs.sh")], env=environment, stderr=subprocess.PIPE)


def ran(place: Path, since: str, until: str, **settings: str) -> dict[str, list[str]]:
    """Each command with the hours at which it was begun; the jobs end by themselves when they are asked to."""
    with started(place, since, until, **settings) as jobs:
        assert jobs.wait(60) == 0
    found: dict[str, list[str]] = {}
    for line in (place / "said").read_text().splitlines():
        command, _blank, moment = line.partition(" ")
        found.setdefault(command, []).append(f"{datetime.fromtimestamp(int(moment), UTC).astimezone(SHANGHAI):%d %H}")
    return found


@pytest.mark.slow
def test_jobs_run_at_their_hours_by_the_offices_clock(place):
    found = ran(place, "2026-11-22T22:10", "2026-11-23T04:00")

    # What is new begins with what it has not done that day.
    assert found.pop("export_anchor") == ["22 22", "22 23", "23 00", "23 01", "23 02", "23 03"]
    assert found == {
        "backup": ["22 22", "23 00"],
        "forget_logs": ["22 22", "23 01"],
        "verify": ["22 22", "23 02"],
        "rebuild_rollups": ["22 22", "23 02"],
    }


@pytest.mark.slow
def test_a_job_of_hours_keeps_no_other_from_its_day_and_no_anchor_from_its_hour(place):
    (place / "days").mkdir()
    for name in ("backup", "forget", "verify"):
        (place / "days" / name).write_text("2026-11-22\n")
    (place / "long-backup").write_text(str(at("2026-11-23T04:00")))

    found = ran(place, "2026-11-22T23:10", "2026-11-23T07:00", PERSONAL_YEARS="10")

    assert found.pop("export_anchor") == ["22 23", *(f"23 {hour:02}" for hour in range(7))]
    assert {name: [hour[:2] for hour in hours] for name, hours in found.items()} == {
        name: ["23"] for name in ("backup", "forget_logs", "forget_persons", "verify", "rebuild_rollups")
    }
    assert (found["backup"], found["verify"] >= ["23 04"]) == (["23 00"], True)


@pytest.mark.slow
def test_what_a_restart_kept_from_its_hour_is_done_afterwards_and_once(place):
    ran(place, "2026-11-22T22:10", "2026-11-22T23:00")
    (place / "said").unlink()

    after = ran(place, "2026-11-23T05:30", "2026-11-23T08:00")
    again = (place / "said").unlink() or ran(place, "2026-11-23T09:30", "2026-11-23T11:00")

    assert after["backup"] == after["verify"] == ["23 05"]
    assert set(again) == {"export_anchor"}


def test_a_job_that_fails_is_told_and_the_next_go_on(place):
    (place / "fails-backup").touch()

    with started(place, "2026-11-23T05:30", "2026-11-23T07:00") as jobs:
        said = jobs.communicate(timeout=60)[1].decode()

    assert "jobs.sh: backup ended with 1" in said
    assert "verify" in (place / "said").read_text()


def test_whoever_is_asked_to_end_ends_what_is_under_way(place):
    (place / "long-backup").write_text(str(at("2030-01-01T00:00")))
    with started(place, "2026-11-23T05:30", "2030-01-01T00:00") as jobs:
        until = time.monotonic() + 20
        while not (place / "said").exists() or "backup" not in (place / "said").read_text():
            assert time.monotonic() < until
            time.sleep(0.02)
        jobs.send_signal(signal.SIGTERM)

        assert jobs.wait(10) == 0

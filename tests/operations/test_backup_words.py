"""What stops a backup or a restore is told by its cause; what is forged or damaged leads nowhere."""

import gzip
import runpy
import shutil
import sys
from datetime import UTC, datetime

import pytest

from alleviation.operations.backup import recovering
from alleviation.operations.backup.evidence import LIST, listed_in
from alleviation.operations.backup.faults import BackupFault
from alleviation.operations.backup.recovering import Target, cause_of, programs_for, replayed
from alleviation.operations.backup.rights import refuse_partial
from alleviation.operations.backup.timelines import Line
from tests.house.ground import ROOT

SERVER = {"version": 150004, "segment": 16 * 1024 * 1024, "timeline": 1, "start": "0/3000028", "until": "0/5000060"}
KEY_FILES = [".personal-key", ".secret-key", ".trail-key"]
LINE = Line(((1, 0),), 1, SERVER["segment"])
SHORT = "FATAL:  recovery ended before configured recovery target was reached\n"
LAST = "LOG:  last completed transaction was at log time 2026-11-23 01:02:03.5+00\n"


class Answers:
    """A connection whose questions are answered in turn."""

    def __init__(self, *answers):
        self.answers, self.settings_dict = iter(answers), {"USER": "office"}

    def cursor(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        pass

    def execute(self, statement):
        self.answer = next(self.answers)

    def fetchone(self):
        return (self.answer,)


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ((3, 0, False), "The role office sees a part of 3 tables only"),
        ((0, 2, False), "The role office may not read 2 tables. Grant it pg_read_all_data"),
        ((0, 0, True, 2), "Households lie on 2 other servers"),
    ],
)
def test_a_backup_of_a_part_is_refused(answers, words):
    with pytest.raises(BackupFault, match=words):
        refuse_partial(Answers(*answers))


def test_a_backup_of_everything_is_not():
    assert refuse_partial(Answers(0, 0, False)) is None
    assert refuse_partial(Answers(0, 0, True, 0)) is None


@pytest.mark.parametrize(
    ("said", "archived", "words"),
    [
        (LAST + SHORT, [4, 5], "The archive has no write after that moment, the last is of 2026-11-23 01:02:03.5+00:"),
        (
            LAST + SHORT,
            [5, 7],
            "lacks the segment 000000010000000000000006: the last write before it is of 2026-11-23",
        ),
        ("WAL file is from different database system: …", [], "The archive is of another server than the backup"),
        ("FATAL:  could not write: No space left on device", [], "It said: FATAL:  could not write: No space left"),
    ],
)
def test_why_a_server_did_not_recover(said, archived, words, tmp_path):
    for number in archived:
        (tmp_path / f"0000000100000000{number:08X}.{0:032}.gz").touch()

    assert words in cause_of(said, SERVER, Target(tmp_path, datetime.now(UTC)), LINE)


def test_a_server_stops_at_the_moment_of_its_backup_or_where_it_is_told(tmp_path):
    nine = datetime(2026, 11, 23, 9, tzinfo=UTC)

    third = Line(((1, 0), (3, 5)), 4, SERVER["segment"])
    of_backup = replayed(SERVER, Target(), LINE, "fetch %f %p")
    of_nine, of_all = (replayed(SERVER, Target(tmp_path, at), third, "fetch") for at in (nine, None))

    assert of_backup["recovery_target_lsn"] == "0/5000060"
    assert [told["recovery_target_timeline"] for told in (of_backup, of_nine, of_all)] == ["current", "3", "3"]
    assert of_nine["recovery_target_time"] == "2026-11-23 09:00:00.000000+00"
    assert [name for name in of_all if name.startswith("recovery_target_") and name[16:] in ("lsn", "time")] == []


def test_without_the_programs_of_the_server_nothing_is_begun(monkeypatch):
    monkeypatch.setattr(recovering, "folder_of", lambda major: None)

    with pytest.raises(BackupFault, match=r"of PostgreSQL 15: install its server programs here \(postgresql-15\)"):
        programs_for(SERVER)


@pytest.mark.parametrize("name", ["../../../etc/passwd", "0" * 63, "G" * 64])
def test_a_forged_list_of_files_leads_nowhere(name, tmp_path):
    (tmp_path / LIST).write_bytes(gzip.compress(f"{name} 1 {'0' * 64} 1\n".encode()))

    with pytest.raises(BackupFault, match="names files that are none: it is forged"):
        list(listed_in(tmp_path))


@pytest.mark.parametrize(("command", "made"), [("restore", []), ("backup_drill", []), ("check", KEY_FILES)])
def test_who_restores_is_given_no_new_key_that_would_hide_that_the_own_is_missing(
    command, made, tmp_path, monkeypatch
):
    """In a release where nothing is set."""
    for name in ("SECRET_KEY", "TRAIL_KEY", "PERSONAL_KEYS", "PRODUCTION", "HTTPS"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "alleviation").mkdir()
    shutil.copy(ROOT / "alleviation" / "settings.py", tmp_path / "alleviation")
    monkeypatch.setattr(sys, "argv", ["manage.py", command])

    found = runpy.run_path(str(tmp_path / "alleviation" / "settings.py"))

    assert sorted(path.name for path in tmp_path.glob(".*-key")) == made
    assert bool(found["TRAIL_KEY"]) == bool(found["PERSONAL_KEYS"]) == bool(made)
    assert len(found["SECRET_KEY"]) >= 64

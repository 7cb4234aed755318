"""What a backup, its folder or a clock says of itself is not believed: damage heals or is told."""

import json
import os
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from alleviation.common.outcomes import last_outcome
from alleviation.operations.backup import drill, evidence, making
from alleviation.operations.backup.drill import try_backup
from alleviation.operations.backup.evidence import due_since
from alleviation.operations.backup.faults import BackupFault
from alleviation.operations.backup.manifest import NAME, read_manifest
from alleviation.operations.backup.recovering import Target
from alleviation.operations.backup.restoring import choose, restore
from alleviation.operations.backup.retention import forget_log, forget_old
from alleviation.operations.backup.segments import name_of
from alleviation.operations.backup.store import Store
from tests.operations.houses import SECRET, attach, backed_up, flipped, key_of, living_in, write, written

pytestmark = [
    pytest.mark.skipif(connections["default"].vendor != "sqlite", reason="the run on SQLite has the tables to copy"),
    pytest.mark.django_db,
]
DIGEST = sha256(SECRET).hexdigest()
DAY = datetime(2026, 11, 23, 1, tzinfo=UTC)
SIZE = 16 * 1024 * 1024


@pytest.fixture
def every_night(monkeypatch):
    """All files are read again, and not a seventh of them."""
    monkeypatch.setattr(evidence, "SEVENTHS", 1)


def stored(house: Path) -> Path:
    """The file of evidence in the folder of backups."""
    (path,) = (house / "backups" / "evidence").rglob(f"{DIGEST}.age")
    return path


def restored_file(house: Path, kept, place: str) -> bytes:
    return (restore(kept, house / place, key_of(house), Target()).files / DIGEST[:2] / DIGEST).read_bytes()


# --- files of evidence --------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_stored_file_that_rots_is_stored_anew_and_every_backup_can_be_restored(house, moments, every_night):
    moments()
    first = backed_up(house)
    flipped(stored(house))
    moments()

    second = backed_up(house)

    found = second.manifest.evidence
    assert (found["files"], found["stored"], found["damaged"], found["missing"]) == (1, 1, 1, [])
    assert [restored_file(house, kept, kept.manifest.number) for kept in (first, second)] == [SECRET, SECRET]


@pytest.mark.slow
def test_a_stored_file_that_rots_is_told_where_the_server_has_it_no_more(house, moments, every_night):
    moments()
    backed_up(house)
    flipped(stored(house))
    shutil.rmtree(house / "evidence")
    moments()

    with pytest.raises(CommandError, match=r"(?s)1 files of evidence in .* stored anew .*\n1 files .* are missing or"):
        call_command("backup", to=house / "backups", stdout=StringIO())

    newest = Store(house / "backups").kept()[-1]
    assert (newest.manifest.evidence["files"], newest.manifest.evidence["missing"]) == (0, [DIGEST])


@pytest.mark.slow
def test_a_file_that_no_list_vouches_for_is_not_believed(house, moments):
    moments()
    first = backed_up(house)
    flipped(stored(house))
    flipped(first.folder / evidence.LIST)
    moments()

    second = backed_up(house)

    assert (second.manifest.evidence["stored"], second.manifest.evidence["damaged"]) == (1, 0)
    assert restored_file(house, second, "place") == SECRET


@pytest.mark.slow
def test_a_forged_list_vouches_for_nothing(house, moments):
    """Somebody put a file of their own in the place of one, and its SHA-256 into the list and the manifest."""
    moments()
    first = backed_up(house)
    stored(house).write_bytes(b"mine")
    lines = evidence.gzip.compress(f"{DIGEST} {len(SECRET)} {sha256(b'mine').hexdigest()} 4\n".encode())
    (first.folder / evidence.LIST).write_bytes(lines)
    own = {"name": evidence.LIST, "size": len(lines), "sha256": sha256(lines).hexdigest(), "holds": 1}
    told = json.loads((first.folder / NAME).read_text())
    parts = [own if part["name"] == evidence.LIST else part for part in told["parts"]]
    forged(first.folder / NAME, parts=parts)
    moments()

    second = backed_up(house)

    assert second.manifest.evidence["stored"] == 1
    assert restored_file(house, second, "place") == SECRET


@pytest.mark.parametrize("between", [(1,) * 14, (2,) * 7, (3,) * 5, (5,) * 3, (7, 7), (30,), (0, 1) * 7])
def test_within_a_week_every_file_is_read_again_however_often_backups_are_made(between):
    """Of each seven days in a row the backups read every seventh of the files."""
    at, read = DAY, []
    for days in between:
        last, at = at, at + timedelta(days=days)
        read.append((last, at, due_since(last, at)))

    for start in range((at - DAY).days - 6):
        since, until = DAY + timedelta(days=start), DAY + timedelta(days=start + 7)
        due = frozenset().union(*(some for last, end, some in read if end > since and last < until))
        assert due == frozenset(range(7))


def test_a_night_reads_a_seventh_and_a_backup_of_a_moment_to_come_vouches_for_none():
    assert len(due_since(DAY, DAY + timedelta(days=1))) == len(due_since(DAY, DAY)) == 1
    assert due_since(DAY + timedelta(days=1), DAY) == frozenset(range(7))


def test_what_is_sound_is_restored_despite_damage_and_the_rest_is_listed(house):
    gone, sound = attach(b"another"), attach(b"a third")
    backed_up(house)
    flipped(stored(house))
    (lost,) = (house / "backups" / "evidence").rglob(f"{gone}.age")
    lost.unlink()
    said, wrong = StringIO(), StringIO()
    told = {"source": house / "backups", "identity": house / "key.txt", "stdout": said, "stderr": wrong}

    with pytest.raises(CommandError, match=r"(?s)is missing.*restore the rest with --despite-damage"):
        call_command("restore", to=house / "strict", **told)
    with pytest.raises(
        CommandError, match="The database is restored, but evidence is damaged or missing: 2"
    ) as failed:
        call_command("restore", to=house / "place", despite_damage=True, **told)

    assert failed.value.returncode == 3
    assert sorted(wrong.getvalue().splitlines()) == sorted(
        [f"{stored(house)} is damaged: take another copy of it.", f"{lost} is missing."]
    )
    assert [path.name for path in (house / "place" / "evidence-files").glob("*/*")] == [sound]
    assert not (house / "strict").exists()
    with living_in(f"sqlite:///{house / 'place' / 'alleviation.sqlite3'}"):
        assert written() == {"FIRST"}


def test_where_the_list_is_damaged_every_file_there_is_restored(house):
    kept = backed_up(house)
    flipped(kept.folder / evidence.LIST)

    restored = restore(kept, house / "place", key_of(house), Target(), despite_damage=True)

    assert (restored.files / DIGEST[:2] / DIGEST).read_bytes() == SECRET
    assert restored.damaged == [f"{kept.folder / evidence.LIST} was changed: its SHA-256 is another."]


def test_a_damaged_database_is_restored_despite_nothing(house, kept):
    flipped(kept.folder / "database.sqlite3.gz.age")

    with pytest.raises(BackupFault, match=r"database\.sqlite3\.gz\.age was changed: its SHA-256 is another"):
        restore(kept, house / "place", key_of(house), Target(), despite_damage=True)

    assert not (house / "place").exists()


# --- where a backup comes from ------------------------------------------------------------------------------------


def forged(path: Path, **changes) -> None:
    """By somebody who has the folder and the public key."""
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"trail": {"number": 1, "digest": "x"}},
        {"trail": {"number": 1, "digest": "x"}, "keys": {"TRAIL_KEY": ["0" * 16]}, "seal": "0"},
        {"keys": {}, "seal": ""},
    ],
)
def test_a_forged_manifest_is_refused_whatever_key_it_names(changes, house, kept):
    forged(kept.folder / NAME, **changes)

    with pytest.raises(
        BackupFault, match=r"manifest.json (was changed after it was written|does not carry the code of)"
    ):
        restore(choose(house / "backups"), house / "place", key_of(house), Target())

    assert not (house / "place").exists()


def test_a_backup_of_another_trail_key_is_read_when_somebody_says_so(house, kept, settings):
    settings.TRAIL_KEY = "of another machine"
    said, wrong = StringIO(), StringIO()
    told = {"source": house / "backups", "to": house / "place", "identity": house / "key.txt"}

    with pytest.raises(
        CommandError, match=r"Set the TRAIL_KEY that the server had when it was made.* --unsealed reads"
    ):
        call_command("restore", **told)
    call_command("restore", unsealed=True, stdout=said, stderr=wrong, **told)

    (own,) = read_manifest(kept.folder).keys["TRAIL_KEY"]
    assert f"You need the TRAIL_KEY with the fingerprint {own}; it is not set here." in said.getvalue()
    assert wrong.getvalue().startswith("Nobody has checked where this backup comes from")


def test_without_any_key_it_is_restored_and_told_that_nobody_checked_where_it_comes_from(house, kept, settings):
    settings.TRAIL_KEY, settings.PERSONAL_KEYS = "", []
    said, wrong = StringIO(), StringIO()
    told = {"source": house / "backups", "identity": house / "key.txt", "stdout": said, "stderr": wrong}

    call_command("restore", to=house / "place", **told)
    with pytest.raises(CommandError, match=r"Not set: TRAIL_KEY \(\w{16}\), PERSONAL_KEYS \(\w{16}\)\. Without them"):
        call_command("backup_drill", **told)

    assert wrong.getvalue().startswith("Nobody has checked where this backup comes from: that takes the TRAIL_KEY")
    assert re.findall(r"You need the (\w+) with", said.getvalue()) == ["PERSONAL_KEYS", "TRAIL_KEY"]


def test_a_backup_whose_origin_was_checked_is_restored_without_a_warning(house, kept):
    wrong = StringIO()

    call_command(
        "restore",
        source=house / "backups",
        to=house / "place",
        identity=house / "key.txt",
        stdout=StringIO(),
        stderr=wrong,
    )

    assert wrong.getvalue() == ""


# --- clocks -------------------------------------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch):
    """Backups are made so much ahead of now."""
    real = making.now

    def set_to(ahead: timedelta) -> None:
        for module in ("store", "sqlite"):
            monkeypatch.setattr(f"alleviation.operations.backup.{module}.now", lambda: real() + ahead)

    return set_to


@pytest.mark.slow
def test_a_backup_of_a_moment_to_come_is_no_newest_and_nothing_is_forgotten(house, clock):
    clock(timedelta(days=3650))
    wrong = backed_up(house)
    clock(timedelta())
    write("SECOND")

    with pytest.raises(
        CommandError, match=rf"(?s)The backup was made, .*moment to come.*: {wrong.folder.name}\. As long"
    ):
        call_command("backup", to=house / "backups", keep=1, stdout=StringIO())

    (today,) = (kept for kept in Store(house / "backups").kept() if kept.folder != wrong.folder)
    with pytest.raises(BackupFault, match=rf"{wrong.folder} is of a moment to come.* is {today.folder}\."):
        choose(house / "backups")
    assert choose(house / "backups", making.now()).folder == today.folder
    assert choose(wrong.folder).folder == wrong.folder
    assert list(forget_old(Store(house / "backups"), keep=1, days=None)) == []
    assert wrong.folder.exists()
    said = StringIO()
    call_command("backup", to=house / "backups", list=True, stdout=StringIO(), stderr=said)
    assert said.getvalue().startswith(f"Backups of a moment to come, by this machine's clock: {wrong.folder.name}.")


@pytest.mark.slow
def test_the_backup_that_was_just_made_is_never_forgotten(house, clock):
    """The clock was set back by some minutes, and so it is not the newest by its name."""
    before = backed_up(house)
    clock(timedelta(minutes=-5))
    made = backed_up(house)

    said = list(forget_old(Store(house / "backups"), keep=1, days=None, made=made))

    assert said == []
    assert {kept.folder for kept in Store(house / "backups").kept()} == {before.folder, made.folder}


# --- the log ------------------------------------------------------------------------------------------------------


def of_server(kept, start: str, system: str = "1"):
    return replace(kept, manifest=replace(kept.manifest, server={"start": start, "segment": SIZE, "system": system}))


@pytest.mark.parametrize(
    ("servers", "said", "left"),
    [
        # Restored to an earlier moment, a server writes the same places of its log anew: the older start counts.
        ([("0/8000028", "1"), ("0/5000028", "1")], "before the oldest backup: 2 deleted.", [5, 6, 7, 8, 9]),
        (
            [("5/30000028", "1"), ("0/3000028", "2")],
            "the backups that are left are of different servers.",
            range(3, 10),
        ),
        ([("0/9000028", "1")], "before the oldest backup: 6 deleted.", [9]),
    ],
)
def test_the_log_that_a_backup_needs_is_kept(servers, said, left, house, kept):
    wal = house / "wal"
    wal.mkdir()
    for number in range(3, 10):
        (wal / f"{name_of(1, number, SIZE)}.{'a' * 32}.gz.age").touch()

    (words,) = forget_log(wal, [kept, *(of_server(kept, *told) for told in servers)])

    assert words.endswith(said)
    assert sorted(int(path.name[16:24], 16) for path in wal.iterdir()) == list(left)


# --- the drill ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_drill_says_nothing_of_the_offices_own_database(house, kept, counting, settings, monkeypatch):
    told = {"METRICS_TOKEN": settings.METRICS_TOKEN, "METRICS_FOLDER": str(settings.METRICS_FOLDER)}
    for name, value in told.items():
        monkeypatch.setitem(os.environ, name, value)

    tried = try_backup(kept, house / "place", key_of(house), Target(), None, quick=True)

    assert tried.steps[-1].what == "Trail and records verified"
    assert tried.steps[-1].about != "—"
    assert last_outcome("verify_quick") is None


def test_who_verifies_a_restored_database_has_nothing_else_of_the_offices(monkeypatch, tmp_path):
    monkeypatch.setenv("REPLICA_URL", "postgresql://replica.office.example/office")
    seen = []

    def run(command, env, **options):
        seen.append(env)
        return type("Done", (), {"stdout": "Everything holds.\n", "stderr": "", "returncode": 0})

    monkeypatch.setattr(drill.subprocess, "run", run)
    restored = drill.Restored(tmp_path / "db", tmp_path / "files")

    drill.verify(drill.Drill(), restored, "sqlite:///db", [], quick=True)

    apart = ("METRICS_TOKEN", "REPLICA_URL", "BACKUP_DATABASE_URL", "LOG_FOLDER")
    assert [seen[0][name] for name in apart] == ["", "", "", ""]
    assert seen[0]["DATABASE_URL"] == "sqlite:///db"

"""SQLite: backed up while people write, restored to an empty place; what is wrong is told, nothing is half done."""

import json
import re
import shutil
import sqlite3
from dataclasses import replace
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from pyrage import x25519

from alleviation.operations.backup import drill, restoring
from alleviation.operations.backup.contents import differences
from alleviation.operations.backup.drill import contents
from alleviation.operations.backup.evidence import Collector, open_file
from alleviation.operations.backup.faults import BackupFault
from alleviation.operations.backup.keys import identities_in, make_pair, sealing_for
from alleviation.operations.backup.making import make
from alleviation.operations.backup.manifest import NAME
from alleviation.operations.backup.moments import connection_to
from alleviation.operations.backup.recovering import Target
from alleviation.operations.backup.restoring import check, choose, restore
from alleviation.operations.backup.retention import forget_old
from alleviation.operations.backup.store import Store
from tests.operations import houses
from tests.operations.houses import (
    SECRET,
    attach,
    backed_up,
    die,
    everything_in,
    flipped,
    key_of,
    killed,
    living_in,
    somebody_writing,
    write,
    written,
)

pytestmark = [
    pytest.mark.skipif(connections["default"].vendor != "sqlite", reason="the run on SQLite has the tables to copy"),
    # For its tables alone; what is backed up is a database of the test's own.
    pytest.mark.django_db,
]


def test_what_is_restored_is_what_was_there_and_nothing_lies_open(house):
    kept = backed_up(house)
    with living_in(f"sqlite:///{house / 'office.sqlite3'}"):
        before = contents(connection)
    write("SECOND")

    restored = restore(kept, house / "place", key_of(house), Target())

    found = connection_to(f"sqlite:///{restored.database}")
    assert differences(before, contents(found)) == []
    found.close()
    with living_in(f"sqlite:///{restored.database}"):
        assert written() == {"FIRST"}
    (file,) = [path for path in restored.files.rglob("*") if path.is_file()]
    assert file.read_bytes() == SECRET
    assert {
        path.stat().st_mode & 0o077 for path in [*(house / "place").rglob("*"), *(house / "backups").rglob("*")]
    } == {0}
    assert not re.search(b"SQLite format|what nobody may read|FIRST", everything_in(house / "backups"))
    # Of the keys a backup has fingerprints alone.
    manifest = (kept.folder / NAME).read_text()
    assert [key for key in secrets() if key in manifest] == []


def secrets() -> list[str]:
    from django.conf import settings

    return [settings.SECRET_KEY, settings.TRAIL_KEY, *settings.PERSONAL_KEYS]


@pytest.mark.slow
def test_people_write_while_it_is_made(house):
    """Rows come in pairs: a backup has both or none, and every row that was there before it began."""

    def opened() -> sqlite3.Connection:
        return sqlite3.connect(house / "office.sqlite3", timeout=20, isolation_level=None)

    def pair(own: sqlite3.Connection, number: int) -> None:
        own.execute("BEGIN IMMEDIATE")
        for half in "AB":
            own.execute(
                "INSERT INTO django_session (session_key, session_data, expire_date) VALUES (?, ?, '2026-01-01')",
                (f"{number}{half}", "x" * 2000),
            )
        own.execute("COMMIT")

    with somebody_writing(opened, pair) as done:
        before = len(done)
        kept = backed_up(house)
        after = len(done)
    restored = restore(kept, house / "place", key_of(house), Target())

    found = connection_to(f"sqlite:///{restored.database}")
    tables = {table.name: table for table in contents(found)}
    with found.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        sound = cursor.fetchone()
    found.close()
    expected = {table.name: table for table in check(kept, key_of(house))}
    rows = tables["django_session"].rows
    assert sound == ("ok",)
    assert tables == expected
    assert rows % 2 == 0
    assert 2 * before <= rows <= 2 * after
    assert after > before


def test_a_long_writer_is_waited_for_and_then_told_of(house):
    with sqlite3.connect(house / "office.sqlite3", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        connections["default"].settings_dict["OPTIONS"]["timeout"] = 0

        with pytest.raises(BackupFault, match="Somebody has read or written for 0 minutes"):
            make(Store(house / "backups"), sealing_for([], is_plain=True), patience=0)

        other.execute("ROLLBACK")
    other.close()
    assert [path.name for path in (house / "backups").iterdir()] == [".lock"]


# --- what is wrong ------------------------------------------------------------------------------------------------


def of_newer_release(path: Path) -> None:
    told = json.loads(path.read_text())
    path.write_text(json.dumps(told | {"migrations": ["audit.9999_of_the_future"]}))


def of_another_format(path: Path) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 2}))


def rewritten(path: Path) -> None:
    """By somebody who has the folder and not the key of the trail."""
    path.write_text(json.dumps(json.loads(path.read_text()) | {"moment": "2020-01-01T00:00:00+00:00"}))


@pytest.mark.parametrize(
    ("part", "harm", "words"),
    [
        ("2*/database*", flipped, "database.sqlite3.gz.age was changed: its SHA-256 is another"),
        ("2*/database*", Path.unlink, "database.sqlite3.gz.age is missing"),
        ("2*/contents*", lambda path: path.write_bytes(path.read_bytes()[:-1]), "contents.json.gz.age has"),
        ("2*/evidence*", flipped, "evidence.list.gz was changed: its SHA-256 is another"),
        ("evidence/*/*/*", flipped, ".age was changed: its SHA-256 is another"),
        ("evidence/*/*/*", Path.unlink, ".age is missing"),
        (f"2*/{NAME}", of_newer_release, "is of a newer release: it has audit.9999_of_the_future, which"),
        (f"2*/{NAME}", of_another_format, "has the format 2, this release reads 1: install the release it is of"),
        (f"2*/{NAME}", rewritten, "manifest.json was changed after it was written"),
        (f"2*/{NAME}", Path.unlink, "has no manifest.json: it is half a backup, or none. Take another"),
        (f"2*/{NAME}", lambda path: path.write_text("{"), "manifest.json cannot be read. Take another backup"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(part, harm, words, house, kept):
    (path,) = (house / "backups").glob(part)
    harm(path)

    with pytest.raises(BackupFault, match=re.escape(words)):
        restore(choose(kept.folder), house / "place", key_of(house), Target())

    assert not (house / "place").exists()


def test_another_key_or_none_opens_nothing(house, kept):
    for keys, words in ((x25519.Identity.generate(),), "does not open with this private key"), ((), "is encrypted"):
        with pytest.raises(BackupFault, match=words):
            restore(kept, house / "place", keys, Target())

    assert not (house / "place").exists()


def test_nothing_is_overwritten(house, kept):
    (house / "place").mkdir()
    (house / "place" / "notes").write_text("mine")

    with pytest.raises(BackupFault, match="place is not empty, and a restore overwrites nothing"):
        restore(kept, house / "place", key_of(house), Target())

    assert [path.read_text() for path in (house / "place").iterdir()] == ["mine"]


def test_a_full_disk_is_told_before_anything_is_written(house, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda place: type("Usage", (), {"free": 10**6}))

    with pytest.raises(BackupFault, match=r"backups needs about \d+ MB, and 1 MB are free"):
        backed_up(house)

    assert Store(house / "backups").kept() == []


# --- killed on the way --------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_backup_that_is_killed_is_none_and_is_swept_away(house, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(Collector, "_store", die)
        killed(lambda: backed_up(house))
    (half,) = (house / "backups").glob(".making-*")
    left = sorted(path.name for path in half.iterdir())

    with pytest.raises(BackupFault, match="it is half a backup, or none"):
        choose(half)
    with pytest.raises(BackupFault, match="it is half a backup, or none"):
        choose(house / "backups")
    kept = backed_up(house)

    assert left == [".incoming-" + left[0].removeprefix(".incoming-"), "database.sqlite3.gz.age"]
    assert Store(house / "backups").kept() == [kept]
    assert list((house / "backups").glob(".making-*")) == []
    assert check(kept, key_of(house)) != []


@pytest.mark.slow
@pytest.mark.parametrize("at", ["before the files", "before the database is put in place"])
def test_a_restore_that_is_killed_leaves_nothing_that_looks_whole(at, house, kept, monkeypatch):
    with monkeypatch.context() as patched:
        if at == "before the files":
            patched.setattr("alleviation.operations.backup.evidence.open_file", die)
        else:
            patched.setattr(restoring, "database_name", die)
        killed(lambda: restore(kept, house / "place", key_of(house), Target()))

    assert not (house / "place" / "alleviation.sqlite3").exists()
    with pytest.raises(BackupFault, match=r"\.restoring-\w+ is left from a restore that was interrupted: delete it"):
        restore(kept, house / "place", key_of(house), Target())
    shutil.rmtree(house / "place")
    assert restore(kept, house / "place", key_of(house), Target()).database.exists()


# --- keeping and forgetting ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_files_of_evidence_are_stored_once_and_forgotten_with_the_last_backup_that_names_them(house, moments):
    attach(b"made up", is_made_up=True)
    moments()
    first = backed_up(house)
    houses.execute(f"DELETE FROM {houses.FILE} WHERE is_made_up")
    other = attach(b"another")
    moments()
    second = backed_up(house)
    moments()
    third = backed_up(house)
    found = [kept.manifest.evidence["stored"] for kept in (first, second, third)]
    store = Store(house / "backups")

    said = list(forget_old(store, keep=2, days=None))

    assert found == [2, 1, 0]
    assert said == [f"Forgotten: {first.folder}", "Files of evidence that no backup needs any more: 1 deleted."]
    assert [kept.folder for kept in store.kept()] == [second.folder, third.folder]
    assert {path.name for path in store.evidence.rglob("*.age")} == {
        f"{other}.age",
        f"{sha256(SECRET).hexdigest()}.age",
    }
    assert check(second, key_of(house)) != []


@pytest.mark.slow
def test_the_newest_is_kept_however_old_and_a_damaged_one_is_not_counted(house, moments):
    for _time in range(3):
        moments()
        last = backed_up(house)
    (Path(last.folder) / "contents.json.gz.age").unlink()
    store = Store(house / "backups")
    whole = store.kept()

    said = list(forget_old(store, keep=None, days=1))

    assert len(whole) == 2
    assert [kept.folder for kept in store.kept()] == [whole[1].folder]
    assert said == [
        f"Forgotten: {whole[0].folder}",
        "No file of evidence was deleted: there are backups that are not whole, which may need them.",
    ]
    assert last.folder.is_dir()


@pytest.mark.slow
def test_to_other_keys_everything_is_encrypted_anew(house, settings, moments):
    moments()
    backed_up(house)
    settings.BACKUP_RECIPIENTS = [make_pair(house / "new.txt")]
    moments()
    kept = backed_up(house)

    restored = restore(kept, house / "place", identities_in(house / "new.txt"), Target())

    assert kept.manifest.evidence["stored"] == 1
    assert restored.database.exists()


def test_a_file_of_evidence_that_is_damaged_here_is_told_and_the_rest_is_kept(house, settings):
    for path in (house / "evidence").rglob("*"):
        if path.is_file():
            path.write_bytes(b"other")

    with pytest.raises(
        CommandError, match=r"The backup was made, but .*:\n1 files of evidence are missing or damaged"
    ):
        call_command("backup", to=house / "backups", stdout=StringIO())

    (kept,) = Store(house / "backups").kept()
    assert (kept.manifest.evidence["files"], len(kept.manifest.evidence["missing"])) == (0, 1)


# --- commands -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_commands_do_it_and_say_so(house, monkeypatch):
    monkeypatch.setattr(drill, "verify", lambda *arguments, **options: None)
    said = StringIO()

    call_command("backup", to=house / "backups", keep=3, stdout=said)
    call_command("restore", source=house / "backups", to=house / "place", identity=house / "key.txt", stdout=said)
    call_command("backup_drill", source=house / "backups", identity=house / "key.txt", place=house, stdout=said)

    words = said.getvalue()
    assert "1 files of evidence (1 new)" in words
    assert f"Set DATABASE_URL=sqlite:///{house / 'place' / 'alleviation.sqlite3'}" in words
    assert "Compared with: the backup's own hashes" in words
    assert "What was restored is what was backed up." in words
    assert list(house.glob("drill-*")) == []


def test_the_drill_finds_a_table_that_differs(house, kept, monkeypatch):
    monkeypatch.setattr(drill, "verify", lambda *arguments, **options: None)
    real = drill.check
    monkeypatch.setattr(
        drill,
        "check",
        lambda *told: [replace(one, rows=one.rows + 1) if one.name == houses.SOURCE else one for one in real(*told)],
    )
    said = StringIO()

    with pytest.raises(CommandError, match="The drill found differences"):
        call_command("backup_drill", source=kept.folder, identity=house / "key.txt", stdout=said)

    assert re.search(rf"{houses.SOURCE}: 2 \(—; \w+\) expected, 1 \(—; \w+\) restored", said.getvalue())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"until": "nine"}, "nine is no moment: type it as '2026-11-23 09:00', or latest"),
        ({"until": "2020-01-01 09:00"}, "No backup in .* is from before that moment; the first is of 20"),
        ({"until": "latest"}, "SQLite keeps no log to restore to a moment: choose a backup"),
    ],
)
def test_a_moment_that_cannot_be_restored_is_told(options, words, house, kept):
    with pytest.raises(CommandError, match=words):
        call_command("restore", source=house / "backups", to=house / "place", identity=house / "key.txt", **options)


def test_open_file_refuses_what_is_not_of_its_name(house, kept):
    (stored,) = (house / "backups" / "evidence").rglob("*.age")

    with pytest.raises(BackupFault, match="what was stored under this name is another file"):
        open_file(stored, house / ("0" * 64), key_of(house))


@pytest.mark.slow
def test_no_file_is_forgotten_by_a_list_that_is_damaged(house, moments):
    for _time in range(2):
        moments()
        kept = backed_up(house)
    flipped(kept.folder / "evidence.list.gz")
    moments()
    (backed_up(house).folder / NAME).write_text("{")

    said = list(forget_old(Store(house / "backups"), keep=1, days=None))

    assert [kept.folder] == [one.folder for one in Store(house / "backups").kept()]
    assert len(said) == 2
    assert said[1].startswith("No file of evidence was deleted")
    assert len(list((house / "backups" / "evidence").rglob("*.age"))) == 1

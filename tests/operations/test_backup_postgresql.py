"""PostgreSQL: copied while people write, restored to the moment of the backup, or to any that its log tells of."""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from alleviation.operations.backup import drill, making, recovering, restoring
from alleviation.operations.backup.contents import differences
from alleviation.operations.backup.drill import contents, served
from alleviation.operations.backup.faults import BackupFault
from alleviation.operations.backup.keys import identities_in, make_pair, sealing_for
from alleviation.operations.backup.making import make
from alleviation.operations.backup.moments import connection_to
from alleviation.operations.backup.recovering import Target
from alleviation.operations.backup.restoring import check, choose, restore
from alleviation.operations.backup.store import Kept, Store
from alleviation.operations.servers import hand_over, server_folder, server_user
from tests.operations.houses import attach, die, execute, flipped, killed, living_in, somebody_writing, write, written
from tests.operations.servers_of_tests import Office, furnish, office, pg_basebackup_is_there, processes_on, room
from tests.postgres import serve

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.skipif(
        server_folder() is None or not pg_basebackup_is_there(), reason="PostgreSQL's programs are not installed here"
    ),
]


@pytest.fixture(scope="module")
def furnished(django_db_blocker, django_db_setup) -> Iterator[Office]:
    """A server with our tables, for all tests here."""
    programs = server_folder()
    assert programs is not None
    with django_db_blocker.unblock(), office(programs) as own:
        furnish(own)
        yield own


@pytest.fixture
def house(db, furnished, tmp_path, settings) -> Iterator[Office]:
    """An office's machine: a row, a file of evidence, a key."""
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    settings.BACKUP_RECIPIENTS = [make_pair(tmp_path / "key.txt")]
    settings.BACKUP_DATABASE_URL = ""
    with living_in(furnished.url()):
        execute("DELETE FROM projects_fundingsource")
        write("FIRST")
        shutil.rmtree(furnished.wal, ignore_errors=True)
        for path in furnished.waiting.iterdir():
            path.unlink()
        yield furnished


@pytest.fixture
def place() -> Iterator[Path]:
    with room() as folder:
        yield folder


def backed_up(folder: Path) -> Kept:
    from django.conf import settings

    return make(Store(folder / "backups"), sealing_for(settings.BACKUP_RECIPIENTS), patience=60)


def restored_rows(kept: Kept, place: Path, key: Path, target: Target) -> set[str]:
    """The codes of the sources of money on a server that was restored, which runs for as long as it takes to ask."""
    restored = restore(kept, place, identities_in(key), target)
    with served(restored, kept.manifest, drill.Drill()) as url, living_in(url):
        return written()


def test_what_is_restored_is_of_the_moment_of_the_backup_while_people_write(house, tmp_path, place):
    """Rows come in pairs, and in one order: a backup has whole pairs, and what its hashes say."""

    def opened() -> Any:
        return psycopg2.connect(host=str(house.folder), user="postgres", dbname="office")

    def pair(own: Any, number: int) -> None:
        with own, own.cursor() as cursor:
            for half in "AB":
                told = (f"{number}{half}", "x" * 500)
                cursor.execute("INSERT INTO django_session VALUES (%s, %s, '2026-01-01')", told)

    attach(b"a receipt %d" % time.time_ns())
    with somebody_writing(opened, pair) as done:
        before = len(done)
        kept = backed_up(tmp_path)
        after = len(done)
    write("SECOND")

    restored = restore(kept, place, identities_in(tmp_path / "key.txt"), Target())

    with served(restored, kept.manifest, drill.Drill()) as url:
        own = connection_to(url)
        found = contents(own)
        own.close()
    rows = next(table.rows for table in found if table.name == "django_session")
    execute("DELETE FROM django_session")
    assert differences(check(kept, identities_in(tmp_path / "key.txt")), found) == []
    assert rows % 2 == 0
    assert 2 * before <= rows <= 2 * after
    assert after > before
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "backups").rglob("*")} == {0}


def test_it_is_restored_to_a_moment_between_two_writes(house, tmp_path, place):
    kept = backed_up(tmp_path)
    write("SECOND")
    time.sleep(0.1)
    between = datetime.now(UTC)
    time.sleep(0.1)
    write("THIRD")
    house.archive()

    assert restored_rows(kept, place / "a", tmp_path / "key.txt", Target(house.wal, between)) == {"FIRST", "SECOND"}


@contextmanager
def at_work(house: Office, data: Path, socket: Path) -> Iterator[None]:
    """The office goes on with a server that was restored; it archives where the one before did."""
    socket.mkdir()
    kept = house.waiting / "%f"
    told = {
        "unix_socket_directories": f"'{socket}'",
        "listen_addresses": "''",
        "archive_mode": "on",
        "archive_command": f"'cp %p {kept}.part && mv {kept}.part {kept}'",
    }
    (data / "postgresql.conf").write_text("".join(f"{name} = {value}\n" for name, value in told.items()))
    for folder in (socket, data):
        hand_over(folder)
    control = (house.programs / "pg_ctl", "-D", data, "-w")
    serve(*control, "-l", socket / "log", "start", owner=server_user())
    try:
        with living_in(f"postgresql://postgres@/office?host={quote(str(socket), safe='')}"):
            yield
    finally:
        serve(*control, "-m", "fast", "stop", owner=server_user())


@pytest.mark.long
def test_what_was_written_on_a_restored_server_is_restored_again_from_the_backup_before_it(house, tmp_path, place):
    """Twice: along the log, and from the moment of the backup, whose server leaves the others' timelines alone."""
    kept, key = backed_up(tmp_path), tmp_path / "key.txt"
    write("SECOND")
    house.archive()
    along = restore(kept, place / "a", identities_in(key), Target(house.wal))
    with at_work(house, along.database, place / "sa"):
        write("THIRD")
        house.archive()
        write("FOURTH")
        house.archive()
    (history,) = house.wal.glob("00000002.history.*")

    found = restored_rows(kept, place / "b", key, Target(house.wal))
    history.rename(tmp_path / history.name)
    with pytest.raises(BackupFault, match=r"lacks 00000002\.history, which says where timeline 2 began"):
        restore(kept, place / "c", identities_in(key), Target(house.wal))
    before = restored_rows(kept, place / "d", key, Target(house.wal, timeline=1))
    (tmp_path / history.name).rename(history)
    again = restore(kept, place / "e", identities_in(key), Target(beside=house.wal))
    with at_work(house, again.database, place / "se"):
        write("FIFTH")
        house.archive()
        write("SIXTH")
        house.archive()
    newest = restored_rows(kept, place / "f", key, Target(house.wal))
    second = restored_rows(kept, place / "g", key, Target(house.wal, timeline=2))

    assert found == second == {"FIRST", "SECOND", "THIRD", "FOURTH"}
    assert before == {"FIRST", "SECOND"}
    assert newest == {"FIRST", "FIFTH", "SIXTH"}
    assert sorted(path.name[:16] for path in house.wal.glob("*.history.*")) == ["00000002.history", "00000003.history"]


@pytest.mark.long
def test_a_log_that_is_broken_short_or_has_a_gap_is_told(house, tmp_path, place):
    kept, key = backed_up(tmp_path), identities_in(tmp_path / "key.txt")
    write("SECOND")
    house.archive()
    write("THIRD")
    house.archive()
    later = datetime.now(UTC)
    segments = [path for path in sorted(house.wal.iterdir()) if ".backup." not in path.name]
    last, second = segments[-1], segments[-2]
    content = second.read_bytes()

    with pytest.raises(BackupFault, match="The archive has no write after that moment, the last is of 20"):
        restore(kept, place / "a", key, Target(house.wal, later))
    second.write_bytes(content[:-30])
    with pytest.raises(BackupFault, match=f"{second.name[:24]}.* is damaged or cut off"):
        restore(kept, place / "b", key, Target(house.wal))
    second.unlink()
    with pytest.raises(BackupFault, match=f"lacks the segment {second.name[:24]}, and has later ones"):
        restore(kept, place / "c", key, Target(house.wal))

    assert last.exists()
    assert list(place.iterdir()) == []


@pytest.mark.long
def test_a_restore_that_is_killed_leaves_nothing_that_looks_whole_and_no_server(house, tmp_path, place, monkeypatch):
    kept, key = backed_up(tmp_path), identities_in(tmp_path / "key.txt")
    for moment in ("while the server recovers", "before it is put in place"):
        with monkeypatch.context() as patched:
            if moment == "while the server recovers":
                patched.setattr(recovering, "LAST", type("Killing", (), {"findall": die}))
            else:
                patched.setattr(restoring, "database_name", die)
            killed(partial(restore, kept, place / moment[:6], key, Target()))

    until = time.monotonic() + 30
    (left,) = (place / "while ").glob(".restoring-*")
    while processes_on(left / "cluster") and time.monotonic() < until:
        time.sleep(0.1)
    assert not processes_on(left / "cluster")
    for folder in place.iterdir():
        assert not (folder / "cluster").exists()
        with pytest.raises(BackupFault, match="is left from a restore that was interrupted: delete it"):
            restore(kept, folder, key, Target())


@pytest.mark.long
def test_a_backup_that_is_killed_is_none_and_leaves_nothing_on_the_server(house, tmp_path, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(making, "write_evidence", die)
        killed(lambda: backed_up(tmp_path))
    half = list((tmp_path / "backups").glob(".making-*/base.tar.gz.age"))

    kept = backed_up(tmp_path)

    assert len(half) == 1
    assert Store(tmp_path / "backups").kept() == [kept]
    assert execute("SELECT COUNT(*) FROM pg_replication_slots") == [(0,)]


@pytest.mark.long
def test_the_database_is_restored_despite_a_damaged_file_and_a_forged_manifest_is_not(house, tmp_path, place):
    digest = attach(b"a receipt %d" % time.time_ns())
    kept, key = backed_up(tmp_path), identities_in(tmp_path / "key.txt")
    (stored,) = (tmp_path / "backups" / "evidence").rglob(f"{digest}.age")
    flipped(stored)
    manifest = kept.folder / "manifest.json"
    genuine = manifest.read_text()

    with pytest.raises(BackupFault, match=r"restore the rest with --despite-damage"):
        restore(kept, place / "a", key, Target())
    restored = restore(kept, place / "b", key, Target(), despite_damage=True)
    with served(restored, kept.manifest, drill.Drill()) as url, living_in(url):
        found = written()
    manifest.write_text(genuine.replace(kept.manifest.keys["TRAIL_KEY"][0], "0" * 16))
    with pytest.raises(BackupFault, match=r"does not carry the code of the TRAIL_KEY of this machine"):
        restore(choose(kept.folder), place / "c", key, Target())

    assert found == {"FIRST"}
    assert restored.damaged == [f"{stored} is damaged: take another copy of it."]
    assert sorted(path.name for path in place.iterdir()) == ["b"]


@pytest.mark.long
def test_a_role_that_does_not_see_every_row_makes_no_backup(house, tmp_path, settings):
    """Nor one that may not copy the server; one that may both is enough, and is no superuser."""
    for role, rights in {
        "plain": "LOGIN",
        "seeing": "LOGIN BYPASSRLS",
        "copying": "LOGIN BYPASSRLS REPLICATION",
    }.items():
        execute(f"CREATE ROLE {role} {rights}")
        execute(f"GRANT pg_read_all_data TO {role}")
    execute("ALTER TABLE projects_fundingsource ENABLE ROW LEVEL SECURITY")
    try:
        settings.BACKUP_DATABASE_URL = house.url("plain")
        with pytest.raises(BackupFault, match=r"plain sees a part of 1 tables only \(row-level security\)"):
            backed_up(tmp_path)
        settings.BACKUP_DATABASE_URL = house.url("seeing")
        with pytest.raises(BackupFault, match=r"The role of the backup needs REPLICATION \(BACKUP_DATABASE_URL\)"):
            backed_up(tmp_path)
        settings.BACKUP_DATABASE_URL = house.url("copying")
        kept = backed_up(tmp_path)
    finally:
        execute("ALTER TABLE projects_fundingsource DISABLE ROW LEVEL SECURITY")

    (sources,) = [
        one for one in check(kept, identities_in(tmp_path / "key.txt")) if one.name == "projects_fundingsource"
    ]
    assert sources.rows == 1
    assert [one.manifest.number for one in Store(tmp_path / "backups").kept()] == [kept.manifest.number]


@pytest.mark.long
def test_a_backup_waits_for_who_writes_and_holds_up_nobody(house, tmp_path):
    other = psycopg2.connect(host=str(house.folder), user="postgres", dbname="office")
    other.cursor().execute("INSERT INTO django_session VALUES ('mine', '', '2026-01-01')")

    with pytest.raises(BackupFault, match="Somebody has been writing for 0 minutes"):
        make(Store(tmp_path / "backups"), sealing_for([], is_plain=True), patience=0)

    other.rollback()
    other.close()
    assert Store(tmp_path / "backups").kept() == []


@pytest.mark.long
def test_the_drill_compares_with_the_live_database(house, tmp_path, monkeypatch):
    monkeypatch.setattr(drill, "verify", lambda *arguments, **options: None)
    kept = backed_up(tmp_path)
    write("SECOND")
    stop = threading.Event()

    def archive() -> None:
        while not stop.is_set():
            house.keep_all()
            time.sleep(0.05)

    thread = threading.Thread(target=archive)
    thread.start()
    said = StringIO()
    told = {"source": kept.folder, "identity": tmp_path / "key.txt", "wal": house.wal, "live": True}
    try:
        call_command("backup_drill", stdout=said, **told)
    finally:
        stop.set()
        thread.join()
    write("THIRD")
    connection.close()

    assert "Compared with: the live database" in said.getvalue()
    assert "What was restored is what was backed up." in said.getvalue()
    with pytest.raises(CommandError, match="it is half a backup, or none"):
        call_command("restore", source=tmp_path / "none", to=tmp_path / "place", stdout=said)

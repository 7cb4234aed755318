"""The trail as files: whole, and checked by the script that comes with it, without this app."""

import ast
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from alleviation.audit import trail
from alleviation.audit.chain import COLUMNS
from alleviation.audit.export import SpoiltTrail, trail_lines, write_files, zipped
from alleviation.audit.models import AuditEvent, Verb
from alleviation.audit.verification.anchors import anchor_of
from tests.audit.tampering import TABLE, change, rules_away
from tests.house.ground import ROOT

pytestmark = pytest.mark.slow

FILES = {"README.txt", "anchor.json", "trail.jsonl", "verify_trail.py"}
KEY_FILE = "key"


def tell(number: int) -> None:
    for n in range(number):
        details = {"words": "若多村 \u2028 \u0085 “x”\n", "n": n, "null": None}
        trail.record_words(verb=Verb.DOWNLOADED, what=f"文件 {n}", by="clerk", kind="report", details=details)


@pytest.fixture
def folder(db: None, tmp_path: Path) -> Path:
    """An export of six events, with the key beside it."""
    tell(6)
    write_files(tmp_path, 6)
    (tmp_path / KEY_FILE).write_text(f"{settings.TRAIL_KEY}\n")
    return tmp_path


def checked(folder: Path, *args: str) -> tuple[int, list[str]]:
    """What the script that lies in the export says, run by a Python that knows nothing else."""
    command = [sys.executable, "-I", "-S", "verify_trail.py", "trail.jsonl", *args]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env={})
    return done.returncode, (done.stdout or done.stderr).splitlines()


def with_key(folder: Path) -> tuple[int, list[str]]:
    return checked(folder, "--key-file", KEY_FILE, "--anchor", "anchor.json")


def test_a_good_export_holds(folder):
    digest = AuditEvent.objects.get(pk=6).digest

    code, said = with_key(folder)

    assert (code, said) == (0, [f"6 events, the last is 6 with the digest {digest}", "Everything holds."])


def test_without_the_key_it_says_what_was_not_checked(folder):
    code, said = checked(folder)

    assert code == 0
    assert said[1] == "The authentication codes were not checked: that takes the key (--key-file)."


def edit(folder: Path, change: Callable[[list[dict[str, object]]], object]) -> None:
    """Change the events of an export."""
    path = folder / "trail.jsonl"
    events = [json.loads(line) for line in path.read_text().split("\n")[:-1]]
    change(events)
    path.write_text("".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events))


@pytest.mark.parametrize("column", [name for name in COLUMNS if name not in ("id", "at")])
@pytest.mark.slow
def test_a_changed_column_is_named_with_its_event(folder, column):
    edit(folder, lambda events: events[3].update({column: "another"}))

    code, said = checked(folder)

    assert code == 1
    assert said[0] == "WRONG: event 4: its columns, or the event before it, are not what was bound"
    assert said[-1] == "1 faults."


TAMPERINGS = [
    (lambda events: events.pop(2), ["event 4: event 3 was expected: one is missing, put in or moved"]),
    (lambda events: events.pop(0), ["event 2: event 1 was expected: one is missing, put in or moved"]),
    (lambda events: events.insert(2, events[4]), ["event 5: event 3 was expected: one is missing, put in or moved"]),
    (lambda events: events[3].update(mac="0" * 64), ["event 4: its authentication code does not fit this key"]),
    (
        lambda events: events[3].update(at="2001-01-01"),
        ["event 4: it is of an earlier moment than the event before it"],
    ),
    (lambda events: events.pop(), ["anchor line 1: event 6 is not in the trail: its tail was cut"]),
    (lambda events: events[5].update(digest="0" * 64), ["anchor line 1: event 6 is another than was anchored"]),
    (lambda events: events[3].pop("digest"), ["line 4: this is no event"]),
    (lambda events: events[3].update(id="4"), ["line 4: this is no event"]),
]


@pytest.mark.parametrize(("tamper", "faults"), TAMPERINGS, ids=[faults[0] for _tamper, faults in TAMPERINGS])
@pytest.mark.slow
def test_a_tampered_export_is_found(folder, tamper, faults):
    edit(folder, tamper)

    code, said = with_key(folder)

    assert code == 1
    assert {f"WRONG: {fault}" for fault in faults} <= set(said)


def test_a_wrong_key_and_a_spoilt_anchor_are_told(folder):
    (folder / KEY_FILE).write_text("another")
    (folder / "anchor.json").write_text("x\n" + (folder / "anchor.json").read_text())

    code, said = with_key(folder)

    assert code == 1
    assert said[0] == "WRONG: anchor line 1: this is no anchor"
    assert "WRONG: anchor line 2: was not made with this key" in said
    assert sum("does not fit this key" in line for line in said) == 6


def test_a_file_that_is_not_there_is_named(folder):
    code, said = checked(folder, "--anchor", "nothing")

    assert (code, "nothing" in said[0]) == (2, True)


def test_the_script_needs_no_more_than_python_3_8():
    source = (ROOT / "docs" / "verify_trail.py").read_text()
    tree = ast.parse(source, feature_version=(3, 8))

    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names} | {
        str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
    }

    assert imported == {"__future__", "argparse", "hashlib", "hmac", "json", "sys", "typing"}


def test_a_line_holds_every_column_and_what_binds_it(folder):
    event = json.loads((folder / "trail.jsonl").read_text().split("\n")[1])

    assert set(event) == {*COLUMNS, "digest", "mac"}
    assert event["after"] == {"words": "若多村 \u2028 \u0085 “x”\n", "n": 1, "null": None}


def test_the_zip_holds_the_same_files(folder):
    archive = zipfile.ZipFile(io.BytesIO(b"".join(zipped(6))))

    assert set(archive.namelist()) == FILES
    assert archive.testzip() is None
    for name in FILES:
        assert archive.read(name) == (folder / name).read_bytes()


def test_the_zip_comes_in_chunks(folder, monkeypatch):
    monkeypatch.setattr("alleviation.audit.export.CHUNK", 64)

    chunks = list(zipped(6))

    assert len(chunks) > 1
    assert max(map(len, chunks)) < len(b"".join(chunks))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL holds to the types of its columns")
def test_a_trail_that_cannot_be_read_breaks_off(db):
    tell(2)
    change(TABLE, 2, "at", "2001-02-31 00:00:00")

    with pytest.raises(SpoiltTrail, match="event 2"):
        list(trail_lines(2))


# --- the command ------------------------------------------------------------------------------------------------


def exported(folder: Path, **options: object) -> str:
    out = io.StringIO()
    call_command("export_trail", output=folder, stdout=out, **options)
    return out.getvalue()


def test_the_command_writes_the_files_and_its_own_event_is_the_last(db, tmp_path):
    tell(2)

    said = exported(tmp_path / "new")

    last = AuditEvent.objects.get(pk=3)
    assert said == f"3 events in {tmp_path / 'new'}\n"
    assert {path.name for path in (tmp_path / "new").iterdir()} == FILES
    assert (last.verb, last.actor, last.subject) == ("downloaded", "manage.py export_trail", "audit-trail.zip")
    assert (tmp_path / "new" / "anchor.json").read_text() == f"{anchor_of(last).line}\n"
    assert checked(tmp_path / "new", "--anchor", "anchor.json")[0] == 0


@pytest.mark.parametrize("until", ["2", "yesterday"])
def test_a_part_ends_where_it_was_asked_to(db, tmp_path, until):
    tell(3)
    day = timezone.localtime() - timedelta(days=1)
    with rules_away():
        AuditEvent.objects.filter(pk__lte=2).update(at=day)

    exported(tmp_path, until=day.date().isoformat() if until == "yesterday" else until)

    events = [json.loads(line) for line in (tmp_path / "trail.jsonl").read_text().split("\n")[:-1]]
    assert [event["id"] for event in events] == [1, 2]
    assert AuditEvent.objects.get(pk=4).after == {"until": 2}


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("99", "There is no event up to 99"),
        ("99999999999999999999999", "There is no event up to"),
        ("2001-01-01", "There is no event up to 2001-01-01"),
        ("2001-02-31", "Say a number of an event"),
        ("soon", "Say a number of an event"),
    ],
)
def test_nonsense_is_refused_and_nothing_written(db, tmp_path, until, words):
    tell(1)

    with pytest.raises(CommandError, match=words):
        exported(tmp_path, until=until)

    assert list(tmp_path.iterdir()) == []
    assert AuditEvent.objects.count() == 1


def test_a_trail_that_is_there_is_not_written_over(folder):
    with pytest.raises(CommandError, match="There is a trail in"):
        exported(folder)

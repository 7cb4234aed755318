"""Anchors: written where a trail holds, and nowhere else; a cut tail is found by them."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from alleviation.audit import chain, trail
from alleviation.audit.models import AuditEvent, Verb
from alleviation.audit.verification.anchors import anchor_faults, anchor_of
from alleviation.reports.checks import CHECKS
from tests.audit.tampering import TABLE, bind_anew, change, put_head_right, run

# Without those that are slow; the anchor is one more.
QUICK = len([one for one in CHECKS if not one.is_slow])


def tell(number: int) -> None:
    for n in range(number):
        trail.record_words(verb=Verb.DOWNLOADED, what=f"file {n}", by="clerk", kind="report")


def anchored(*args: object, **options: object) -> str:
    out = io.StringIO()
    call_command("export_anchor", *args, stdout=out, **options)
    return out.getvalue()


def verified(file: Path) -> str:
    out = io.StringIO()
    call_command("verify", quick=True, anchor=file, stdout=out, no_color=True)
    return out.getvalue()


@pytest.fixture
def anchors(tmp_path: Path, db: None) -> Path:
    """Anchors of events 3 and 6 of a trail of eight."""
    file = tmp_path / "anchors.jsonl"
    for _anchor in range(2):
        tell(3)
        anchored(to=file)
    tell(2)
    return file


def test_an_anchor_is_a_line_with_what_the_head_is(anchors):
    lines = [json.loads(line) for line in anchors.read_text().splitlines()]

    event = AuditEvent.objects.get(pk=6)
    assert [line["number"] for line in lines] == [3, 6]
    assert lines[1] == {"number": 6, "digest": event.digest, "mac": event.mac, "at": chain.moment(event.at)}


def test_a_trail_that_did_not_go_on_is_anchored_once(anchors):
    first = anchored(to=anchors)
    length = len(anchors.read_text())

    assert anchored(to=anchors) == first == f"Anchored: event 8, {AuditEvent.objects.get(pk=8).digest}\n"
    assert len(anchors.read_text()) == length


def test_a_trail_that_holds_what_was_anchored_holds(anchors):
    lines = verified(anchors).splitlines()

    assert lines[-2:] == [
        "OK: The trail holds every event that was anchored",
        f"{QUICK + 1} checks. Everything holds.",
    ]


def cut(anchors: Path) -> None:
    run(f"DELETE FROM {TABLE} WHERE id > 4")
    put_head_right()


def rewrite(anchors: Path) -> None:
    change(TABLE, 5, "actor", "somebody")
    bind_anew(5)


def change_line(anchors: Path) -> None:
    anchors.write_text(anchors.read_text().replace('"number": 6', '"number": 7'))


def forge_line(anchors: Path) -> None:
    anchors.write_text(anchors.read_text().replace(AuditEvent.objects.get(pk=6).mac, "0" * 64))


def spoil_line(anchors: Path) -> None:
    anchors.write_text(anchors.read_text() + "[1]\nx\n" + '{"number": true, "digest": "", "mac": "", "at": ""}\n')


def turn_round(anchors: Path) -> None:
    anchors.write_text("".join(reversed(anchors.read_text().splitlines(keepends=True))))


TAMPERINGS: list[tuple[Callable[[Path], None], list[str]]] = [
    (cut, ["line 2: event 6 of AT is not there any more: the trail was cut"]),
    (rewrite, ["line 2: event 6 is another than was anchored: the trail was rewritten"]),
    (change_line, ["line 2: event 7 is another than was anchored: the trail was rewritten"]),
    (
        forge_line,
        [
            "line 2: was not made with the key of the trail",
            "line 2: event 6 is another than was anchored: the trail was rewritten",
        ],
    ),
    (spoil_line, ["line 3: this is no anchor", "line 4: this is no anchor", "line 5: this is no anchor"]),
    (turn_round, ["line 2: an anchor of an earlier event than the line before"]),
]


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("tamper", "faults"), TAMPERINGS, ids=[tamper.__name__ for tamper, _faults in TAMPERINGS])
def test_what_is_not_as_it_was_anchored_is_named_with_its_line(anchors, tamper, faults):
    at = chain.moment(AuditEvent.objects.get(pk=6).at)
    tamper(anchors)

    assert list(anchor_faults(anchors.read_text().splitlines())) == [fault.replace("AT", at) for fault in faults]


@pytest.mark.slow
def test_a_cut_tail_with_its_head_put_right_is_found_by_the_anchor_alone(anchors):
    cut(anchors)
    out = io.StringIO()

    call_command("verify", quick=True, stdout=out, no_color=True)

    assert out.getvalue().splitlines()[-1] == f"{QUICK} checks. Everything holds."
    with pytest.raises(CommandError, match=rf"^{QUICK + 1} checks\. 1 of them found faults\.$") as failed:
        verified(anchors)
    assert failed.value.returncode == 1


def test_nothing_is_anchored_of_a_trail_that_was_changed_since(anchors):
    change(TABLE, 7, "actor", "somebody")
    before = anchors.read_text()

    with pytest.raises(CommandError, match="Nothing is anchored") as failed:
        anchored(to=anchors)

    assert str(failed.value).splitlines()[1:] == [
        "         event 7: its columns are not those that were bound into the chain"
    ]
    assert (failed.value.returncode, anchors.read_text()) == (1, before)


def test_nothing_is_anchored_behind_an_anchor_of_what_is_gone(anchors):
    cut(anchors)

    with pytest.raises(CommandError, match="the trail was cut"):
        anchored(to=anchors)


def test_what_came_before_the_last_anchor_is_left_to_verify(anchors):
    change(TABLE, 2, "actor", "somebody")

    assert anchored(to=anchors).startswith("Anchored: event 8, ")


def test_an_empty_trail_is_refused(db, tmp_path):
    with pytest.raises(CommandError, match=r"^The trail is empty: there is nothing to anchor yet\.$"):
        anchored(to=tmp_path / "anchors")

    assert list(tmp_path.iterdir()) == []


def test_a_trail_emptied_after_it_was_anchored_is_a_cut_one(anchors):
    run(f"DELETE FROM {TABLE}")
    put_head_right()

    with pytest.raises(CommandError, match="the trail was cut"):
        anchored(to=anchors)


def test_where_to_is_asked_for(db):
    with pytest.raises(CommandError, match=r"^Say where to: --to FILE, --mail ADDRESS, or both\.$"):
        anchored()


def test_an_anchor_is_mailed(db):
    tell(1)

    anchored(mail="auditor@example.org")

    (sent,) = mail.outbox
    assert (sent.subject, sent.to) == ("Anchor of the audit trail: event 1", ["auditor@example.org"])
    assert sent.body == f"{anchor_of(AuditEvent.objects.get()).line}\n"


def test_a_file_that_cannot_be_read_or_written_is_named(anchors, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        verified(tmp_path / "nothing")
    with pytest.raises(CommandError, match="cannot be written"):
        anchored(to=tmp_path / "no-folder" / "anchors")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\xfd")
    with pytest.raises(CommandError, match="cannot be read"):
        anchored(to=tmp_path / "binary")

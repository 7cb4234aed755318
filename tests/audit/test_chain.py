"""The chain finds whatever was done to the trail, names the place, and tells one fault once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from alleviation.audit import chain, trail
from alleviation.audit.models import AuditEvent, ImportBatch, TrailHead, Verb
from alleviation.audit.reading import rows_of
from alleviation.audit.verification.chain import CODE, CONTENT, DIGEST, FORGED, ORDER, chain_faults
from tests.audit.tampering import TABLE, bind_anew, change, other_than, put_head_right, rules_away, run

SAMPLED = (1, 5, 9)
# A changed number is a missing event, further below.
BOUND = [field for field in AuditEvent._meta.concrete_fields if not field.primary_key]


@pytest.fixture
def told(db: None) -> None:
    """A trail of nine events."""
    for number in range(9):
        trail.record_words(
            verb=Verb.DOWNLOADED, what=f"file {number}", by="clerk", kind="report", details={"n": number}
        )


def faults(**asked: int) -> list[str]:
    return list(chain_faults(**asked))


def forged(number: int) -> AuditEvent:
    """An event that somebody made up, bound as well as can be without the key."""
    before = AuditEvent.objects.get(pk=number - 1)
    event = AuditEvent(id=number, at=before.at, actor="clerk", verb="created", subject_type="x", subject="x")
    event.digest, event.mac = chain.digest_of(vars(event), before.digest), "0" * 64
    return event


def renumber(first: int, by: int) -> None:
    """Move the numbers from one on to the end, beyond each other first, since they are unique."""
    run(f"UPDATE {TABLE} SET id = -(id + %s) WHERE id >= %s", by, first)
    run(f"UPDATE {TABLE} SET id = -id WHERE id < 0")


def test_what_was_written_holds(told):
    assert faults() == []


def test_an_empty_trail_holds(db):
    assert faults() == []


@pytest.mark.parametrize("number", SAMPLED)
@pytest.mark.parametrize("field", BOUND, ids=lambda field: field.attname)
@pytest.mark.slow
def test_a_changed_column_is_named_with_its_event(told, field, number):
    value = getattr(AuditEvent.objects.get(pk=number), field.attname)
    other = ImportBatch.objects.create(kind="file").pk if field.is_relation else other_than(field, value)
    change(TABLE, number, field.column, other)
    wrong = {"digest": DIGEST, "mac": CODE}.get(field.attname, CONTENT)

    found = faults()

    if number == 9 and field.attname in ("digest", "at"):
        assert found.pop().startswith("the head of the trail")
    assert found == [f"event {number}: {wrong}"]


def test_every_column_is_bound():
    columns = {field.attname for field in AuditEvent._meta.concrete_fields}

    assert columns - set(chain.COLUMNS) == {"digest", "mac"}


def test_a_missing_event_is_named(told):
    run(f"DELETE FROM {TABLE} WHERE id = 4")

    assert faults() == ["event 4: missing"]


def test_missing_events_are_named_as_one(told):
    run(f"DELETE FROM {TABLE} WHERE id BETWEEN 3 AND 6")

    assert faults() == ["events 3 to 6: missing"]


def test_a_missing_first_event_is_named(told):
    run(f"DELETE FROM {TABLE} WHERE id = 1")

    assert faults() == ["event 1: missing"]


def test_an_event_taken_out_with_the_numbers_moved_up_is_found(told):
    run(f"DELETE FROM {TABLE} WHERE id = 4")
    renumber(5, -1)

    assert faults() == [
        "event 5: from here on the numbers are others than were bound: an event before was taken out",
        "event 4: its columns are not those that were bound into the chain",
        "event 9: missing, the tail was cut",
    ]


def test_an_event_put_in_is_found(told):
    renumber(5, 1)
    forged(5).save(force_insert=True)

    assert faults() == [
        f"event 5: {CODE}",
        "event 6: from here on the numbers are others than were bound: an event before was put in",
        "the head of the trail says 9, its last event is 10",
    ]


def test_an_event_put_at_the_end_is_found(told):
    forged(10).save(force_insert=True)
    put_head_right()

    assert faults() == [f"event 10: {CODE}"]


def test_an_event_written_over_is_found_and_the_next_is_not_blamed(told):
    for column, value in {"actor": "somebody", "digest": "1" * 64, "mac": "2" * 64}.items():
        change(TABLE, 4, column, value)

    assert faults() == [f"event 4: {FORGED}"]


@pytest.mark.parametrize(("one", "other"), [(4, 5), (2, 7), (1, 9)])
def test_swapped_events_are_both_named(told, one, other):
    run(
        f"UPDATE {TABLE} SET id = CASE id WHEN %s THEN -%s ELSE -%s END WHERE id IN (%s, %s)",
        one,
        other,
        one,
        one,
        other,
    )
    run(f"UPDATE {TABLE} SET id = -id WHERE id < 0")

    found = [fault for fault in faults() if not fault.startswith("the head")]

    assert found == [
        f"event {one}: this was bound as event {other}, and was moved here",
        f"event {other}: this was bound as event {one}, and was moved here",
    ]


def test_a_cut_tail_is_found_by_the_head(told):
    run(f"DELETE FROM {TABLE} WHERE id > 6")

    assert faults() == ["events 7 to 9: missing, the tail was cut"]


def test_a_cut_tail_with_its_head_put_right_is_not_found_by_the_chain(told):
    run(f"DELETE FROM {TABLE} WHERE id > 6")
    put_head_right()

    assert faults() == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"number": 8}, "the head of the trail says 8, its last event is 9"),
        ({"number": 11}, "events 10 to 11: missing, the tail was cut"),
        ({"digest": "0" * 64}, "the head of the trail has another digest than its last event 9"),
        ({"at": None}, "the head of the trail is of —, its last event 9 is not"),
        ({"id": 2}, "the head of the trail says 0, its last event is 9"),
    ],
)
def test_a_head_that_is_another_is_found(told, changes, fault):
    with rules_away():
        TrailHead.objects.update(**changes)

    assert faults() == [fault]


def test_a_chain_bound_anew_without_the_key_is_found(told):
    change(TABLE, 4, "actor", "somebody")
    bind_anew(4)

    assert faults() == [f"events 4 to 9: {CODE}"]


def test_another_key_is_told_in_one_line(told, settings):
    settings.TRAIL_KEY = "another"

    assert faults() == [f"events 1 to 9: {CODE}"]


def test_several_faults_are_each_told_once(told):
    change(TABLE, 2, "actor", "somebody")
    run(f"DELETE FROM {TABLE} WHERE id = 5")
    change(TABLE, 8, "mac", "0" * 64)

    assert faults() == ["event 5: missing", f"event 8: {CODE}", f"event 2: {CONTENT}"]


def test_a_clock_turned_back_is_found_although_the_chain_fits(told):
    early = trail.record_words(verb=Verb.DOWNLOADED, what="x", by="clerk", kind="report")
    early.at = timezone.now() - timedelta(days=1)
    early.digest = chain.digest_of(vars(early), AuditEvent.objects.get(pk=9).digest)
    early.mac = chain.mac_of(early.digest)
    for column in ("at", "digest", "mac"):
        change(TABLE, 10, column, getattr(early, column))
    put_head_right()

    assert faults() == [f"event 10: {ORDER}"]


def test_the_last_events_alone_are_checked_from_the_one_before(told):
    change(TABLE, 2, "actor", "somebody")

    assert faults(after=4) == []
    assert faults(after=1) == [f"event 2: {CONTENT}"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL holds to the types of its columns")
@pytest.mark.parametrize(("column", "value"), [("at", "noon"), ("subject", b"x"), ("at", "2001-02-31 00:00:00")])
def test_an_event_that_cannot_be_read_is_named_and_the_rest_checked(told, column, value):
    change(TABLE, 4, column, value)
    change(TABLE, 7, "mac", "0" * 64)

    assert faults() == ["event 4: it cannot be read", f"event 7: {CODE}"]


def test_blocks_leave_nothing_out(told):
    found = [row["id"] for row in rows_of(AuditEvent.objects.values("id"), block=2)]

    assert found == list(range(1, 10))

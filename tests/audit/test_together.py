"""Several writes in one: their events come at the end, in order, bound to the chain, or not at all."""

import pytest
from django.db import transaction

from alleviation.audit import chain
from alleviation.audit.models import AuditEvent, TrailHead
from alleviation.audit.trail import record_words, together, write
from projects.choices import SourceLevel
from projects.models import FundingSource


def enter(code: str) -> None:
    write(FundingSource(code=code, name=code, level=SourceLevel.COUNTY), by="manage.py test")


def enter_and_fail(code: str, within) -> None:
    with within:
        enter(code)
        raise RuntimeError


def subjects() -> list[str]:
    return list(AuditEvent.objects.order_by("id").values_list("after__code", flat=True))


def test_events_wait_for_the_end_and_keep_their_order(db):
    with together():
        enter("a")
        enter("b")
        waiting = AuditEvent.objects.count()

    assert (waiting, subjects()) == (0, ["a", "b"])


def test_what_fails_inside_leaves_neither_row_nor_event(db):
    with together():
        enter("a")
        with pytest.raises(RuntimeError):
            enter_and_fail("b", together())
        enter("c")

    assert (subjects(), list(FundingSource.objects.values_list("code", flat=True))) == (["a", "c"], ["a", "c"])


def test_what_somebody_else_rolled_back_leaves_no_event(db):
    with together():
        enter("a")
        with pytest.raises(RuntimeError):
            enter_and_fail("b", transaction.atomic())
        enter("c")

    assert subjects() == ["a", "c"]


def test_an_event_holds_no_float(db):
    with pytest.raises(TypeError):
        record_words(verb="downloaded", what="a-report", by="somebody", kind="report", details={"rows": 1.5})

    assert AuditEvent.objects.count() == 0


def test_what_fails_at_last_leaves_nothing(db):
    with pytest.raises(RuntimeError):
        enter_and_fail("a", together())

    enter("b")

    assert (subjects(), AuditEvent.objects.get().pk) == (["b"], 1)


def test_a_rolled_back_transaction_leaves_no_gap_in_the_chain(db):
    enter("a")
    with pytest.raises(RuntimeError):
        enter_and_fail("b", transaction.atomic())
    enter("c")

    assert list(AuditEvent.objects.order_by("id").values_list("id", flat=True)) == [1, 2]


def test_each_event_is_bound_to_the_one_before_and_the_head_to_the_last(db):
    enter("a")
    record_words(verb="downloaded", what="a-report", by="somebody", kind="report")
    enter("b")

    digest = chain.START
    for event in AuditEvent.objects.order_by("id").values():
        digest = chain.digest_of(event, digest)
        assert (event["digest"], event["mac"]) == (digest, chain.mac_of(digest))
    head = TrailHead.objects.get()
    assert (head.number, head.digest) == (3, digest)


def test_a_clock_set_back_does_not_turn_the_order_round(db, monkeypatch):
    enter("a")
    first = AuditEvent.objects.get()
    monkeypatch.setattr("alleviation.audit.trail.timezone.now", lambda: first.at.replace(year=first.at.year - 1))

    enter("b")

    assert AuditEvent.objects.get(pk=2).at == first.at

"""Positions of the log, and what they tell of a replica; whom it may serve."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, connections
from django.urls import reverse

from alleviation.accounts.sessions import SessionStore
from alleviation.common.replica import choosing
from alleviation.common.replica.breaker import Breaker
from alleviation.common.replica.middleware import keep_position, make_from_replica
from alleviation.common.replica.places import Place, present_place, read_as_of, read_from, reading
from alleviation.common.replica.positions import History, Mark, Replayed, Samples, history_of, number_of
from alleviation.common.replica.router import ReplicaRouter
from alleviation.common.replica.watching import ReadElsewhere, refuse_mixing
from projects.models import Project

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
ELSEWHERE = Place("replica", NOON)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("position", "number"),
    [
        ("0/0", 0),
        ("0/1A2B", 0x1A2B),
        ("16/B374D848", 0x16B374D848),
        # Behind a full page, the head of the next: what was written ended before it.
        ("0/2018", 0x2000),
        ("0/2028", 0x2000),
        ("0/2030", 0x2030),
    ],
)
def test_a_position_is_where_a_record_ended(position, number):
    assert number_of(position) == number


@pytest.mark.parametrize(
    ("replayed", "event", "committed_at", "as_of"),
    [
        # All that the primary has: nobody has written since, however long ago the last commit was.
        (300, 3, at(-3600), at(10)),
        # Up to the sample of five seconds ago, in the middle of a long import without a commit.
        (250, 2, at(-3600), at(5)),
        (250, 2, at(7), at(7)),
        (50, 1, None, None),
        # A commit of a clock that was set back meanwhile says nothing.
        (50, 1, at(86_400), None),
        # So far along, and without the event: a position of another history.
        (300, 1, at(-3600), at(0)),
    ],
)
def test_a_replica_is_as_of_the_last_moment_whose_position_and_event_it_has(replayed, event, committed_at, as_of):
    samples = Samples()
    for seconds, position, last in ((0, 100, 1), (5, 200, 2)):
        samples.keep(Mark(at(seconds), position, last=last))

    found = samples.as_of(Replayed(True, replayed, committed_at, event), Mark(at(10), 300, last=3))

    assert found == as_of


def test_what_was_noted_by_a_clock_that_was_set_back_is_forgotten():
    samples = Samples()
    samples.keep(Mark(at(86_400), 100))
    samples.keep(Mark(at(0), 200))

    found = samples.as_of(Replayed(True, 200, None), Mark(at(2), 300))

    assert found == at(0)


@pytest.mark.parametrize(
    ("replayed", "mark", "history"),
    [
        (Replayed(True, 300, None, 7, "seven"), Mark(NOON, 300, last=7, digest="seven"), History.OURS),
        (Replayed(True, 250, None, 7, "seven"), Mark(NOON, 300, last=9, digest="seven"), History.OURS),
        # Nobody has ever done anything.
        (Replayed(True, 300, None), Mark(NOON, 300), History.OURS),
        # The seventh was lost in a restore, and there is another one.
        (Replayed(True, 250, None, 7, "lost"), Mark(NOON, 300, last=9, digest="seven"), History.ANOTHER),
        # The log was written further than the primary's is now, though all that was lost is no event.
        (Replayed(True, 301, None, 7, "seven"), Mark(NOON, 300, last=7, digest="seven"), History.ANOTHER),
        # Lost, or committed and not shown yet by a primary that waits for its standby.
        (Replayed(True, 300, None, 8, "eight"), Mark(NOON, 300, last=7), History.UNPROVEN),
    ],
)
def test_a_replica_is_of_our_history_where_the_primary_has_its_last_event(replayed, mark, history):
    assert history_of(replayed, mark) is history


@pytest.fixture
def answer(monkeypatch, settings):
    """What the primary and the replica say, to be changed by a test; the replica whenever it is asked, in turn."""
    said = {"mark": Mark(at(10), 300, 7, 7, "seven"), "replayed": [Replayed(True, 300, at(9), 7, "seven")]}
    settings.REPLICA_LATEST_SECONDS = 10
    monkeypatch.setattr(choosing, "SAMPLES", Samples())
    monkeypatch.setattr(choosing, "BREAKER", Breaker())
    monkeypatch.setattr(choosing, "mark_of", lambda _actor, _event: said["mark"])
    monkeypatch.setattr(choosing, "answer_of_replica", lambda: said["replayed"].pop(0))
    return said


def test_one_that_has_all_serves_as_of_now_and_is_asked_once(answer):
    assert choosing.place_for("somebody", 300) == Place("replica", at(10))
    assert answer["replayed"] == []


def test_one_that_has_gone_on_meanwhile_serves_as_of_now(answer):
    answer["replayed"].insert(0, Replayed(True, 250, at(9), 6, "seven"))

    assert choosing.place_for("somebody", 300) == Place("replica", at(10))


@pytest.mark.parametrize(
    ("written_at", "replayed"),
    [
        (300, None),
        # Their last event is not there yet: a worker's, say.
        (300, Replayed(True, 300, at(9), 6, "seven")),
        # Behind their last write of this session.
        (300, Replayed(True, 299, at(9), 7, "seven")),
        # Eleven seconds late.
        (200, Replayed(True, 299, at(-1), 7, "seven")),
        # It has an event that the primary has not.
        (300, Replayed(True, 300, at(9), 7, "lost")),
    ],
)
def test_one_that_is_gone_or_behind_serves_nobody(answer, written_at, replayed):
    answer["replayed"] = [replayed, replayed]

    assert choosing.place_for("somebody", written_at) is None


def test_one_that_is_behind_others_alone_serves_as_of_then(answer):
    answer["replayed"] = [Replayed(True, 250, at(1), 7, "seven")] * 2

    assert choosing.place_for("somebody", 200) == Place("replica", at(1))


def test_one_of_another_history_is_left_alone_until_it_is_made_anew(answer, caplog):
    choosing.SAMPLES.keep(Mark(at(5), 200))
    answer["replayed"] = [Replayed(True, 400, at(9), 9, "lost"), *answer["replayed"]]

    served = choosing.place_for("somebody", 0)
    told, noted = choosing.BREAKER.trouble, list(choosing.SAMPLES._marks)
    choosing.BREAKER._until = 0.0
    again = choosing.place_for("somebody", 0)

    assert (served, told, noted) == (None, "it has another history", [])
    assert (again, choosing.BREAKER.trouble) == (Place("replica", at(10)), "")
    assert [line.getMessage().rpartition(": ")[2] for line in caplog.records] == [
        "it has another history.",
        "The replica answers again.",
    ]


def test_a_process_that_was_quiet_during_an_import_calls_nobody_late(answer):
    """It knows where the primary stood a minute ago and now; the replica is milliseconds behind, which none tells."""
    choosing.SAMPLES.keep(Mark(at(-60), 100, 7, 7, "seven"))
    behind = Replayed(True, 299, at(-65), 7, "seven")
    answer["replayed"] = [behind, behind, Replayed(True, 310, at(-65), 7, "seven")]

    first = choosing.place_for("somebody", 0)
    told = choosing.BREAKER.is_late
    answer["mark"] = Mark(at(12), 310, 7, 7, "seven")

    assert (first, told) == (None, False)
    assert choosing.place_for("somebody", 0) == Place("replica", at(12))


def test_one_that_lacks_what_was_there_so_long_ago_is_late(answer):
    choosing.SAMPLES.keep(Mark(at(0), 200, 7, 7, "seven"))
    answer["replayed"] = [Replayed(True, 199, at(-65), 7, "seven")] * 2

    assert choosing.place_for("somebody", 0) is None
    assert choosing.BREAKER.is_late is True


def test_one_that_failed_is_left_alone_and_then_tried_by_one_page(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("alleviation.common.replica.breaker.monotonic", lambda: now[0])
    breaker = Breaker()
    breaker.trip("it is gone")

    soon = breaker.may_try()
    now[0] += 11
    later = [breaker.may_try(), breaker.may_try()]
    breaker.mend()

    assert (soon, later, breaker.may_try()) == (False, [True, False], True)


def test_reads_go_where_the_page_is_read_and_writes_to_the_primary(monkeypatch):
    monkeypatch.setattr(type(connection), "in_atomic_block", False, raising=False)
    router = ReplicaRouter()
    from_there = Project()
    from_there._state.db = "replica"

    with read_from(ELSEWHERE):
        within = (router.db_for_read(Project), router.db_for_write(Project, instance=from_there), read_as_of())
    after = (router.db_for_read(Project, instance=from_there), read_as_of())

    assert (within, after) == (("replica", "default", NOON), ("default", None))
    assert (router.allow_migrate("replica", "projects"), router.allow_migrate("default", "projects")) == (False, True)


def test_whoever_writes_reads_what_they_wrote(db):
    with read_from(ELSEWHERE):
        found = (reading(), present_place())

    assert connections["default"].in_atomic_block
    assert found == ("default", Place())


def test_a_page_of_the_replica_that_asks_the_primary_is_refused(monkeypatch):
    monkeypatch.setattr("alleviation.common.replica.watching.is_elsewhere", lambda: True)

    def run(sql: str) -> str:
        return refuse_mixing(lambda *_said: "done", sql, None, False, {})

    with pytest.raises(ReadElsewhere):
        run('SELECT "projects_project"."id" FROM "projects_project"')

    assert run('SELECT "accounts_session"."id" FROM "accounts_session"') == "done"
    assert run('INSERT INTO "audit_auditevent" VALUES (1)') == "done"


@pytest.mark.parametrize(
    ("method", "name", "is_asked"),
    [
        ("get", "dashboards:overview", True),
        ("head", "reports:index", True),
        ("post", "dashboards:overview", False),
        ("get", "dashboards:household-find", False),
        ("get", "imports:index", False),
        ("get", "admin:index", False),
    ],
)
def test_pages_of_figures_alone_ask_for_the_replica(rf, client, monkeypatch, method, name, is_asked):
    asked = []
    monkeypatch.setattr("alleviation.common.replica.middleware.place_for", lambda *who: asked.append(who))
    request = getattr(rf, method)(reverse(name))
    request.user, request.session = AnonymousUser(), {"written_at": 5}
    request.resolver_match = type("Match", (), {"view_name": name})

    response = make_from_replica(request, lambda _request: None, (), {})

    assert response is None
    assert asked == ([("", 5)] if is_asked else [])


def test_a_position_is_kept_in_the_session_of_somebody_who_wrote_and_in_no_programs(rf, manager, monkeypatch):
    monkeypatch.setattr("alleviation.common.replica.middleware.position_now", lambda: 300)
    person, program = rf.get("/"), rf.get("/")
    person.user = program.user = manager
    person.session, program.session = SessionStore(), SessionStore()
    person.session.create()

    for request in (person, program):
        keep_position(request)

    assert (person.session["written_at"], program.session.is_empty()) == (300, True)

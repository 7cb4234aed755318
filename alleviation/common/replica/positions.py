"""Where the log of the primary stands, and how far the replica has replayed it.

A position is a number of bytes since the log began. What a transaction wrote is in the replica as soon as that has
replayed the position at which the primary stood after its commit.
"""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from django.db import connections

from alleviation.common.replica.places import PRIMARY, REPLICA

# The inserted end and not the written one: without synchronous_commit, what others see already may not be written yet.
AT_PRIMARY = "SELECT clock_timestamp(), pg_current_wal_insert_lsn()::text"
# Whoever did something, in a worker, a command or another browser too, left an event; its index is (actor, id).
LAST_EVENT = """SELECT clock_timestamp(), pg_current_wal_insert_lsn()::text,
    (SELECT MAX(id) FROM audit_auditevent WHERE actor = %s)"""
AT_REPLICA = """SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn()::text, pg_last_xact_replay_timestamp(),
    %s IS NULL OR EXISTS (SELECT 1 FROM audit_auditevent WHERE id = %s)"""
CLUSTER = "SELECT system_identifier FROM pg_control_system()"
PAGE, LONGEST_HEAD = 8192, 40
SAMPLED_EVERY, SET_BACK = timedelta(seconds=1), timedelta(minutes=1)


@dataclass(frozen=True)
class Mark:
    """Where the primary stood at a moment of its clock, and the last event of whoever asks."""

    at: datetime
    position: int
    event: int | None = None


@dataclass(frozen=True)
class Replayed:
    """How far the replica is; `committed_at` is the primary's time of the last commit that it replayed."""

    is_replica: bool
    position: int
    committed_at: datetime | None
    has_event: bool


def number_of(position: str) -> int:
    """A position of PostgreSQL, "16/B374D848", as a number.

    Behind the last record of a full page PostgreSQL names the place behind the next page's head; the record ended
    before it, and the replica says so.
    """
    high, low = position.split("/")
    number = (int(high, 16) << 32) + int(low, 16)
    return number - number % PAGE if number % PAGE <= LONGEST_HEAD else number


def position_now() -> int:
    """Where the primary stands: behind everything that was committed before it was asked."""
    with connections[PRIMARY].cursor() as cursor:
        cursor.execute(AT_PRIMARY)
        return number_of(cursor.fetchone()[1])


def mark_of(actor: str) -> Mark:
    """Where the primary stands now, and the last event of this person."""
    with connections[PRIMARY].cursor() as cursor:
        cursor.execute(LAST_EVENT, [actor])
        at, position, event = cursor.fetchone()
    return Mark(at, number_of(position), event)


def replayed(event: int | None) -> Replayed:
    """How far the replica is now, and whether it has this event."""
    with connections[REPLICA].cursor() as cursor:
        cursor.execute(AT_REPLICA, [event, event])
        is_replica, position, committed_at, has_event = cursor.fetchone()
    return Replayed(is_replica, number_of(position or "0/0"), committed_at, has_event)


def cluster_of(alias: str) -> int:
    """The number that a cluster shares with its replicas and with no other."""
    with connections[alias].cursor() as cursor:
        cursor.execute(CLUSTER)
        return int(cursor.fetchone()[0])


class Samples:
    """Where the primary stood lately, by which is known as of when a replica is.

    The time of the last commit tells too little: nobody may have written for hours, or one import for minutes.
    """

    def __init__(self) -> None:
        self._marks: deque[Mark] = deque(maxlen=600)
        self._lock = Lock()

    def keep(self, mark: Mark) -> None:
        with self._lock:
            if self._marks and mark.at < self._marks[-1].at - SET_BACK:
                # The primary's clock was set back: what was noted by the other one says nothing.
                self._marks.clear()
            if not self._marks or mark.at - self._marks[-1].at >= SAMPLED_EVERY:
                self._marks.append(mark)

    def as_of(self, found: Replayed, mark: Mark) -> datetime | None:
        """The latest moment up to which the replica has everything; None where that cannot be told yet."""
        with self._lock:
            held = [one.at for one in (*self._marks, mark) if one.position <= found.position]
        if found.committed_at is not None:
            held.append(found.committed_at)
        return max((at for at in held if at <= mark.at), default=None)


SAMPLES = Samples()


def age_of(as_of: datetime, mark: Mark) -> timedelta:
    """How old what the replica shows is, by the primary's clock."""
    return max(mark.at - as_of, timedelta(0))

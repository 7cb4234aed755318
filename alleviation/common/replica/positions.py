"""Where the log of the primary stands, and how far the replica has replayed it.

A position is a number of bytes since the log began. What a transaction wrote is in the replica as soon as that has
replayed the position at which the primary stood after its commit; but a position is of one history, and so is the
number of an event. Both are compared only with a replica whose last event the primary has, digest and all.
"""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from threading import Lock

from django.db import connections

from alleviation.common.replica.places import PRIMARY, REPLICA

# The inserted end and not the written one: without synchronous_commit, what others see already may not be written yet.
AT_PRIMARY = "SELECT clock_timestamp(), pg_current_wal_insert_lsn()::text"
# Whoever did something, in a worker, a command or another browser too, left an event; its index is (actor, id).
# The digest is asked under the number that the replica gave for its last event.
LAST_EVENT = """SELECT clock_timestamp(), pg_current_wal_insert_lsn()::text,
    (SELECT MAX(id) FROM audit_auditevent WHERE actor = %s), (SELECT MAX(id) FROM audit_auditevent),
    (SELECT digest FROM audit_auditevent WHERE id = %s)"""
AT_REPLICA = """SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn()::text, pg_last_xact_replay_timestamp(),
    last.id, last.digest FROM (SELECT 1) one
    LEFT JOIN (SELECT id, digest FROM audit_auditevent ORDER BY id DESC LIMIT 1) last ON TRUE"""
CLUSTER = "SELECT system_identifier FROM pg_control_system()"
PAGE, LONGEST_HEAD = 8192, 40
SAMPLED_EVERY, SET_BACK = timedelta(seconds=1), timedelta(minutes=1)


@dataclass(frozen=True)
class Mark:
    """Where the primary stood at a moment of its clock. Events are told by their numbers; 0: there is none.

    `event` is the last of whoever asks, `last` that of all, `digest` what the primary has under the number of the
    replica's last; "": it has no such event.
    """

    at: datetime
    position: int
    event: int = 0
    last: int = 0
    digest: str = ""


@dataclass(frozen=True)
class Replayed:
    """How far the replica is; `committed_at` is the primary's time of the last commit that it replayed.

    `event` and `digest` are those of the last event that it has; the digest binds all events before.
    """

    is_replica: bool
    position: int
    committed_at: datetime | None
    event: int = 0
    digest: str = ""

    def has(self, mark: Mark) -> bool:
        """Whether it has all that the primary had then."""
        return self.position >= mark.position and self.event >= mark.last


class History(Enum):
    """Whether the replica tells what the primary has been through."""

    OURS = "ours"
    ANOTHER = "another"
    # The primary lacks its last event: it is yet to show a commit that it has handed on, or will never have it.
    UNPROVEN = "unproven"


def history_of(found: Replayed, mark: Mark) -> History:
    """Whose history the replica has; `mark` was asked after what it says of itself.

    A primary that was restored keeps its number as a cluster and the replica's place in a log; what it writes then
    gets numbers of events and positions that the replica knows from what was lost. A digest comes once alone.
    """
    if found.position > mark.position or (mark.digest and mark.digest != found.digest):
        return History.ANOTHER
    return History.OURS if mark.digest == found.digest else History.UNPROVEN


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


def mark_of(actor: str, event: int) -> Mark:
    """Where the primary stands now, the last event of this person, and what it has under the number of that event."""
    with connections[PRIMARY].cursor() as cursor:
        cursor.execute(LAST_EVENT, [actor, event])
        at, position, theirs, last, digest = cursor.fetchone()
    return Mark(at, number_of(position), theirs or 0, last or 0, digest or "")


def replayed() -> Replayed:
    """How far the replica is now, and its last event."""
    with connections[REPLICA].cursor() as cursor:
        cursor.execute(AT_REPLICA)
        is_replica, position, committed_at, event, digest = cursor.fetchone()
    return Replayed(is_replica, number_of(position or "0/0"), committed_at, event or 0, digest or "")


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
            held = [one.at for one in (*self._marks, mark) if found.has(one)]
        if found.committed_at is not None:
            held.append(found.committed_at)
        return max((at for at in held if at <= mark.at), default=None)

    def lacked(self, found: Replayed, since: datetime) -> bool:
        """Whether the replica is known to lack what the primary had at that moment.

        A process that was quiet for longer knows nothing of the time between, and the last commit tells nothing of
        an import that is under way.
        """
        with self._lock:
            return any(one.at <= since and not found.has(one) for one in self._marks)

    def forget(self) -> None:
        """What was noted is of another history."""
        with self._lock:
            self._marks.clear()


SAMPLES = Samples()


def age_of(as_of: datetime, mark: Mark) -> timedelta:
    """How old what the replica shows is, by the primary's clock."""
    return max(mark.at - as_of, timedelta(0))

"""Whether a page may be read from the replica: it tells our history, is not late, and has what its reader wrote."""

from datetime import timedelta
from functools import cache
from time import monotonic

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections

from alleviation.common.replica.breaker import BREAKER
from alleviation.common.replica.deadlines import DEADLINES
from alleviation.common.replica.places import PRIMARY, REPLICA, Place
from alleviation.common.replica.positions import (
    SAMPLES,
    History,
    Mark,
    Replayed,
    age_of,
    cluster_of,
    history_of,
    mark_of,
    replayed,
)

# How long a page waits for the replica to say how far it is.
PATIENCE_SECONDS = 2
# A connection that failed at once was cut since its last page: another is made.
AT_ONCE = 0.5


def place_for(actor: str, written_at: int) -> Place | None:
    """The replica, for whom the last write of their session ended at this position; None: read from the primary."""
    if not BREAKER.may_try():
        return None
    try:
        found, mark = compared(actor)
    except (DatabaseError, InterfaceError):
        # The page itself says what ails the primary.
        return None
    if found is None or mark is None or found.event < mark.event or found.position < written_at:
        return None
    as_of, latest = SAMPLES.as_of(found, mark), timedelta(seconds=settings.REPLICA_LATEST_SECONDS)
    if as_of is not None and age_of(as_of, mark) <= latest:
        BREAKER.tell_late(False)
        return Place(REPLICA, as_of)
    if SAMPLES.lacked(found, mark.at - latest):
        BREAKER.tell_late(True)
    return None


def compared(actor: str) -> tuple[Replayed, Mark] | tuple[None, None]:
    """How far a replica of our history is, and where the primary stands; None where there is none that answers.

    Raises DatabaseError, InterfaceError of the primary.
    """
    found = answer_of_replica()
    if found is None:
        return None, None
    # Asked after it: what a replica of ours has, the primary had before.
    mark = mark_of(actor, found.event)
    history = history_of(found, mark)
    if history is History.ANOTHER:
        SAMPLES.forget()
        BREAKER.trip("it has another history")
    if history is not History.OURS:
        return None, None
    BREAKER.mend()
    SAMPLES.keep(mark)
    # Meanwhile it has gone on; asked again it is as of now, and not as of before the primary was asked.
    again = found if found.has(mark) else answer_of_replica()
    return (again, mark) if again else (None, None)


def answer_of_replica() -> Replayed | None:
    """How far the replica is; None where it follows nobody or another primary, or does not answer."""
    began = monotonic()
    try:
        try:
            found, trouble = _asked()
        except (DatabaseError, InterfaceError):
            give_up_connection()
            if monotonic() - began > AT_ONCE:
                raise
            found, trouble = _asked()
    except (DatabaseError, InterfaceError) as error:
        give_up_connection()
        trouble, found = f"it does not answer ({type(error.__cause__ or error).__name__})", None
    if trouble:
        BREAKER.trip(trouble)
        return None
    return found


def give_up_connection() -> None:
    """The next page makes another."""
    connections[REPLICA].close()


def _asked() -> tuple[Replayed, str]:
    """How far it is, and what is wrong with it."""
    replica = connections[REPLICA]
    replica.ensure_connection()
    with replica.wrap_database_errors, DEADLINES.within(replica.connection, PATIENCE_SECONDS):
        found = replayed()
        if not found.is_replica:
            return found, "it follows nobody"
        return found, "" if _is_ours() else "it follows another primary"


def _is_ours() -> bool:
    """Whether it was copied from this primary; asked once for each connection."""
    replica = connections[REPLICA]
    known = getattr(replica, "known_to_be_ours", None)
    if known is None or known[0] is not replica.connection:
        known = (replica.connection, cluster_of(REPLICA) == _our_cluster())
        replica.known_to_be_ours = known  # type: ignore[attr-defined]
    return bool(known[1])


@cache
def _our_cluster() -> int:
    return cluster_of(PRIMARY)

"""Whether a page may be read from the replica: it answers, is ours, is not late, and has what its reader wrote."""

from datetime import timedelta
from functools import cache
from time import monotonic

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections

from alleviation.common.replica.breaker import BREAKER
from alleviation.common.replica.deadlines import DEADLINES
from alleviation.common.replica.places import PRIMARY, REPLICA, Place
from alleviation.common.replica.positions import SAMPLES, Replayed, age_of, cluster_of, mark_of, replayed

# How long a page waits for the replica to say how far it is.
PATIENCE_SECONDS = 2
# A connection that failed at once was cut since its last page: another is made.
AT_ONCE = 0.5


def place_for(actor: str, written_at: int) -> Place | None:
    """The replica, for whom the last write of their session ended at this position; None: read from the primary."""
    if not BREAKER.may_try():
        return None
    try:
        mark = mark_of(actor)
    except (DatabaseError, InterfaceError):
        # The page itself says what ails the primary.
        return None
    SAMPLES.keep(mark)
    found = answer_of_replica(mark.event)
    if found is None or not found.has_event or found.position < written_at:
        return None
    as_of = SAMPLES.as_of(found, mark)
    is_late = as_of is None or age_of(as_of, mark) > timedelta(seconds=settings.REPLICA_LATEST_SECONDS)
    BREAKER.tell_late(is_late)
    return None if is_late else Place(REPLICA, as_of)


def answer_of_replica(event: int | None) -> Replayed | None:
    """How far the replica is; None where it is none of ours, or does not answer."""
    began = monotonic()
    try:
        try:
            found, trouble = _asked(event)
        except (DatabaseError, InterfaceError):
            give_up_connection()
            if monotonic() - began > AT_ONCE:
                raise
            found, trouble = _asked(event)
    except (DatabaseError, InterfaceError) as error:
        give_up_connection()
        trouble, found = f"it does not answer ({type(error.__cause__ or error).__name__})", None
    if trouble or found is None:
        BREAKER.trip(trouble)
        return None
    BREAKER.mend()
    return found


def give_up_connection() -> None:
    """The next page makes another."""
    connections[REPLICA].close()


def _asked(event: int | None) -> tuple[Replayed | None, str]:
    """How far it is, and what is wrong with it."""
    replica = connections[REPLICA]
    replica.ensure_connection()
    with replica.wrap_database_errors, DEADLINES.within(replica.connection, PATIENCE_SECONDS):
        found = replayed(event)
        if not found.is_replica:
            return None, "it follows nobody"
        return found, "" if _is_ours() else "it follows another primary"


def _is_ours() -> bool:
    """Whether it follows this primary; asked once for each connection."""
    replica = connections[REPLICA]
    known = getattr(replica, "known_to_be_ours", None)
    if known is None or known[0] is not replica.connection:
        known = (replica.connection, cluster_of(REPLICA) == _our_cluster())
        replica.known_to_be_ours = known  # type: ignore[attr-defined]
    return bool(known[1])


@cache
def _our_cluster() -> int:
    return cluster_of(PRIMARY)

"""Which years are closed, and how a year is closed and reopened: by two people each time.

The reports that are frozen with a year belong to the roof, and the entries that are still open to the floor above;
both are handed to `close_year` by its caller.
"""

from collections.abc import Callable, Iterable, Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit import trail
from alleviation.audit.entry import enter
from alleviation.audit.models import ClosingState, FrozenReport, TrailHead, YearClosing
from alleviation.audit.models.closings import YearClosingQuerySet
from alleviation.audit.rules import YEAR_LOCK
from alleviation.audit.trail import Actor, name_of
from alleviation.common.citus.standing import is_spread

OpenEntries = Callable[[YearClosing], Sequence[object]]
Freeze = Callable[[YearClosing], Iterable[FrozenReport]]
# So many open entries are named in a message; their number is always told.
NAMED = 10


def is_closed(code: str, year: int) -> bool:
    """Whether a year of the place with this division code is closed, itself or with a place above it."""
    return _covering(code, year).exists()


def _covering(code: str, year: int) -> YearClosingQuerySet:
    return YearClosing.objects.covering(code, year).beyond("a year that is closed above binds whoever is below")


def refuse_closed(code: str, year: int, *, field: str) -> None:
    """Refuse to write to a closed year. Raises ValidationError at the field to mend.

    The database refuses the same on its own (alleviation/audit/rules.py), also for whoever did not ask here.
    """
    _keep_open(year)
    closing = _covering(code, year).order_by("area").first()
    if closing is not None:
        told = {"year": year, "area": closing.area}
        message = _(
            "The year %(year)s of %(area)s is closed. Book a late correction in an open year with its reason, or ask "
            "for the year to be reopened."
        )
        raise ValidationError({field: ValidationError(message % told, code="closed")})


def propose_closing(area: str, year: int, *, by: Actor, note: str = "") -> YearClosing:
    """Propose to close a year of an area (leading digits of its division code); somebody else closes it.

    Raises ValidationError where the year has not ended, is closed or proposed already; PermissionDenied.
    """
    if year >= timezone.localdate().year:
        message = _("The year %(year)s has not ended; it is closed when it has.")
        raise ValidationError({"year": ValidationError(message % {"year": year}, code="not_ended")})
    closing = YearClosing(area=area, year=year, proposed_by=name_of(by), proposed_at=timezone.now(), note=note.strip())
    with trail.together():
        _wait_for_writers(year)
        if above := _covering(area, year).exclude(area=area).order_by("area").first():
            message = _("The year %(year)s is closed already with the whole of %(area)s.")
            raise ValidationError({"year": ValidationError(message % {"year": year, "area": above.area}, "closed")})
        enter(closing, by=by, right=Right.PROPOSE_CLOSING)
    return closing


def decline_closing(closing: YearClosing, *, by: Actor, note: str) -> YearClosing:
    """Decline a proposal, with a note that says why. Raises ValidationError, PermissionDenied."""
    note = _given(note, field="note", message=_("Say why the year is not closed."))
    with trail.together():
        stored = _moved_from(closing, ClosingState.PROPOSED)
        _refuse_same_person(by, stored.proposed_by)
        stored.state, stored.note = ClosingState.DECLINED, note
        stored.decided_by, stored.decided_at = name_of(by), timezone.now()
        enter(stored, by=by, right=Right.CLOSE_YEARS, reason=note)
        return stored


def close_year(closing: YearClosing, *, by: Actor, open_entries: OpenEntries, freeze: Freeze) -> YearClosing:
    """Close a year that somebody else proposed, and freeze its reports: from now on no write changes it.

    `open_entries` are the entries of the area and year that are neither posted nor withdrawn; while there are any the
    year stays open, so that nothing hangs. `freeze` makes the files; it is asked once nobody can write any more, in
    the same transaction, so that they hold all of a write that came at the same moment, or none of it.
    Raises ValidationError (proposed no more, open entries, changed meanwhile), PermissionDenied.
    """
    with trail.together():
        stored = _moved_from(closing, ClosingState.PROPOSED)
        _refuse_same_person(by, stored.proposed_by)
        _refuse_open(open_entries(stored))
        stored.state, stored.decided_by, stored.decided_at = ClosingState.CLOSED, name_of(by), timezone.now()
        stored.event_number = _last_event()
        enter(stored, by=by, right=Right.CLOSE_YEARS)
        for report in freeze(stored):
            report.closing = stored
            trail.write(report, by=by)
        return stored


def ask_reopening(closing: YearClosing, *, by: Actor, reason: str) -> YearClosing:
    """Ask for a closed year to be reopened, with the reason; it stays closed until somebody else does.

    Raises ValidationError, PermissionDenied.
    """
    reason = _given(reason, field="reason", message=_("Say why the year has to be reopened."))
    with trail.together():
        stored = _moved_from(closing, ClosingState.CLOSED)
        stored.state, stored.reason = ClosingState.REOPENING, reason
        stored.reopening_asked_by, stored.reopening_asked_at = name_of(by), timezone.now()
        enter(stored, by=by, right=Right.PROPOSE_CLOSING, reason=reason)
        return stored


def decline_reopening(closing: YearClosing, *, by: Actor, note: str) -> YearClosing:
    """Leave the year closed, with a note that says why; the trail keeps who had asked.

    Raises ValidationError, PermissionDenied.
    """
    note = _given(note, field="note", message=_("Say why the year stays closed."))
    with trail.together():
        stored = _moved_from(closing, ClosingState.REOPENING)
        _refuse_same_person(by, stored.reopening_asked_by)
        stored.state, stored.note, stored.reason = ClosingState.CLOSED, note, ""
        stored.reopening_asked_by, stored.reopening_asked_at = "", None
        enter(stored, by=by, right=Right.CLOSE_YEARS, reason=note)
        return stored


def reopen_year(closing: YearClosing, *, by: Actor) -> YearClosing:
    """Reopen a year that somebody else asked for; what was frozen stays. Raises ValidationError, PermissionDenied."""
    with trail.together():
        stored = _moved_from(closing, ClosingState.REOPENING)
        _refuse_same_person(by, stored.reopening_asked_by)
        stored.state, stored.reopened_by, stored.reopened_at = ClosingState.REOPENED, name_of(by), timezone.now()
        enter(stored, by=by, right=Right.CLOSE_YEARS)
        return stored


def _keep_open(year: int) -> None:
    """On Citus whoever closes the year waits for our transaction; elsewhere the database's own rule sees to it."""
    if is_spread(connection):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [YEAR_LOCK, year])


def _wait_for_writers(year: int) -> None:
    """PostgreSQL: wait until nobody is writing to the year, and keep everybody from it until the end.

    The rule of the database waits too, but only with the write itself: what is read before it would miss what was
    being written. Taken before any row, so that two who decide at once wait for each other and never in a ring.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [YEAR_LOCK, year])


def _moved_from(closing: YearClosing, state: str) -> YearClosing:
    """The stored closing, locked, if it is in this state; what the form had seen of it goes along."""
    _wait_for_writers(closing.year)
    stored = YearClosing.objects.select_for_update().get(pk=closing.pk)
    stored.seen_version = getattr(closing, "seen_version", None)  # type: ignore[attr-defined]
    if stored.state != state:
        told = {"year": stored.year, "area": stored.area, "state": stored.get_state_display()}
        message = _("The year %(year)s of %(area)s is “%(state)s”: this cannot be done with it now.")
        raise ValidationError(message % told, code="state")
    return stored


def _refuse_same_person(by: Actor, first: str) -> None:
    """Two people: whoever asked is not who decides."""
    if not isinstance(by, User):
        raise PermissionDenied(_("This is decided by a person."))
    if by.get_username() == first:
        raise PermissionDenied(_("You asked for this yourself; somebody else has to decide it."))


def _refuse_open(entries: Sequence[object]) -> None:
    if entries:
        named = "; ".join(map(str, entries[:NAMED])) + (" …" if len(entries) > NAMED else "")
        message = _(
            "Entries of the year that are not decided yet: %(number)s. Post or withdraw them first: %(entries)s"
        )
        raise ValidationError(message % {"number": len(entries), "entries": named}, code="open_entries")


def _given(text: str, *, field: str, message: str) -> str:
    if not text.strip():
        raise ValidationError({field: ValidationError(message, code="missing")})
    return text.strip()


def _last_event() -> int:
    """The number of the last event in the trail; 0 for an empty one."""
    return TrailHead.objects.filter(pk=1).values_list("number", flat=True).first() or 0

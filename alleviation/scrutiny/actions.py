"""Every write of this floor ends here, with its audit event in the same transaction."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.entry import enter
from alleviation.audit.trail import Actor, name_of, together
from alleviation.scrutiny.flags.found import Found, State
from alleviation.scrutiny.models import RequestState, Waiver

# A waiver is asked for anew when it has run so long.
LONGEST = timedelta(days=366)


def ask_waiver(found: Found, *, by: Actor, reason: str, expires_on: date) -> Waiver:
    """Say why a case is as it should be, until a day; somebody else accepts or declines it.

    Raises ValidationError (no reason, a day that is past or more than a year ahead, explained already or asked for
    already), PermissionDenied.
    """
    _refuse_day(expires_on)
    if found.state == State.EXPLAINED:
        raise ValidationError(_("This case is explained already."), code="explained")
    case = found.case
    waiver = Waiver(
        flag=found.flag.slug,
        case_key=case.key,
        area=case.area,
        year=case.year,
        reason=reason.strip(),
        expires_on=expires_on,
        asked_by=name_of(by),
    )
    try:
        with together():
            enter(waiver, by=by, right=Right.ASK_WAIVERS, reason=waiver.reason)
    except IntegrityError as error:
        # Somebody else asked between the check and the write.
        message = _("Somebody has asked for this already; it waits for a decision.")
        raise ValidationError(message, code="asked") from error
    return waiver


def approve_waiver(waiver: Waiver, *, by: Actor, note: str = "") -> Waiver:
    """Accept what somebody else gave as the reason: the case is explained until the waiver's last day.

    Raises ValidationError (decided already, its last day is past), PermissionDenied (asked for by the same person).
    """
    with together():
        stored = _asked(waiver, by)
        _refuse_day(stored.expires_on)
        return _decide(stored, RequestState.APPROVED, by=by, note=note.strip())


def decline_waiver(waiver: Waiver, *, by: Actor, note: str) -> Waiver:
    """Decline it with a note that says why: the case is open again.

    Raises ValidationError (no note, decided already), PermissionDenied (asked for by the same person).
    """
    if not note.strip():
        raise ValidationError({"note": ValidationError(_("Say why it is declined."), code="missing")})
    with together():
        return _decide(_asked(waiver, by), RequestState.DECLINED, by=by, note=note.strip())


def _decide(waiver: Waiver, state: RequestState, *, by: Actor, note: str) -> Waiver:
    waiver.state, waiver.decision_note = state, note
    waiver.decided_by, waiver.decided_at = name_of(by), timezone.now()
    enter(waiver, by=by, right=Right.WAIVE_FLAGS, reason=note)
    return waiver


def _asked(waiver: Waiver, by: Actor) -> Waiver:
    """The stored waiver, locked, if it still waits and somebody else asked for it."""
    stored = Waiver.objects.select_for_update().get(pk=waiver.pk)
    if not isinstance(by, User):
        raise PermissionDenied(_("This is decided by a person."))
    if stored.state != RequestState.ASKED:
        told = {"who": stored.decided_by, "state": stored.get_state_display()}
        raise ValidationError(_("%(who)s has decided this meanwhile: %(state)s.") % told, code="decided")
    if by.get_username() == stored.asked_by:
        raise PermissionDenied(_("You asked for this yourself; somebody else has to decide it."))
    return stored


def _refuse_day(day: date) -> None:
    """An explanation holds from today on, and is looked at again within a year."""
    today = timezone.localdate()
    if day < today:
        message = _("That day is past; choose one to come.")
    elif day > today + LONGEST:
        message = _("Choose a day within a year; it can be asked for again then.")
    else:
        return
    raise ValidationError({"expires_on": ValidationError(message, code="day")})

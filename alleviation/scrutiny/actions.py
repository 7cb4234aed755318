"""Every write of this floor ends here, with its audit event in the same transaction."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from alleviation.accounts.rights import Right
from alleviation.audit.entry import enter
from alleviation.audit.trail import Actor, name_of, together
from alleviation.scrutiny.decisions import decide, refuse_without_note, to_be_decided
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
        stored: Waiver = to_be_decided(Waiver.objects.all(), waiver, by=by)
        _refuse_day(stored.expires_on)
        decide(stored, RequestState.APPROVED, by=by, right=Right.WAIVE_FLAGS, note=note)
    return stored


def decline_waiver(waiver: Waiver, *, by: Actor, note: str) -> Waiver:
    """Decline it with a note that says why: the case is open again.

    Raises ValidationError (no note, decided already), PermissionDenied (asked for by the same person).
    """
    refuse_without_note(note)
    with together():
        stored: Waiver = to_be_decided(Waiver.objects.all(), waiver, by=by)
        decide(stored, RequestState.DECLINED, by=by, right=Right.WAIVE_FLAGS, note=note)
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

"""Correcting what is posted: it is reversed, and booked anew. Both stay, and name each other."""

from datetime import date
from typing import NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from alleviation.accounts.asking import OutsideArea
from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit import entry as guarded
from alleviation.audit.closings import is_closed, refuse_closed
from alleviation.audit.trail import Actor, name_of, together
from projects.actions.ledger import draft_entry, submit_entry
from projects.actions.links import drawn_on, refuse_wrong_links
from projects.choices import EntryState
from projects.models import LedgerEntry

COPIED = ("kind", "source", "division", "project", "allocation", "handed_down_from", "document_number", "is_made_up")


class Correction(NamedTuple):
    """The reversal of an entry, and what is booked in its place, if anything. Both wait to be checked."""

    reversal: LedgerEntry
    replacement: LedgerEntry | None


def correct_entry(
    entry: LedgerEntry,
    *,
    by: Actor,
    reason: str,
    booked_on: date | None = None,
    replacement: LedgerEntry | None = None,
) -> Correction:
    """Submit the reversal of a posted entry (冲销), and a new entry in its place.

    The reversal is the same entry with its amount below zero, so that the two sum to zero. It is booked in the
    entry's own year while that is open, else in the year of `booked_on` or today.
    Raises ValidationError where the entry is not posted, is a reversal, is reversed already or others were paid out
    of it; where the reason is missing; where the year is closed. Raises PermissionDenied.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the entry is corrected.")}, code="reason_missing")
    with together():
        stored = _reversible(entry, by)
        day = booked_on or reversal_day(stored)
        reversal = LedgerEntry(
            **{name: getattr(stored, name) for name in COPIED},
            amount=-stored.amount,
            booked_on=day,
            year=day.year,
            reverses=stored.voucher,
            reason=reason.strip(),
        )
        _submit_reversal(reversal, by)
        if replacement is not None:
            replacement.replaces, replacement.reason = stored.voucher, reason.strip()
            replacement.is_made_up = stored.is_made_up
            draft_entry(replacement, by=by)
            submit_entry(replacement, by=by)
        return Correction(reversal, replacement)


def reversal_day(entry: LedgerEntry) -> date:
    """The day on which a reversal is booked if nobody says otherwise.

    Today, or the last day of the entry's year while that year is open.
    """
    today = timezone.localdate()
    if entry.year == today.year or is_closed(entry.division.code, entry.year):
        return today
    return date(entry.year, 12, 31)


def _submit_reversal(reversal: LedgerEntry, by: Actor) -> None:
    now = timezone.now()
    reversal.state, reversal.drafted_by, reversal.drafted_at = EntryState.SUBMITTED, name_of(by), now
    reversal.submitted_by, reversal.submitted_at = name_of(by), now
    refuse_wrong_links(reversal, by=by)
    refuse_closed(reversal.division.code, reversal.year, field="booked_on")
    guarded.enter(reversal, by=by, reason=reversal.reason)


def _reversible(entry: LedgerEntry, by: Actor) -> LedgerEntry:
    """The stored entry, locked, if it may be taken back."""
    stored = LedgerEntry.objects.select_for_update().filter(pk=entry.pk).order_by().first()
    if isinstance(by, User):
        if not by.may(Right.ENTER_RECORDS):
            raise PermissionDenied(_("Your role does not cover this."))
        if not LedgerEntry.objects.filter(pk=entry.pk).visible_to(by).exists():
            raise OutsideArea
    if stored is None or not stored.is_posted:
        raise ValidationError(
            _("Only a posted entry is reversed; a draft is changed or withdrawn."), code="not_posted"
        )
    if stored.reverses:
        raise ValidationError(_("This is a reversal. Book the money anew instead."), code="is_reversal")
    others = LedgerEntry.objects.reversing(stored.voucher)
    if other := others.order_by("pk").first():
        told = {"entry": other, "state": other.get_state_display()}
        raise ValidationError(_("It is reversed already: %(entry)s, %(state)s.") % told, code="reversed")
    if vouchers := drawn_on(stored.voucher):
        told = {"others": ", ".join(vouchers[:20])}
        raise ValidationError(_("Its money was passed on. Reverse these first: %(others)s") % told, code="drawn_on")
    return stored

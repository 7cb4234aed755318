"""Incomes are looked at by somebody else: verified, or returned with a note."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit import entry as guarded
from alleviation.audit.closings import refuse_closed
from alleviation.audit.trail import Actor, together
from beneficiaries.choices import CheckState
from beneficiaries.models import IncomeRecord


def verify_incomes(incomes: Sequence[IncomeRecord], *, by: Actor) -> None:
    """Say of incomes that they are right, all or none; what was returned may turn out right after all.

    Raises ValidationError (corrected or verified meanwhile, the year closed), PermissionDenied for who recorded one.
    """
    with together():
        for stored in _held(incomes):
            _check(stored, CheckState.VERIFIED, "", by=by, waiting=(CheckState.SUBMITTED, CheckState.RETURNED))


def return_income(income: IncomeRecord, *, note: str, by: Actor) -> None:
    """Give an income back to who recorded it, with a note; a correction is a record of its own, and waits again.

    Raises ValidationError (no note, corrected or checked meanwhile, the year closed), PermissionDenied.
    """
    note = note.strip()
    if not note:
        raise ValidationError({"check_note": _("Say what is wrong with the income.")}, code="note_missing")
    with together():
        (stored,) = _held([income])
        _check(stored, CheckState.RETURNED, note, by=by, waiting=(CheckState.SUBMITTED,))


def _held(incomes: Sequence[IncomeRecord]) -> list[IncomeRecord]:
    """The stored records, locked in the order that is the same for everybody; what the form had seen goes along.

    Household by household: each may lie on a machine of its own.
    """
    seen = {income.pk: getattr(income, "seen_version", None) for income in incomes}
    rows = IncomeRecord.objects.select_for_update(of=("self",)).select_related("village").order_by("pk")
    homes = sorted({income.household_id for income in incomes})
    stored = [row for home in homes for row in rows.filter(pk__in=seen, household=home)]
    if len(stored) != len(seen):
        raise ValidationError(_("This income is not there any more."), code="gone")
    for one in stored:
        one.seen_version = seen[one.pk]  # type: ignore[attr-defined]
    return stored


def _check(stored: IncomeRecord, state: CheckState, note: str, *, by: Actor, waiting: tuple[CheckState, ...]) -> None:
    if stored.superseded_at is not None:
        raise ValidationError(_("This income was corrected meanwhile. Look at the correction."), code="corrected")
    if stored.state not in waiting:
        message = _("This income is “%(state)s”: this cannot be done with it now.")
        raise ValidationError(message % {"state": stored.get_state_display()}, code="state")
    if not isinstance(by, User):
        raise PermissionDenied(_("An income is checked by a person."))
    if stored.recorded_by_id == by.pk:
        raise PermissionDenied(_("You recorded this income; somebody else has to check it."))
    refuse_closed(stored.village.code, stored.year, field="year")
    stored.state, stored.check_note = state, note
    stored.checked_at, stored.checked_by = timezone.now(), by
    guarded.enter(stored, by=by, right=Right.CHECK_ENTRIES, reason=note)

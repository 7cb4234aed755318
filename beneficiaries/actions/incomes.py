"""Incomes, their corrections, and parts in projects."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from alleviation.accounts.models import User
from alleviation.audit import entry as guarded
from alleviation.audit.closings import refuse_closed
from alleviation.audit.models import ImportBatch
from alleviation.audit.trail import Actor, together
from alleviation.common.parts import beside_whole
from beneficiaries.actions.holding import home_of_year
from beneficiaries.choices import CheckState
from beneficiaries.models import Enrolment, IncomeRecord, concept_of


def record_income(income: IncomeRecord, *, by: Actor, batch: ImportBatch | None = None) -> None:
    """Save a household's income of a year, in yuan, to be verified by somebody else.

    Without a village it is the household's at the end of the year, without a concept the one in force in the year.
    An income that is recorded already is not changed: it is kept with the moment, and the correction takes its place.
    Raises ValidationError (a component below zero, the year recorded already or closed, a year after the household
    ended, a correction without a reason, changed meanwhile), PermissionDenied.
    """
    with together():
        if income.year is not None and income.household_id is not None:
            income.concept = income.concept or concept_of(income.year)
            home = home_of_year(income.household, income.year, field="year")
            income.village = income.village if income.village_id is not None else home
        if income.village_id is not None and income.year is not None:
            refuse_closed(income.village.code, income.year, field="year")
        if income.pk is not None and not make_way(income, by):
            return
        income.recorded_by = by if isinstance(by, User) else None
        income.state, income.checked_at, income.checked_by, income.check_note = CheckState.SUBMITTED, None, None, ""
        guarded.enter(income, by=by, batch=batch, reason=income.reason)


def make_way(income: IncomeRecord, by: Actor) -> bool:
    """Keep the record that a correction takes the place of; False where nothing is corrected."""
    stored = IncomeRecord.objects.select_for_update().get(pk=income.pk, **beside_whole(income))
    if all(getattr(stored, name) == getattr(income, name) for name in IncomeRecord.STATED):
        return False
    if stored.superseded_at is not None:
        raise ValidationError(_("This income was corrected meanwhile. Open the household again."), code="corrected")
    if not income.reason.strip() or income.reason == stored.reason:
        raise ValidationError({"reason": _("Say why the recorded income is corrected.")}, code="reason_missing")
    if income.year != stored.year:
        raise ValidationError({"year": _("A correction is of the same year.")}, code="other_year")
    refuse_closed(stored.village.code, stored.year, field="year")
    stored.seen_version = getattr(income, "seen_version", None)  # type: ignore[attr-defined]
    stored.superseded_at = income.recorded_at = timezone.now()
    guarded.enter(stored, by=by, reason=income.reason)
    income.pk, income._state.adding, income.seen_version = None, True, None  # type: ignore[attr-defined]
    return True


def record_enrolment(enrolment: Enrolment, *, by: Actor, batch: ImportBatch | None = None) -> None:
    """Save the part of a household, or of one of its members, in a project.

    Its village is the household's at the end of the year.
    Raises ValidationError (its year is closed, or one after the household ended), PermissionDenied.
    """
    with together():
        if enrolment.household_id is not None and enrolment.year is not None:
            enrolment.village = home_of_year(enrolment.household, enrolment.year, field="year")
            refuse_closed(enrolment.village.code, enrolment.year, field="year")
        if stored := Enrolment.objects.filter(pk=enrolment.pk).select_related("village").first():
            refuse_closed(stored.village.code, stored.year, field="year")
        guarded.enter(enrolment, by=by, batch=batch)

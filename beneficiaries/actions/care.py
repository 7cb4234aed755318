"""Who looks after a household, and what was done for it."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from alleviation.audit import entry as guarded
from alleviation.audit.trail import Actor, together
from beneficiaries.actions.holding import hold, refuse_outside_life
from beneficiaries.models import LargeExpense, Responsibility, SupportMeasure, Visit

Care = Visit | SupportMeasure | LargeExpense
# The day on which it was.
DAYS: dict[type, str] = {Visit: "visited_on", SupportMeasure: "begun_on", LargeExpense: "spent_on"}


def assign_responsible(responsibility: Responsibility, *, by: Actor) -> None:
    """Save who is responsible for a household from a day on; whoever was until then ceases on that day.

    Raises ValidationError at `from_on` (before somebody who came later, outside of the household's life);
    PermissionDenied.
    """
    with together():
        household = hold(responsibility.household, by=by)
        responsibility.clean_fields(exclude=["household"])
        refuse_outside_life(household, responsibility.from_on, field="from_on")
        others = household.responsibilities.exclude(pk=responsibility.pk)
        former = others.filter(until_on__isnull=True, from_on__lte=responsibility.from_on).first()
        if former is not None:
            former.until_on = responsibility.from_on
            guarded.enter(former, by=by)
        _refuse_two(responsibility)
        guarded.enter(responsibility, by=by)


def record_care(record: Care, *, by: Actor) -> None:
    """Save a visit, a measure or a large expense. A closed year takes it: it is in none of the year's figures.

    Raises ValidationError (a day outside of the household's life), PermissionDenied.
    """
    field = DAYS[type(record)]
    with together():
        household = hold(record.household, by=by)
        if (day := getattr(record, field)) is not None:
            refuse_outside_life(household, day, field=field)
        guarded.enter(record, by=by)


def _refuse_two(responsibility: Responsibility) -> None:
    """One at a time; the day on which somebody ceases is the next one's. Raises ValidationError."""
    until = responsibility.until_on or date.max
    goes_on = Q(until_on__isnull=True) | Q(until_on__gt=responsibility.from_on)
    others = responsibility.household.responsibilities.exclude(pk=responsibility.pk)
    if other := others.filter(goes_on, from_on__lt=until).order_by("from_on").first():
        message = _("Somebody else is responsible from %(day)s on.") % {"day": other.from_on}
        raise ValidationError({"from_on": ValidationError(message, code="overlap")})

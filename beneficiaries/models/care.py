"""Who looks after a household, what was done, and what is watched since 2020."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alleviation.common.fields import YuanField
from alleviation.common.validators import refuse_day_to_come
from beneficiaries.choices import Cause, ExpenseKind, MeasureKind, MonitoringKind
from beneficiaries.models.households import Household, PartOfHouseholdQuerySet
from beneficiaries.privacy import Privacy, untold
from projects.models import Official

NO_MONEY = Decimal("0.00")


class Responsibility(models.Model):
    """Who was responsible for a household, from a day to a day (帮扶责任人)."""

    is_part_of = "household"
    privacy = {Privacy.OPEN: ("id", "household"), Privacy.HOUSEHOLD: ("official", "from_on", "until_on")}

    household = models.ForeignKey(
        Household, models.CASCADE, related_name="responsibilities", verbose_name=_("household")
    )
    official = models.ForeignKey(
        Official, models.PROTECT, related_name="responsibilities", verbose_name=_("responsible person")
    )
    from_on = models.DateField(_("from"), validators=[refuse_day_to_come])
    until_on = models.DateField(_("until"), null=True, blank=True, help_text=_("Empty: still."))

    objects = PartOfHouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("responsible person")
        verbose_name_plural = _("responsible persons")
        ordering = ["household", "-from_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="responsible_in_order",
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                violation_error_message=_("The end comes after the beginning."),
            ),
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(until_on__isnull=True),
                name="responsible_now_once",
                violation_error_message=_("Somebody is responsible for the household already: end that first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id}/{self.from_on}"


class SupportMeasure(models.Model):
    """What was done for a household, by whom, at what cost and with what effect (帮扶措施)."""

    is_part_of = "household"
    privacy = {
        Privacy.OPEN: ("id", "household"),
        Privacy.HOUSEHOLD: ("kind", "begun_on", "ended_on", "official", "cost"),
        Privacy.SENSITIVE: ("what", "effect"),
    }
    untold_fields = untold(privacy)

    household = models.ForeignKey(Household, models.CASCADE, related_name="measures", verbose_name=_("household"))
    kind = models.CharField(_("kind"), max_length=16, choices=MeasureKind.choices)
    what = models.CharField(_("what was done"), max_length=300)
    begun_on = models.DateField(_("day"), validators=[refuse_day_to_come])
    ended_on = models.DateField(_("until"), null=True, blank=True)
    official = models.ForeignKey(
        Official, models.PROTECT, null=True, blank=True, related_name="measures", verbose_name=_("responsible person")
    )
    cost = YuanField(_("cost"), null=True, blank=True, help_text=_("In yuan. Empty: not known."))
    effect = models.CharField(_("effect"), max_length=300, blank=True)

    objects = PartOfHouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["household", "-begun_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="measure_in_order",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("begun_on")),
                violation_error_message=_("The end comes after the beginning."),
            ),
            models.CheckConstraint(
                name="measure_cost_not_negative",
                condition=Q(cost__isnull=True) | Q(cost__gte=0),
                violation_error_message=_("A cost is not below zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id}/{self.begun_on}"


class Visit(models.Model):
    """Somebody called on a household, and what was found (走访)."""

    is_part_of = "household"
    privacy = {
        Privacy.OPEN: ("id", "household"),
        Privacy.HOUSEHOLD: ("visited_on", "official"),
        Privacy.SENSITIVE: ("purpose", "found"),
    }
    untold_fields = untold(privacy)

    household = models.ForeignKey(Household, models.CASCADE, related_name="visits", verbose_name=_("household"))
    visited_on = models.DateField(_("day"), validators=[refuse_day_to_come])
    official = models.ForeignKey(Official, models.PROTECT, related_name="visits", verbose_name=_("visitor"))
    purpose = models.CharField(_("purpose"), max_length=200)
    found = models.CharField(_("what was found"), max_length=500, blank=True)

    objects = PartOfHouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["household", "-visited_on", "id"]

    def __str__(self) -> str:
        return f"{self.household_id}/{self.visited_on}"


class Monitoring(models.Model):
    """A household is watched, since a day, for a risk, until that is cleared (防返贫监测)."""

    is_part_of = "household"
    privacy = {
        Privacy.OPEN: ("id", "household"),
        Privacy.HOUSEHOLD: ("kind", "risk", "other_risk", "identified_on", "identified_by", "cleared_on"),
        Privacy.SENSITIVE: ("note", "cleared_reason"),
    }
    untold_fields = untold(privacy)

    household = models.ForeignKey(Household, models.CASCADE, related_name="monitorings", verbose_name=_("household"))
    kind = models.CharField(_("kind"), max_length=16, choices=MonitoringKind.choices)
    risk = models.CharField(_("main risk"), max_length=16, choices=[one for one in Cause.choices if one[0]])
    other_risk = models.CharField(_("another risk"), max_length=16, choices=Cause.choices, blank=True)
    identified_on = models.DateField(_("identified on"), validators=[refuse_day_to_come])
    identified_by = models.CharField(_("identified by"), max_length=100, help_text=_("The office or meeting."))
    note = models.CharField(_("note"), max_length=300, blank=True)
    cleared_on = models.DateField(
        _("cleared on"), null=True, blank=True, validators=[refuse_day_to_come], editable=False
    )
    cleared_reason = models.CharField(_("why it is cleared"), max_length=300, blank=True, editable=False)

    objects = PartOfHouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("monitoring")
        verbose_name_plural = _("monitorings")
        ordering = ["household", "-identified_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(cleared_on__isnull=True),
                name="monitoring_now_once",
                violation_error_message=_("The household is monitored already."),
            ),
            models.CheckConstraint(
                name="monitoring_cleared_for_a_reason",
                condition=Q(cleared_on__isnull=True, cleared_reason="")
                | (Q(cleared_on__isnull=False, cleared_on__gte=F("identified_on")) & ~Q(cleared_reason="")),
                violation_error_message=_("Say when and why the risk is cleared; not before it was identified."),
            ),
            models.CheckConstraint(
                name="monitoring_risks_differ",
                condition=Q(other_risk="") | ~Q(other_risk=F("risk")),
                violation_error_message=_("The same risk is named twice."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id}/{self.identified_on}"


class LargeExpense(models.Model):
    """A household had to pay a large sum on a day: a warning, whatever it earns (大额支出)."""

    is_part_of = "household"
    privacy = {
        Privacy.OPEN: ("id", "household"),
        Privacy.HOUSEHOLD: ("spent_on", "amount", "covered"),
        Privacy.SENSITIVE: ("kind", "note"),
    }
    untold_fields = untold(privacy)

    household = models.ForeignKey(Household, models.CASCADE, related_name="expenses", verbose_name=_("household"))
    kind = models.CharField(_("kind"), max_length=16, choices=ExpenseKind.choices)
    spent_on = models.DateField(_("day"), validators=[refuse_day_to_come])
    amount = YuanField(_("amount"), help_text=_("In yuan, the whole bill."))
    covered = YuanField(_("covered"), default=NO_MONEY, help_text=_("In yuan: what insurance or relief paid of it."))
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = PartOfHouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("large expense")
        verbose_name_plural = _("large expenses")
        ordering = ["household", "-spent_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="expense_covered_in_part",
                condition=Q(amount__gt=0, covered__gte=0, covered__lte=F("amount")),
                violation_error_message=_("An expense is above zero, and no more of it is covered than it is."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id}/{self.spent_on}"

    @property
    def borne(self) -> Decimal:
        """What the household paid itself, in yuan: the amount less what was covered."""
        return self.amount - self.covered

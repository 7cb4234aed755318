"""What a household was before: its status, its village, and the households it came from or became."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from alleviation.common.validators import refuse_day_to_come
from beneficiaries.choices import HouseholdStatus, Lineage, MoveReason
from beneficiaries.models.households import Household, PartOfHouseholdQuerySet
from beneficiaries.privacy import Privacy, untold
from projects.choices import Level
from projects.models import Division

# The steps of an exit, in their order.
EXIT_STEPS = ("appraised_on", "verified_on", "consented_on", "publicised_on", "announced_on")
NO_STEP = Q(**{f"{step}__isnull": True for step in EXIT_STEPS})
EACH_STEP = Q(**{f"{step}__isnull": False for step in EXIT_STEPS})


class StatusChange(models.Model):
    """A household came onto the register, left it or came under watch, by somebody's decision on a day.

    An exit takes five steps, each on a day of its own (关于建立贫困退出机制的意见, 2016): the village appraises it
    democratically, the village's committees and its work team verify it, the household consents, it is publicised in
    the village without objection, and it is announced.
    """

    is_part_of = "household"
    privacy = {
        Privacy.OPEN: ("id", "household"),
        Privacy.HOUSEHOLD: ("was", "status", "happened_on", "decided_by", *EXIT_STEPS),
        Privacy.SENSITIVE: ("decision",),
    }
    untold_fields = untold(privacy)

    household = models.ForeignKey(
        Household, models.CASCADE, related_name="status_changes", verbose_name=_("household")
    )
    was = models.CharField(
        _("status before"), max_length=16, choices=HouseholdStatus.choices, blank=True, editable=False
    )
    status = models.CharField(_("status"), max_length=16, choices=HouseholdStatus.choices)
    happened_on = models.DateField(_("day"), validators=[refuse_day_to_come])
    decision = models.CharField(
        _("decision"), max_length=200, blank=True, help_text=_("The number or title of the paper that says so.")
    )
    decided_by = models.CharField(
        _("decided by"), max_length=100, help_text=_("The office or meeting that decided, not a person.")
    )
    appraised_on = models.DateField(_("appraised by the village on"), null=True, blank=True)
    verified_on = models.DateField(_("verified by the committees and the work team on"), null=True, blank=True)
    consented_on = models.DateField(_("consented to by the household on"), null=True, blank=True)
    publicised_on = models.DateField(_("publicised in the village on"), null=True, blank=True)
    announced_on = models.DateField(_("announced on"), null=True, blank=True)

    objects = PartOfHouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of status")
        verbose_name_plural = _("changes of status")
        ordering = ["household", "happened_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "happened_on"],
                name="status_change_a_day",
                violation_error_message=_("The household changed its status on this day already."),
            ),
            models.CheckConstraint(
                name="status_change_changes",
                condition=~Q(was=F("status")),
                violation_error_message=_("The household has this status already."),
            ),
            models.CheckConstraint(
                name="exit_steps_of_an_exit",
                condition=Q(status=HouseholdStatus.EXITED) | NO_STEP,
                violation_error_message=_("Only an exit takes the five steps."),
            ),
            models.CheckConstraint(
                name="exit_steps_all_or_none",
                condition=NO_STEP | EACH_STEP,
                violation_error_message=_("An exit takes five steps: enter the day of each."),
            ),
            models.CheckConstraint(
                name="exit_steps_in_order",
                condition=Q(announced_on__isnull=True)
                | Q(
                    verified_on__gte=F("appraised_on"),
                    consented_on__gte=F("verified_on"),
                    publicised_on__gte=F("consented_on"),
                    announced_on__gte=F("publicised_on"),
                    happened_on__gte=F("announced_on"),
                ),
                violation_error_message=_("The five steps follow each other, and the exit follows them."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id}/{self.status}/{self.happened_on}"


class HouseholdMove(models.Model):
    """From a day on a household belongs to another village; what was recorded before keeps the village it had."""

    is_part_of = "household"
    privacy = {
        Privacy.OPEN: ("id", "household", "from_village", "to_village"),
        Privacy.HOUSEHOLD: ("from_number", "to_number", "moved_on", "reason"),
        Privacy.SENSITIVE: ("note",),
    }
    untold_fields = untold(privacy)

    household = models.ForeignKey(Household, models.CASCADE, related_name="moves", verbose_name=_("household"))
    from_village = models.ForeignKey(
        Division, models.PROTECT, related_name="households_gone", verbose_name=_("village before"), editable=False
    )
    from_number = models.CharField(_("number there"), max_length=20, editable=False)
    to_village = models.ForeignKey(
        Division,
        models.PROTECT,
        related_name="households_come",
        verbose_name=_("new village"),
        limit_choices_to={"level": Level.VILLAGE},
    )
    to_number = models.CharField(_("number in the new village"), max_length=20)
    moved_on = models.DateField(_("moved on"), validators=[refuse_day_to_come])
    reason = models.CharField(_("reason"), max_length=16, choices=MoveReason.choices)
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = PartOfHouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("move of a household")
        verbose_name_plural = _("moves of households")
        ordering = ["household", "moved_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "moved_on"],
                name="move_a_day",
                violation_error_message=_("The household moved on this day already."),
            ),
            models.CheckConstraint(
                name="move_elsewhere",
                condition=~Q(from_village=F("to_village")),
                violation_error_message=_("The household belongs to this village already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id}/{self.moved_on}"


class HouseholdLink(models.Model):
    """A household was split from another, or merged into it, on a day. `other_number` is that household's record."""

    is_part_of = "household"
    privacy = {
        Privacy.OPEN: ("id", "household", "other_number"),
        Privacy.HOUSEHOLD: ("kind", "happened_on"),
        Privacy.SENSITIVE: ("note",),
    }
    untold_fields = untold(privacy)

    household = models.ForeignKey(Household, models.CASCADE, related_name="links", verbose_name=_("household"))
    kind = models.CharField(_("kind"), max_length=16, choices=Lineage.choices)
    other_number = models.BigIntegerField(_("the other household's record"))
    happened_on = models.DateField(_("day"), validators=[refuse_day_to_come])
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = PartOfHouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("origin of a household")
        verbose_name_plural = _("origins of households")
        ordering = ["household", "happened_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "kind"],
                name="household_link_once",
                violation_error_message=_("A household is split from one, and merged into one."),
            ),
            models.CheckConstraint(
                name="household_link_to_another",
                condition=~Q(household=F("other_number")),
                violation_error_message=_("Name another household."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id}/{self.kind}"


def village_on(household: Household, day: date) -> Division:
    """The village that a household belonged to at the end of a day."""
    later = household.moves.filter(moved_on__gt=day).select_related("from_village").order_by("moved_on", "id").first()
    return later.from_village if later else household.village


def status_on(household: Household, day: date) -> str:
    """Where a household stood at the end of a day; "" before it came onto the register, or where that is not known."""
    changes = household.status_changes.order_by("happened_on", "id")
    if past := changes.filter(happened_on__lte=day).last():
        return past.status
    if coming := changes.first():
        return coming.was
    is_since = household.status_since is None or household.status_since <= day
    return household.status if is_since else ""


def with_village_then(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Rows with a `household`, `village` and `year`, each with the code of its village when it was recorded.

    That is the village before the mergers, one after another, that brought the household into the row's village.
    """
    return rows.annotate(village_arrived_on=_arrived_on()).annotate(village_then=_village_then())


def _arrived_on() -> Subquery:
    """The day on which the household last came into the row's village, in the row's year or before it; null: never."""
    came = HouseholdMove.objects.filter(
        household=OuterRef("household_id"), to_village=OuterRef("village_id"), moved_on__year__lte=OuterRef("year")
    )
    return Subquery(came.order_by("-moved_on", "-id").values("moved_on")[:1])


def _village_then() -> Coalesce:
    """The village before the mergers, one after another, that brought the household into the row's village."""
    moves = HouseholdMove.objects.filter(
        household=OuterRef("household_id"), moved_on__lte=OuterRef("village_arrived_on")
    )
    own_way = HouseholdMove.objects.exclude(reason=MoveReason.VILLAGE_MERGER).filter(
        household=OuterRef("household_id"),
        moved_on__gt=OuterRef("moved_on"),
        moved_on__lte=OuterRef(OuterRef("village_arrived_on")),
    )
    mergers = moves.filter(~Q(Exists(own_way)), reason=MoveReason.VILLAGE_MERGER)
    return Coalesce(Subquery(mergers.order_by("moved_on", "id").values("from_village__code")[:1]), F("village__code"))

"""Households on the register: where they live, why they are poor, and where they stand."""

from datetime import date
from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.accounts.scope import ScopedQuerySet
from alleviation.common.fields import FixedPointField
from alleviation.common.made_up import MadeUpModel
from alleviation.common.validators import refuse_day_to_come
from beneficiaries.choices import (
    Cause,
    HouseholdCategory,
    HouseholdEnd,
    HouseholdStatus,
    HousingGrade,
    RoadAccess,
    WaterSupply,
)
from beneficiaries.privacy import Privacy
from projects.choices import Level
from projects.models import Division


class HouseholdQuerySet(ScopedQuerySet):
    """Words for asking about households."""

    area_field = "village__code"
    needed_right = Right.VIEW_HOUSEHOLDS

    def with_places(self) -> Self:
        return self.select_related("village")

    def standing(self, on: date | None = None) -> Self:
        """Households that have not ended; `on`: that had not ended at the end of that day."""
        return self.filter(ended_on__isnull=True) if on is None else self.filter(not_ended(on))


def not_ended(on: date, way: str = "") -> Q:
    """A filter for households that had not ended at the end of a day; `way` leads to them."""
    return Q(**{f"{way}ended_on__isnull": True}) | Q(**{f"{way}ended_on__gt": on})


class Household(MadeUpModel):
    """A family on the register of poor households (建档立卡户).

    `village`, `number` and `status` are those of today; histories.py tells what they were.
    """

    is_told_by_file = True
    privacy = {
        Privacy.OPEN: ("id", "is_made_up", "village"),
        Privacy.HOUSEHOLD: (
            "number",
            "status",
            "status_since",
            "category",
            "main_cause",
            "second_cause",
            "third_cause",
            "housing",
            "housing_area",
            "water",
            "road",
            "farmland",
            "ended_on",
            "ended_as",
        ),
    }

    village = models.ForeignKey(
        Division,
        models.PROTECT,
        related_name="households",
        verbose_name=_("village"),
        limit_choices_to={"level": Level.VILLAGE},
        # The rule that a village has each number once begins with it.
        db_index=False,
    )
    number = models.CharField(_("household number"), max_length=20, help_text=_("As on the register of the village."))
    status = models.CharField(
        _("status"), max_length=16, choices=HouseholdStatus.choices, default=HouseholdStatus.REGISTERED
    )
    status_since = models.DateField(_("status since"), validators=[refuse_day_to_come], null=True, blank=True)
    category = models.CharField(_("category"), max_length=20, choices=HouseholdCategory.choices, blank=True)
    main_cause = models.CharField(_("main cause of poverty"), max_length=16, choices=Cause.choices, blank=True)
    second_cause = models.CharField(_("another cause"), max_length=16, choices=Cause.choices, blank=True)
    third_cause = models.CharField(_("a third cause"), max_length=16, choices=Cause.choices, blank=True)
    housing = models.CharField(_("house"), max_length=1, choices=HousingGrade.choices, blank=True)
    housing_area = models.PositiveSmallIntegerField(
        _("floor area"), null=True, blank=True, validators=[MaxValueValidator(2000)], help_text=_("In square metres.")
    )
    water = models.CharField(_("drinking water"), max_length=8, choices=WaterSupply.choices, blank=True)
    road = models.CharField(_("road"), max_length=8, choices=RoadAccess.choices, blank=True)
    farmland = FixedPointField(
        _("farmland"), places=2, null=True, blank=True, help_text=_("In mu (亩), at most two decimals.")
    )
    ended_on = models.DateField(_("ended on"), validators=[refuse_day_to_come], null=True, blank=True, editable=False)
    ended_as = models.CharField(
        _("how it ended"), max_length=16, choices=HouseholdEnd.choices, blank=True, editable=False
    )

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")
        ordering = ["village__code", "number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["village", "number"],
                name="household_village_number",
                violation_error_message=_("The village has a household of this number already."),
            ),
            models.CheckConstraint(
                name="household_end_is_told",
                condition=Q(ended_on__isnull=True, ended_as="") | (Q(ended_on__isnull=False) & ~Q(ended_as="")),
                violation_error_message=_("Say both when and how the household ended, or neither."),
            ),
            models.CheckConstraint(
                name="household_causes_in_order",
                condition=(~Q(main_cause="") | Q(second_cause="")) & (~Q(second_cause="") | Q(third_cause="")),
                violation_error_message=_("Name the main cause first, then the others."),
            ),
            models.CheckConstraint(
                name="household_causes_differ",
                condition=(Q(second_cause="") | ~Q(second_cause=models.F("main_cause")))
                & (Q(third_cause="") | ~Q(third_cause=models.F("main_cause")))
                & (Q(third_cause="") | ~Q(third_cause=models.F("second_cause"))),
                violation_error_message=_("The same cause is named twice."),
            ),
            models.CheckConstraint(
                name="household_farmland_not_negative",
                condition=Q(farmland__isnull=True) | Q(farmland__gte=0),
                violation_error_message=_("Farmland is not below zero."),
            ),
        ]
        indexes = [
            # A household by the beginning of its number, in any village; in the order of bytes, whatever the language
            # of the database (alleviation/common/beginnings.py).
            models.Index(fields=["number"], name="household_number", opclasses=["varchar_pattern_ops"]),
            # The households of a status, village by village, and how many of them there are.
            models.Index(fields=["status", "village"], name="household_status"),
        ]

    def __str__(self) -> str:
        return self.number


class PartOfHouseholdQuerySet(ScopedQuerySet):
    """Rows that are seen by whoever sees their household."""

    area_field = "household__village__code"
    needed_right = Right.VIEW_HOUSEHOLDS

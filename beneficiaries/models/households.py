"""Households and the persons in them."""

from typing import Self

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alleviation.accounts.rights import Right
from alleviation.accounts.scope import ScopedQuerySet
from alleviation.common.made_up import MadeUpModel
from alleviation.common.validators import refuse_day_to_come, refuse_year_to_come
from beneficiaries.choices import HouseholdStatus, NumberKind, Relation, Sex
from projects.choices import Level
from projects.models import Division


class HouseholdQuerySet(ScopedQuerySet):
    """Words for asking about households."""

    area_field = "village__code"
    needed_right = Right.VIEW_HOUSEHOLDS

    def with_places(self) -> Self:
        return self.select_related("village")


class Household(MadeUpModel):
    """A family on the register of poor households (建档立卡户)."""

    village = models.ForeignKey(
        Division,
        models.PROTECT,
        related_name="households",
        verbose_name=_("village"),
        limit_choices_to={"level": Level.VILLAGE},
    )
    number = models.CharField(_("household number"), max_length=20, help_text=_("As on the register of the village."))
    status = models.CharField(
        _("status"), max_length=16, choices=HouseholdStatus.choices, default=HouseholdStatus.REGISTERED
    )
    status_since = models.DateField(_("status since"), validators=[refuse_day_to_come], null=True, blank=True)

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
            )
        ]

    def __str__(self) -> str:
        return self.number


class PartOfHouseholdQuerySet(ScopedQuerySet):
    """Rows that are seen by whoever sees their household."""

    area_field = "household__village__code"
    needed_right = Right.VIEW_HOUSEHOLDS


class Person(models.Model):
    """A member of a household."""

    is_part_of = "household"
    untold_fields = ("name", "birth_year", "id_tail")

    household = models.ForeignKey(Household, models.CASCADE, related_name="persons", verbose_name=_("household"))
    name = models.CharField(pgettext_lazy("person", "name"), max_length=50)
    relation = models.CharField(_("relation to the head"), max_length=16, choices=Relation.choices)
    sex = models.CharField(_("sex"), max_length=8, choices=Sex.choices, blank=True)
    birth_year = models.PositiveSmallIntegerField(
        _("year of birth"), null=True, blank=True, validators=[MinValueValidator(1900), refuse_year_to_come]
    )
    id_tail = models.CharField(_("last digits of the identity number"), max_length=4, blank=True, editable=False)

    objects = PartOfHouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        ordering = ["household", "id"]

    def __str__(self) -> str:
        # Names end in logs and on delete pages.
        return f"#{self.pk}"


class PersonNumber(models.Model):
    """A number that only one person may have, kept as a keyed digest: this table knows no number itself."""

    is_key_table = True

    kind = models.CharField(_("kind"), max_length=16, choices=NumberKind.choices)
    digest = models.CharField(_("keyed digest"), max_length=64)
    household_number = models.BigIntegerField(_("household record"))
    person_number = models.BigIntegerField(_("person record"))

    class Meta:
        verbose_name = _("number of a person")
        verbose_name_plural = _("numbers of persons")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "digest"],
                name="person_number_once",
                violation_error_message=_("A person with this number is registered already."),
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

"""Members of households in time, and the numbers that only one person may have."""

from datetime import date
from secrets import randbelow
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alleviation.common.validators import refuse_day_to_come, refuse_year_to_come
from beneficiaries.choices import (
    Health,
    InSchool,
    Joined,
    LabourAbility,
    Left,
    MigrantWork,
    NumberKind,
    Relation,
    Schooling,
    Sex,
)
from beneficiaries.models.households import Household, PartOfHouseholdQuerySet
from beneficiaries.privacy import Privacy, masked_name, masked_number, untold


def new_person_key() -> int:
    """A number for a person that nobody else has, drawn at random: it tells nothing, wherever it stands."""
    return randbelow(2**62) + 1


def belonging(first: date, last: date, way: str = "") -> Q:
    """A filter for memberships of which a day lies from `first` to `last`, both included; `way` leads to them.

    The day on which somebody leaves is no longer theirs; an end that is not known does not begin or end anything.
    """
    began = Q(**{f"{way}joined_on__isnull": True}) | Q(**{f"{way}joined_on__lte": last})
    goes_on = Q(**{f"{way}left_on__isnull": True}) | Q(**{f"{way}left_on__gt": first})
    return began & goes_on


class PersonQuerySet(PartOfHouseholdQuerySet):
    """Words for asking about members."""

    def present(self) -> Self:
        """Those who belong to their household still."""
        return self.filter(left_on__isnull=True)

    def of_year(self, year: int) -> Self:
        """Those who belonged to their household on any day of a year."""
        return self.filter(belonging(date(year, 1, 1), date(year, 12, 31)))


class Person(models.Model):
    """A member of a household, from a day to a day. Who belongs to several, one after the other, has a row in each.

    `key` is the same in all rows of one person, and nothing else is: what a household's register said stays there.
    """

    is_part_of = "household"
    is_told_by_file = True
    privacy = {
        Privacy.OPEN: ("id", "household", "key", "erased_at"),
        Privacy.HOUSEHOLD: ("relation", "sex", "joined_on", "joined_as", "left_on", "left_as"),
        Privacy.SENSITIVE: (
            "birth_year",
            "schooling",
            "in_school",
            "health",
            "labour",
            "migrant_work",
            "migrant_months",
        ),
        Privacy.IDENTIFYING: ("name", "born_on", "id_tail", "account_tail"),
    }
    untold_fields = untold(privacy)
    # What erasing a person takes away; the rest is counted.
    ERASED = ("name", "birth_year", "born_on", "id_tail", "account_tail", "schooling", "in_school", "health", "labour")

    household = models.ForeignKey(Household, models.CASCADE, related_name="persons", verbose_name=_("household"))
    key = models.BigIntegerField(_("person"), default=new_person_key, editable=False)
    name = models.CharField(pgettext_lazy("person", "name"), max_length=50, blank=True)
    relation = models.CharField(_("relation to the head"), max_length=16, choices=Relation.choices)
    sex = models.CharField(_("sex"), max_length=8, choices=Sex.choices, blank=True)
    birth_year = models.PositiveSmallIntegerField(
        _("year of birth"), null=True, blank=True, validators=[MinValueValidator(1900), refuse_year_to_come]
    )
    born_on = models.DateField(_("day of birth"), null=True, blank=True, validators=[refuse_day_to_come])
    schooling = models.CharField(_("schooling"), max_length=16, choices=Schooling.choices, blank=True)
    in_school = models.CharField(_("in school"), max_length=16, choices=InSchool.choices, blank=True)
    health = models.CharField(_("health"), max_length=16, choices=Health.choices, blank=True)
    labour = models.CharField(_("labour ability"), max_length=16, choices=LabourAbility.choices, blank=True)
    migrant_work = models.CharField(_("works away"), max_length=16, choices=MigrantWork.choices, blank=True)
    migrant_months = models.PositiveSmallIntegerField(
        _("months away"), null=True, blank=True, validators=[MaxValueValidator(12)], help_text=_("In a year.")
    )
    joined_on = models.DateField(
        _("member from"), null=True, blank=True, validators=[refuse_day_to_come], help_text=_("Empty: from the start.")
    )
    joined_as = models.CharField(_("how the person joined"), max_length=16, choices=Joined.choices, blank=True)
    left_on = models.DateField(
        _("member until"), null=True, blank=True, validators=[refuse_day_to_come], editable=False
    )
    left_as = models.CharField(
        _("how the person left"), max_length=16, choices=Left.choices, blank=True, editable=False
    )
    id_tail = models.CharField(_("last digits of the identity number"), max_length=4, blank=True, editable=False)
    account_tail = models.CharField(_("last digits of the bank account"), max_length=4, blank=True, editable=False)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True, editable=False)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        ordering = ["household", "id"]
        constraints = [
            models.CheckConstraint(
                name="person_named_or_erased",
                condition=~Q(name="") | Q(erased_at__isnull=False),
                violation_error_message=_("Enter the person's name."),
            ),
            models.CheckConstraint(
                name="person_left_on_as",
                condition=Q(left_on__isnull=True, left_as="") | (Q(left_on__isnull=False) & ~Q(left_as="")),
                violation_error_message=_("Say both when and why the person left, or neither."),
            ),
            models.CheckConstraint(
                name="person_joined_on_as",
                condition=Q(joined_as="") | Q(joined_on__isnull=False),
                violation_error_message=_("Say when the person joined the household."),
            ),
            models.CheckConstraint(
                name="person_leaves_after_joining",
                condition=Q(left_on__isnull=True) | Q(joined_on__isnull=True) | Q(left_on__gte=F("joined_on")),
                violation_error_message=_("A person leaves after joining."),
            ),
            models.UniqueConstraint(
                fields=["household", "key"],
                condition=Q(left_on__isnull=True),
                name="person_member_once",
                violation_error_message=_("The person is a member of this household already."),
            ),
        ]
        indexes = [
            # The memberships of one person, to see that none overlap.
            models.Index(fields=["key"], name="person_key"),
        ]

    def __str__(self) -> str:
        # Names end in logs and on delete pages.
        return f"#{self.pk}"

    @property
    def masked_name(self) -> str:
        """The name as everybody may see it: 王**."""
        return masked_name(self.name)

    @property
    def masked_id_number(self) -> str:
        """The identity number as everybody may see it: ****1234; "" where none is recorded."""
        return masked_number(self.id_tail)

    @property
    def masked_account_number(self) -> str:
        """The bank account as everybody may see it."""
        return masked_number(self.account_tail)


class PersonNumber(models.Model):
    """A number that only one person may have: encrypted, and found by a keyed digest. The keys stand elsewhere.

    `key_mark` tells by which key (alleviation/common/sealing.py); "" for a digest of before there was one, whose
    number is not kept at all. `person_number` is the person's `key`.
    """

    is_key_table = True
    walled_by = ("household_number", "beneficiaries.Household")
    privacy = {
        Privacy.OPEN: ("id", "kind", "household_number", "person_number", "key_mark"),
        Privacy.IDENTIFYING: ("digest", "sealed"),
    }

    kind = models.CharField(_("kind"), max_length=16, choices=NumberKind.choices)
    digest = models.CharField(_("keyed digest"), max_length=64)
    sealed = models.TextField(_("encrypted number"), blank=True)
    key_mark = models.CharField(_("mark of the key"), max_length=16, blank=True)
    household_number = models.BigIntegerField(_("household record"))
    person_number = models.BigIntegerField(_("person"))

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
        indexes = [
            # The numbers of one person, for a reveal.
            models.Index(fields=["person_number"], name="person_number_of"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

"""Yearly incomes of households, and what projects bring them."""

from datetime import datetime
from decimal import Decimal
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.bulk import Bulk
from alleviation.common.fields import YuanField
from alleviation.common.validators import YEAR_VALIDATORS, refuse_year_to_come
from alleviation.common.years import FIRST_YEAR, LAST_YEAR
from beneficiaries.choices import CheckState, EnrolmentRole, IncomeConcept, IncomeStatus, IncomeYear
from beneficiaries.models.households import Household, PartOfHouseholdQuerySet
from beneficiaries.privacy import Privacy
from projects.choices import Level
from projects.models import Division, Project

# The national household survey went over from net to disposable income for 2014.
LAST_YEAR_OF_NET = 2013


def concept_of(year: int) -> IncomeConcept:
    """The definition of income in force for a year: net income until 2013, disposable income from 2014."""
    return IncomeConcept.NET if year <= LAST_YEAR_OF_NET else IncomeConcept.DISPOSABLE


class IncomeQuerySet(PartOfHouseholdQuerySet):
    """Words for asking about incomes. A record carries the village of its year, so a move leaves the past alone."""

    area_field = "village__code"

    def of_years(self, first: int, last: int) -> Self:
        """Records of these years, both included."""
        return self.filter(year__gte=first, year__lte=last)

    def standing(self, as_of: datetime | None = None) -> Self:
        """The records that hold, not those that a correction took the place of; `as_of`: that held at that moment."""
        if as_of is None:
            return self.filter(superseded_at__isnull=True)
        held = models.Q(superseded_at__isnull=True) | models.Q(superseded_at__gt=as_of)
        return self.filter(held, recorded_at__lte=as_of)

    def waiting(self) -> Self:
        """Records that hold and that nobody has verified yet, returned ones among them."""
        return self.standing().exclude(state=CheckState.VERIFIED)

    def summable_by(self, user: User) -> Self:
        """The rows whose sums this person may see: figures need no right to see single households."""
        return self.in_area(user.area) if user.may(Right.VIEW_FIGURES) else self.none()


class IncomeRecord(models.Model):
    """What a household earned in a year, in yuan, by component (家庭纯收入).

    A correction is a record of its own: it takes the place of the earlier one, which is kept with the moment. What
    somebody recorded, somebody else verifies or returns with a note; a year is closed when all of it is verified.
    """

    is_part_of = "household"
    privacy = {
        Privacy.OPEN: ("id", "household", "year", "village", "concept", "income_year"),
        Privacy.HOUSEHOLD: (
            "persons",
            "wage_income",
            "business_income",
            "property_income",
            "transfer_income",
            "expenses",
            "status",
            "reason",
            "state",
            "recorded_at",
            "recorded_by",
            "checked_at",
            "checked_by",
            "check_note",
            "superseded_at",
        ),
    }
    # What a person states; to change any of it is a correction.
    STATED = (
        "year",
        "village_id",
        "persons",
        "wage_income",
        "business_income",
        "property_income",
        "transfer_income",
        "expenses",
        "status",
        "concept",
        "income_year",
    )

    # Those of one file come together: the trail tells of all in one event.
    bulk = Bulk(born="recorded_at", content=("id", "household_id", *STATED), ended="superseded_at")

    household = models.ForeignKey(Household, models.CASCADE, related_name="incomes", verbose_name=_("household"))
    year = models.PositiveSmallIntegerField(_("year"), validators=[*YEAR_VALIDATORS, refuse_year_to_come])
    village = models.ForeignKey(
        Division,
        models.PROTECT,
        related_name="incomes",
        verbose_name=_("village in that year"),
        limit_choices_to={"level": Level.VILLAGE},
        # An index begins with it.
        db_index=False,
    )
    persons = models.PositiveSmallIntegerField(
        _("persons counted"), validators=[MinValueValidator(1), MaxValueValidator(50)], help_text=_("Members counted.")
    )
    wage_income = YuanField(_("wage income"), help_text=_("In yuan for the year."))
    business_income = YuanField(
        _("business income"), help_text=_("In yuan for the year; below zero where the business made a loss.")
    )
    property_income = YuanField(_("property income"), help_text=_("In yuan for the year."))
    transfer_income = YuanField(_("transfer income"), help_text=_("In yuan for the year."))
    expenses = YuanField(_("expenses"), help_text=_("Production and business expenses in yuan; subtracted."))
    status = models.CharField(
        _("status"),
        max_length=16,
        choices=IncomeStatus.choices,
        default=IncomeStatus.RECEIVED,
        help_text=_("Expected: a part of it has not been received yet."),
    )
    concept = models.CharField(
        _("income concept"),
        max_length=16,
        choices=IncomeConcept.choices,
        blank=True,
        help_text=_("Empty: that in force in the year; net income until 2013, disposable income since 2014."),
    )
    income_year = models.CharField(
        _("income year"), max_length=16, choices=IncomeYear.choices, default=IncomeYear.CALENDAR
    )
    reason = models.CharField(
        _("reason"), max_length=300, blank=True, help_text=_("Why an earlier record of the year is corrected.")
    )
    state = models.CharField(
        _("verification"), max_length=16, choices=CheckState.choices, default=CheckState.SUBMITTED, editable=False
    )
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True, editable=False)
    checked_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("checked by"),
    )
    check_note = models.CharField(_("note of the checker"), max_length=300, blank=True, editable=False)
    superseded_at = models.DateTimeField(_("corrected at"), null=True, blank=True, editable=False)

    objects = IncomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("income record")
        verbose_name_plural = _("income records")
        ordering = ["-year", "household", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "year"],
                name="income_household_year",
                condition=models.Q(superseded_at__isnull=True),
                violation_error_message=_("This household has an income record for the year already."),
            ),
            models.CheckConstraint(
                name="income_persons",
                condition=models.Q(persons__gte=1),
                violation_error_message=_("At least one person must be counted."),
            ),
            models.CheckConstraint(
                name="income_year_in_range",
                condition=models.Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR),
                violation_error_message=_("The year is out of range."),
            ),
            models.CheckConstraint(
                name="income_not_negative",
                condition=models.Q(wage_income__gte=0, property_income__gte=0, transfer_income__gte=0)
                & models.Q(expenses__gte=0),
                violation_error_message=_("Only business income may be below zero: a loss. All else is not negative."),
            ),
            models.CheckConstraint(
                name="income_concept_recorded",
                condition=~models.Q(concept=""),
                violation_error_message=_("Say which income it is: net or disposable."),
            ),
            models.CheckConstraint(
                name="income_checked_at_by",
                condition=models.Q(checked_at__isnull=True, checked_by__isnull=True)
                | models.Q(checked_at__isnull=False, checked_by__isnull=False),
                violation_error_message=_("Who checked an income is kept with the moment."),
            ),
            models.CheckConstraint(
                name="income_checked_or_waiting",
                condition=models.Q(state=CheckState.SUBMITTED, checked_at__isnull=True)
                | (~models.Q(state=CheckState.SUBMITTED) & models.Q(checked_at__isnull=False)),
                violation_error_message=_("An income waits, or somebody has checked it."),
            ),
            models.CheckConstraint(
                name="income_checked_by_another",
                condition=models.Q(checked_by__isnull=True)
                | models.Q(recorded_by__isnull=True)
                | ~models.Q(checked_by=models.F("recorded_by")),
                violation_error_message=_("An income is verified by somebody else than who recorded it."),
            ),
            models.CheckConstraint(
                name="income_returned_with_a_note",
                condition=~models.Q(state=CheckState.RETURNED) | ~models.Q(check_note=""),
                violation_error_message=_("Say what is wrong with the income."),
            ),
        ]
        indexes = [
            # The sums of a village's year, from which its cell is made; the incomes of one's area, village by village.
            models.Index(fields=["village", "year"], name="income_village_year"),
            # The reviewer's list of what waits to be verified.
            models.Index(
                fields=["state", "village"],
                name="income_waiting",
                condition=models.Q(superseded_at__isnull=True) & ~models.Q(state="verified"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id}/{self.year}"

    @property
    def net_income(self) -> Decimal:
        """The four components less expenses, in yuan for the year."""
        earned = self.wage_income + self.business_income + self.property_income + self.transfer_income
        return earned - self.expenses


class EnrolmentQuerySet(PartOfHouseholdQuerySet):
    """Words for asking about parts in projects. A row carries the village of its year."""

    area_field = "village__code"


class Enrolment(models.Model):
    """A household's part in a project in a year, or that of one of its members: a dividend, a wage, land rent.

    `person_key` is the `key` of the member whose part it is; empty: the whole household's. `village` is that of the
    household in the year, so that a move leaves the past alone.
    """

    is_part_of = "household"
    privacy = {
        Privacy.OPEN: ("id", "household", "project", "role", "year", "village", "person_key"),
        Privacy.HOUSEHOLD: ("amount",),
    }

    household = models.ForeignKey(Household, models.CASCADE, related_name="enrolments", verbose_name=_("household"))
    project = models.ForeignKey(Project, models.PROTECT, related_name="enrolments", verbose_name=_("project"))
    role = models.CharField(_("kind of benefit"), max_length=16, choices=EnrolmentRole.choices)
    year = models.PositiveSmallIntegerField(_("year"), validators=[*YEAR_VALIDATORS, refuse_year_to_come])
    village = models.ForeignKey(
        Division,
        models.PROTECT,
        related_name="enrolments",
        verbose_name=_("village in that year"),
        limit_choices_to={"level": Level.VILLAGE},
        editable=False,
    )
    person_key = models.BigIntegerField(_("member"), null=True, blank=True, editable=False)
    amount = YuanField(_("amount"), null=True, blank=True, help_text=_("In yuan. Empty: not known."))

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ["-year", "household", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "project", "role", "year"],
                name="enrolment_once",
                condition=models.Q(person_key__isnull=True),
                violation_error_message=_("This part in the project is recorded for the year already."),
            ),
            models.UniqueConstraint(
                fields=["household", "person_key", "project", "role", "year"],
                name="enrolment_of_person_once",
                condition=models.Q(person_key__isnull=False),
                violation_error_message=_("This part in the project is recorded for the member and year already."),
            ),
            models.CheckConstraint(
                name="enrolment_not_negative",
                condition=models.Q(amount__isnull=True) | models.Q(amount__gte=0),
                violation_error_message=_("What a household gets is not below zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id}/{self.project_id}/{self.year}"

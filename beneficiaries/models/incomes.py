"""Yearly incomes of households, the lines they are held against, and what projects bring them."""

from datetime import datetime
from decimal import Decimal
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.accounts.scope import RightfulQuerySet
from alleviation.common.fields import YuanField
from alleviation.common.figures import Figure, Qualifier
from alleviation.common.validators import YEAR_VALIDATORS, refuse_year_to_come
from alleviation.common.years import FIRST_YEAR, LAST_YEAR
from beneficiaries.choices import EnrolmentRole, IncomeConcept, IncomeStatus, LineKind
from beneficiaries.models.households import Household, PartOfHouseholdQuerySet
from projects.choices import Level
from projects.models import Division, Project


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

    def summable_by(self, user: User) -> Self:
        """The rows whose sums this person may see: figures need no right to see single households."""
        return self.in_area(user.area) if user.may(Right.VIEW_FIGURES) else self.none()


class IncomeRecord(models.Model):
    """What a household earned in a year, in yuan, by component (家庭纯收入).

    A correction is a record of its own: it takes the place of the earlier one, which is kept with the moment.
    """

    is_part_of = "household"
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
    )

    household = models.ForeignKey(Household, models.CASCADE, related_name="incomes", verbose_name=_("household"))
    year = models.PositiveSmallIntegerField(_("year"), validators=[*YEAR_VALIDATORS, refuse_year_to_come])
    village = models.ForeignKey(
        Division,
        models.PROTECT,
        related_name="incomes",
        verbose_name=_("village in that year"),
        limit_choices_to={"level": Level.VILLAGE},
    )
    persons = models.PositiveSmallIntegerField(
        _("persons counted"), validators=[MinValueValidator(1), MaxValueValidator(50)], help_text=_("Members counted.")
    )
    wage_income = YuanField(_("wage income"), help_text=_("In yuan for the year."))
    business_income = YuanField(_("business income"), help_text=_("In yuan for the year."))
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
    reason = models.CharField(
        _("reason"), max_length=300, blank=True, help_text=_("Why an earlier record of the year is corrected.")
    )
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)
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
                & models.Q(business_income__gte=0, expenses__gte=0),
                violation_error_message=_("Components and expenses are not negative; a loss shows in the expenses."),
            ),
        ]
        indexes = [
            # per_capita_income: sums by year and village.
            models.Index(fields=["year", "village"], name="income_year_village"),
        ]

    def __str__(self) -> str:
        return f"{self.household_id}/{self.year}"

    @property
    def net_income(self) -> Decimal:
        """The four components less expenses, in yuan for the year."""
        earned = self.wage_income + self.business_income + self.property_income + self.transfer_income
        return earned - self.expenses


class Enrolment(models.Model):
    """A household's part in a project in a year: a dividend, a wage, land rent."""

    is_part_of = "household"

    household = models.ForeignKey(Household, models.CASCADE, related_name="enrolments", verbose_name=_("household"))
    project = models.ForeignKey(Project, models.PROTECT, related_name="enrolments", verbose_name=_("project"))
    role = models.CharField(_("kind of benefit"), max_length=16, choices=EnrolmentRole.choices)
    year = models.PositiveSmallIntegerField(_("year"), validators=[*YEAR_VALIDATORS, refuse_year_to_come])
    amount = YuanField(_("amount"), null=True, blank=True, help_text=_("In yuan. Empty: not known."))

    objects = PartOfHouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ["-year", "household", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "project", "role", "year"],
                name="enrolment_once",
                violation_error_message=_("This part in the project is recorded for the year already."),
            ),
            models.CheckConstraint(
                name="enrolment_not_negative",
                condition=models.Q(amount__isnull=True) | models.Q(amount__gte=0),
                violation_error_message=_("What a household gets is not below zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id}/{self.project_id}/{self.year}"


class PovertyLineQuerySet(RightfulQuerySet):
    """Words for asking which line holds. The lines are public reference data, as places are."""

    def visible_to(self, user: User) -> Self:
        return self.all() if user.is_active else self.none()

    def national(self) -> Self:
        return self.filter(division__isnull=True)

    def poverty(self) -> Self:
        return self.filter(kind=LineKind.POVERTY)


class PovertyLine(models.Model):
    """The income per person and year below which a person counts as poor, for a year and an area."""

    kind = models.CharField(_("kind"), max_length=16, choices=LineKind.choices, default=LineKind.POVERTY)
    year = models.PositiveSmallIntegerField(_("year"), validators=YEAR_VALIDATORS)
    division = models.ForeignKey(
        Division,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="poverty_lines",
        verbose_name=_("area"),
        help_text=_("Empty: the whole nation."),
    )
    amount = YuanField(_("amount"), help_text=_("In yuan per person and year."))
    qualifier = models.CharField(_("qualifier"), max_length=16, choices=Qualifier.choices, default=Qualifier.EXACT)
    concept = models.CharField(_("income concept"), max_length=16, choices=IncomeConcept.choices)
    price_base = models.CharField(_("price base"), max_length=100, blank=True, help_text=_("Such as: 2010 prices."))
    source = models.CharField(_("source"), max_length=300)

    objects = PovertyLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("poverty line")
        verbose_name_plural = _("poverty lines")
        ordering = ["kind", "year", "division__code", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "year", "division"],
                name="line_year_area",
                violation_error_message=_("This year and area have a line already."),
            ),
            models.UniqueConstraint(
                # Two empty areas count as different to the database above.
                fields=["kind", "year"],
                condition=models.Q(division__isnull=True),
                name="line_year_nation",
                violation_error_message=_("This year has a national line already."),
            ),
            models.CheckConstraint(
                name="line_exact_or_about",
                condition=models.Q(qualifier__in=["exact", "about"]),
                violation_error_message=_("A line is exact or about."),
            ),
            models.CheckConstraint(
                name="line_above_zero",
                condition=models.Q(amount__gt=0),
                violation_error_message=_("A line is above zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.year}"

    @property
    def figure(self) -> Figure:
        """The line in yuan per person and year, with its qualifier."""
        return Figure(self.amount, self.amount, Qualifier(self.qualifier))

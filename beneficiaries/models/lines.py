"""The lines that incomes are held against."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.scope import RightfulQuerySet
from alleviation.common.fields import YuanField
from alleviation.common.figures import Figure, Qualifier
from alleviation.common.validators import YEAR_VALIDATORS
from beneficiaries.choices import IncomeConcept, LineKind
from beneficiaries.privacy import Privacy
from projects.models import Division


class PovertyLineQuerySet(RightfulQuerySet):
    """Words for asking which line holds. The lines are public reference data, as places are."""

    def visible_to(self, user: User) -> Self:
        return self.all() if user.is_active else self.none()

    def national(self) -> Self:
        return self.filter(division__isnull=True)

    def poverty(self) -> Self:
        return self.filter(kind=LineKind.POVERTY)

    def monitoring(self) -> Self:
        return self.filter(kind=LineKind.MONITORING)


class PovertyLine(models.Model):
    """The income per person and year below which a person counts as poor, for a year and an area."""

    privacy = {
        Privacy.OPEN: (
            "id",
            "kind",
            "year",
            "division",
            "amount",
            "qualifier",
            "concept",
            "price_base",
            "source",
        )
    }

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

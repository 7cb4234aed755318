"""Promised money."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.scope import ScopedQuerySet
from alleviation.common.fields import YuanField
from alleviation.common.figures import Figure, Qualifier
from alleviation.common.made_up import MadeUpModel
from alleviation.common.validators import YEAR_VALIDATORS
from projects.choices import PledgeBasis
from projects.models.places import Division
from projects.models.projects import Project
from projects.models.sources import FundingSource
from projects.models.stated import figure_or_refusal, numbers_fit, settled_high


class PledgeQuerySet(ScopedQuerySet):
    """Words for asking about promised money."""

    def with_names(self) -> Self:
        return self.select_related("project", "source", "division", "stated_in")


class Pledge(MadeUpModel):
    """Promised money, once or every year; the first and last year may be unknown. Never added to booked money.

    A promise that changes is revised: a new version names the years it is about and supersedes the earlier ones in
    those alone; without any year it is about all. Versions point at the first one, and the latest wins.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="pledges", verbose_name=_("project")
    )
    source = models.ForeignKey(FundingSource, models.PROTECT, related_name="pledges", verbose_name=_("funding source"))
    division = models.ForeignKey(Division, models.PROTECT, related_name="pledges", verbose_name=_("area"))
    basis = models.CharField(_("paid"), max_length=16, choices=PledgeBasis.choices)
    qualifier = models.CharField(_("qualifier"), max_length=16, choices=Qualifier.choices, default=Qualifier.EXACT)
    low = YuanField(_("amount, or from"), null=True, blank=True, help_text=_("In yuan."))
    high = YuanField(_("up to"), null=True, blank=True, help_text=_("In yuan; the same as the amount when exact."))
    first_year = models.PositiveSmallIntegerField(
        _("first year"), null=True, blank=True, validators=YEAR_VALIDATORS, help_text=_("Empty: not stated.")
    )
    last_year = models.PositiveSmallIntegerField(
        _("last year"), null=True, blank=True, validators=YEAR_VALIDATORS, help_text=_("Empty: not stated.")
    )
    stated_in = models.ForeignKey(
        "projects.Document", models.PROTECT, null=True, blank=True, related_name="pledges", verbose_name=_("stated in")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    revises = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="revisions",
        verbose_name=_("revises"),
        help_text=_("The first version of the promise. Only the years named here are superseded; none named: all."),
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True, help_text=_("Why it is revised."))

    objects = PledgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("pledge")
        verbose_name_plural = _("pledges")
        ordering = ["division__code", "id"]
        constraints = [
            models.CheckConstraint(
                name="pledge_revised_with_reason",
                condition=models.Q(revises__isnull=True, reason="")
                | (models.Q(revises__isnull=False) & ~models.Q(reason="")),
                violation_error_message=_("A revision needs a reason, and only a revision has one."),
            ),
            models.CheckConstraint(
                name="pledge_years",
                condition=models.Q(first_year__isnull=True)
                | models.Q(last_year__isnull=True)
                | models.Q(first_year__lte=models.F("last_year")),
                violation_error_message=_("The last year is before the first."),
            ),
            models.CheckConstraint(
                name="pledge_figure",
                condition=numbers_fit(),
                violation_error_message=_("These numbers do not make a figure of this qualifier."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.get_basis_display()}"

    def clean(self) -> None:
        self.high = settled_high(self.qualifier, self.low, self.high)
        figure_or_refusal(self.qualifier, self.low, self.high)

    @property
    def figure(self) -> Figure:
        """The promised amount in yuan, each time it is paid."""
        return Figure(self.low, self.high, Qualifier(self.qualifier))

    @property
    def is_start_stated(self) -> bool:
        return self.first_year is not None

    @property
    def shown_from(self) -> int | None:
        """The first year, or that of the document that states the pledge; None where neither is known."""
        if self.first_year is not None:
            return self.first_year
        published = self.stated_in.event_or_publication_on if self.stated_in else None
        return published.year if published else None

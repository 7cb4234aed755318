"""Years that are closed, and the reports as they were when they were."""

from enum import nonmember
from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.accounts.scope import ScopedQuerySet
from alleviation.common.areas import AREA_CODE, LEVEL_LENGTHS
from alleviation.common.constraints import both_or_neither
from alleviation.common.validators import YEAR_VALIDATORS


class ClosingState(models.TextChoices):
    """Where the closing of a year stands."""

    PROPOSED = "proposed", _("proposed")
    DECLINED = "declined", _("declined")
    CLOSED = "closed", pgettext_lazy("year", "closed")
    REOPENING = "reopening", _("closed, reopening asked for")
    REOPENED = "reopened", _("reopened")

    # The year takes no write.
    IN_FORCE = nonmember(frozenset({"closed", "reopening"}))
    # It took none at some time.
    ONCE_IN_FORCE = nonmember(frozenset({"closed", "reopening", "reopened"}))
    # One of these at a time for an area and year.
    STANDING = nonmember(frozenset({"proposed", "closed", "reopening"}))


class YearClosingQuerySet(ScopedQuerySet):
    """Words for asking which years are closed."""

    area_field = "area"
    needed_right = Right.VIEW_FIGURES

    def in_force(self) -> Self:
        return self.filter(state__in=ClosingState.IN_FORCE)

    def covering(self, code: str, year: int) -> Self:
        """Those that keep a year of the place with this division code from changing."""
        above = [code[:length] for length in LEVEL_LENGTHS if length <= len(code)]
        return self.in_force().filter(year=year, area__in=above)


class YearClosing(models.Model):
    """A year of an area, closed by two people (年度结账). Closed, it takes no entry.

    To reopen it takes two people again, and a reason.
    """

    area = models.CharField(
        _("area"),
        max_length=12,
        validators=[RegexValidator(AREA_CODE, _("Enter the leading digits of a division code, such as 513228."))],
        help_text=_("Leading digits of the division code: a province has 2, a prefecture 4, a county 6."),
    )
    year = models.PositiveSmallIntegerField(_("year"), validators=YEAR_VALIDATORS)
    state = models.CharField(_("state"), max_length=16, choices=ClosingState.choices, default=ClosingState.PROPOSED)
    proposed_by = models.CharField(_("proposed by"), max_length=150)
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = models.CharField(
        _("closed by"), max_length=150, blank=True, help_text=_("Who closed it, or declined to.")
    )
    decided_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    reopening_asked_by = models.CharField(_("reopening asked for by"), max_length=150, blank=True)
    reopening_asked_at = models.DateTimeField(_("reopening asked for at"), null=True, blank=True)
    reason = models.CharField(_("reason for reopening"), max_length=300, blank=True)
    reopened_by = models.CharField(_("reopened by"), max_length=150, blank=True)
    reopened_at = models.DateTimeField(_("reopened at"), null=True, blank=True)
    event_number = models.BigIntegerField(
        _("event"), null=True, blank=True, help_text=_("The last event of the trail before the year was closed.")
    )

    objects = YearClosingQuerySet.as_manager()

    class Meta:
        verbose_name = _("year closing")
        verbose_name_plural = _("year closings")
        ordering = ["-year", "area", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "year"],
                name="closing_standing_once",
                condition=models.Q(state__in=sorted(ClosingState.STANDING)),
                violation_error_message=_("This year of the area is closed already, or its closing is proposed."),
            ),
            both_or_neither(
                "decided_by",
                "decided_at",
                name="closing_decided_paired",
                message=_("Who decided and when belong together."),
            ),
            both_or_neither(
                "reopening_asked_by",
                "reopening_asked_at",
                name="closing_asked_paired",
                message=_("Who asked for the reopening and when belong together."),
            ),
            both_or_neither(
                "reopened_by",
                "reopened_at",
                name="closing_reopened_paired",
                message=_("Who reopened it and when belong together."),
            ),
            models.CheckConstraint(
                name="closing_state_has_its_people",
                condition=models.Q(state=ClosingState.PROPOSED, decided_by="", reopening_asked_by="", reopened_by="")
                | (models.Q(state=ClosingState.DECLINED, reopened_by="") & ~models.Q(decided_by=""))
                | (models.Q(state=ClosingState.CLOSED, reopened_by="") & ~models.Q(decided_by=""))
                | (
                    models.Q(state=ClosingState.REOPENING, reopened_by="")
                    & ~models.Q(decided_by="")
                    & ~models.Q(reopening_asked_by="")
                    & ~models.Q(reason="")
                )
                | (
                    models.Q(state=ClosingState.REOPENED)
                    & ~models.Q(decided_by="")
                    & ~models.Q(reopening_asked_by="")
                    & ~models.Q(reason="")
                    & ~models.Q(reopened_by="")
                ),
                violation_error_message=_("A closing in this state lacks who did it, or why."),
            ),
            models.CheckConstraint(
                name="closing_by_two",
                condition=~models.Q(decided_by=models.F("proposed_by")),
                violation_error_message=_("A year is closed by somebody else than who proposed it."),
            ),
            models.CheckConstraint(
                name="closing_reopened_by_two",
                condition=models.Q(reopened_by="") | ~models.Q(reopened_by=models.F("reopening_asked_by")),
                violation_error_message=_("A year is reopened by somebody else than who asked for it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.year}"

    @property
    def is_in_force(self) -> bool:
        return self.state in ClosingState.IN_FORCE


class FrozenReportQuerySet(models.QuerySet):
    """The files of the closings that a person sees."""

    def visible_to(self, user: User) -> Self:
        return self.filter(closing__in=YearClosing.objects.visible_to(user))


class FrozenReport(models.Model):
    """A report of a closed year as a file, as it was when the year was closed. Never changed, never deleted."""

    closing = models.ForeignKey(YearClosing, models.PROTECT, related_name="reports", verbose_name=_("year closing"))
    slug = models.CharField(_("report"), max_length=40)
    language = models.CharField(_("language"), max_length=10)
    file_name = models.CharField(_("file name"), max_length=200)
    content = models.BinaryField(_("content"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    rows = models.PositiveIntegerField(_("rows"))

    objects = FrozenReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("frozen report")
        verbose_name_plural = _("frozen reports")
        ordering = ["closing", "slug", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["closing", "slug", "language"],
                name="frozen_report_once",
                violation_error_message=_("This report is frozen for the closing already."),
            )
        ]

    def __str__(self) -> str:
        return self.file_name

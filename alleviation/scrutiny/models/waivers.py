"""Red flags that somebody has explained."""

from datetime import date
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.scope import ScopedQuerySet
from alleviation.common.validators import YEAR_VALIDATORS
from alleviation.scrutiny.models.states import RequestState, decided_by_another


class WaiverQuerySet(ScopedQuerySet):
    """Words for asking which red flags are explained."""

    area_field = "area"

    def in_force(self, on: date) -> Self:
        """Approved and not yet expired; the last day is included."""
        return self.filter(state=RequestState.APPROVED, expires_on__gte=on)

    def asked(self) -> Self:
        return self.filter(state=RequestState.ASKED)


class Waiver(models.Model):
    """Why one case of a red flag is as it should be: given by one person, approved by another, until a day.

    It names its case by the flag and the case's own key, since cases are found anew each time and stored nowhere.
    """

    flag = models.SlugField(_("red flag"), max_length=60, editable=False)
    case_key = models.CharField(_("case"), max_length=200, editable=False)
    area = models.CharField(_("division code"), max_length=12, blank=True, editable=False)
    year = models.PositiveSmallIntegerField(
        _("year"), null=True, blank=True, validators=YEAR_VALIDATORS, editable=False
    )
    reason = models.CharField(_("reason"), max_length=500, help_text=_("Why it is as it should be."))
    expires_on = models.DateField(_("expires on"), help_text=_("The last day on which it holds; a year at most."))
    state = models.CharField(
        _("state"), max_length=16, choices=RequestState.choices, default=RequestState.ASKED, editable=False
    )
    asked_by = models.CharField(_("asked by"), max_length=150, editable=False)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now, editable=False)
    decided_by = models.CharField(_("decided by"), max_length=150, blank=True, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True, editable=False)
    decision_note = models.CharField(_("note on the decision"), max_length=300, blank=True, editable=False)

    objects = WaiverQuerySet.as_manager()

    class Meta:
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")
        ordering = ["id"]
        constraints = [
            *decided_by_another("waiver"),
            models.UniqueConstraint(
                fields=["flag", "case_key"],
                name="waiver_asked_once",
                condition=models.Q(state=RequestState.ASKED),
                violation_error_message=_("Somebody has asked for this already; it waits for a decision."),
            ),
            models.CheckConstraint(
                name="waiver_has_reason",
                condition=~models.Q(reason="") & ~models.Q(asked_by=""),
                violation_error_message=_("Say why the case is as it should be."),
            ),
        ]
        indexes = [
            # in_force: which cases of a flag are explained.
            models.Index(fields=["flag", "case_key"], name="waiver_case"),
        ]

    def __str__(self) -> str:
        return f"{self.flag} {self.case_key}"

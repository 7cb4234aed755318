"""Files of many households that somebody may take away."""

from datetime import date
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.accounts.scope import ScopedQuerySet
from alleviation.scrutiny.models.states import RequestState, decided_by_another


class BulkDownloadQuerySet(ScopedQuerySet):
    """Words for asking which files somebody may take away."""

    area_field = "area"
    needed_right = Right.VIEW_HOUSEHOLDS

    def visible_to(self, user: User) -> Self:
        """One's own, and those of one's area where one may decide on them."""
        seen = super().visible_to(user)
        return seen if user.may(Right.APPROVE_DOWNLOADS) else seen.filter(asked_by=user.get_username())

    def in_force(self, on: date) -> Self:
        """Approved and not yet expired; the last day is included."""
        return self.filter(state=RequestState.APPROVED, expires_on__gte=on)

    def asked(self) -> Self:
        return self.filter(state=RequestState.ASKED)


class BulkDownload(models.Model):
    """Leave for one person to take away one report of many households under one filter, until a day.

    One person asks for it with a reason, another approves or declines it. `rows` is how many households the report had
    when it was asked for: leave does not grow with the register.
    """

    report = models.SlugField(_("report"), max_length=60, editable=False)
    filter = models.CharField(_("filter"), max_length=500, blank=True, editable=False)
    area = models.CharField(_("division code"), max_length=12, blank=True, editable=False)
    rows = models.PositiveIntegerField(_("households"), editable=False)
    reason = models.CharField(_("reason"), max_length=500, help_text=_("What the file is for."))
    state = models.CharField(
        _("state"), max_length=16, choices=RequestState.choices, default=RequestState.ASKED, editable=False
    )
    asked_by = models.CharField(_("asked by"), max_length=150, editable=False)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now, editable=False)
    decided_by = models.CharField(_("decided by"), max_length=150, blank=True, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True, editable=False)
    decision_note = models.CharField(_("note on the decision"), max_length=300, blank=True, editable=False)
    expires_on = models.DateField(_("expires on"), null=True, blank=True, editable=False)

    objects = BulkDownloadQuerySet.as_manager()

    class Meta:
        verbose_name = _("bulk download")
        verbose_name_plural = _("bulk downloads")
        ordering = ["-id"]
        constraints = [
            *decided_by_another("bulk_download"),
            models.UniqueConstraint(
                fields=["asked_by", "report", "filter"],
                name="bulk_download_asked_once",
                condition=models.Q(state=RequestState.ASKED),
                violation_error_message=_("You have asked for this already; it waits for a decision."),
            ),
            models.CheckConstraint(
                name="bulk_download_has_reason",
                condition=~models.Q(reason="") & ~models.Q(asked_by=""),
                violation_error_message=_("Say what the file is for."),
            ),
            models.CheckConstraint(
                name="bulk_download_approved_until_a_day",
                condition=models.Q(state=RequestState.APPROVED, expires_on__isnull=False)
                | (~models.Q(state=RequestState.APPROVED) & models.Q(expires_on__isnull=True)),
                violation_error_message=_("What is approved holds until a day."),
            ),
        ]
        indexes = [
            # Whether this person may take this file now.
            models.Index(fields=["asked_by", "report", "filter"], name="bulk_download_of"),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.area or '-'} {self.pk}"

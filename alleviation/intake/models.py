"""How far an import has come."""

from enum import nonmember
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.audit.models import ImportBatch


class RunState(models.TextChoices):
    """Where an import stands."""

    WAITING = "waiting", _("waiting to be checked")
    CHECKING = "checking", _("being checked")
    REFUSED = "refused", _("file refused")
    FAULTY = "faulty", _("rows are wrong")
    READY = "ready", _("ready to be confirmed")
    QUEUED = "queued", _("waiting to be written")
    WRITING = "writing", _("being written")
    WRITTEN = "written", _("written")
    CANCELLED = "cancelled", _("cancelled")
    FAILED = "failed", _("broke off")
    UNDONE = "undone", _("taken back")

    UNDER_WAY = nonmember(frozenset({"waiting", "checking", "queued", "writing"}))
    OPEN = nonmember(frozenset({"waiting", "checking", "ready", "queued", "writing"}))
    IN_FORCE = nonmember(frozenset({"queued", "writing", "written"}))
    # The file lies there until somebody comes back.
    KEPT = nonmember(frozenset({"waiting", "ready", "queued", "faulty"}))


class ImportRunQuerySet(models.QuerySet):
    """Words for asking about imports."""

    def visible_to(self, user: User) -> Self:
        """One's own: a file holds what its sender may see, and nobody else need see it."""
        return self.filter(asked_by=user)

    def under_way(self) -> Self:
        """Those that a worker waits for or is busy with."""
        return self.filter(state__in=RunState.UNDER_WAY)

    def in_force(self, kind: str, sha256: str) -> Self:
        """Those by which this very file is in the tables, or about to be."""
        return self.filter(kind=kind, sha256=sha256, state__in=RunState.IN_FORCE)


class ImportRun(models.Model):
    """A file that somebody handed in to be imported, from its upload to the rows it became.

    The file lies in IMPORT_ROOT under the run's number until the run has ended; its SHA-256 stays. How far a run has
    come while it is under way stands beside the file (pulse.py); `rows_done` and `seen_at` are of its last step.
    """

    kind = models.CharField(_("kind"), max_length=40, editable=False)
    area = models.CharField(_("area"), max_length=12, blank=True, editable=False)
    file_name = models.CharField(_("file"), max_length=200, editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    size = models.PositiveBigIntegerField(_("size"), editable=False, help_text=_("In bytes."))
    language = models.CharField(
        _("language"), max_length=10, default="en", editable=False, help_text=_("In which its faults are told.")
    )
    is_attended = models.BooleanField(
        _("attended"), default=False, editable=False, help_text=_("By the command that handed it in, not by a worker.")
    )
    encoding = models.CharField(_("encoding"), max_length=20, blank=True, editable=False)
    is_guessed = models.BooleanField(_("encoding to be confirmed"), default=False, editable=False)
    state = models.CharField(
        _("state"), max_length=16, choices=RunState.choices, default=RunState.WAITING, editable=False
    )
    rows_done = models.PositiveIntegerField(_("rows done"), default=0, editable=False)
    rows_expected = models.PositiveIntegerField(_("rows expected"), default=0, editable=False)
    refusal = models.JSONField(_("why the file was refused"), default=dict, editable=False)
    findings = models.JSONField(_("what it would do"), default=dict, editable=False)
    fault_count = models.PositiveIntegerField(_("faults"), default=0, editable=False)
    batch = models.OneToOneField(
        ImportBatch,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="run",
        verbose_name=_("batch"),
    )
    reversal = models.OneToOneField(
        ImportBatch,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="undone_run",
        verbose_name=_("batch that took it back"),
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+", verbose_name=_("handed in by")
    )
    asked_at = models.DateTimeField(_("handed in at"), default=timezone.now, editable=False)
    seen_at = models.DateTimeField(_("last sign of life"), default=timezone.now, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, editable=False)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "sha256"],
                condition=models.Q(state__in=["queued", "writing", "written"]),
                name="import_file_once",
                violation_error_message=_("This very file was imported already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

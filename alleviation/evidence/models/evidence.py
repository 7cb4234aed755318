"""Which record a file proves."""

from collections.abc import Iterable
from typing import Self

from django.apps import apps
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.common.constraints import both_or_neither
from alleviation.common.made_up import MadeUpModel
from alleviation.evidence.models.files import StoredFile


def subject_models() -> list[type[models.Model]]:
    """The models whose records files can prove, as their apps name them (AppConfig.evidenced)."""
    named = [name for config in apps.get_app_configs() for name in getattr(config, "evidenced", ())]
    return [apps.get_model(name) for name in named]


class EvidenceQuerySet(models.QuerySet):
    """Words for asking what proves a record."""

    def visible_to(self, user: User) -> Self:
        """The evidence of records that this person may see, whatever right those ask for."""
        seen = models.Q(pk__in=[])
        for model in subject_models():
            records = model._default_manager.visible_to(user).order_by().values("pk")  # type: ignore[attr-defined]
            seen |= models.Q(subject_type=model._meta.label_lower, subject_id__in=records)
        return self.filter(seen)

    def standing(self) -> Self:
        """What nobody has withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def of(self, model: type[models.Model], numbers: Iterable[int] | models.QuerySet) -> Self:
        """What proves these records of one model; ask it of records that the reader may see."""
        return self.filter(subject_type=model._meta.label_lower, subject_id__in=numbers)


class Evidence(MadeUpModel):
    """A file that proves a record (佐证材料): a receipt, a contract, a signed list, a photograph.

    It names its record by kind and number, without a key: it outlives nothing, and holds nothing fast. It is never
    deleted; what was attached by mistake is withdrawn with a reason.
    """

    subject_type = models.CharField(_("kind of record"), max_length=60, editable=False)
    subject_id = models.BigIntegerField(_("record"), editable=False)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="evidence", verbose_name=_("file"))
    title = models.CharField(_("what it is"), max_length=200, help_text=_("A receipt, a contract, a signed list …"))
    attached_by = models.CharField(_("attached by"), max_length=150, editable=False)
    attached_at = models.DateTimeField(_("attached at"), default=timezone.now, editable=False)
    withdrawn_by = models.CharField(_("withdrawn by"), max_length=150, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)
    withdrawn_reason = models.CharField(_("why it was withdrawn"), max_length=300, blank=True, editable=False)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "file"],
                name="evidence_once",
                condition=models.Q(withdrawn_at__isnull=True),
                violation_error_message=_("This very file proves the record already."),
            ),
            models.CheckConstraint(
                name="evidence_attached_by_somebody",
                condition=~models.Q(attached_by=""),
                violation_error_message=_("Who attached it and when belong together."),
            ),
            both_or_neither(
                "withdrawn_by",
                "withdrawn_at",
                name="evidence_withdrawn_paired",
                message=_("Who withdrew it and when belong together."),
            ),
            models.CheckConstraint(
                name="evidence_withdrawn_with_reason",
                condition=models.Q(withdrawn_by="", withdrawn_reason="")
                | (~models.Q(withdrawn_by="") & ~models.Q(withdrawn_reason="")),
                violation_error_message=_("Say why it is withdrawn."),
            ),
        ]

    def __str__(self) -> str:
        # What people write of a file may name a person.
        return f"#{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("dashboards:evidence-file", args=[self.pk])

    @property
    def subject_model(self) -> type[models.Model]:
        """The model of the record that it proves."""
        return apps.get_model(self.subject_type)

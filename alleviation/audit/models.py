"""Events and batches. An event outlives its subject and its actor: it holds words, not links to them."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class Verb(models.TextChoices):
    """What an event says was done."""

    CREATED = "created", _("created")
    CHANGED = "changed", _("changed")
    REMOVED = "removed", _("removed")
    DOWNLOADED = "downloaded", _("downloaded")


class ImportBatch(models.Model):
    """A set of records that came in together, such as the example or one file, and can be told apart later."""

    class Kind(models.TextChoices):
        EXAMPLE = "example", _("example")
        FILE = "file", _("file")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=200)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    created_by = models.CharField(_("created by"), max_length=150)
    is_removed = models.BooleanField(_("removed"), default=False, help_text=_("Its records were taken out again."))

    class Meta:
        verbose_name = _("import batch")
        verbose_name_plural = _("import batches")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title


class AuditEvent(models.Model):
    """One change or download: who, when, what, and the values before and after. Never edited, never deleted."""

    at = models.DateTimeField(_("at"), auto_now_add=True)
    actor = models.CharField(_("actor"), max_length=150, help_text=_("User name, or the command that did it."))
    verb = models.CharField(_("what was done"), max_length=16, choices=Verb.choices)
    subject_type = models.CharField(_("kind of record"), max_length=80)
    subject_id = models.BigIntegerField(_("record number"), null=True)
    subject = models.CharField(_("record"), max_length=200)
    before = models.JSONField(_("before"), default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), default=dict, encoder=DjangoJSONEncoder)
    batch = models.ForeignKey(ImportBatch, models.PROTECT, null=True, related_name="events", verbose_name=_("batch"))

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ["-id"]
        indexes = [
            # The history of one record, and which records a person touched after the example was loaded.
            models.Index(fields=["subject_type", "subject_id"], name="event_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.verb} {self.subject_type} {self.subject_id or ''}".strip()

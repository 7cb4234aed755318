"""Events and batches. An event outlives its subject and its actor: it holds words, not links to them."""

import json
from decimal import Decimal
from enum import nonmember

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# Records that come by the million: what they add up to is kept, and tells by its version that one of them was written.
KEPT_IN_CELLS = ("beneficiaries.incomerecord", "projects.ledgerentry")


class Verb(models.TextChoices):
    """What an event says was done."""

    CREATED = "created", _("created")
    CHANGED = "changed", _("changed")
    REMOVED = "removed", _("removed")
    DOWNLOADED = "downloaded", _("downloaded")
    REVEALED = "revealed", _("revealed")
    SIGNED_IN = "signed_in", _("signed in")
    SIGNED_OUT = "signed_out", _("signed out")
    SIGN_IN_FAILED = "sign_in_failed", _("failed to sign in")

    # These tell how a record came to be what it is; the others only that somebody looked, or came in.
    WRITES = nonmember(frozenset({"created", "changed", "removed"}))
    # Most of the trail is none of these.
    RARE = nonmember(("downloaded", "removed", "revealed", "sign_in_failed", "signed_in", "signed_out"))


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
    import_kind = models.CharField(_("kind of import"), max_length=40, blank=True)
    area = models.CharField(_("area"), max_length=12, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    # Text, so that an event keeps it as it stands here.
    controls = models.TextField(_("control totals"), blank=True, help_text=_("Sums of the file's columns, as JSON."))
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversal", verbose_name=_("takes back")
    )

    class Meta:
        verbose_name = _("import batch")
        verbose_name_plural = _("import batches")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title

    @property
    def control_totals(self) -> dict[str, Decimal]:
        """What each column of the file adds up to, by the column's name."""
        return {name: Decimal(value) for name, value in json.loads(self.controls or "{}").items()}


class AuditEvent(models.Model):
    """One change, download or sign-in: who, when, what, before and after. Never edited, never deleted.

    The ids are the numbers of the chain: 1, 2, 3 … without a gap. `digest` is bound to the event before, `mac` to a
    key outside the database (alleviation/audit/chain.py).
    """

    at = models.DateTimeField(_("at"))
    actor = models.CharField(_("actor"), max_length=150, help_text=_("User name, or the command that did it."))
    verb = models.CharField(_("what was done"), max_length=16, choices=Verb.choices)
    subject_type = models.CharField(_("kind of record"), max_length=80)
    subject_id = models.BigIntegerField(_("record number"), null=True)
    subject = models.CharField(_("record"), max_length=200)
    before = models.JSONField(_("before"), default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), default=dict, encoder=DjangoJSONEncoder)
    batch = models.ForeignKey(ImportBatch, models.PROTECT, null=True, related_name="events", verbose_name=_("batch"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    address = models.CharField(
        _("address"),
        max_length=32,
        blank=True,
        help_text=_("Keyed hash of the address it came from."),
    )
    request = models.CharField(_("request"), max_length=32, blank=True, help_text=_("The request it came in."))
    digest = models.CharField(_("digest"), max_length=64, editable=False)
    mac = models.CharField(_("authentication code"), max_length=64, editable=False)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ["-id"]
        indexes = [
            # The history of one record, and which records a person touched after the example was loaded.
            models.Index(fields=["subject_type", "subject_id"], name="event_subject"),
            # What one person did, the latest first.
            models.Index(fields=["actor", "id"], name="event_actor"),
            # Who looked, took away or came in, the latest first.
            models.Index(fields=["verb", "id"], name="event_rare_verb", condition=models.Q(verb__in=list(Verb.RARE))),
            # Whether anything has been written since a page was shown, but for what cells tell of (last_write).
            models.Index(
                fields=["id"],
                name="event_write",
                condition=models.Q(verb__in=sorted(Verb.WRITES)) & ~models.Q(subject_type__in=KEPT_IN_CELLS),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.verb} {self.subject_type} {self.subject_id or ''}".strip()


class TrailHead(models.Model):
    """The last event of the chain; its one row is locked while the next events are bound to it."""

    number = models.BigIntegerField(pgettext_lazy("audit event", "number"), default=0)
    digest = models.CharField(_("digest"), max_length=64, blank=True)
    at = models.DateTimeField(_("at"), null=True)

    class Meta:
        verbose_name = _("head of the trail")
        verbose_name_plural = _("heads of the trail")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.number} {self.digest}"

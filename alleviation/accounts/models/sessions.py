"""Sessions, each with whose it is, so that people can see and end their own."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# How far the clocks of the office's machines may be apart.
SKEW = timedelta(minutes=10)


class SessionQuerySet(models.QuerySet["Session"]):
    """Sessions by whether they still count."""

    def live(self) -> Self:
        """Those within their hours that were used lately; not of a time to come, as a clock that ran ahead has it."""
        now = timezone.now()
        idle = timedelta(minutes=settings.SESSION_IDLE_MINUTES)
        return self.filter(expire_date__gt=now, last_used_at__gt=now - idle, last_used_at__lt=now + SKEW)

    def over(self) -> Self:
        """All others."""
        now = timezone.now()
        idle = timedelta(minutes=settings.SESSION_IDLE_MINUTES)
        to_come = models.Q(last_used_at__gte=now + SKEW)
        return self.filter(models.Q(expire_date__lte=now) | models.Q(last_used_at__lte=now - idle) | to_come)


class Session(models.Model):
    """One browser of one person. What its cookie holds stands nowhere: the row knows its digest alone."""

    is_part_of = "user"

    digest = models.CharField(_("digest"), max_length=64, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name=_("user"),
        db_constraint=False,
    )
    session_data = models.TextField(_("data"))
    begun_at = models.DateTimeField(_("begun at"))
    last_used_at = models.DateTimeField(_("last used at"))
    # So it is called by Django, whose command clears what is over.
    expire_date = models.DateTimeField(_("ends at"), db_index=True)
    place = models.CharField(_("address"), max_length=45, blank=True, help_text=_("Without its last part."))
    browser = models.CharField(_("browser"), max_length=40, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"session {self.pk}"

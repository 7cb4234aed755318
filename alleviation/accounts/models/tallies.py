"""How often something was tried."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Tally(models.Model):
    """How often something was tried up to a moment. The key is a keyed digest: it tells nobody what was counted."""

    key = models.CharField(_("key"), max_length=64, unique=True)
    number = models.PositiveIntegerField(_("number"), default=0)
    # What is over is cleared at the next sign-in of anybody.
    until = models.DateTimeField(_("counted until"), db_index=True)

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.number} until {self.until}"

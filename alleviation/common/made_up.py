"""Demonstration data is marked on the row itself, so that it can be marked wherever it shows."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MadeUpModel(models.Model):
    """A record that may belong to the made-up example county."""

    is_made_up = models.BooleanField(
        _("made up"),
        default=False,
        editable=False,
        help_text=_("Demonstration data, true of no real place or person."),
    )

    class Meta:
        abstract = True

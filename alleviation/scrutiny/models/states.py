"""How far something has come that one person asks for and another decides."""

from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RequestState(models.TextChoices):
    """Asked for by one person, then approved or declined by another, once."""

    ASKED = "asked", _("asked for")
    APPROVED = "approved", pgettext_lazy("waiver", "approved")
    DECLINED = "declined", pgettext_lazy("waiver", "declined")

    DECIDED = nonmember(frozenset({"approved", "declined"}))

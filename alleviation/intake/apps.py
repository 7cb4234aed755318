from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntakeConfig(AppConfig):
    """Spreadsheets that come in."""

    name = "alleviation.intake"
    label = "intake"
    verbose_name = _("Imports")

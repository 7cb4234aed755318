from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """Figures and records for other programs: what the reports say, read with a token."""

    name = "alleviation.api"
    label = "api"
    verbose_name = _("Open data")

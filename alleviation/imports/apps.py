from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    """Pages and commands of what comes in by file."""

    name = "alleviation.imports"
    label = "imports"
    verbose_name = _("Imports")

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    """What whoever runs the site needs beside it: backups, measures, more than one machine."""

    name = "alleviation.operations"
    label = "operations"
    verbose_name = _("Operations")

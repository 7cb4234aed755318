from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """What was done, when and by whom."""

    name = "alleviation.audit"
    label = "audit"
    verbose_name = _("Audit trail")

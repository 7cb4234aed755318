from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScrutinyConfig(AppConfig):
    """Explanations, reconciliation, red flags, leave for files of many households."""

    name = "alleviation.scrutiny"
    label = "scrutiny"
    verbose_name = _("Scrutiny")
    audited = ("scrutiny.Waiver", "scrutiny.BulkDownload")

    def ready(self) -> None:
        from alleviation.scrutiny.rules import RULES

        self.triggers = RULES

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScrutinyConfig(AppConfig):
    """Explanations, reconciliation and red flags."""

    name = "alleviation.scrutiny"
    label = "scrutiny"
    verbose_name = _("Scrutiny")
    audited = ("scrutiny.Waiver",)

    def ready(self) -> None:
        from alleviation.scrutiny.rules import RULES

        self.triggers = RULES

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvidenceConfig(AppConfig):
    """Files handed in, and the records that they prove."""

    name = "alleviation.evidence"
    label = "evidence"
    verbose_name = _("Evidence")
    # Every write of these leaves an event, with the file's SHA-256 in it.
    audited = ("evidence.StoredFile", "evidence.Evidence")

    def ready(self) -> None:
        from alleviation.evidence.rules import RULES

        self.triggers = RULES

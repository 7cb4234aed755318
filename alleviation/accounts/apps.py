from django.apps import AppConfig
from django.conf import settings
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Who may do what, and in which area."""

    name = "alleviation.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        if not settings.ROW_SECURITY:
            return
        from alleviation.accounts.walls import policies, telling

        connection_created.connect(telling.watch, dispatch_uid="walls")
        post_migrate.connect(policies.put_up_after, sender=self, dispatch_uid="walls")

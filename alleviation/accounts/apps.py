from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Who may do what, and in which area."""

    name = "alleviation.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

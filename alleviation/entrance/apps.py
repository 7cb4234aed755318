from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Role

# What of an account another office may know it by.
OIDC_FIELDS = ("username", "email", "staff_number")


class EntranceConfig(AppConfig):
    """How people come in: sign-in, second factor, sessions, their own account."""

    name = "alleviation.entrance"
    label = "entrance"
    verbose_name = _("Entrance")
    # Written with an event of its person, in alleviation/entrance/factors.py alone.
    guarded = ("mfa.Authenticator",)

    def ready(self) -> None:
        """Raises ImproperlyConfigured where settings of the sign-in make no sense."""
        if unknown := sorted(set(settings.SECOND_FACTOR_ROLES) - set(Role.values)):
            raise ImproperlyConfigured(
                f"SECOND_FACTOR_ROLES: {', '.join(unknown)} is no role. There are {', '.join(Role.values)}."
            )
        if settings.OIDC_ONLY and not settings.OIDC_ISSUER:
            raise ImproperlyConfigured("OIDC_ONLY without OIDC_ISSUER lets nobody in.")
        if settings.OIDC_ISSUER:
            refuse_wrong_issuer()


def refuse_wrong_issuer() -> None:
    """Raises ImproperlyConfigured where people could not be known, or secrets would go in the open."""
    from alleviation.entrance.oidc import is_private

    if not is_private(settings.OIDC_ISSUER):
        raise ImproperlyConfigured("OIDC_ISSUER must start with https://")
    if not (settings.OIDC_CLIENT_ID and settings.OIDC_CLIENT_SECRET):
        raise ImproperlyConfigured("OIDC_ISSUER needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET.")
    if settings.OIDC_FIELD not in OIDC_FIELDS:
        raise ImproperlyConfigured(f"OIDC_FIELD must be one of {', '.join(OIDC_FIELDS)}.")

"""What allauth asks of us: where secrets of a second factor are sealed, and what a phone calls us."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from django.utils.translation import gettext as _

from alleviation.common.sealing import seal, unseal


class SealedAdapter(DefaultMFAAdapter):
    """Secrets are encrypted under PERSONAL_KEYS, which stand outside the database (alleviation/common/sealing.py)."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Raises sealing.Unreadable."""
        return unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        return _("Alleviation")

    def _get_site_name(self) -> str:
        return _("Alleviation")

    def _get_user_identifier(self, user: Any) -> str:
        """The user name: an e-mail address is nothing for the list of an app."""
        return str(user.get_username())

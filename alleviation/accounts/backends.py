"""How people sign in."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from django.utils import timezone

from alleviation.accounts.models import User

LOOPBACK = {"127.0.0.1", "::1"}
# What a proxy on this machine adds: the request then came from elsewhere.
FORWARDED = ("FORWARDED", "X_FORWARDED_FOR", "X_FORWARDED_HOST", "X_FORWARDED_PROTO", "X_REAL_IP", "VIA")

# How long a password works that an administrator has given to somebody.
GIVEN_FOR = timedelta(days=7)


def is_loopback(request: HttpRequest | None) -> bool:
    """Whether a request comes from this very machine and through no proxy, be it one that says nothing of itself."""
    if request is None or settings.BEHIND_PROXY or any(request.META.get(f"HTTP_{name}") for name in FORWARDED):
        return False
    return request.META.get("REMOTE_ADDR") in LOOPBACK


class LoopbackExampleBackend(ModelBackend):
    """User name and password. Of the example's well-known sign-ins no other machine gets in, nor with a password that
    somebody was given and left lying; where only another office vouches for people (OIDC_ONLY) none does at all.

    All of it is looked at after the password was compared, so that the time tells nothing.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:  # type: ignore[override]
        user = super().authenticate(request, **credentials)
        if user is None or settings.OIDC_ONLY or (user.is_example and not is_loopback(request)):
            return None
        given_at = user.password_given_at
        return user if given_at is None or timezone.now() - given_at < GIVEN_FOR else None

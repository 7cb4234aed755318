"""How people sign in."""

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from alleviation.accounts.models import User

LOOPBACK = {"127.0.0.1", "::1"}
# What a proxy on this machine adds: the request then came from elsewhere.
FORWARDED = ("FORWARDED", "X_FORWARDED_FOR", "X_FORWARDED_HOST", "X_FORWARDED_PROTO", "X_REAL_IP", "VIA")


def is_loopback(request: HttpRequest | None) -> bool:
    """Whether a request comes from this very machine and through no proxy, be it one that says nothing of itself."""
    if request is None or settings.BEHIND_PROXY or any(request.META.get(f"HTTP_{name}") for name in FORWARDED):
        return False
    return request.META.get("REMOTE_ADDR") in LOOPBACK


class LoopbackExampleBackend(ModelBackend):
    """User name and password; the example's well-known sign-ins are refused from any other machine."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:  # type: ignore[override]
        user = super().authenticate(request, **credentials)
        return None if user is None or (user.is_example and not is_loopback(request)) else user

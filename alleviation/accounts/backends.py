"""How people sign in."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from alleviation.accounts.models import User

LOOPBACK = {"127.0.0.1", "::1"}


def is_loopback(request: HttpRequest | None) -> bool:
    """Whether a request comes from this very machine and through no proxy."""
    if request is None or request.META.get("HTTP_X_FORWARDED_FOR") or request.META.get("HTTP_FORWARDED"):
        return False
    return request.META.get("REMOTE_ADDR") in LOOPBACK


class LoopbackExampleBackend(ModelBackend):
    """User name and password; the example's well-known sign-ins are refused from any other machine."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> AbstractBaseUser | None:
        user = super().authenticate(request, username=username, password=password, **kwargs)
        if isinstance(user, User) and user.is_example and not is_loopback(request):
            return None
        return user

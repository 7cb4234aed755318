"""From a first proof of who somebody is to a session of theirs."""

from dataclasses import dataclass
from time import time
from typing import Any

from django.contrib.auth import login
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from alleviation.accounts import limits
from alleviation.accounts.addresses import address_of, shown_address
from alleviation.accounts.models import Session, User
from alleviation.accounts.sessions import BEGAN, BROWSER, PLACE
from alleviation.entrance import factors
from alleviation.entrance.browsers import browser_of

# In a session: who is at the second step; that it was passed; that another office knows who it is.
PASSING, PASSED, VOUCHED = "passing", "second_factor", "by_issuer"
# As long, in seconds, the second step waits, and a fresh sign-in stands for a password.
WITHIN = 10 * 60


@dataclass(frozen=True)
class Passing:
    """Somebody who has given a first proof and not yet the second."""

    user: User
    backend: str
    wanted: str
    is_vouched: bool


def begin(request: HttpRequest, user: User, *, wanted: str, is_vouched: bool = False, has_second: bool = False) -> str:
    """Take a first proof; where to go on: to the second step, or to what was wanted."""
    backend = str(user.backend)
    if not has_second and factors.has_any(user):
        # Nothing of a session that somebody else may have begun here stays.
        request.session.flush()
        request.session[PASSING] = {
            "user": user.pk,
            "bound": user.get_session_auth_hash(),
            "since": int(time()),
            "backend": backend,
            "wanted": wanted,
            "vouched": is_vouched,
        }
        return reverse("entrance:second-step")
    finish(request, Passing(user, backend, wanted, is_vouched), has_second=has_second)
    return wanted


def passing(request: HttpRequest) -> Passing | None:
    """Who is at the second step; None for nobody, or where it took too long or the account was changed meanwhile."""
    kept: dict[str, Any] = request.session.get(PASSING) or {}
    if not kept or time() - kept["since"] > WITHIN:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or not constant_time_compare(kept["bound"], user.get_session_auth_hash()):
        return None
    return Passing(user, kept["backend"], kept["wanted"], kept["vouched"])


def finish(request: HttpRequest, who: Passing, *, has_second: bool) -> None:
    """Begin a session under a new key; the trail tells of it (alleviation/audit/sign_ins.py)."""
    request.session.pop(PASSING, None)
    login(request, who.user, backend=who.backend)
    request.session[BEGAN] = int(time())
    request.session[PLACE] = shown_address(address_of(request))
    request.session[BROWSER] = browser_of(request.META.get("HTTP_USER_AGENT", ""))
    if has_second:
        request.session[PASSED] = True
    if who.is_vouched:
        request.session[VOUCHED] = True
    limits.remember(who.user.get_username(), address_of(request))
    Session.objects.over().delete()


def is_fresh(request: HttpRequest) -> bool:
    """Whether this session began just now."""
    return time() - int(request.session.get(BEGAN, 0)) <= WITHIN

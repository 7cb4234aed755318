"""In whose name a program reads: by the token in its request, and never by a session."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alleviation.accounts import limits, tokens
from alleviation.accounts.addresses import address_of, shown_address
from alleviation.accounts.backends import is_loopback
from alleviation.accounts.models import ApiToken, User
from alleviation.accounts.rights import Right
from alleviation.api import problems
from alleviation.api.problems import ADDRESSES, Problem
from alleviation.entrance import factors

SCHEME = "bearer"
# Names under which other services take a secret in an address.
NAMES = frozenset({"token", "access_token", "api_key", "apikey", "key", "authorization", "bearer"})


def by_token(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For the addresses of programs, put whoever the token names in the place of whoever has a session.

    It stands before anything that asks who is there: scopes, row-level security and the trail all hear the same.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(ADDRESSES):
            _bear(request)
        return get_response(request)

    middleware.process_view = refuse_unborne  # type: ignore[attr-defined]
    return middleware


def refuse_unborne(request: HttpRequest, *_view: Any) -> HttpResponseBase | None:
    """Answer what the token opens nothing for. Raises Http404 where no program reads here (settings.API)."""
    if not request.path_info.startswith(ADDRESSES):
        return None
    if not settings.API:
        raise Http404
    refused: Problem | None = request.refused  # type: ignore[attr-defined]
    return problems.answer(request, refused) if refused else None


def _bear(request: Any) -> None:
    """Set `user`, `token` and `refused` on a request."""
    request.user, request.token, request.refused = AnonymousUser(), None, None
    if not settings.API:
        return
    try:
        token = _taken(request)
        _count(token)
        reader = _reader(request, token)
    except Problem as refused:
        request.refused = refused
        return
    tokens.note_use(token, shown_address(address_of(request)))
    # The line of the log names them by the second.
    request.user = request._cached_user = reader
    request.token = token


def _taken(request: HttpRequest) -> ApiToken:
    """The token of a request. Raises Problem."""
    if settings.SECURE_SSL_REDIRECT and not request.is_secure():
        raise Problem(problems.IN_THE_OPEN)
    if NAMES & {name.lower() for name in request.GET} or tokens.SHAPE.search(unquote_plus(request.get_full_path())):
        raise Problem(problems.TOKEN_IN_ADDRESS)
    scheme, _blank, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != SCHEME:
        raise Problem(problems.NO_TOKEN)
    token = tokens.found(secret.strip())
    if token is None:
        raise Problem(problems.BAD_TOKEN)
    _refuse_ended(request, token)
    return token


def _refuse_ended(request: HttpRequest, token: ApiToken) -> None:
    """Raises Problem for what was revoked, has run out, or is of somebody who could not sign in here."""
    if token.revoked_at is not None:
        raise Problem(problems.BAD_TOKEN, _("It was revoked."))
    if token.is_over(timezone.localdate()):
        raise Problem(problems.BAD_TOKEN, _("It has run out."))
    if not token.user.is_active or (token.user.is_example and not is_loopback(request)):
        raise Problem(problems.BAD_TOKEN)


def _reader(request: HttpRequest, token: ApiToken) -> User:
    """Who reads by it, as far as its owner may at this moment. Raises Problem."""
    owner: User = token.user
    if owner.password_given_at is not None:
        raise Problem(problems.OWNER_FIRST, _("An administrator has set their password: they choose another first."))
    if owner.needs_second_factor and not factors.has_any(owner):
        raise Problem(problems.OWNER_FIRST, _("Their role needs a second factor: they set one up first."))
    if not tokens.is_in_reach(token):
        raise Problem(problems.NOT_COVERED, _("Its area is not its owner's any more. Let them make another."))
    reader = tokens.reader_of(token)
    if not reader.may(Right.EXPORT_REPORTS):
        raise Problem(problems.NOT_COVERED, _("The role of its owner takes no reports away any more."))
    return reader


def _count(token: ApiToken) -> None:
    """Raises Problem where it asks too often."""
    most: int = settings.API_REQUESTS_PER_MINUTE
    if seconds := limits.wait_of(token.pk, most):
        raise Problem(problems.TOO_MANY, headers={"Retry-After": str(seconds)})

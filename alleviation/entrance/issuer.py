"""The way to another office that says who people are, and back."""

import secrets
from logging import getLogger
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

from alleviation.audit import sign_ins
from alleviation.entrance import oidc, passing

LOG = getLogger("alleviation.entrance")
ASKED = "issuer"
BACKEND = "alleviation.accounts.backends.LoopbackExampleBackend"


@require_GET
@login_not_required
def go(request: HttpRequest) -> HttpResponse:
    """To the issuer."""
    _refuse_without_issuer()
    asked = oidc.ask(_wanted(request))
    request.session[ASKED] = asked.as_json()
    try:
        return HttpResponseRedirect(oidc.way_to_issuer(asked, _back(request)))
    except oidc.Refused as refused:
        return _refused(request, refused)


@require_GET
@login_not_required
def back(request: HttpRequest) -> HttpResponse:
    """Back from the issuer, with a code; what was asked is answered once."""
    _refuse_without_issuer()
    kept: Any = request.session.pop(ASKED, None)
    try:
        if kept is None or not secrets.compare_digest(kept["state"].encode(), request.GET.get("state", "").encode()):
            raise oidc.Refused("nobody was sent to the issuer from this browser")
        asked = oidc.Asked(**kept)
        claims = oidc.claims_of(request.GET.get("code", ""), asked, _back(request))
        user: Any = oidc.person_of(claims)
    except oidc.Refused as refused:
        return _refused(request, refused)
    user.backend = BACKEND
    has_second = oidc.has_second_factor(claims)
    return HttpResponseRedirect(
        passing.begin(request, user, wanted=asked.wanted, is_vouched=True, has_second=has_second)
    )


def _refuse_without_issuer() -> None:
    if not settings.OIDC_ISSUER:
        raise Http404


def _wanted(request: HttpRequest) -> str:
    """The page that was asked for, on this server; else the overview."""
    wanted = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else resolve_url(settings.LOGIN_REDIRECT_URL)


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("entrance:issuer-back"))


def _refused(request: HttpRequest, refused: oidc.Refused) -> HttpResponse:
    """Say that it did not work, the same whatever it was; the log has the reason, the trail that somebody failed."""
    LOG.warning("sign-on refused: %s", refused)
    sign_ins.failed(credentials={})
    return render(request, "registration/refused.html", status=403)

"""Setting up a second factor, and taking one's own away. Each asks for the password again."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from alleviation.accounts import limits
from alleviation.common.sealing import Unreadable, seal, unseal
from alleviation.entrance import factors, passkeys, sessions
from alleviation.entrance.adapter import SealedAdapter
from alleviation.entrance.forms import TOO_MANY, WRONG_CODE, AppForm, PasskeyForm
from alleviation.entrance.passing import PASSED
from alleviation.entrance.proof import ask, proved, renew

# The secret of an app that is being set up; sealed, since a session lies in the database.
DRAFT = "second_factor_draft"
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@get_or_post
@sensitive_post_parameters()
def set_up(request: HttpRequest) -> HttpResponse:
    """Set up an app; with the first factor come recovery codes."""
    user: Any = request.user
    if (is_stale := _lead_to_sign_in(request)) is not None:
        return is_stale
    secret = _drafted(request)
    form = AppForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        if not limits.may_prove(user.pk, "code"):
            form.add_error("code", TOO_MANY)
        elif factors.set_up_app(user, secret, form.cleaned_data["code"]):
            limits.proved(user.pk, "code")
            return _done(request)
        else:
            form.add_error("code", WRONG_CODE)
    return render(request, "entrance/app.html", _of_app(secret) | {"form": form})


@require_safe
def picture(request: HttpRequest) -> HttpResponse:
    """The secret of the app that is being set up, for the camera of a phone. Raises Http404 where none is."""
    user: Any = request.user
    if DRAFT not in request.session:
        raise Http404
    adapter = SealedAdapter()
    drawn = adapter.build_totp_svg(adapter.build_totp_url(user, _drafted(request)))
    return HttpResponse(drawn, content_type="image/svg+xml")


@get_or_post
@sensitive_post_parameters()
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Set up a passkey; with the first factor come recovery codes."""
    user: Any = request.user
    if (is_stale := _lead_to_sign_in(request)) is not None:
        return is_stale
    form = PasskeyForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            passkeys.set_up(request, user, name=given["name"], said=given["credential"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _done(request)
    context = {"title": _("Set up a passkey"), "form": form, "passkey": passkeys.offered(request, user)}
    return render(request, "entrance/passkey.html", context)


@get_or_post
@sensitive_post_parameters()
def new_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes, and show them this once."""
    user: Any = request.user
    if not factors.has_any(user):
        raise Http404
    is_proved, form = proved(request)
    if is_proved:
        return show_codes(request)
    words = _("The codes you have now are worth nothing afterwards.")
    return ask(request, form, title=_("New recovery codes"), words=words, button=_("Make new codes"))


@get_or_post
@sensitive_post_parameters()
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take away one of one's own."""
    user: Any = request.user
    if not factors.of(user).filter(pk=pk, type__in=factors.PROPER).exists():
        raise Http404
    is_proved, form = proved(request)
    if is_proved:
        factors.remove(user, [pk], by=user)
        sessions.end_others(request, user)
        if not factors.has_any(user):
            request.session.pop(PASSED, None)
        messages.success(request, _("It is taken away."))
        return HttpResponseRedirect(reverse("entrance:account"))
    words = ASKED if user.needs_second_factor else MEANS
    return ask(request, form, title=_("Take a second factor away"), words=words, button=_("Take it away"))


MEANS = gettext_lazy("Afterwards your password alone lets somebody in.")
ASKED = gettext_lazy("Your role needs one: without another you will be asked to set it up at once.")


def show_codes(request: HttpRequest) -> HttpResponse:
    """New codes, in the answer to the form alone."""
    user: Any = request.user
    context = {"title": _("Your recovery codes"), "codes": factors.make_codes(user)}
    return render(request, "entrance/codes.html", context)


def _done(request: HttpRequest) -> HttpResponse:
    """Another key for this session, an end to all others, and recovery codes where there are none."""
    user: Any = request.user
    request.session.pop(DRAFT, None)
    request.session[PASSED] = True
    renew(request)
    sessions.end_others(request, user)
    if not factors.of(user).filter(type=factors.CODES).exists():
        return show_codes(request)
    messages.success(request, _("It is set up."))
    return HttpResponseRedirect(reverse("entrance:account"))


def _lead_to_sign_in(request: HttpRequest) -> HttpResponse | None:
    """Whoever has a factor and did not show it in this session, signs in again: else a password alone would do."""
    user: Any = request.user
    if request.session.get(PASSED) or not factors.has_any(user):
        return None
    logout(request)
    return HttpResponseRedirect(reverse("login"))


def _drafted(request: HttpRequest) -> str:
    """The secret that the app is given; the same one until it is set up."""
    try:
        return unseal(request.session[DRAFT])
    except (KeyError, Unreadable):
        secret = factors.new_secret()
        request.session[DRAFT] = seal(secret)
        return secret


def _of_app(secret: str) -> dict[str, Any]:
    """What an app needs besides the picture: the same in letters, four at a time."""
    letters = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return {"title": _("Set up a second factor"), "letters": letters}

"""One's own account: who one is here, the second factor, and where one is signed in."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from alleviation.accounts.models import Session
from alleviation.accounts.rights import Right
from alleviation.accounts.sessions import digest_of
from alleviation.audit.sign_ins import end_sessions
from alleviation.entrance import factors, sessions
from alleviation.entrance.passing import VOUCHED
from alleviation.entrance.proof import ask, proved

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Who one is here; factors and sessions with what can be done about each."""
    user: Any = request.user
    here = digest_of(request.session.session_key)
    theirs = [(one, one.digest == here) for one in Session.objects.live().filter(user=user)]
    found = list(factors.of(user))
    context = {
        "title": _("Your account"),
        "sessions": theirs,
        "app": next((row for row in found if row.type == factors.APP), None),
        "passkeys": [row for row in found if row.type == factors.PASSKEY],
        "codes_left": next((factors.codes_left(row) for row in found if row.type == factors.CODES), None),
        "may_have_tokens": settings.API and user.may(Right.EXPORT_REPORTS),
        "has_password": not request.session.get(VOUCHED),
    }
    return render(request, "entrance/account.html", context)


@get_or_post
@sensitive_post_parameters()
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one session of one's own. Raises Http404 for somebody else's."""
    user: Any = request.user
    session = get_object_or_404(Session, pk=pk, user=user)
    is_proved, form = proved(request)
    if is_proved:
        end_sessions(Session.objects.filter(pk=session.pk), of=user, by=user)
        messages.success(request, _("That session has ended."))
        return HttpResponseRedirect(reverse("entrance:account"))
    words = f"{session.browser or '—'} · {session.place or '—'}"
    return ask(request, form, title=_("End a session"), words=words, button=_("End it"))


@get_or_post
@sensitive_post_parameters()
def end_others(request: HttpRequest) -> HttpResponse:
    """End every session of one's own but this."""
    user: Any = request.user
    is_proved, form = proved(request)
    if is_proved:
        sessions.end_others(request, user)
        messages.success(request, _("You are signed out everywhere else."))
        return HttpResponseRedirect(reverse("entrance:account"))
    words = _("This browser stays signed in.")
    button = _("Sign out everywhere else")
    return ask(request, form, title=button, words=words, button=button)

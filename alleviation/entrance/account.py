"""One's own account: who one is here, the second factor, and where one is signed in."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alleviation.accounts.models import Session
from alleviation.accounts.sessions import digest_of
from alleviation.audit.sign_ins import end_sessions
from alleviation.entrance import factors, sessions
from alleviation.entrance.passing import VOUCHED


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
        "has_password": not request.session.get(VOUCHED),
    }
    return render(request, "entrance/account.html", context)


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one session of one's own."""
    user: Any = request.user
    session = get_object_or_404(Session, pk=pk, user=user)
    end_sessions(Session.objects.filter(pk=session.pk), of=user, by=user)
    messages.success(request, _("That session has ended."))
    return HttpResponseRedirect(reverse("entrance:account"))


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End every session of one's own but this."""
    user: Any = request.user
    sessions.end_others(request, user)
    messages.success(request, _("You are signed out everywhere else."))
    return HttpResponseRedirect(reverse("entrance:account"))

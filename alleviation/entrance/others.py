"""What an administrator may do about how somebody else comes in: never to read a factor, never to come in as them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alleviation.accounts.models import Session, User
from alleviation.accounts.rights import Right
from alleviation.entrance import factors, sessions, tokens
from alleviation.entrance.forms import ReasonForm


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether somebody has a second factor and in how many browsers they are signed in; to take the former away."""
    somebody = _found(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by: Any = request.user
        factors.take_away(somebody, by=by, reason=form.cleaned_data["reason"])
        messages.success(request, _("It is taken away, and their sessions have ended."))
        return HttpResponseRedirect(request.path)
    context = {
        "title": _("%(name)s: sessions and second factor") % {"name": somebody.get_username()},
        "somebody": somebody,
        "has_factor": factors.has_any(somebody),
        "sessions": Session.objects.live().filter(user=somebody).count(),
        "tokens": tokens.live_of(somebody),
        "is_oneself": somebody == request.user,
        "form": form,
    }
    return render(request, "entrance/person.html", context)


@require_POST
def end_sessions(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign somebody out everywhere."""
    by: Any = request.user
    sessions.end_all_of(_found(request, pk), by=by)
    messages.success(request, _("Their sessions have ended."))
    return HttpResponseRedirect(reverse("entrance:person", args=[pk]))


def _found(request: HttpRequest, pk: int) -> User:
    """The person, for an administrator alone. Raises PermissionDenied, Http404."""
    by: Any = request.user
    if not by.may(Right.MANAGE_ACCOUNTS):
        raise PermissionDenied
    return get_object_or_404(User, pk=pk)

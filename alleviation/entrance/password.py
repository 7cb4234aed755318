"""One's own password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from alleviation.entrance import sessions
from alleviation.entrance.forms import OwnPasswordForm
from alleviation.entrance.gate import needs_password


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    """Change one's own password; every other session ends."""
    user: Any = request.user
    form = OwnPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        account = form.save()
        update_session_auth_hash(request, account)
        request.session.save()
        sessions.end_others(request, account)
        messages.success(request, _("Your password is changed. You are signed out everywhere else."))
        return HttpResponseRedirect(reverse("entrance:account"))
    context = {"title": _("Change your password"), "form": form, "comes_first": needs_password(request, user)}
    return render(request, "entrance/password.html", context)

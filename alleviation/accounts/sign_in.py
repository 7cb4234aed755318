"""Nobody comes in without saying who they are."""

from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse


class SignInFirst(LoginRequiredMiddleware):
    """Leads whoever is not signed in to the sign-in page, which says of a form that was sent that nothing is saved."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        answer = super().handle_no_permission(request, view_func)
        leads_away = {reverse("logout"), reverse("admin:logout")}
        if request.method == "POST" and request.path not in leads_away:
            answer["Location"] += "&unsaved=1"
        return answer

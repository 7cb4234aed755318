"""Where people say who they are, and that they leave."""

from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse


class SignInFirst(LoginRequiredMiddleware):
    """Leads whoever is not signed in to the sign-in page, which says of a form that was sent that nothing is saved."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        answer = super().handle_no_permission(request, view_func)
        leads_away = {reverse("logout"), reverse("admin:logout")}
        if request.method == "POST" and request.path not in leads_away:
            answer["Location"] += "&unsaved=1"
        return answer


class SignIn(LoginView):
    """Sign-in; who is signed in already goes on to where they were going."""

    redirect_authenticated_user = True

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        """The address asked for in `next`; none for the way back here, which would lead round in circles."""
        url = super().get_redirect_url()
        return "" if url.partition("?")[0] == self.request.path else url


class SignOut(LogoutView):
    """Sign-out; the browser forgets the pages of figures that it has kept (docs/decisions/0015)."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache"'
        return response

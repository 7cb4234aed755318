"""Where people say who they are, and that they leave."""

from logging import getLogger
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views.generic import TemplateView

from alleviation.accounts import limits
from alleviation.accounts.addresses import address_of
from alleviation.entrance import factors, passing, passkeys
from alleviation.entrance.forms import CodeForm

LOG = getLogger("alleviation.entrance")
# How long, in seconds, whoever is held up is told to wait.
WAIT = 15 * 60


class SignIn(LoginView):
    """Sign-in; who is signed in already goes on to where they were going."""

    redirect_authenticated_user = True

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        """The address asked for in `next`; none for the way back here, which would lead round in circles."""
        url = super().get_redirect_url()
        return "" if url.partition("?")[0] == self.request.path else url

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not limits.may_try(request.POST.get("username", ""), address_of(request)):
            LOG.warning("a sign-in was held up")
            return wait(request)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """The password is right: on to the second step, or to what was wanted."""
        user: Any = form.get_user()
        return HttpResponseRedirect(passing.begin(self.request, user, wanted=self.get_success_url()))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        offers = {"by_issuer": bool(settings.OIDC_ISSUER), "by_password": not settings.OIDC_ONLY}
        return super().get_context_data(**kwargs) | offers


class SignOut(LogoutView):
    """Sign-out; the browser forgets the pages of figures that it has kept (docs/decisions/0015)."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache"'
        return response


@method_decorator(login_not_required, name="dispatch")
class SecondStep(TemplateView):
    """The second factor, of whoever has given the right password just before."""

    template_name = "registration/second_step.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        who = passing.passing(request)
        if who is None:
            return HttpResponseRedirect(reverse("login"))
        self.who = who
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        again = f"{reverse('login')}?{urlencode({'next': self.who.wanted})}"
        context: dict[str, Any] = {"form": CodeForm(user=self.who.user), "again": again}
        context["has_codes"] = self._has(factors.APP, factors.CODES)
        if self._has(factors.PASSKEY):
            context["passkey"] = passkeys.asked(self.request, self.who.user)
        return super().get_context_data(**context, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        if "credential" in request.POST:
            if passkeys.answered(request, self.who.user, request.POST["credential"]):
                return self._come_in()
            return self.render_to_response(self.get_context_data(is_refused=True))
        form = CodeForm(request.POST, user=self.who.user)
        if form.is_valid():
            return self._come_in()
        return self.render_to_response(self.get_context_data() | {"form": form})

    def _come_in(self) -> HttpResponse:
        passing.finish(self.request, self.who, has_second=True)
        return HttpResponseRedirect(self.who.wanted)

    def _has(self, *kinds: str) -> bool:
        return factors.of(self.who.user).filter(type__in=kinds).exists()


def wait(request: HttpRequest, *_from_axes: Any) -> HttpResponse:
    """Says to wait, the same to everybody: whether a name exists, or a password was right, is not told."""
    response = render(request, "registration/wait.html", status=429)
    response["Retry-After"] = str(WAIT)
    return response

"""The one page on which people say who they are."""

from django.contrib.auth.views import LoginView
from django.http import HttpRequest


class SignIn(LoginView):
    """Sign-in; who is signed in already goes on to where they were going."""

    redirect_authenticated_user = True

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        """The address asked for in `next`; none for the way back here, which would lead round in circles."""
        url = super().get_redirect_url()
        return "" if url.partition("?")[0] == self.request.path else url

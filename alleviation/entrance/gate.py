"""What comes before anything else: a password of one's own, and a second factor where the role asks for one."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from alleviation.accounts.models import User
from alleviation.entrance.passing import PASSED, VOUCHED

View = Callable[..., HttpResponseBase]
# Asked by a page by itself, again and again: nobody need be there.
POLLED = {"imports:progress"}


def comes_first(view: View) -> View:
    """Mark a page as one that is open before the rest is."""
    view.comes_first = True  # type: ignore[attr-defined]
    return view


def first_things_first(get_response: View) -> View:
    """Lead whoever has something to set up to it, from every page, form and file; and note that a session is used."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return get_response(request)

    middleware.process_view = lead  # type: ignore[attr-defined]
    return middleware


def lead(request: HttpRequest, view: View, *_args: Any) -> HttpResponseBase | None:
    """The way to what comes first; None where nothing does, or the page is open to everybody."""
    if not getattr(view, "login_required", True) or not request.user.is_authenticated:
        return None
    if request.resolver_match is None or request.resolver_match.view_name not in POLLED:
        request.session.note_use()  # type: ignore[attr-defined]
    page = None if getattr(view, "comes_first", False) else first_page(request)
    if page is None:
        return None
    if request.method not in ("GET", "HEAD"):
        messages.warning(request, _("Nothing was saved: this comes first."))
    return HttpResponseRedirect(reverse(page))


def first_page(request: HttpRequest) -> str | None:
    """The page on which something is to be set up before all others; None for none."""
    user: Any = request.user
    if needs_password(request, user):
        return "entrance:password"
    return "entrance:second-factor" if user.needs_second_factor and not request.session.get(PASSED) else None


def needs_password(request: HttpRequest, user: User) -> bool:
    """Whether an administrator knows this person's password, and it is what let them in."""
    return user.password_given_at is not None and not request.session.get(VOUCHED)

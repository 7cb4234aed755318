"""A page that asks for the password again, before something of one's own account is taken away or made anew."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from alleviation.entrance.forms import ProofForm


def proved(request: HttpRequest) -> tuple[bool, ProofForm]:
    """Whether what was sent proves who it is, and the form; the session goes on under a new key then."""
    form = ProofForm(request.POST if request.method == "POST" else None, request=request)
    if not (request.method == "POST" and form.is_valid()):
        return False, form
    renew(request)
    return True, form


def renew(request: HttpRequest) -> None:
    """Another key for this session: what somebody may have read of the former one is worth nothing."""
    request.session.cycle_key()
    # Now, and not after the page: other sessions are told from this one by it.
    request.session.save()


def ask(request: HttpRequest, form: ProofForm, *, title: str, words: Any, button: str) -> HttpResponse:
    """The page that asks."""
    return render(request, "entrance/proof.html", {"title": title, "form": form, "words": words, "button": button})

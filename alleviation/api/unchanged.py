"""Whether a program has what it asks for already: 304, as a browser with pages of figures (scrutiny/unchanged.py)."""

import hashlib

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers

from alleviation.accounts.rights import Right, Scope
from alleviation.api.asking import reader_of
from alleviation.common.reports import Report
from alleviation.scrutiny.unchanged import KEPT_BY_THE_READER_ALONE, tag_of


def tag_for(request: HttpRequest, report: Report) -> str:
    """The tag of an answer as it would be made now; "" where nobody is to keep it.

    Households are kept by nobody, nor sums for a token that reads households: one may be a family's income. The trail
    changes with each look at it.
    """
    reader = reader_of(request)
    if Scope.of(Right(report.permission)) is not Scope.FIGURES or reader.may(Right.VIEW_HOUSEHOLDS):
        return ""
    # The same page of another token has another area or other rights, and so other figures.
    parts = (tag_of(request, incomes=True), sorted(reader.granted or ()), reader.area)
    return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def unchanged(request: HttpRequest, tag: str) -> HttpResponseBase | None:
    """The answer to a program that has it already; None where it has not. Nothing is taken, so no event is left."""
    response = get_conditional_response(request, etag=tag) if tag else None
    return kept(response, tag) if response is not None else None


def kept(response: HttpResponseBase, tag: str) -> HttpResponseBase:
    """The answer with its tag, for this program's own store alone."""
    if tag:
        response["ETag"], response["Cache-Control"] = tag, KEPT_BY_THE_READER_ALONE
    patch_vary_headers(response, ("Authorization",))
    return response

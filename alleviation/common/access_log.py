"""One line for each request: what was asked by whom, and what came of it; no address, no query, no name."""

import logging
import re
from collections.abc import Callable
from time import monotonic
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from alleviation.common.request_numbers import HEADER, give_number

log = logging.getLogger("alleviation.access")

GetResponse = Callable[[HttpRequest], HttpResponseBase]
METHOD = re.compile(r"[A-Z]{1,10}\Z")
NO_ROUTE = "-"


def tell_requests(get_response: GetResponse) -> GetResponse:
    """Number each request, and log it when it is answered; a file that is streamed is answered as it begins."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        began = monotonic()
        number = request.number = give_number(request)  # type: ignore[attr-defined]
        response = get_response(request)
        response[HEADER] = number
        if settings.ACCESS_LOG:
            log.info("%s", route_of(request), extra={"fields": told(request, response, began)})
        return response

    return middleware


def told(request: HttpRequest, response: HttpResponseBase, began: float) -> dict[str, Any]:
    """What a line says, by name."""
    about = {
        "method": method_of(request),
        "route": route_of(request),
        "status": response.status_code,
        "ms": round((monotonic() - began) * 1000),
        "user": user_of(request),
    }
    return about | ({"address": request.META.get("REMOTE_ADDR", "")} if settings.LOG_ADDRESSES else {})


def method_of(request: HttpRequest) -> str:
    """GET, POST …; what somebody made up is not repeated."""
    return request.method if METHOD.match(request.method or "") else "?"  # type: ignore[return-value]


def route_of(request: HttpRequest) -> str:
    """The name of the page, "dashboards:household": neither which household nor what was typed."""
    match = request.resolver_match
    return (match.view_name or match.route or NO_ROUTE) if match else NO_ROUTE


def user_of(request: HttpRequest) -> int | None:
    """The number of whoever is signed in, as far as the request needed to know it; no question is asked for a log."""
    user = getattr(request, "_cached_user", None)
    return getattr(user, "pk", None)

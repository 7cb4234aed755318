"""Counts requests by the name of their page, never by their address; nothing of who asks or what about."""

import logging
from collections.abc import Callable
from time import monotonic

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseBase

from alleviation.common.access_log import NO_ROUTE, route_of
from alleviation.operations.metrics.measures import Measures, measures
from alleviation.operations.metrics.sign_ins import count_sign_ins

log = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponseBase]
METHODS = frozenset({"GET", "HEAD", "POST"})
FOUND = frozenset({200, 206, 304})
# By content type. Whatever else is handed out proves a record.
DOWNLOADS = {
    "text/csv": "csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/zip": "zip",
    "application/json": "json",
    "application/xml": "xml",
    "image/svg+xml": "svg",
}


def counted(get_response: GetResponse) -> GetResponse:
    """Count each request as it is answered. Raises MiddlewareNotUsed where there is no room to count."""
    try:
        kept = measures()
    except OSError as error:
        log.warning("This process counts nothing: METRICS_FOLDER has no room (%s).", type(error).__name__)
        raise MiddlewareNotUsed from error
    count_sign_ins(kept)
    return measuring(get_response, kept)


def measuring(get_response: GetResponse, kept: Measures) -> GetResponse:
    """The middleware that counts with these measures."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        began = monotonic()
        kept.under_way.inc()
        try:
            response = get_response(request)
        finally:
            kept.under_way.dec()
        note(kept, request, response, monotonic() - began)
        return response

    return middleware


def note(kept: Measures, request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    """Count an answer."""
    route = page_of(request, response.status_code)
    method = request.method if request.method in METHODS else "other"
    kept.requests.labels(route, method, f"{response.status_code // 100}xx").inc()
    kept.seconds.labels(route).observe(seconds)
    if trouble := getattr(response, "trouble", None):
        kept.trouble.labels(trouble.value).inc()
    if response.status_code in FOUND and response.get("Content-Disposition", "").startswith("attachment"):
        kept.downloads.labels(kind_of(response)).inc()


def page_of(request: HttpRequest, status: int) -> str:
    """The name of the page; "static" for styles and scripts, "-" for what is none of ours."""
    route = route_of(request)
    is_file = route == NO_ROUTE and status in FOUND and request.path.startswith(settings.STATIC_URL)
    return "static" if is_file else route


def kind_of(response: HttpResponseBase) -> str:
    """What kind of file an answer is, by a word of ours."""
    return DOWNLOADS.get(response.get("Content-Type", "").partition(";")[0], "evidence")

"""Measures are there for whoever sets METRICS_TOKEN. For nobody else is any of it even loaded."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def measure_requests(get_response: GetResponse) -> GetResponse:
    """Count each request as it is answered. Raises MiddlewareNotUsed without a token, and where there is no room."""
    if not settings.METRICS_TOKEN:
        raise MiddlewareNotUsed
    from alleviation.operations.metrics.counting import counted

    return counted(get_response)

"""/metrics, for a scraper that knows METRICS_TOKEN. For everybody else there is no such address."""

import hmac

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE

from alleviation.operations.metrics.measures import measures
from alleviation.operations.metrics.told import Told


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Every measure as Prometheus reads it. Raises Http404 without the token, and where none is set."""
    if not is_scraper(request):
        raise Http404
    registry = CollectorRegistry()
    for collector in (measures().of_all(), Told()):
        registry.register(collector)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE)


def is_scraper(request: HttpRequest) -> bool:
    """Whether a request brings the token; how long a comparison takes tells nothing of it."""
    token: str = settings.METRICS_TOKEN
    told = request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(told.encode(), f"Bearer {token}".encode())

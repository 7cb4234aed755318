"""/metrics, for a scraper that knows METRICS_TOKEN. For everybody else there is no such address."""

import hmac

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

# What Prometheus and everything that speaks its language reads.
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Every measure as Prometheus reads it. Raises Http404 without the token, and where none is set."""
    if not is_scraper(request):
        raise Http404
    from alleviation.operations.metrics.told import told

    return HttpResponse(told(), content_type=CONTENT_TYPE)


def is_scraper(request: HttpRequest) -> bool:
    """Whether a request brings the token; how long a comparison takes tells nothing of it."""
    token: str = settings.METRICS_TOKEN
    told = request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(told.encode(), f"Bearer {token}".encode())

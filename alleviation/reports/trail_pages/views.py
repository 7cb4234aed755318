"""What an auditor sees of the trail: how long it is, whether it holds, and the way to take it away."""

from itertools import islice
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit import trail
from alleviation.audit.export import zipped
from alleviation.audit.models import TrailHead
from alleviation.audit.verification.anchors import last_event
from alleviation.audit.verification.chain import chain_faults
from alleviation.intake.batches import seen_by
from alleviation.intake.tables import batches_table

# What a page checks while somebody waits; verify checks them all.
CHECKED = 1000
SHOWN = 20
# As many imports as are listed, the latest first.
BATCHES = 100


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The head of the trail; with `?check=1` whether its last events are bound to each other and to the key."""
    user = _refuse_without_right(request)
    event = last_event()
    context: dict[str, Any] = {
        "title": _("Audit trail"),
        "event": event,
        "head": TrailHead.objects.filter(pk=1).first(),
        "most": CHECKED,
        "batches": batches_table(seen_by(user, ()).select_related("reversal")[:BATCHES]),
    }
    if event and request.GET.get("check"):
        first = max(event.pk - CHECKED, 0)
        context |= {"checked": event.pk - first, "faults": list(islice(chain_faults(after=first), SHOWN))}
    return render(request, "audit/overview.html", context)


@require_GET
def download(request: HttpRequest) -> HttpResponseBase:
    """The whole trail as a zip, with what checks it. That it was taken away is its last event."""
    user = _refuse_without_right(request)
    trail.record_download(what="audit-trail.zip", by=user, details={"page": request.path})
    event = last_event()
    if event is None:
        raise Http404
    response = StreamingHttpResponse(zipped(event.pk), content_type="application/zip")
    name = f"audit-trail_{event.pk}_{timezone.localtime():%Y%m%d-%H%M}.zip"
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "private, no-store"
    return response


def _refuse_without_right(request: HttpRequest) -> User:
    user = cast(User, request.user)
    if not (user.may(Right.VIEW_TRAIL) and user.may(Right.EXPORT_REPORTS)):
        raise PermissionDenied
    return user

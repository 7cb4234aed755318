"""The pages before a file is handed in: what can be imported, what its columns mean, templates, and the upload."""

import logging
from collections.abc import Iterator
from typing import cast

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from alleviation.accounts.models import User
from alleviation.audit import trail
from alleviation.common.reading import FileRefused, limits
from alleviation.imports import templating, working
from alleviation.imports.catalogue import BY_SLUG, kinds_for
from alleviation.imports.forms import UploadForm
from alleviation.imports.tables import columns_table, runs_table
from alleviation.intake import batches, running
from alleviation.intake.kinds import ImportKind
from alleviation.intake.models import ImportRun
from alleviation.intake.recorded import recorded_csv
from alleviation.intake.tables import batches_table
from alleviation.scrutiny.bulk_downloads import may_take_all

log = logging.getLogger(__name__)

# As many of one's runs, and of an area's batches, as a page shows.
SHOWN = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

page_of_a_form = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What this person may import, the files they handed in, and what came into their area."""
    user = cast(User, request.user)
    kinds = kinds_for(user)
    if not kinds:
        raise PermissionDenied
    brought = batches.seen_by(user, kinds).select_related("reversal")[:SHOWN]
    context = {
        "title": _("Imports"),
        "kinds": kinds,
        "runs": runs_table(ImportRun.objects.visible_to(user)[:SHOWN]),
        "batches": batches_table(brought),
        "breadcrumbs": [(_("Imports"), "")],
    }
    return render(request, "imports/index.html", context)


@page_of_a_form
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """What the columns of a kind mean, its templates, and the form that takes a file in."""
    kind = _kind_or_404(request, slug)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid() and (run := _handed_in(form, kind, request)):
        return redirect("imports:run", run.pk)
    context = {
        "title": kind.title,
        "kind": kind,
        "form": form,
        "columns": columns_table(kind),
        "limits": limits(),
        "breadcrumbs": [(_("Imports"), reverse("imports:index")), (kind.title, "")],
    }
    return render(request, "imports/kind.html", context, status=400 if form.errors else 200)


def _handed_in(form: UploadForm, kind: ImportKind, request: HttpRequest) -> ImportRun | None:
    """The run, its first step done where that is a small one; None where the form says why the file is not taken."""
    upload = form.cleaned_data["file"]
    try:
        run = running.hand_in(kind, upload.chunks(), name=upload.name, by=cast(User, request.user))
    except FileRefused as refused:
        form.add_error("file", str(refused))
        return None
    except OSError as error:
        log.error("No file can be taken in at %s: %s.", settings.IMPORT_ROOT, error.strerror)
        form.add_error("file", _("The server's disk takes no file at this moment. Tell whoever keeps the server."))
        return None
    working.go_on(run)
    return run


@require_GET
def template_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """A file with the header alone."""
    kind = _kind_or_404(request, slug)
    return _file(request, templating.csv_template(kind), f"{slug}.csv", "text/csv; charset=utf-8")


@require_GET
def template_xlsx(request: HttpRequest, slug: str) -> HttpResponse:
    """A workbook with the header, and a sheet that explains each column."""
    kind = _kind_or_404(request, slug)
    return _file(request, templating.xlsx_template(kind), f"{slug}.xlsx", XLSX)


@require_GET
def recorded(request: HttpRequest, slug: str) -> HttpResponseBase:
    """What is recorded in this person's area as a file of the kind, to be changed and handed in again.

    Of many households it is given out with the leave that a report of all of them needs.
    """
    kind = _kind_or_404(request, slug)
    user = cast(User, request.user)
    if kind.households_like and not may_take_all(kind.households_like, user):
        return _leave_needed(request, kind)
    trail.record_download(what=f"recorded {slug}.csv", by=user, details={"page": request.path, "area": user.area})
    content = _in_language_of_now(recorded_csv(kind, by=user))
    response = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{slug}.csv") or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


def _leave_needed(request: HttpRequest, kind: ImportKind) -> HttpResponse:
    url = reverse("reports:detail", args=[kind.households_like]) + "#approval"
    lines = [(_("Ask for all households of your area, in the report"), url)]
    context = {"title": _("A file of many households"), "lines": lines, "most": settings.BULK_HOUSEHOLDS}
    return render(request, "approvals/needed.html", context, status=403)


def _in_language_of_now(parts: Iterator[str]) -> Iterator[bytes]:
    """Bytes in the language of the request, which has ended when they are asked for."""
    language = get_language()

    def told() -> Iterator[bytes]:
        with translation.override(language):
            yield from map(str.encode, parts)

    return told()


def _file(request: HttpRequest, content: bytes, name: str, content_type: str) -> HttpResponse:
    trail.record_download(what=f"template {name}", by=cast(User, request.user), details={"page": request.path})
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _kind_or_404(request: HttpRequest, slug: str) -> ImportKind:
    user = cast(User, request.user)
    if not kinds_for(user):
        raise PermissionDenied
    kind = BY_SLUG.get(slug)
    if kind is None:
        raise Http404
    if not user.may(kind.right):
        raise PermissionDenied
    return kind

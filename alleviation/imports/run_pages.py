"""The pages of one import: how far it is, what it would do, what is wrong, what it brought, and its undoing."""

from itertools import chain
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from alleviation.accounts.models import User
from alleviation.audit import trail
from alleviation.audit.models import ImportBatch
from alleviation.common.csv_out import file_name
from alleviation.imports import working
from alleviation.imports.catalogue import BY_SLUG, kinds_for
from alleviation.imports.forms import ConfirmForm, UndoForm
from alleviation.imports.tables import faults_table, year_tables
from alleviation.intake import batches, faults, files, running, workers
from alleviation.intake.kinds import Findings
from alleviation.intake.models import ImportRun, RunState
from alleviation.intake.pulse import is_stopping, last_sign
from alleviation.intake.tables import control_lines, kind_title

FAULTS_SHOWN = 200


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How far an import is, and what its person may do with it."""
    return _page(request, _run_or_404(request, pk))


@require_safe
def progress(request: HttpRequest, pk: int) -> JsonResponse:
    """The state and the rows done, for the page that waits."""
    run = _run_or_404(request, pk)
    return JsonResponse({"state": run.state, **_progress(run)})


@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what was shown; a page that shows another state by now is shown anew."""
    run = _run_or_404(request, pk)
    form = ConfirmForm(request.POST, run=run)
    if form.is_valid():
        try:
            running.confirm(run, by=cast(User, request.user), **form.cleaned_data)
        except ValidationError as error:
            form.add_error("names_are_right" if error.code == "names" else None, error)
        else:
            working.go_on(run)
            return redirect("imports:run", run.pk)
    run.refresh_from_db()
    return _page(request, run, refused=form)


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop an import that has not been written."""
    run = _run_or_404(request, pk)
    try:
        running.cancel(run, by=cast(User, request.user))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("imports:run", run.pk)


@require_GET
def errors(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rows that are wrong as they came, with what is wrong beside; that it was taken away is an event."""
    run = _run_or_404(request, pk)
    if run.state != RunState.FAULTY or not files.is_kept(run.pk) or run.kind not in BY_SLUG:
        raise Http404
    details = {"import": run.pk, "sha256": run.sha256}
    trail.record_download(what=f"{run.kind}-errors", by=cast(User, request.user), details=details)
    parts = faults.as_csv(run, BY_SLUG[run.kind])
    # A file that cannot be opened is to fail here, where an error can still be told.
    response = StreamingHttpResponse(chain([next(parts)], parts), content_type="text/csv; charset=utf-8")
    name = file_name(f"{run.kind}-errors", run.area, None, timezone.now())
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """What a file brought, its control totals, and the way to take it back."""
    return _batch_page(request, _batch_or_404(request, pk), UndoForm())


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an import back."""
    found = _batch_or_404(request, pk)
    form = UndoForm(request.POST)
    if form.is_valid() and found.import_kind in BY_SLUG:
        kind, user = BY_SLUG[found.import_kind], cast(User, request.user)
        try:
            reversal = batches.undo(found, kind, by=user, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("The import was taken back."))
            return redirect("imports:batch", reversal.pk)
    return _batch_page(request, found, form)


def _run_or_404(request: HttpRequest, pk: int) -> ImportRun:
    """One's own run, of a kind that one may still import."""
    user = cast(User, request.user)
    slugs = [kind.slug for kind in kinds_for(user)]
    run = get_object_or_404(ImportRun.objects.visible_to(user), pk=pk, kind__in=slugs)
    running.tell_broken(run)
    return run


def _batch_or_404(request: HttpRequest, pk: int) -> ImportBatch:
    user = cast(User, request.user)
    seen = batches.seen_by(user, kinds_for(user))
    return get_object_or_404(seen.select_related("reversal", "reverses"), pk=pk)


def _page(request: HttpRequest, run: ImportRun, refused: ConfirmForm | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "title": run.file_name,
        "run": run,
        "kind": kind_title(run.kind),
        "slug": run.kind if run.kind in BY_SLUG else "",
        "is_under_way": run.state in RunState.UNDER_WAY,
        "is_cancellable": run.state in RunState.OPEN or (run.state == RunState.FAULTY and files.is_kept(run.pk)),
        **_progress(run),
        "breadcrumbs": [(_("Imports"), reverse("imports:index")), (run.file_name, "")],
    }
    if run.findings:
        context |= _found(run)
    if run.state == RunState.READY:
        names = faults.names(run.pk) if run.is_guessed else []
        context |= {"form": refused or ConfirmForm(None, run=run), "names": names}
    if run.state == RunState.FAULTY and run.kind in BY_SLUG:
        context |= _faulty(run)
    if run.state in (RunState.WAITING, RunState.QUEUED):
        context["lacks_worker"] = not workers.is_alive()
    return render(request, "imports/run.html", context, status=400 if refused else 200)


def _progress(run: ImportRun) -> dict[str, Any]:
    """Rows done and to be done; while nobody works on a run, those of its last step."""
    is_busy = run.state in (RunState.CHECKING, RunState.WRITING)
    done = last_sign(run.pk).rows if is_busy else run.rows_done
    return {"done": done, "expected": run.rows_expected, "is_stopping": is_busy and is_stopping(run.pk)}


def _found(run: ImportRun) -> dict[str, Any]:
    findings = Findings.from_json(run.findings)
    return {
        "findings": findings,
        "controls": control_lines(findings.controls, run.kind),
        "years": year_tables(findings),
    }


def _faulty(run: ImportRun) -> dict[str, Any]:
    found = faults.first(run.pk, FAULTS_SHOWN)
    return {
        "faults": faults_table(found, BY_SLUG[run.kind], run.fault_count) if found else None,
        "errors_url": reverse("imports:errors", args=[run.pk]) if files.is_kept(run.pk) else "",
        "is_cut_short": faults.is_cut_short(run.pk),
    }


def _batch_page(request: HttpRequest, found: ImportBatch, form: UndoForm) -> HttpResponse:
    kind = BY_SLUG.get(found.import_kind)
    user = cast(User, request.user)
    may_undo = kind is not None and not found.reverses and not hasattr(found, "reversal")
    context = {
        "title": found.title,
        "batch": found,
        "kind": kind_title(found.import_kind),
        "controls": control_lines(found.control_totals, found.import_kind),
        "form": form if kind and may_undo and batches.may_undo(found, kind, user) else None,
        "breadcrumbs": [(_("Imports"), reverse("imports:index") if kinds_for(user) else ""), (found.title, "")],
    }
    return render(request, "imports/batch.html", context, status=400 if form.errors else 200)

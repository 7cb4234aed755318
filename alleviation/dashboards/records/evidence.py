"""The files that prove records: handed in, taken back, given out."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alleviation.accounts.models import User
from alleviation.audit import trail
from alleviation.dashboards.records.sheet import AttachForm, WithdrawForm, record_or_404, render_sheet
from alleviation.evidence import actions
from alleviation.evidence.models import Evidence
from alleviation.evidence.serving import file_response
from alleviation.evidence.store import read_upload


@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The file itself, for whoever may see the record that it proves; the trail tells who took it away."""
    user: User = request.user  # type: ignore[assignment]
    evidence = _evidence_or_404(pk, user)
    response = file_response(evidence.file, f"evidence-{evidence.pk}")
    if response.status_code == 200 and request.method == "GET":
        of = f"{evidence.subject_type} {evidence.subject_id}"
        trail.record_download(what=f"evidence-{pk}", by=user, details={"of": of, "sha256": evidence.file.sha256})
    return response


@require_POST
def attach(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Put a file to a record; one that is refused comes back with what is wrong and how it is put right."""
    user: User = request.user  # type: ignore[assignment]
    record = record_or_404(kind, pk, user)
    if not actions.may_attach(user):
        raise PermissionDenied
    form = AttachForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            content = read_upload(form.cleaned_data["file"])
            actions.attach(record, content, title=form.cleaned_data["title"], by=user)
        except ValidationError as error:
            form.add_error("file", error.messages)
        else:
            messages.success(request, _("The file is attached."))
            return redirect("dashboards:record", kind, pk)
    return render_sheet(request, record, attaching=form)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a file does not prove its record after all."""
    user: User = request.user  # type: ignore[assignment]
    evidence = _evidence_or_404(pk, user)
    if not actions.may_attach(user):
        raise PermissionDenied
    form = WithdrawForm(request.POST)
    if form.is_valid():
        try:
            actions.withdraw(evidence, by=user, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error("reason", error.messages)
            if evidence.withdrawn_at:
                # Its form is gone from the page, and its place for errors with it.
                messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("The evidence is withdrawn."))
            return redirect("dashboards:record", evidence.subject_type, evidence.subject_id)
    record = record_or_404(evidence.subject_type, evidence.subject_id, user)
    return render_sheet(request, record, withdrawing=form, withdrawn=pk)


def _evidence_or_404(pk: int, user: User) -> Evidence:
    if not 0 < pk < 2**63:
        raise Http404
    found: Evidence = get_object_or_404(Evidence.objects.select_related("file").visible_to(user), pk=pk)
    return found

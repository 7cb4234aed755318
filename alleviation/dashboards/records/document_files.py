"""What belongs to a document's page beside the page: its original to take away, and the way from words to a claim."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from alleviation.accounts.rights import Right
from alleviation.audit import trail
from alleviation.dashboards.pages import needs
from alleviation.dashboards.records.documents import document_or_404, document_page
from alleviation.dashboards.records.parts import entry_url
from alleviation.evidence.serving import HEADERS, file_response
from projects.forms import PassageForm
from projects.models import Document


@needs(Right.VIEW_RECORDS)
def original(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file as it was handed in, or the text of a document that came as plain text."""
    document = document_or_404(request, pk)
    if not document.text:
        raise Http404
    name = f"document-{document.pk}"
    response = file_response(document.original, name) if document.original else _text_response(document, name)
    if response.status_code == 200:
        digest = document.original.sha256 if document.original else document.sha256
        details = {"document": document.pk, "sha256": digest}
        trail.record_download(what=name, by=request.user, details=details)  # type: ignore[arg-type]
    return response


@require_POST
def find(request: HttpRequest, pk: int) -> HttpResponseBase:
    """From the words of a passage to the form of its claim. The words are sent, so that they stand in no address."""
    document = document_or_404(request, pk)
    if not request.user.may(Right.ENTER_RECORDS):  # type: ignore[union-attr]
        raise PermissionDenied
    if not document.text:
        raise Http404
    form = PassageForm(request.POST, text=document.text)
    if not form.is_valid():
        return document_page(request, document, form)
    start, end = form.cleaned_data["span"]
    return HttpResponseRedirect(
        entry_url(request.user, "claim", document=document.pk, start=start, end=end)  # type: ignore[arg-type]
    )


def _text_response(document: Document, name: str) -> HttpResponse:
    """The characters in UTF-8, which are the bytes of the file that the text came as."""
    response = HttpResponse(document.text.encode(), content_type="text/plain; charset=utf-8", headers=HEADERS)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.txt") or "attachment"
    return response

"""Gives a stored file to a browser, so that it can be kept and not be run."""

import logging

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header

from alleviation.evidence.content import encoding_of
from alleviation.evidence.disk import FileUnreadable
from alleviation.evidence.models import FileKind, StoredFile
from alleviation.evidence.store import content_of

log = logging.getLogger(__name__)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Should it be opened in the browser after all: without scripts, forms, or our cookies.
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def file_response(file: StoredFile, name: str) -> HttpResponse:
    """The file under a name of ours ("evidence-7"; its kind adds the suffix), after its SHA-256 was checked.

    Where the disk does not hold it as it was handed in, a page that says so, with the status 503. Ask for the right
    beforehand, and record the download (`trail.record_download`) of what came with the status 200.
    """
    try:
        content = content_of(file)
    except FileUnreadable as error:
        log.error("The stored file %s is not as it was handed in: %s.", file.sha256, type(error).__name__)
        return HttpResponse(render_to_string("evidence/unreadable.html", {"file": file}), status=503)
    kind = FileKind(file.kind)
    response = HttpResponse(content, content_type=_content_type(kind, content), headers=HEADERS)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}{kind.suffix}") or "attachment"
    response["Content-Length"] = str(len(content))
    return response


def _content_type(kind: FileKind, content: bytes) -> str:
    if kind != FileKind.TEXT:
        return kind.content_type
    return f"text/plain; charset={'utf-8' if encoding_of(content).startswith('utf') else 'gb18030'}"

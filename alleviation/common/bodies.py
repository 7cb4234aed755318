"""No request is larger than the largest file that is taken in anywhere, and no address longer than servers take."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest, HttpResponseBase

# What a form has beside its file.
BESIDE = 1024 * 1024
# Bytes of what stands behind the question mark. gunicorn takes no longer line; another server may, and SQLite looks
# for no longer text than 50,000.
LONGEST_QUESTION = 8190

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def refuse_vast_bodies(get_response: GetResponse) -> GetResponse:
    """Refuse a body by the length it says it has, before a byte of it is read; no more than that is read of it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if len(request.META.get("QUERY_STRING", "")) > LONGEST_QUESTION:
            raise BadRequest("The address is longer than any of ours.")
        if length_of(request) > largest():
            raise RequestDataTooBig("The body is larger than any file that is taken in.")
        return get_response(request)

    return middleware


def largest() -> int:
    """How many bytes a request may have."""
    kept_whole = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return max(settings.EVIDENCE_LARGEST, settings.IMPORT_MAX_BYTES, kept_whole) + BESIDE


def length_of(request: HttpRequest) -> int:
    """The length that a request says it has; what is no number is for Django to refuse."""
    said = request.META.get("CONTENT_LENGTH") or ""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else 0

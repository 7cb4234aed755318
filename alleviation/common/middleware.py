"""What every response carries."""

from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import BadRequest
from django.db import DatabaseError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

# Charts are SVG in the page, so images need nothing beyond our own files and data: URIs of the stock admin.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def content_security_policy(get_response: GetResponse) -> GetResponse:
    """Let a page load nothing but our own files, and run no inline script or style."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        # What only is kept, never shown, comes with a stricter one of its own.
        response.setdefault("Content-Security-Policy", POLICY)
        response["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if _is_signed_in(request):
            response.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def pack_pages(get_response: GetResponse) -> GetResponse:
    """Send pages packed, to a fifth of their size; files go as they are, so that their first row is there at once.

    Django hides the length of what it packs, since that could tell something of a secret in the page (BREACH).
    """
    packer = GZipMiddleware(get_response)

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            # It says of the page what the page itself would.
            patch_vary_headers(response, ("Accept-Encoding",))
        is_page = isinstance(response, HttpResponse) and response.get("Content-Type", "").startswith("text/html")
        return packer.process_response(request, response) if is_page else response

    return middleware


def refuse_null_characters(get_response: GetResponse) -> GetResponse:
    """Refuse NUL in an address or a cookie: PostgreSQL takes none in a text, and no honest request holds one."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        asked = (text for name, values in request.GET.lists() for text in (name, *values))
        if "\x00" in request.path:
            raise Http404
        if any("\x00" in text for text in (*asked, *request.COOKIES.values())):
            raise BadRequest("A null character is not part of any text.")
        return get_response(request)

    return middleware


# What PostgreSQL says of writers who waited for each other, and of a lock that was not had in time.
BUSY_CODES = {"40P01", "40001", "55P03"}


def ask_to_try_again(get_response: GetResponse) -> GetResponse:
    """Where others held what a write needed, say so in plain words: nothing was written, and it can be sent again."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return get_response(request)

    middleware.process_exception = busy_page  # type: ignore[attr-defined]
    return middleware


def busy_page(request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
    """The page for a database that is busy; None for any other failure."""
    if not isinstance(exception, OperationalError) or not is_busy(exception):
        return None
    response = HttpResponse(render_to_string("503.html"), status=503)
    response["Retry-After"] = "5"
    return response


def is_busy(error: OperationalError) -> bool:
    """Whether the database only asks to try again."""
    return "database is locked" in str(error) or getattr(error.__cause__, "pgcode", None) in BUSY_CODES


def _is_signed_in(request: HttpRequest) -> bool:
    """Whether somebody is signed in; yes where the database cannot tell, so that a page of failure is not kept."""
    user = getattr(request, "user", None)
    try:
        return user is not None and user.is_authenticated
    except DatabaseError:
        return True

"""What happens to every request and answer on its way: packed, or refused."""

from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

GetResponse = Callable[[HttpRequest], HttpResponseBase]


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

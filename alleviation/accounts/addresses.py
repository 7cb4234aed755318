"""Where a request comes from: through the office's proxy it is the proxy that knows."""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

# Of a shown address the last part is left out: its owner knows it again, and it leads to no machine.
HIDDEN = "×"


def address_behind_proxy(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Behind a proxy, put the address that the proxy saw in place of its own; what the browser claims is further left.

    Limits, locks and the trail all read REMOTE_ADDR. With the proxy's, one stranger would shut out everybody.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        seen = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if settings.BEHIND_PROXY and _is_address(seen):
            request.META["REMOTE_ADDR"] = seen
        return get_response(request)

    return middleware


def address_of(request: HttpRequest) -> str:
    """The address a request comes from; empty where none is known."""
    return str(request.META.get("REMOTE_ADDR") or "")


def shown_address(address: str) -> str:
    """An address without its last part: 10.1.2.×, 2001:db8:1:×."""
    if not _is_address(address):
        return ""
    found = ip_address(address)
    if found.version == 4:
        return f"{address.rpartition('.')[0]}.{HIDDEN}"
    groups = [group.lstrip("0") or "0" for group in found.exploded.split(":")[:3]]
    return f"{':'.join(groups)}:{HIDDEN}"


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True

"""Which request is being answered: its number and where it came from, for the events that it leaves."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase

from alleviation.audit.chain import address_hash
from alleviation.common.request_numbers import current


@dataclass(frozen=True)
class Origin:
    """The number of a request, and the keyed hash of the address it came from."""

    request: str = ""
    address: str = ""


_origin: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039


def origin() -> Origin:
    """Of the request that is being answered; empty for a command."""
    return _origin.get()


def remember_origin(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Keep the number of each request, which its log lines have too, for the events that it leaves."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        address = str(request.META.get("REMOTE_ADDR") or "")
        token = _origin.set(Origin(current(), address_hash(address)))
        try:
            return get_response(request)
        finally:
            _origin.reset(token)

    return middleware

"""Who asks in the request that is being answered, and where code says that it looks beyond what they may see."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.urls import get_resolver
from django.utils.translation import gettext as _

from alleviation.common.areas import covers

_asker: ContextVar[Any] = ContextVar("asker", default=None)
_beyond: ContextVar[str] = ContextVar("beyond_scope", default="")
# Behind the last block of a file.
_END = object()


class OutsideArea(PermissionDenied):
    """A record that somebody wrote, or was about to, lies outside their area: nothing is written.

    Where no page tells it at a field, it is answered like a record that is not there.
    """

    def __init__(self) -> None:
        super().__init__(_("This record lies outside your area."))


class Unscoped(RuntimeError):
    """Rows of areas were asked for that nothing had narrowed to what the person may see: a mistake of ours.

    Say `.visible_to(user)`, or why the question may look further: `with beyond_scope("…")`.
    """


def asker() -> Any:
    """The person of the request, be it nobody who is signed in; None outside of requests."""
    return _asker.get()


def area_asked_from() -> str:
    """The area of whoever asks; everywhere outside of requests, and where it is said why one looks further."""
    return _asker.get().area if is_bound() else ""


def may_ask(prefixes: Iterable[str]) -> bool:
    """Whether what begins with these digits lies in the area of whoever asks; commands ask as they like."""
    person = _asker.get()
    if person is None:
        return True
    area = getattr(person, "area", None)
    return area is not None and all(covers(area, prefix) for prefix in prefixes)


def is_bound() -> bool:
    """Whether rows of areas are to be narrowed here: in a request, unless the code says why it looks further."""
    return _asker.get() is not None and not _beyond.get()


@contextmanager
def beyond_scope(reason: str) -> Iterator[None]:
    """Look at rows outside the area of whoever asks, for this reason: nothing of them may be told.

    For what a write must know (locks, what is taken, what is closed), for sums that are kept and for what is withheld
    because of few. Raises ValueError without a reason.
    """
    if not reason:
        raise ValueError("say why it may look further")
    token = _beyond.set(reason)
    try:
        yield
    finally:
        _beyond.reset(token)


@contextmanager
def in_scope() -> Iterator[None]:
    """Look no further again, within a part that may: a page or a file that is one transaction as a whole."""
    token = _beyond.set("")
    try:
        yield
    finally:
        _beyond.reset(token)


@contextmanager
def asked_by(person: Any) -> Iterator[None]:
    """What is asked in here is asked by this person."""
    asks, beyond = _asker.set(person), _beyond.set("")
    try:
        yield
    finally:
        _beyond.reset(beyond)
        _asker.reset(asks)


def remember_asker(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Keep who asks, to the end of the answer: a file is still being read when its first block is on the way."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with asked_by(request.user):
            response = get_response(request)
            if isinstance(response, StreamingHttpResponse) and not response.is_async:
                response.streaming_content = _within(copy_context(), response.streaming_content)  # type: ignore[arg-type]
        return response

    middleware.process_exception = not_there  # type: ignore[attr-defined]
    return middleware


def not_there(request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
    """The answer for a record outside the area, the same as for one that does not exist; None for other failures."""
    if not isinstance(exception, OutsideArea):
        return None
    handler: Any = get_resolver().resolve_error_handler(HTTPStatus.NOT_FOUND)
    response: HttpResponseBase = handler(request, exception=Http404())
    return response


def _within(context: Context, blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The blocks, each read as it would have been before the answer was handed over."""
    walk: Any = iter(blocks)
    try:
        while (block := context.run(next, walk, _END)) is not _END:
            yield block  # type: ignore[misc]
    finally:
        if hasattr(walk, "close"):
            context.run(walk.close)

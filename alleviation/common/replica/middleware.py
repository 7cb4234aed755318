"""Reads pages of figures and files from the replica, and keeps where somebody's last write ended.

settings.MIDDLEWARE, the innermost, where REPLICA_URL is set: by then it is known who asks, and for which page.
"""

import logging
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponseBase

from alleviation.common.replica.breaker import BREAKER
from alleviation.common.replica.choosing import give_up_connection, place_for
from alleviation.common.replica.pages import MOVED
from alleviation.common.replica.places import Place, read_from
from alleviation.common.replica.positions import position_now
from alleviation.common.replica.watching import ReadElsewhere
from alleviation.common.saved import is_anything_saved
from alleviation.common.trouble import Trouble, trouble_of

log = logging.getLogger(__name__)
View = Callable[..., HttpResponseBase]
# In a session: the position of the primary's log behind the last write that was made in it.
WRITTEN = "written_at"
REFUSED = 400


def read_from_replica(get_response: View) -> View:
    """Make what may be read from the replica there; note where the log stands behind each write."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if is_anything_saved():
            keep_position(request)
        return response

    middleware.process_view = make_from_replica  # type: ignore[attr-defined]
    return middleware


def keep_position(request: HttpRequest) -> None:
    """What this person wrote is there by the position at which the primary's log stands now.

    A write whose end nobody heard of keeps none; it left an event, which is compared too (positions.LAST_EVENT).
    A program has no session, and gets none.
    """
    if request.user.is_authenticated and request.session.session_key:
        try:
            request.session[WRITTEN] = position_now()
        except (DatabaseError, InterfaceError):
            log.warning("Where the log stands behind a write could not be asked.")


def make_from_replica(
    request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> HttpResponseBase | None:
    """The page as the replica has it; None: it is made from the primary, as if there were no replica.

    Whatever it ends with but a page, the primary has the last word: what a colleague entered a moment ago is there,
    and what ails the replica ails nobody. Nothing was sent by then. Raises what a page that takes too long does.
    """
    if request.method not in ("GET", "HEAD") or _name_of(request) not in MOVED:
        return None
    place = place_for(request.user.get_username(), request.session.get(WRITTEN, 0))
    if place is None:
        return None
    try:
        response = _made(place, view, request, *args, **kwargs)
    except Exception as error:
        if trouble_of(error) is Trouble.SLOW:
            # It would take as long again.
            raise
        _note(error)
        return None
    return response if response.status_code < REFUSED else None


def _name_of(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def _made(place: Place, view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    with read_from(place):
        response: Any = view(request, *args, **kwargs)
        return response.render() if callable(getattr(response, "render", None)) else response


def _note(error: Exception) -> None:
    """Say what went wrong with the replica; what is wrong with a page says itself when it is made again."""
    if isinstance(error, ReadElsewhere):
        log.error("A page that is read from the replica asked the primary, and was made from the primary: %s", error)
    elif isinstance(error, DatabaseError | InterfaceError):
        give_up_connection()
        trouble = trouble_of(error)
        if trouble is Trouble.DOWN:
            BREAKER.trip("it was lost in the middle of a page")
        else:
            # Most of all a question that stood in the way of what the replica had to replay.
            log.warning("A page was made again from the primary, for the replica failed: %s.", trouble or "a fault")

"""Pages of failure. They need no database, no session and no user, and say whether anything was saved."""

import logging
import sys
from collections.abc import Callable
from inspect import unwrap

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views import defaults

from alleviation.common.saved import is_anything_saved, watched
from alleviation.common.trouble import Trouble, is_reply_lost, trouble_of

log = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponseBase]
# Put into the reader's language as they are shown.
Words = str | Promise
LOOKING = {"GET", "HEAD", "OPTIONS", "TRACE"}
# Seconds, after which it makes sense to ask again.
AFTER = {Trouble.BUSY: 5}
LATER = 30

# As Django has them, but without a look into the form that was sent: where that is broken, the page would fail.
not_found, forbidden = unwrap(defaults.page_not_found), unwrap(defaults.permission_denied)

WORDS = {
    Trouble.BUSY: (
        _("Somebody else is writing at this moment"),
        _("The database was busy for too long. Try again in a moment."),
    ),
    Trouble.SLOW: (
        _("This took too long"),
        _("The database was asked for more than it can find in time. Choose fewer years or a smaller area."),
    ),
    Trouble.FULL: (
        _("The server's disk is full"),
        _("Nothing more can be kept. Tell whoever runs this site; until then all can be read."),
    ),
    Trouble.READ_ONLY: (
        _("Nothing can be saved at this moment"),
        _("The database can only be read, as while it is being looked after. Try again later."),
    ),
    Trouble.DOWN: (
        _("The database does not answer"),
        _("Try again in a minute. If it lasts, tell whoever runs this site."),
    ),
}
OURS = (
    _("Something went wrong on our side"),
    _("If this happens again, tell whoever runs this site when it happened."),
)
NOTHING_CHANGED = _("Nothing was changed.")
NOTHING_SAVED = _("Nothing of what you sent was saved. Go back: what you typed may still stand in the form.")
NOT_KNOWN = _("It is not known whether what you sent was saved: look before you send it again.")
TOO_BIG = _("What was sent is larger than any form here takes. Nothing was saved.")
TOO_MANY = _("What was sent has more fields or files than any form here takes. Nothing was saved.")


def tell_trouble(get_response: GetResponse) -> GetResponse:
    """Where the database is the trouble, answer 503 in plain words; what was saved by then is watched on the way.

    It stands far outside: to end a session, too, a write may be needed after the form's own was saved.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with watched():
            return get_response(request)

    middleware.process_exception = trouble_page  # type: ignore[attr-defined]
    return middleware


def trouble_page(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """The page for a database in trouble; None for any other failure."""
    trouble = trouble_of(exception)
    return None if trouble is None else failure_page(request, exception, trouble)


def server_failed(request: HttpRequest) -> HttpResponse:
    """The page for whatever fails outside of a view, or by a fault of ours."""
    error = sys.exception()
    return failure_page(request, error, trouble_of(error))


def failure_page(request: HttpRequest, error: BaseException | None, trouble: Trouble | None) -> HttpResponse:
    """503 for a database in trouble, which is nobody's fault; 500 for a fault of ours."""
    if trouble:
        log.warning("The database is in trouble: %s.", trouble.value)
    heading, words = WORDS[trouble] if trouble else OURS
    response = _page(request, heading, words, saved_words(request, error), 503 if trouble else 500)
    if trouble:
        response["Retry-After"] = str(AFTER.get(trouble, LATER))
        # For whoever counts.
        response.trouble = trouble  # type: ignore[attr-defined]
    return response


def saved_words(request: HttpRequest, error: BaseException | None) -> Words:
    """Whether anything was saved. Each form is one transaction; but its end may have been reached, or not be known."""
    if request.method in LOOKING:
        return NOTHING_CHANGED
    is_known = error is not None and not is_reply_lost(error) and not is_anything_saved()
    return NOTHING_SAVED if is_known else NOT_KNOWN


def request_refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 for what cannot be read, 413 for what is too large; the words tell which."""
    heading = _("The request could not be read")
    if isinstance(exception, RequestDataTooBig):
        return _page(request, _("This is too large"), TOO_BIG, "", 413)
    if isinstance(exception, TooManyFieldsSent | TooManyFilesSent):
        return _page(request, heading, TOO_MANY, "", 400)
    words = _("The address or the form held something that cannot be understood. Check what you entered.")
    return _page(request, heading, words, "" if request.method in LOOKING else NOTHING_SAVED, 400)


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that does not come from a page of ours, or from one that was opened before signing in."""
    heading = _("This form is no longer valid")
    words = _("It was opened before you signed in, or did not come from this site. Open its page again.")
    return _page(request, heading, words, NOTHING_SAVED, 403)


def _page(request: HttpRequest, heading: Words, words: Words, saved: Words, status: int) -> HttpResponse:
    """In the reader's language, as their cookie or browser has it: whatever failed may have failed before that."""
    context = {"heading": heading, "words": words, "saved": saved, "number": getattr(request, "number", "")}
    with translation.override(translation.get_language_from_request(request)):
        return HttpResponse(render_to_string("failure.html", context), status=status)

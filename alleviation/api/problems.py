"""What a program is told when it gets nothing: a problem as RFC 9457 has it, in the language that it asked for."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
GetResponse = Callable[[HttpRequest], HttpResponseBase]
# What begins so is asked by programs; everything else by people.
ADDRESSES = "/api/v1/"
CONTENT_TYPE = "application/problem+json"
# Where each kind of problem is explained, as the part of an address behind #.
EXPLAINED_AT = "/api/"


@dataclass(frozen=True)
class Kind:
    """A kind of problem: its status, its name in the documentation, and what it is in a few words."""

    status: int
    code: str
    title: Words
    meaning: Words


UNREADABLE = Kind(400, "unreadable", _("The request could not be read"), _("Look at how the address is spelt."))
TOKEN_IN_ADDRESS = Kind(
    400,
    "token-in-address",
    _("A token stands in the address"),
    _("Addresses are kept in logs and lists. Revoke this token, make another, and send it as a header."),
)
NO_TOKEN = Kind(401, "no-token", _("A token is needed"), _("Send it as a header: Authorization: Bearer alv_…"))
BAD_TOKEN = Kind(
    401,
    "bad-token",
    _("This token opens nothing"),
    _("There is none such, it has run out, it was revoked, or its owner's account is disabled."),
)
OWNER_FIRST = Kind(
    403,
    "owner-first",
    _("Its owner has something to do first"),
    _("Whoever made the token signs in, and is led to it."),
)
NOT_COVERED = Kind(
    403,
    "not-covered",
    _("This token does not cover it"),
    _("Neither its scopes nor the role and area of its owner may be stepped beyond."),
)
IN_THE_OPEN = Kind(
    403,
    "in-the-open",
    _("This came over HTTP"),
    _("The token could be read on its way: revoke it, make another, and ask by HTTPS."),
)
LEAVE_NEEDED = Kind(
    403,
    "leave-needed",
    _("A file of many households"),
    _("Somebody else has to approve it. Its owner asks for that on the report's page, or the filter is narrowed."),
)
NOT_THERE = Kind(
    404, "not-there", _("There is nothing here"), _("It does not exist, or it is outside the area of the token.")
)
METHOD = Kind(405, "method", _("Only GET and HEAD"), _("Nothing is changed from here."))
TOO_LARGE = Kind(413, "too-large", _("This is too large"), _("A request needs no body."))
WRONG_PARAMETER = Kind(
    422,
    "wrong-parameter",
    _("A parameter is wrong"),
    _("Each is named under errors with what is wrong. Nothing was given out: a wrong filter must not pass for none."),
)
TOO_MANY = Kind(
    429, "too-many", _("Too many requests"), _("Ask again after as many seconds as the header Retry-After says.")
)
FAILED = Kind(
    500, "failed", _("Something went wrong on our side"), _("Tell whoever runs this site the number of the request.")
)
UNAVAILABLE = Kind(
    503, "unavailable", _("The database does not answer in time"), _("Ask again later, or for fewer years.")
)
KINDS = (
    *(UNREADABLE, TOKEN_IN_ADDRESS, NO_TOKEN, BAD_TOKEN, OWNER_FIRST, NOT_COVERED, IN_THE_OPEN, LEAVE_NEEDED),
    *(NOT_THERE, METHOD, TOO_LARGE, WRONG_PARAMETER, TOO_MANY, FAILED, UNAVAILABLE),
)
# What an answer that nobody of ours made is told as: the first kind of its status.
BY_STATUS = {one.status: one for one in reversed(KINDS)}


@dataclass
class Problem(Exception):
    """Nothing is given out: of which kind, in words, with the parameters that are wrong, and with more headers."""

    kind: Kind
    detail: Words = ""
    errors: dict[str, list[str]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The problem as a response."""
    with translation.override(translation.get_language_from_request(request)):
        response = HttpResponse(body(request, problem), status=problem.kind.status, content_type=CONTENT_TYPE)
        response["Content-Language"] = translation.get_language() or ""
    if problem.kind.status == HTTPStatus.UNAUTHORIZED:
        fault = ', error="invalid_token"' if problem.kind is BAD_TOKEN else ""
        response["WWW-Authenticate"] = f'Bearer realm="Alleviation"{fault}'
    for name, value in problem.headers.items():
        response[name] = value
    return response


def body(request: HttpRequest, problem: Problem) -> str:
    """The problem as JSON, in the language of now."""
    told: dict[str, Any] = {
        "type": f"{EXPLAINED_AT}#{problem.kind.code}",
        "title": str(problem.kind.title),
        "status": problem.kind.status,
        "detail": str(problem.detail or problem.kind.meaning),
    }
    if problem.errors:
        told["errors"] = [
            {"parameter": name, "detail": " ".join(map(str, words))} for name, words in problem.errors.items()
        ]
    told |= problem.more | {"request": getattr(request, "number", "")}
    return json.dumps(told, ensure_ascii=False)


def tell_programs(get_response: GetResponse) -> GetResponse:
    """What goes wrong outside of a report, too, is told to a program as a problem, and not as a page.

    It stands outermost: an address that leads nowhere, a database in trouble and a fault of ours end as pages.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        is_asked_by_program = request.path_info.startswith(ADDRESSES)
        is_failure = response.status_code >= HTTPStatus.BAD_REQUEST
        if not is_asked_by_program or not is_failure or response.headers.get("Content-Type") == CONTENT_TYPE:
            return response
        kept = ("Allow", "Retry-After", "Vary")
        headers = {name: response.headers[name] for name in kept if name in response.headers}
        return answer(request, Problem(kind_of(response.status_code), headers=headers))

    return middleware


def kind_of(status: int) -> Kind:
    """The kind of problem that a status tells."""
    return BY_STATUS.get(status, UNREADABLE if status < HTTPStatus.INTERNAL_SERVER_ERROR else FAILED)

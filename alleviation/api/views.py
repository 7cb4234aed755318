"""The addresses that programs ask: GET and HEAD, and nothing is changed (docs/api.md)."""

from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError
from ninja.security import HttpBearer

from alleviation.api import openapi, problems
from alleviation.api.asking import leave_for, problem_of, query_of, reader_of, report_of, scopes_of
from alleviation.api.described import reports_for, told, told_in_full
from alleviation.api.problems import Problem
from alleviation.api.streams import Taken, csv_parts, json_parts, package_parts
from alleviation.api.unchanged import kept, tag_for, unchanged
from alleviation.common.csv_out import download
from alleviation.reports.files import name_for, record_taken
from alleviation.reports.packages import DESCRIPTION, link_to_description

READING = ["GET", "HEAD"]
AS_OF, CHAIN = "Alleviation-As-Of", "Alleviation-Chain"
WRITERS = {
    "json": (json_parts, "application/json"),
    "csv": (csv_parts, "text/csv; charset=utf-8"),
    DESCRIPTION: (package_parts, "application/json"),
}


class Token(HttpBearer):
    """By a token: it was looked at before (alleviation/api/bearing.py)."""

    def __call__(self, request: HttpRequest) -> Any:
        return getattr(request, "token", None)

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Never asked: a request has its token already, or none."""
        raise NotImplementedError


# No page of ninja's: it loads scripts from elsewhere. Ours is /api/.
api = NinjaAPI(
    title=_("Alleviation"),  # type: ignore[arg-type]
    version="1",
    description=_("Reports as other programs read them."),  # type: ignore[arg-type]
    openapi_url=None,
    docs_url=None,
    auth=Token(),
    urls_namespace="api-1",
)


@api.exception_handler(Problem)
def tell(request: HttpRequest, problem: Problem) -> HttpResponse:
    """A problem as its answer."""
    return problems.answer(request, problem)


@api.exception_handler(Http404)
@api.exception_handler(PermissionDenied)
def tell_refusal(request: HttpRequest, error: Exception) -> HttpResponse:
    """What is not there, or not for this token."""
    return problems.answer(request, problem_of(error))


@api.exception_handler(AuthenticationError)
def tell_to_say_who(request: HttpRequest, _error: Exception) -> HttpResponse:
    """Nobody comes so far without a token; should somebody, they get nothing."""
    return problems.answer(request, Problem(problems.NO_TOKEN))


@api.exception_handler(ValidationError)
def tell_unreadable(request: HttpRequest, _error: Exception) -> HttpResponse:
    """A part of the address that is not what it should be."""
    return problems.answer(request, Problem(problems.NOT_THERE))


@api.exception_handler(Exception)
def leave_to_others(_request: HttpRequest, error: Exception) -> NoReturn:
    """A fault is told as everywhere (alleviation/common/failing.py), and without its traceback wherever it is."""
    raise error


@api.api_operation(READING, "/", url_name="start", summary=_("What the token opens"))  # type: ignore[arg-type]
def start(request: HttpRequest) -> HttpResponseBase:
    """In whose name and how far the token reads, and where to go on."""
    token: Any = request.token  # type: ignore[attr-defined]
    about = {
        "user": reader_of(request).get_username(),
        "token": token.prefix,
        "scopes": scopes_of(request),
        "area": token.area,
        "valid_until": token.expires_on.isoformat(),
        "reports_url": reverse("api-1:reports"),
        "openapi_url": reverse("api-1:openapi"),
    }
    return _json(about)


@api.api_operation(READING, "/openapi.json", url_name="openapi", include_in_schema=False)
def description(request: HttpRequest) -> HttpResponseBase:
    """All addresses that this token opens, as OpenAPI."""
    reader = reader_of(request)
    return _json(openapi.document(api, reader, reports_for(reader, scopes_of(request))))


@api.api_operation(READING, "/reports/", url_name="reports", summary=_("The reports"))  # type: ignore[arg-type]
def reports(request: HttpRequest) -> HttpResponseBase:
    """The reports that the token takes."""
    return _json({"reports": [told(one) for one in reports_for(reader_of(request), scopes_of(request))]})


@api.api_operation(READING, "/reports/{slug:slug}/", url_name="report", summary=_("One report"))  # type: ignore[arg-type]
def report(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Its columns, and what it may be asked by."""
    return _json(told_in_full(report_of(request, slug), reader_of(request)))


@api.api_operation(READING, "/reports/{slug:slug}.json", url_name="json", summary=_("Its rows as JSON"))  # type: ignore[arg-type]
def rows_as_json(request: HttpRequest, slug: str) -> HttpResponseBase:
    """All rows, the sums over them, and the total."""
    return _taken(request, slug, "json")


@api.api_operation(READING, "/reports/{slug:slug}.csv", url_name="csv", summary=_("Its rows as CSV"))  # type: ignore[arg-type]
def rows_as_csv(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Byte for byte the file of the report's page."""
    return _taken(request, slug, "csv")


@api.api_operation(
    READING,
    "/reports/{slug:slug}.datapackage.json",
    url_name="datapackage",
    summary=_("What its CSV adds up to"),  # type: ignore[arg-type]
)
def package(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Bytes, SHA-256, rows and sums of the CSV, to lie beside it."""
    return _taken(request, slug, DESCRIPTION)


def _taken(request: HttpRequest, slug: str, form: str) -> HttpResponseBase:
    """The report as a file, with an event in the trail; a look at its head alone takes nothing."""
    report = report_of(request, slug)
    query = query_of(request, report)
    tag = tag_for(request, report)
    if (same := unchanged(request, tag)) is not None:
        return same
    leave = leave_for(request, report, query)
    parts, content_type = WRITERS[form]
    taken = Taken(report, query, timezone.now())
    is_given = request.method != "HEAD"
    if is_given:
        token: Any = request.token  # type: ignore[attr-defined]
        record_taken(report, query, by=reader_of(request), form=f"api {form}", leave=leave, token=token.prefix)
    name = name_for(report, query, taken.now, form)
    response = download(parts(taken) if is_given else (), name, content_type)
    response[AS_OF] = taken.as_of
    if form == "csv":
        response["Link"] = link_to_description(request.get_full_path())
    if taken.chain:
        response[CHAIN] = f"{taken.chain['number']} {taken.chain['digest']}"
    return kept(response, tag)


def _json(told: dict[str, Any]) -> HttpResponseBase:
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})

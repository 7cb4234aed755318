"""The pages of the reports and their downloads."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from http import HTTPStatus
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.csv_out import download as file_response
from alleviation.common.csv_out import file_name
from alleviation.common.query import Query
from alleviation.common.reports import Report
from alleviation.common.xlsx_out import CONTENT_TYPE, XLSX_ROWS
from alleviation.reports.catalogue import BY_SLUG, CATALOGUE
from alleviation.reports.files import name_for, record_taken, report_parts, workbook_parts
from alleviation.reports.gate import gate_of, leaves_for, unless_leave_is_needed
from alleviation.reports.packages import DESCRIPTION, description_parts, link_to_description, zipped
from alleviation.scrutiny.bulk_downloads import is_of_households
from alleviation.scrutiny.unchanged import unless_unchanged
from beneficiaries.filters import IncomeQueryForm

PREVIEW = 100
# How far the rows of a page are counted; to count millions takes longer than to show the first.
COUNTED = 100_000
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": CONTENT_TYPE,
    "zip": "application/zip",
    DESCRIPTION: "application/json",
}
# What all reports together are asked by; each answers to what it knows of it.
ALL_BY = ("year", "area")


@unless_unchanged(incomes=False)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every report that this person may read."""
    return _index(request)


def _index(request: HttpRequest, status: int = 200) -> HttpResponse:
    user = _user(request)
    reports = _reports_for(user)
    if not reports:
        raise PermissionDenied
    form = IncomeQueryForm(request.GET, user=user, fields=ALL_BY) if user.may(Right.EXPORT_REPORTS) else None
    context = {"reports": reports, "form": form, "has_approvals": any(map(is_of_households, reports))}
    return render(request, "reports/index.html", context, status=status)


def _reports_for(user: User) -> list[Report]:
    return [report for report in CATALOGUE if user.may(Right(report.permission))]


@unless_unchanged(incomes=True)
@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """A report's filter, its first rows with the total of all, and the way to its file."""
    report = _report_or_404(request, slug)
    form = IncomeQueryForm(request.GET, user=_user(request), fields=report.filters)
    query = form.query()
    return _page(request, report, form, query)


@require_GET
@unless_leave_is_needed
def download(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The report as CSV, with an event in the trail; a wrong filter gets the page that says so, and no file.

    Its header says where its description is.
    """
    response = _file(request, slug, "csv", lambda report, query, _by, _now: report_parts(report, query))
    if response.status_code == HTTPStatus.OK:
        response["Link"] = link_to_description(request.get_full_path())
    return response


@require_GET
@unless_leave_is_needed
def workbook(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The report as a workbook; one of more rows than a sheet is made of gets the page that says so, and no file."""
    report, form, query = _asked_file(request, slug)
    if query is not None and report.number_up_to(query, XLSX_ROWS + 1) > XLSX_ROWS:
        return _page(request, report, form, query, status=400, too_many=XLSX_ROWS)
    return _file(request, slug, "xlsx", lambda report, query, by, now: workbook_parts(report, query, by=by, now=now))


@require_GET
@unless_leave_is_needed
def package(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The report for an audit: its CSV with what it has to add up to, and the script that checks it."""
    return _file(
        request, slug, "zip", lambda report, query, by, now: zipped([(report, query)], by=by.get_username(), now=now)
    )


@require_GET
@unless_leave_is_needed
def description(request: HttpRequest, slug: str) -> HttpResponseBase:
    """What the report's CSV adds up to, as a data package to lie beside it."""
    return _file(
        request,
        slug,
        DESCRIPTION,
        lambda report, query, by, now: description_parts(report, query, by=by.get_username(), now=now),
    )


@require_GET
@unless_leave_is_needed
def download_all(request: HttpRequest) -> HttpResponseBase:
    """Every report that this person may take away, of one moment, with an event for each of them."""
    user, now = _user(request), timezone.now()
    if not user.may(Right.EXPORT_REPORTS):
        raise PermissionDenied
    asked = []
    for report in _reports_for(user):
        query = IncomeQueryForm(request.GET, user=user, fields=report.filters).query()
        if query is None:
            return _index(request, status=400)
        asked.append((report, query))
    for (report, query), leave in zip(asked, leaves_for(asked), strict=True):
        record_taken(report, query, by=user, form="zip", leave=leave)
    name = file_name("reports", request.GET.get("area", ""), request.GET.get("year", ""), now)
    parts = zipped(asked, by=user.get_username(), now=now)
    return file_response(parts, name.removesuffix("csv") + "zip", "application/zip")


def _file(request: HttpRequest, slug: str, ending: str, parts: Callable[..., Iterator[bytes]]) -> HttpResponseBase:
    """One report as a file of this ending, with an event in the trail, or the page that says why there is none.

    `parts` makes it of the report, the query, whom it is for and the moment. Raises Http404, PermissionDenied.
    """
    report, form, query = _asked_file(request, slug)
    if query is None:
        return _page(request, report, form, None, status=400)
    (leave,) = leaves_for([(report, query)])
    now, user = timezone.now(), _user(request)
    record_taken(report, query, by=user, form="" if ending == "csv" else ending, leave=leave)
    return file_response(parts(report, query, user, now), name_for(report, query, now, ending), CONTENT_TYPES[ending])


def _asked_file(request: HttpRequest, slug: str) -> tuple[Report, IncomeQueryForm, Query | None]:
    """The report, the filter, and the question; None for a wrong one. Raises Http404, PermissionDenied."""
    user = _user(request)
    report = _report_or_404(request, slug)
    if not user.may(Right.EXPORT_REPORTS):
        raise PermissionDenied
    form = IncomeQueryForm(request.GET, user=user, fields=report.filters)
    return report, form, form.query()


def _page(
    request: HttpRequest,
    report: Report,
    form: IncomeQueryForm,
    query: Query | None,
    status: int = 200,
    too_many: int = 0,
) -> HttpResponse:
    asked = form.query_string()
    names = [ending.partition(".")[0] for ending in CONTENT_TYPES]
    urls = {name: reverse(f"reports:{name}", args=[report.slug]) + asked for name in names}
    context: dict[str, Any] = {
        "report": report,
        "form": form if report.filters else None,
        "place": form.place,
        "csv_url": urls["csv"] if _user(request).may(Right.EXPORT_REPORTS) else "",
        "xlsx_url": urls["xlsx"],
        "zip_url": urls["zip"],
        "description_url": urls["datapackage"],
        "too_many": too_many,
        "breadcrumbs": [(_("Reports"), reverse("reports:index")), (report.title, "")],
    }
    if query is not None:
        context |= _preview(report, query) | {"gate": gate_of(report, query)}
    return render(request, "reports/detail.html", context, status=status)


def _preview(report: Report, query: Query) -> dict[str, object]:
    rows, number = report.begin(query, PREVIEW, COUNTED + 1)
    table = replace(report.table(query), rows=rows)
    return {"table": table, "number": min(number, COUNTED), "is_more": number > COUNTED, "preview": PREVIEW}


def _report_or_404(request: HttpRequest, slug: str) -> Report:
    report = BY_SLUG.get(slug)
    if report is None:
        raise Http404
    if not _user(request).may(Right(report.permission)):
        raise PermissionDenied
    return report


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)

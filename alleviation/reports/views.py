"""The pages of the reports and their downloads."""

from dataclasses import replace
from itertools import islice
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
from alleviation.common.query import Query
from alleviation.common.reports import Report
from alleviation.reports.catalogue import BY_SLUG, CATALOGUE
from alleviation.reports.files import name_for, record_taken, report_parts
from alleviation.scrutiny.unchanged import unless_unchanged
from beneficiaries.filters import IncomeQueryForm

PREVIEW = 100


@unless_unchanged(incomes=False)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every report that this person may read."""
    reports = [report for report in CATALOGUE if _user(request).may(Right(report.permission))]
    if not reports:
        raise PermissionDenied
    return render(request, "reports/index.html", {"reports": reports})


@unless_unchanged(incomes=True)
@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """A report's filter, its first rows with the total of all, and the way to its file."""
    report = _report_or_404(request, slug)
    form = IncomeQueryForm(request.GET, user=_user(request), fields=report.filters)
    query = form.query()
    return _page(request, report, form, query)


@require_GET
def download(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The report as CSV, with an event in the trail; a wrong filter gets the page that says so, and no file."""
    user = _user(request)
    report = _report_or_404(request, slug)
    if not user.may(Right.EXPORT_REPORTS):
        raise PermissionDenied
    form = IncomeQueryForm(request.GET, user=user, fields=report.filters)
    query = form.query()
    if query is None:
        return _page(request, report, form, None, status=400)
    record_taken(report, query, by=user)
    name = name_for(report, query, timezone.now())
    return file_response(report_parts(report, query), name, "text/csv; charset=utf-8")


def _page(
    request: HttpRequest, report: Report, form: IncomeQueryForm, query: Query | None, status: int = 200
) -> HttpResponse:
    csv_url = reverse("reports:csv", args=[report.slug]) + form.query_string()
    context: dict[str, Any] = {
        "report": report,
        "form": form if report.filters else None,
        "place": form.place,
        "csv_url": csv_url if _user(request).may(Right.EXPORT_REPORTS) else "",
        "breadcrumbs": [(_("Reports"), reverse("reports:index")), (report.title, "")],
    }
    if query is not None:
        context |= _preview(report, query)
    return render(request, "reports/detail.html", context, status=status)


def _preview(report: Report, query: Query) -> dict[str, object]:
    table = report.table(query)
    rows = list(islice(table.rows, PREVIEW))
    number = len(rows) if len(rows) < PREVIEW else report.number(query)
    return {"table": replace(table, rows=rows), "number": number, "preview": PREVIEW}


def _report_or_404(request: HttpRequest, slug: str) -> Report:
    report = BY_SLUG.get(slug)
    if report is None:
        raise Http404
    if not _user(request).may(Right(report.permission)):
        raise PermissionDenied
    return report


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)

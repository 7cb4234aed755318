"""The page of the file for IATI, and the file."""

from typing import Any, cast

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit import trail
from alleviation.common.csv_out import download as file_response
from alleviation.common.reporting_org import ReportingOrg
from alleviation.common.words import local
from alleviation.reports.iati.asked import Asked
from alleviation.reports.iati.file import CONTENT_TYPE, NothingToPublishError, name_for, parts
from projects.filters import QueryForm

FIELDS = ("year", "area")
WHAT = "iati"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What the file holds, and the way to it; without IATI_REPORTING_ORG what is to be set first."""
    return _page(request)


@require_GET
def download(request: HttpRequest) -> HttpResponseBase:
    """The file, with an event in the trail; a wrong filter gets the page that says so. Raises Http404."""
    user, form = _user(request), _form(request)
    if not user.may(Right.EXPORT_REPORTS):
        raise PermissionDenied
    if settings.IATI_REPORTING_ORG is None:
        raise Http404
    query = form.query()
    if query is None:
        return _page(request, status=400)
    asked, now = Asked(settings.IATI_REPORTING_ORG, query), timezone.now()
    try:
        response = file_response(parts(asked, now), name_for(asked, now), CONTENT_TYPE)
    except NothingToPublishError:
        return _page(request, status=400, is_empty=True)
    trail.record_download(what=WHAT, by=user, details={key: told for key, told in query.words().items() if told})
    return response


def _page(request: HttpRequest, status: int = 200, **told: Any) -> HttpResponse:
    form = _form(request)
    is_right = form.query() is not None
    may_take = settings.IATI_REPORTING_ORG is not None and _user(request).may(Right.EXPORT_REPORTS)
    context = {
        "form": form,
        "is_right": is_right,
        "org": settings.IATI_REPORTING_ORG,
        "org_name": _name_of(settings.IATI_REPORTING_ORG),
        "file_url": reverse("reports:iati") + form.query_string() if is_right and may_take else "",
        "breadcrumbs": [(_("Reports"), reverse("reports:index")), ("IATI", "")],
        **told,
    }
    return render(request, "reports/iati.html", context, status=status)


def _name_of(org: ReportingOrg | None) -> str:
    return local(org.name, org.name_zh) if org else ""


def _form(request: HttpRequest) -> QueryForm:
    user = _user(request)
    if not user.may(Right.VIEW_RECORDS):
        raise PermissionDenied
    return QueryForm(request.GET, user=user, fields=FIELDS)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)

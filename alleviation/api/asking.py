"""What a program asks: which report, by which filter; and what stands between it and the answer."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from alleviation.accounts.models import ApiToken, User
from alleviation.api import problems
from alleviation.api.described import is_covered
from alleviation.api.problems import Problem
from alleviation.common.query import Query
from alleviation.common.reports import Report
from alleviation.reports.catalogue import BY_SLUG
from alleviation.reports.gate import LeaveNeededError, leaves_for, page_of
from alleviation.scrutiny.models import BulkDownload
from beneficiaries.filters import IncomeQueryForm


def reader_of(request: HttpRequest) -> User:
    """In whose name the program reads."""
    user: Any = request.user
    return user


def scopes_of(request: HttpRequest) -> list[str]:
    """What the token of a request reads."""
    token: ApiToken = request.token  # type: ignore[attr-defined]
    return token.scopes.split()


def report_of(request: HttpRequest, slug: str) -> Report:
    """The report. Raises Http404 where there is none, Problem where the token does not cover it."""
    report = BY_SLUG.get(slug)
    if report is None:
        raise Http404
    if not is_covered(report, reader_of(request), scopes_of(request)):
        raise Problem(problems.NOT_COVERED)
    return report


def query_of(request: HttpRequest, report: Report) -> Query:
    """What is asked, through the filter of the report's page.

    Raises Problem for a parameter that is wrong, that the report is not made by, or that stands there twice; Http404
    for a foreign area as for one that does not exist.
    """
    known = ", ".join(report.filters) or "-"
    not_known = _("%(report)s is not made by it, only by: %(parameters)s.") % {
        "report": report.slug,
        "parameters": known,
    }
    wrong = {name: [not_known] for name in request.GET if name not in report.filters}
    wrong |= {name: [_("It stands there twice.")] for name, values in request.GET.lists() if len(values) > 1}
    form = IncomeQueryForm(request.GET, user=reader_of(request), fields=report.filters)
    query = None if wrong else form.query()
    if query is None:
        wrong |= {name: list(map(str, words)) for name, words in form.errors.items() if name not in wrong}
        raise Problem(problems.WRONG_PARAMETER, errors={name[:60]: words for name, words in wrong.items()})
    return query


def leave_for(request: HttpRequest, report: Report, query: Query) -> BulkDownload | None:
    """The leave under which rows of many households are taken; None: none is needed. Raises Problem."""
    try:
        (leave,) = leaves_for([(report, query)])
    except LeaveNeededError as error:
        words = _(
            "More than %(most)s households: somebody else has to approve it. Its owner asks for that at %(url)s."
        )
        told = {"most": settings.BULK_HOUSEHOLDS, "url": request.build_absolute_uri(page_of(report, query))}
        raise Problem(problems.LEAVE_NEEDED, words % told) from error
    return leave


def problem_of(error: Exception) -> Problem:
    """What a failure of Django's is told as."""
    kinds = {Http404: problems.NOT_THERE, PermissionDenied: problems.NOT_COVERED}
    return Problem(next(kind for one, kind in kinds.items() if isinstance(error, one)))

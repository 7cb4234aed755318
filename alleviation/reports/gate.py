"""Whether a file of a report is given out to somebody now, and what its page says where it is not."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Report
from alleviation.reports.asking import AskForm
from alleviation.scrutiny.bulk_downloads import filter_of, is_bulk, leave_for
from alleviation.scrutiny.models import BulkDownload

Asked = tuple[Report, Query]


@dataclass(frozen=True)
class Gate:
    """A file of more than `most` households: with `leave`, asked for and `waiting`, or to be asked for with a form."""

    most: int
    ask_url: str
    leave: BulkDownload | None = None
    waiting: BulkDownload | None = None
    form: AskForm | None = None


class LeaveNeededError(PermissionDenied):
    """Files of many households for which somebody has no leave: the reports and what was asked of them."""

    def __init__(self, lacking: list[Asked]) -> None:
        super().__init__()
        self.lacking = lacking


def unless_leave_is_needed(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Where a download needs leave that nobody gave, answer with a page that says where it is asked for."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except LeaveNeededError as refused:
            lines = [(report.title, page_of(report, query)) for report, query in refused.lacking]
            context = {"title": gettext("A file of many households"), "lines": lines, "most": settings.BULK_HOUSEHOLDS}
            return render(request, "approvals/needed.html", context, status=HTTPStatus.FORBIDDEN)

    return guarded


def page_of(report: Report, query: Query) -> str:
    """Where the file is asked for."""
    asked = filter_of(query)
    return reverse("reports:detail", args=[report.slug]) + (f"?{asked}" if asked else "") + "#approval"


def leaves_for(files: list[Asked]) -> list[BulkDownload | None]:
    """The leave under which each file is taken away; None: it needs none. Raises LeaveNeededError."""
    bulky = [is_bulk(*one) for one in files]
    leaves = [leave_for(*one) if needed else None for one, needed in zip(files, bulky, strict=True)]
    found = zip(files, bulky, leaves, strict=True)
    if lacking := [one for one, needed, leave in found if needed and leave is None]:
        raise LeaveNeededError(lacking)
    return leaves


def gate_of(report: Report, query: Query, form: AskForm | None = None) -> Gate | None:
    """What stands between a person and the file; None where nothing does."""
    if not query.user.may(Right.EXPORT_REPORTS) or not is_bulk(report, query):
        return None
    asked = filter_of(query)
    own = BulkDownload.objects.visible_to(query.user).filter(
        asked_by=query.user.get_username(), report=report.slug, filter=asked
    )
    return Gate(
        most=settings.BULK_HOUSEHOLDS,
        ask_url=reverse("approvals:ask", args=[report.slug]) + (f"?{asked}" if asked else ""),
        leave=leave_for(report, query),
        waiting=own.asked().first(),
        form=form or AskForm(),
    )

"""The pages on which files of many households are asked for and decided upon."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.reports import Report
from alleviation.common.tables import Column, Kind, Table
from alleviation.reports.approvals.forms import BY_NAME, steps_for
from alleviation.reports.asking import AskForm, RefusableForm
from alleviation.reports.catalogue import BY_SLUG
from alleviation.reports.gate import gate_of
from alleviation.scrutiny.bulk_downloads import ask_for_download, is_bulk, is_of_households
from alleviation.scrutiny.models import BulkDownload
from beneficiaries.filters import IncomeQueryForm

# A page of them; the trail has all.
SHOWN = 200

COLUMNS = (
    Column("report", _("Report")),
    Column("area", _("Area"), Kind.CODE),
    Column("households", _("Households"), Kind.COUNT),
    Column("asked_by", _("Asked by")),
    Column("asked_at", _("Asked at"), Kind.DATE),
    Column("state", _("State")),
    Column("decided_by", _("Decided by")),
    Column("expires_on", _("Expires on"), Kind.DATE),
    Column("next", _("To do")),
)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What this person asked for, and what they may decide upon."""
    user = _reader(request)
    table = Table(
        slug="approvals",
        title=_("Files of many households"),
        columns=COLUMNS,
        rows=[_row(one, user) for one in BulkDownload.objects.visible_to(user)[:SHOWN]],
    )
    title = gettext("Approvals")
    crumbs = [(gettext("Reports"), reverse("reports:index")), (title, "")]
    return render(request, "approvals/index.html", {"title": title, "table": table, "breadcrumbs": crumbs})


@require_POST
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the file of one report under the filter of the address."""
    user, report = _reader(request), _report_or_404(slug)
    if not user.may(Right(report.permission)):
        raise PermissionDenied
    asked = IncomeQueryForm(request.GET, user=user, fields=report.filters)
    query = asked.query()
    form = AskForm(request.POST)
    if query is None or not is_bulk(report, query):
        return redirect(reverse("reports:detail", args=[slug]) + asked.query_string())
    if form.take(ask_for_download, report, query, by=user):
        messages.success(request, gettext("You have asked for the file. Somebody else decides."))
        return redirect("approvals:index")
    crumbs = [(gettext("Reports"), reverse("reports:index")), (report.title, reverse("reports:detail", args=[slug]))]
    context = {"title": report.title, "gate": gate_of(report, query, form), "breadcrumbs": crumbs}
    return render(request, "approvals/ask.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: who asked for what and why, and the forms to decide upon it."""
    user = _reader(request)
    asked = get_object_or_404(BulkDownload.objects.visible_to(user), pk=pk)
    if request.method != "POST":
        return _page(request, asked)
    step = BY_NAME.get(request.POST.get("step", ""))
    if step is None or not user.may(Right.APPROVE_DOWNLOADS):
        raise PermissionDenied
    form = step.form(request.POST)
    if form.take(step.action, asked, by=user):
        messages.success(request, str(step.done))
        return redirect("approvals:index")
    asked.refresh_from_db()
    return _page(request, asked, refused={step.name: form})


def _page(request: HttpRequest, asked: BulkDownload, refused: dict[str, RefusableForm] | None = None) -> HttpResponse:
    user, bound = _reader(request), refused or {}
    report = BY_SLUG.get(asked.report)
    steps = [(step, bound.get(step.name) or step.form()) for step in steps_for(user, asked, Right.APPROVE_DOWNLOADS)]
    shown = {step.name for step, _form in steps}
    title = str(report.title) if report else asked.report
    context: dict[str, Any] = {
        "title": title,
        "asked": asked,
        "filter": [(name, value) for name, value in QueryDict(asked.filter).items() if name != "area"],
        "report_url": _report_url(asked),
        "steps": steps,
        "refusals": [form for name, form in bound.items() if name not in shown],
        "is_own": asked.asked_by == user.get_username(),
        "breadcrumbs": [
            (gettext("Reports"), reverse("reports:index")),
            (gettext("Approvals"), reverse("approvals:index")),
            (title, ""),
        ],
    }
    return render(request, "approvals/detail.html", context)


def _row(asked: BulkDownload, user: User) -> dict[str, Any]:
    address = reverse("approvals:detail", args=[asked.pk])
    report = BY_SLUG.get(asked.report)
    steps = steps_for(user, asked, Right.APPROVE_DOWNLOADS)
    return {
        "report": report.title if report else asked.report,
        "_url": address,
        "area": asked.area,
        "households": asked.rows,
        "asked_by": asked.asked_by,
        "asked_at": asked.asked_at,
        "state": asked.get_state_display(),
        "decided_by": asked.decided_by,
        "expires_on": asked.expires_on,
        "next": gettext("Decide") if steps else "",
        "_urls": {"next": f"{address}#steps"} if steps else {},
    }


def _report_url(asked: BulkDownload) -> str:
    address = reverse("reports:detail", args=[asked.report])
    return f"{address}?{asked.filter}" if asked.filter else address


def _report_or_404(slug: str) -> Report:
    report = BY_SLUG.get(slug)
    if report is None or not is_of_households(report):
        raise Http404
    return report


def _reader(request: HttpRequest) -> User:
    user = cast(User, request.user)
    if not user.may(Right.VIEW_HOUSEHOLDS) or not user.may(Right.EXPORT_REPORTS):
        raise PermissionDenied
    return user

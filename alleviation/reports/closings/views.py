"""The pages of closed years: what is closed, by whom, what was frozen, and what is another today."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit import closings, trail
from alleviation.audit.models import ClosingState, FrozenReport, YearClosing
from alleviation.common.tables import Column, Kind, Table
from alleviation.reports.closings.files import file_lines, files_of, right_for
from alleviation.reports.closings.flags import flags_table, flags_url
from alleviation.reports.closings.forms import ProposeForm, StepForm, by_field
from alleviation.reports.closings.history import history_of, waiting_table
from alleviation.reports.closings.incomes import incomes_table
from alleviation.reports.closings.page import report_lines
from alleviation.reports.closings.steps import BY_NAME, steps_for, waits_for_another
from projects.models import Division

page_of_a_form = require_http_methods(["GET", "HEAD", "POST"])

COLUMNS = (
    Column("place", _("Area")),
    Column("code", _("Code"), Kind.CODE),
    Column("year", _("Year"), Kind.YEAR),
    Column("state", _("State")),
    Column("proposed_by", _("Proposed by")),
    Column("proposed_at", _("Proposed at"), Kind.DATE),
    Column("decided_by", _("Decided by")),
    Column("decided_at", _("Decided at"), Kind.DATE),
    Column("next", _("To do")),
)


@page_of_a_form
def index(request: HttpRequest) -> HttpResponse:
    """The years that are closed or to be closed, and a form to propose one."""
    user = _reader(request)
    form = ProposeForm(request.POST or None, user=user) if user.may(Right.PROPOSE_CLOSING) else None
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        if closing := _proposed(form, user):
            messages.success(request, gettext("The closing is proposed. Somebody else closes the year."))
            return redirect("closings:detail", closing.pk)
    table = _closings_table(user)
    title = gettext("Closed years")
    context = {"title": title, "form": form, "table": table, "breadcrumbs": [(title, "")]}
    return render(request, "closings/index.html", context)


@page_of_a_form
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One closing: its people, its files, every difference since, and the steps that this person may take."""
    user = _reader(request)
    closing = get_object_or_404(YearClosing.objects.visible_to(user), pk=pk)
    if request.method != "POST":
        return _page(request, closing)
    step = BY_NAME.get(request.POST.get("step", ""))
    if step is None or not user.may(step.right):
        raise PermissionDenied
    form = step.form(request.POST, closing=closing)
    if form.is_valid():
        closing.seen_version = form.cleaned_data["seen_version"]  # type: ignore[attr-defined]
        try:
            step.action(closing, by=user, **form.words())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, str(step.done))
            return redirect("closings:detail", closing.pk)
    closing.refresh_from_db()
    return _page(request, closing, refused={step.name: form})


@require_GET
def download(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """A frozen file, byte for byte, with an event in the trail; in the reader's language unless asked otherwise."""
    user = _reader(request)
    languages = [code for code, _name in settings.LANGUAGES]
    language = request.GET.get("language") or get_language()
    closing = get_object_or_404(YearClosing.objects.visible_to(user), pk=pk)
    files = FrozenReport.objects.visible_to(user).filter(closing=closing, slug=slug, language__in=languages)
    file = get_object_or_404(files, language=language)
    if not user.may(Right.EXPORT_REPORTS) or not user.may(right_for(slug)):
        raise PermissionDenied
    details = {"years": closing.year, "area": closing.area, "closing": closing.pk, "language": file.language}
    trail.record_download(what=slug, by=user, details={**details, "sha256": file.sha256})
    response = HttpResponse(bytes(file.content), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, file.file_name)
    response["Cache-Control"] = "private, no-store"
    return response


def _proposed(form: ProposeForm, user: User) -> YearClosing | None:
    """The new proposal, None where the form says what is wrong with it."""
    if not form.is_valid():
        return None
    given = form.cleaned_data
    try:
        return closings.propose_closing(given["area"], given["year"], by=user, note=given["note"])
    except ValidationError as error:
        for name, errors in by_field(error):
            form.add_error(name if name in form.fields else None, errors)
    return None


def _closings_table(user: User) -> Table:
    found = list(YearClosing.objects.visible_to(user))
    names = _names_of({one.area for one in found})
    return Table(
        slug="closings",
        title=_("Years by area"),
        columns=COLUMNS,
        rows=[_closing_row(one, names, user) for one in found],
    )


def _closing_row(closing: YearClosing, names: dict[str, str], user: User) -> dict[str, Any]:
    address = reverse("closings:detail", args=[closing.pk])
    steps = steps_for(user, closing)
    return {
        "place": names.get(closing.area, closing.area),
        "_url": address,
        "code": closing.area,
        "year": closing.year,
        "state": closing.get_state_display(),
        "proposed_by": closing.proposed_by,
        "proposed_at": closing.proposed_at,
        "decided_by": closing.decided_by,
        "decided_at": closing.decided_at,
        "next": " / ".join(str(step.title) for step in steps),
        "_urls": {"next": f"{address}#steps"} if steps else {},
    }


def _names_of(areas: set[str]) -> dict[str, str]:
    """The names of areas as the latest list has them, in one query."""
    codes = {area.ljust(12, "0"): area for area in areas}
    places = Division.objects.filter(code__in=codes).order_by("vintage", "-level")
    return {codes[place.code]: place.local_name for place in places}


def _page(request: HttpRequest, closing: YearClosing, refused: dict[str, StepForm] | None = None) -> HttpResponse:
    user = _reader(request)
    files = files_of(closing, user)
    name = _names_of({closing.area}).get(closing.area, closing.area)
    title = gettext("%(year)s in %(place)s") % {"year": closing.year, "place": name}
    bound = refused or {}
    steps = [(one, bound.get(one.name) or one.form(None, closing=closing)) for one in steps_for(user, closing)]
    shown = {step.name for step, _form in steps}
    context = {
        "title": title,
        "closing": closing,
        "history": history_of(closing),
        "waiting": waiting_table(closing, user) if closing.state == ClosingState.PROPOSED else None,
        "incomes": incomes_table(closing, user) if closing.state == ClosingState.PROPOSED else None,
        "flags": flags_table(closing, user) if closing.state == ClosingState.PROPOSED else None,
        "flags_url": flags_url(closing),
        "steps": steps,
        "waits_for_another": waits_for_another(user, closing),
        "refusals": [form for step, form in bound.items() if step not in shown],
        "files": file_lines(files, user),
        "reports": report_lines(closing, files, user),
        "breadcrumbs": [(gettext("Closed years"), reverse("closings:index")), (title, "")],
    }
    return render(request, "closings/detail.html", context)


def _reader(request: HttpRequest) -> User:
    user = cast(User, request.user)
    if not user.may(Right.VIEW_FIGURES):
        raise PermissionDenied
    return user

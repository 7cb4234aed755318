"""One case of a red flag: what was found, who explained it, and the forms to explain it and to decide on that."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.tables import explain_url
from alleviation.dashboards.records.parts import Fact, fact
from alleviation.dashboards.records.red_flags import flag_or_404
from alleviation.dashboards.records.waiver_forms import FORMS, StepForm
from alleviation.scrutiny.flags import telling
from alleviation.scrutiny.flags.found import Found, State, find
from alleviation.scrutiny.models import Waiver


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The case, for whoever sees it. A case that is foreign, or is none any more, is as if it did not exist."""
    user: User = request.user  # type: ignore[assignment]
    if not user.may(Right.VIEW_RECORDS):
        raise PermissionDenied
    query = Query(user=user)
    found = find(flag_or_404(slug), key, query)
    if found is None:
        raise Http404
    if request.method != "POST":
        return _page(request, found, query)
    return _step(request, found, query)


def _step(request: HttpRequest, found: Found, query: Query) -> HttpResponse:
    """Take the step whose button was pressed, or show the page again with what is wrong."""
    name = request.POST.get("step", "")
    if name not in FORMS or not query.user.may(FORMS[name].right):
        raise PermissionDenied
    form = FORMS[name](request.POST)
    waiver = _waiver(form, found, query.user)
    if form.take(found, waiver, query.user):
        messages.success(request, str(form.done))
        return redirect(telling.case_url(found.flag, found.case.key))
    # As it is now, whatever somebody else did meanwhile.
    query = Query(user=query.user)
    now = find(found.flag, found.case.key, query) or found
    return _page(request, now, query, refused={name: form})


def _waiver(form: StepForm, found: Found, user: User) -> Waiver | None:
    """The waiver that the page showed; None for a step that needs none. Raises Http404 for another's."""
    if "waiver" not in form.fields or not form.is_valid():
        return None
    of_case = Waiver.objects.visible_to(user).filter(flag=found.flag.slug, case_key=found.case.key)
    waiver: Waiver = get_object_or_404(of_case, pk=form.cleaned_data["waiver"])
    return waiver


def _page(
    request: HttpRequest, found: Found, query: Query, refused: dict[str, StepForm] | None = None
) -> HttpResponse:
    user, flag, case = query.user, found.flag, found.case
    bound = refused or {}
    forms = {name: bound.get(name) or _blank(name, found) for name in _steps(found, user)}
    history = Waiver.objects.visible_to(user).filter(flag=flag.slug, case_key=case.key)
    context = {
        "title": case.title,
        "found": found,
        "facts": _facts(found, query),
        "history": history.order_by("-id"),
        "forms": forms,
        "refusals": [form for name, form in bound.items() if name not in forms],
        "waits_for_another": found.state == State.WAITING and _is_own(found, user),
        "breadcrumbs": [
            (gettext("Red flags"), reverse("dashboards:red-flags")),
            (str(flag.title), reverse("dashboards:red-flag", args=[flag.slug])),
            (case.title, ""),
        ],
    }
    return render(request, "dashboards/red_flag_case.html", context)


def _steps(found: Found, user: User) -> list[str]:
    """The steps that this person may take now."""
    if found.state == State.OPEN:
        names = ["ask"]
    elif found.state == State.WAITING and not _is_own(found, user):
        names = ["approve", "decline"]
    else:
        names = []
    return [name for name in names if user.may(FORMS[name].right)]


def _is_own(found: Found, user: User) -> bool:
    return found.waiver is not None and found.waiver.asked_by == user.get_username()


def _blank(name: str, found: Found) -> StepForm:
    form = FORMS[name]()
    if "waiver" in form.fields and found.waiver is not None:
        form.initial = {"waiver": found.waiver.pk}
    return form


def _amount(found: Found) -> Fact:
    case = found.case
    opens = explain_url("red-flag-amount", {"of": f"{found.flag.slug}:{case.key}"})
    return fact(_("Amount (yuan)"), "" if case.amount is None else words.yuan(case.amount), opens)


def _facts(found: Found, query: Query) -> list[Fact]:
    case = found.case
    (row,) = telling.rows([found])
    return [
        fact(_("Rule"), found.flag.title, reverse("dashboards:red-flag", args=[found.flag.slug])),
        fact(_("What was found"), case.details, case.url),
        fact(_("Area"), f"{row['place']} {case.area}".strip()),
        fact(_("Year"), case.year),
        fact(_("Since"), case.since),
        _amount(found),
        fact(_("State"), found.state.label),
    ]

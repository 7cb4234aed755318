"""Erasing a person: a reason, then a look at what will be gone, then it is done."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.dashboards.households.forms import ReasonForm
from alleviation.dashboards.households.guarding import guard
from alleviation.dashboards.households.parts import household_url
from alleviation.dashboards.households.reveal import breadcrumbs, household_or_404
from beneficiaries import actions
from beneficiaries.models import Household, Person


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """Ask for the reason, show it again to be confirmed, erase. For a reviewer of the area."""
    user = guard(request, Right.ERASE_PERSONS)
    household = household_or_404(pk, user)
    erased = _person_or_404(household, person, user)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    is_confirmed = "confirmed" in request.POST
    if is_confirmed:
        is_taken, _nothing = form.taken(
            lambda: actions.erase_person(erased, reason=form.cleaned_data["reason"], by=user)
        )
        if is_taken:
            messages.success(request, gettext("The person is erased."))
            return redirect("dashboards:household", household.pk)
    context = {
        "title": gettext("Erase a person"),
        "household": household,
        "person": erased,
        "fields": [*_taken_away(), gettext("the numbers themselves")],
        "form": form,
        "asks_again": not is_confirmed and form.is_valid(),
        "url": household_url(household.pk),
        "breadcrumbs": breadcrumbs(household, gettext("Erase a person")),
    }
    return render(request, "households/erase.html", context)


def _taken_away() -> list[str]:
    """The columns that will be empty."""
    return [str(field.verbose_name) for field in Person._meta.concrete_fields if field.name in Person.ERASED]


def _person_or_404(household: Household, pk: int, user: User) -> Person:
    if not 0 < pk < 2**63:
        raise Http404
    found: Person = get_object_or_404(Person.objects.visible_to(user), pk=pk, household=household)
    return found

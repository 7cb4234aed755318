"""A household by the number of one of its members. The number is sent, so that it stands in no address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from alleviation.accounts.rights import Right
from alleviation.dashboards.households.forms import FindForm
from alleviation.dashboards.households.guarding import guard
from beneficiaries import actions
from beneficiaries.choices import NumberKind


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """The form; sent, the household that was found. Nobody's number and one outside the area get the same answer."""
    user = guard(request, Right.REVEAL_PERSONS)
    form = FindForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        is_taken, found = form.taken(
            lambda: actions.find_household(NumberKind(form.cleaned_data["kind"]), form.cleaned_data["number"], by=user)
        )
        if found is not None:
            return redirect("dashboards:household", found.pk)
        if is_taken:
            form.add_error(None, gettext("No household in your area has a member with this number."))
    context = {
        "title": gettext("Find a household by a number"),
        "form": form,
        "breadcrumbs": [
            (gettext("Households"), reverse("dashboards:households")),
            (gettext("Find by a number"), ""),
        ],
    }
    return render(request, "households/find.html", context)

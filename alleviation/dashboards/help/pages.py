"""The pages of help. Whoever is signed in may read all of them: they tell of no record."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alleviation.dashboards.help.glossary import GROUPS
from alleviation.dashboards.help.handbooks import BY_ROLE, HANDBOOKS


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """The way to the reader's own handbook."""
    return redirect(BY_ROLE[request.user.role].address)  # type: ignore[union-attr]


@require_safe
def handbook(request: HttpRequest, role: str) -> HttpResponse:
    """One handbook, in the reader's language."""
    found = BY_ROLE.get(role)
    if found is None:
        raise Http404
    return render(request, found.template, {"title": found.title, "handbook": found, "handbooks": HANDBOOKS})


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """The glossary: what each figure is, how it is computed, what is in it and what is not."""
    context = {"title": _("What the figures mean"), "groups": GROUPS, "handbooks": HANDBOOKS}
    return render(request, "help/figures.html", context)

"""What other programs may ask, told to people: our own page, without a script."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alleviation.accounts.rights import Scope
from alleviation.api import openapi
from alleviation.api.described import parameters_of, reports_for, told
from alleviation.api.problems import KINDS
from alleviation.api.views import api
from alleviation.entrance.token_pages import owner


@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """The addresses, the reports that this person's tokens take, the problems."""
    user = owner(request)
    found = [(told(one), parameters_of(one, user)) for one in reports_for(user, list(Scope.values))]
    context = {
        "title": _("Figures for other programs"),
        "reports": found,
        "scopes": Scope.choices,
        "problems": KINDS,
        "root": request.build_absolute_uri(reverse("api-1:start")),
        "breadcrumbs": [(_("Tokens for other programs"), reverse("entrance:tokens")), (_("Documentation"), "")],
        "per_minute": settings.API_REQUESTS_PER_MINUTE,
    }
    return render(request, "api/documentation.html", context)


@require_safe
def description(request: HttpRequest) -> HttpResponse:
    """The same as OpenAPI, for a person to hand to a program that makes requests of it."""
    user = owner(request)
    found = openapi.document(api, user, reports_for(user, list(Scope.values)))
    response = JsonResponse(found, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = 'attachment; filename="openapi.json"'
    return response

"""What every page needs to know."""

from typing import Any

from django.http import HttpRequest
from django.utils.http import urlencode

from alleviation.audit.models import ImportBatch
from alleviation.common.query import KEPT
from alleviation.dashboards.menu import part_of


def house(request: HttpRequest) -> dict[str, Any]:
    """In which part of the house the page is, and whether it may hold made-up example data, as the banner says."""
    part = {"part_of_house": part_of(request)}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return part | {"example_is_loaded": False}
    loaded = ImportBatch.objects.filter(kind=ImportBatch.Kind.EXAMPLE, is_removed=False)
    return part | {"example_is_loaded": loaded.exists()}


def filter_kept(request: HttpRequest) -> dict[str, str]:
    """What the filter of this page asks, as the links to other pages take it along; "" for none.

    The page of a place asks about that place.
    """
    asked = {name: value for name in KEPT if (value := request.GET.get(name))}
    found = request.resolver_match
    if found and found.view_name == "dashboards:area":
        asked["area"] = str(found.kwargs["code"])
    return {"kept": f"?{urlencode(asked)}" if asked else ""}

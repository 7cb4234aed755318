"""What every page needs to know."""

from typing import Any

from django.http import HttpRequest
from django.urls import get_script_prefix

from alleviation.audit.models import ImportBatch


def house(request: HttpRequest) -> dict[str, Any]:
    """In which part of the house the page is, and whether it may hold made-up example data, as the banner says."""
    part = {"part_of_house": f"{get_script_prefix()}{request.path_info.lstrip('/').partition('/')[0]}/"}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return part | {"example_is_loaded": False}
    loaded = ImportBatch.objects.filter(kind=ImportBatch.Kind.EXAMPLE, is_removed=False)
    return part | {"example_is_loaded": loaded.exists()}

"""What every page needs to know."""

from typing import Any

from django.http import HttpRequest

from alleviation.audit.models import ImportBatch


def house(request: HttpRequest) -> dict[str, Any]:
    """Whether the page may hold made-up example data, which the banner then says."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"example_is_loaded": False}
    loaded = ImportBatch.objects.filter(kind=ImportBatch.Kind.EXAMPLE, is_removed=False)
    return {"example_is_loaded": loaded.exists()}

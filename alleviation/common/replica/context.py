"""What each page says of the moment that its figures are of."""

from typing import Any

from django.http import HttpRequest

from alleviation.common.replica.places import read_as_of


def tell_as_of(request: HttpRequest) -> dict[str, Any]:
    """Up to which moment the page holds all that was written; None for a page that is read from the primary."""
    return {"read_as_of": read_as_of()}

"""Who may open the pages of persons."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right


def guard(request: HttpRequest, right: Right) -> User:
    """Who asks. Raises PermissionDenied without this right, or without that to see households."""
    user: User = request.user  # type: ignore[assignment]
    if not (user.may(Right.VIEW_HOUSEHOLDS) and user.may(right)):
        raise PermissionDenied
    return user

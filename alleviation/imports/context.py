"""What every page needs to know of imports."""

from django.http import HttpRequest

from alleviation.imports.catalogue import kinds_for


def imports(request: HttpRequest) -> dict[str, bool]:
    """Whether there is anything that this person may import, so that the way to it is shown."""
    user = getattr(request, "user", None)
    return {"can_import": bool(user is not None and user.is_authenticated and kinds_for(user))}

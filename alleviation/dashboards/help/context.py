"""Which section of the reader's handbook explains the page that they read."""

from django.http import HttpRequest

from alleviation.dashboards.help.handbooks import BY_ROLE


def help_of_page(request: HttpRequest) -> dict[str, str]:
    """The address of that section, else of the handbook; nothing on pages of help and for nobody."""
    user, found = getattr(request, "user", None), request.resolver_match
    if user is None or not user.is_authenticated or found is None or found.view_name.startswith("dashboards:help"):
        return {}
    return {"help_of_page": BY_ROLE[user.role].address_for(found.view_name)}

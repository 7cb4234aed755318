"""What warns that a household may fall back into poverty, and which households are watched."""

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext

from alleviation.accounts.rights import Right
from alleviation.dashboards.pages import needs, page


@needs(Right.VIEW_FIGURES)
def show(request: HttpRequest) -> HttpResponseBase:
    """Warnings, and the households that are watched."""
    return page(request, "dashboards/records.html", title=gettext("Early warnings"), tables=[])

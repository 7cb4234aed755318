"""The register of households, for those who may see them: by number and village, and never by name."""

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext

from alleviation.accounts.rights import Right
from alleviation.dashboards.pages import needs, page


@needs(Right.VIEW_HOUSEHOLDS)
def index(request: HttpRequest) -> HttpResponseBase:
    """The households of the reader's area, a page at a time."""
    return page(request, "dashboards/records.html", title=gettext("Households"), tables=[])

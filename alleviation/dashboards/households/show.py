"""One household: its handbook page."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.dashboards.pages import needs, page
from beneficiaries.models import Household


@needs(Right.VIEW_HOUSEHOLDS)
def show(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The household as its handbook has it."""
    user: User = request.user  # type: ignore[assignment]
    household = get_object_or_404(Household.objects.with_places().visible_to(user), pk=pk)
    return page(request, "dashboards/records.html", title=household.number, tables=[])

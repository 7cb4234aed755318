"""The list of all forms on paper: what each is for, who may print it, and where one starts."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.dashboards.pages import needs, page
from alleviation.dashboards.papers.forms import FORMS, Form
from alleviation.dashboards.records.parts import Link
from projects.filters import QueryForm
from projects.models import Division
from projects.rollups import funding_by_year

# So many years are offered at once; any other is chosen on the page of funding.
LATEST = 8
CODE_LENGTH = 12


@needs(Right.VIEW_RECORDS)
def show(request: HttpRequest) -> HttpResponseBase:
    """Every form, with the ways to it for whoever may print it."""
    user: User = request.user  # type: ignore[assignment]
    years, own = _years(user), _own_place(user)
    listed = [(form, _starts(form, years, own)) for form in FORMS if form.is_for(user)]
    withheld = [form for form in FORMS if not form.is_for(user)]
    title = gettext("Forms on paper")
    return page(request, "papers/index.html", title=title, tables=[], listed=listed, withheld=withheld)


def _starts(form: Form, years: list[int], own: list[Link]) -> list[Link]:
    """Straight to the form of a year, to the reader's own place, or to the list of records to choose from."""
    if form.slug == "year-ledger":
        straight = [Link(str(year), reverse("dashboards:paper-year-ledger", args=[year])) for year in years]
    else:
        straight = own if form.begins == "dashboards:areas" else []
    return [*straight, Link(str(form.choose), reverse(form.begins))]


def _years(user: User) -> list[int]:
    """The latest years in which money is booked where this person looks."""
    asked: Any = QueryForm({}, user=user, fields=()).query()
    return sorted((one.key for one in funding_by_year(asked)), reverse=True)[:LATEST]


def _own_place(user: User) -> list[Link]:
    """The page of the place whose records this person keeps; none for the nation."""
    place = Division.objects.latest_of(user.area.ljust(CODE_LENGTH, "0"))
    return [Link(place.local_name, place.get_absolute_url())] if place else []

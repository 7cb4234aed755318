"""Where the forms of what a page is about are: each page of a record has them beside its button to print."""

import re
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.areas import LEVEL_LENGTHS, prefix_of
from alleviation.dashboards.papers.forms import BY_SLUG
from alleviation.dashboards.records.parts import Link
from projects.choices import Level

# Of a larger place there is too much for a sheet that is put up.
LARGEST_NOTICE = Level.COUNTY
YEAR = re.compile(r"20[0-9]{2}")


def papers(request: HttpRequest) -> dict[str, list[Link]]:
    """As `papers` the forms of what the page is about, asked for as the page is."""
    found, user = request.resolver_match, getattr(request, "user", None)
    if found is None or user is None or not user.is_authenticated or found.namespace != "dashboards":
        return {"papers": []}
    names = _papers_of(found.url_name or "", found.kwargs, request, user)
    return {"papers": [_link(paper, key, request) for paper, key in names]}


def _papers_of(page: str, of: dict[str, Any], request: HttpRequest, user: User) -> list[tuple[str, Any]]:
    if page == "project":
        return [("project-ledger", of["code"]), ("project-notice", of["code"])]
    if page == "area":
        return [(paper, of["code"]) for paper in _papers_of_area(of["code"], user)]
    if page == "alliance":
        return [("alliance-record", of["pk"])]
    if page == "household":
        return [("household-handbook", of["pk"])]
    year = request.GET.get("year", "")
    return [("year-ledger", int(year))] if page == "funding" and YEAR.fullmatch(year) else []


def _papers_of_area(code: str, user: User) -> list[str]:
    """By the level that the code tells: a notice is of a county or less, a register of a village."""
    length = len(prefix_of(code))
    found = ["area-ledger"]
    if length >= LEVEL_LENGTHS[LARGEST_NOTICE - 1]:
        found.append("area-notice")
    if length == LEVEL_LENGTHS[Level.VILLAGE - 1] and user.may(Right.VIEW_HOUSEHOLDS):
        found.append("register-notice")
    return found


def _link(paper: str, key: Any, request: HttpRequest) -> Link:
    form = BY_SLUG[paper]
    asked = {name: value for name in form.asked_by if (value := request.GET.get(name))}
    address = reverse(f"dashboards:paper-{paper}", args=[key])
    return Link(str(form.words), f"{address}?{urlencode(asked)}" if asked else address)

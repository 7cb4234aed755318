"""Which part of the menu a page belongs to: those that have no entry of their own belong to the one they come from."""

from django.http import HttpRequest
from django.urls import get_script_prefix

from alleviation.dashboards.help.glossary import GROUPS, module_of
from alleviation.scrutiny.catalogue import BY_SLUG

# By the first word of the address.
HOMES = {
    "approvals": "reports",
    "awards": "people",
    "branches": "alliances",
    "organisations": "people",
    "pledges": "funding",
    "sources": "funding",
}
PAPERS = {
    "alliance-record": "alliances",
    "area-ledger": "areas",
    "area-notice": "areas",
    "household-handbook": "households",
    "project-ledger": "projects",
    "project-notice": "projects",
    "register-notice": "areas",
    "year-ledger": "funding",
}
# The record behind a figure, by its model; the explanation of a figure, by its group in the glossary.
RECORDS = {
    "beneficiaries.enrolment": "households",
    "beneficiaries.incomerecord": "income",
    "beneficiaries.povertyline": "income",
    "projects.ledgerentry": "funding",
    "projects.milestone": "projects",
    "projects.pledge": "funding",
}
GROUPED = {
    "benefits": "projects",
    "booked": "funding",
    "checking": "funding",
    "claims": "claims",
    "evidence": "evidence",
    "flags": "red-flags",
    "frozen": "closings",
    "incomes": "income",
    "lines": "income",
    "promised": "funding",
    "register": "households",
}
# Of what is counted, where its list stands; and of what waits, what it is.
SINGLE = {
    "activity-number": "alliances",
    "capacity": "projects",
    "expected-incomes": "income",
    "late-milestones": "projects",
    "own-incomes": "income",
    "returned-incomes": "income",
    "unverified-incomes": "income",
    "alliances": "alliances",
    "activities": "alliances",
    "awards": "people",
    "branches": "people",
    "claims": "claims",
    "documents": "documents",
    "organisations": "people",
    "people": "people",
    "posts": "people",
    "projects": "projects",
    "undertakings-done": "alliances",
    "undertakings-open": "alliances",
    "versions": "documents",
}


def part_of(request: HttpRequest) -> str:
    """The address of the entry of the menu that the page belongs to; its own first word where it has one."""
    first, _slash, rest = request.path_info.lstrip("/").partition("/")
    second = rest.partition("/")[0]
    if first == "explain":
        part = _of_figure(second)
    else:
        part = {"papers": PAPERS, "records": RECORDS}.get(first, {}).get(second) or HOMES.get(first)
    home = part or first
    return f"{get_script_prefix()}{home}/" if home else get_script_prefix()


def _of_figure(slug: str) -> str | None:
    figure = BY_SLUG.get(slug)
    if figure is None or slug in SINGLE:
        return SINGLE.get(slug)
    module = module_of(figure)
    return next((GROUPED.get(group.slug) for group in GROUPS if module in group.modules), None)

"""Projects: the list with their money, and one screen for each with what is known, and what is missing."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.tables import Table, explain_url
from alleviation.dashboards.figures import charts, funding_tables, ledger_tables, pledge_tables
from alleviation.dashboards.pages import needs, page
from alleviation.dashboards.records import project_tables
from alleviation.dashboards.records.claim_totals import derived_table
from alleviation.dashboards.records.claims import about_table
from alleviation.dashboards.records.parts import (
    Fact,
    Gap,
    Link,
    both_names,
    entry_url,
    fact,
    facts_of,
    not_stated,
    organisation_url,
    place_link,
)
from alleviation.dashboards.records.project_people import people_tables
from alleviation.scrutiny.derived import derived_figures
from alleviation.scrutiny.unchanged import unless_unchanged
from projects.filters import QueryForm
from projects.models import Claim, LedgerEntry, Project
from projects.rollups import beside_total
from projects.rollups.projects import projects_with_funding


@unless_unchanged(incomes=False)
@needs(Right.VIEW_RECORDS)
def index(request: HttpRequest) -> HttpResponseBase:
    """Every project with what is booked for it."""
    form = QueryForm(request.GET, user=request.user, fields=("year", "plan", "area", "kind", "as_of"))  # type: ignore[arg-type]
    query = form.query()
    tables = [] if query is None else [project_tables.list_table(projects_with_funding(query), query)]
    return page(request, "dashboards/projects.html", title=gettext("Projects"), tables=tables, form=form)


@needs(Right.VIEW_RECORDS)
def show(request: HttpRequest, code: str) -> HttpResponseBase:
    """One project: facts, money, pledges, people, milestones, claims, activities and gaps."""
    user: User = request.user  # type: ignore[assignment]
    project = get_object_or_404(Project.objects.with_places().visible_to(user), code=code)
    form = QueryForm(request.GET, user=user, fields=("as_of",))
    asked = form.query()
    own = None if asked is None else replace(asked, project_code=project.code)
    money, people = ([], []) if own is None else (_money(own), people_tables(own))
    has_entries = LedgerEntry.objects.posted().filter(project=project).visible_to(user).exists()
    return page(
        request,
        "dashboards/project.html",
        title=both_names(project),
        tables=[*money, *people, *_tables(project, user)],
        form=form,
        project=project,
        facts=_facts(project, user),
        is_made_up=project.is_made_up,
        change_url=entry_url(user, "project", project.pk),
        drawings=[charts.booked_by_year(money[0])] if money and has_entries else [],
        gaps=_gaps(project, user, has_entries=has_entries),
        breadcrumbs=[(gettext("Projects"), reverse("dashboards:projects")), (project.code, "")],
    )


def _money(query: Query) -> list[Table]:
    """What was promised and booked for it, and what waits."""
    by_year = funding_tables.by_year(query, beside_total(query))
    return [by_year, *ledger_tables.pending(query), pledge_tables.pledges_table(query)]


def _tables(project: Project, user: User) -> list[Table]:
    claims = Claim.objects.filter(project=project).with_texts().visible_to(user)
    return [
        project_tables.milestones_table(project, user),
        about_table(claims, empty=_("No document that is recorded speaks of this project.")),
        *_derived(project, user),
        project_tables.activities_table(project, user),
    ]


def _derived(project: Project, user: User) -> list[Table]:
    """What follows from the claims about it, where anything does."""
    found = derived_figures(Query(user=user, project_code=project.code))
    return [derived_table(found)] if found else []


def _facts(project: Project, user: User) -> list[Fact]:
    operator, place = project.operator, project.division
    sites = project.sites.select_related("division").visible_to(user)
    return [
        fact(_("Code"), project.code),
        fact(_("Kind"), project.get_kind_display()),
        fact(_("Status"), project.get_status_display()),
        fact(_("Capacity"), project_tables.capacity_in_words(project), explain_url("capacity", {"of": project.pk})),
        Fact(_("Place"), (place_link(place, user),) if place else ()),
        facts_of(_("Sites"), (place_link(site.division, user) for site in sites)),
        Fact(
            _("Run by"),
            (Link(both_names(operator), organisation_url(operator.pk), operator.is_made_up),) if operator else (),
        ),
        fact(_("Started on"), not_stated(project.started_on)),
        fact(_("Finished on"), not_stated(project.finished_on)),
    ]


def _gaps(project: Project, user: User, *, has_entries: bool) -> list[Gap]:
    """What a reader would look for and not find, with the form to enter it in."""
    change = entry_url(user, "project", project.pk)
    wanted = [
        (has_entries, gettext("No ledger entry yet."), entry_url(user, "ledgerentry", project=project.pk)),
        (project.division_id, gettext("The place is not recorded."), change),
        (project.operator_id, gettext("Who runs it is not recorded."), change),
        (project.started_on, gettext("The day it started is not stated."), change),
        (project.milestones.exists(), gettext("No milestone is recorded."), change),
    ]
    return [Gap(text, url, gettext("Enter it") if url else "") for is_there, text, url in wanted if not is_there]

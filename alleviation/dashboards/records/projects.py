"""Projects: the list with their money, and one screen for each with what is known, and what is missing."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.tables import Table, explain_url
from alleviation.dashboards.figures import charts, funding_tables, ledger_tables, pledge_tables
from alleviation.dashboards.figures.stats import Stat
from alleviation.dashboards.pages import needs, page
from alleviation.dashboards.records import project_tables
from alleviation.dashboards.records.claim_totals import derived_table
from alleviation.dashboards.records.claims import about_table
from alleviation.dashboards.records.list_forms import ProjectsForm
from alleviation.dashboards.records.parts import (
    Fact,
    both_names,
    entry_url,
    fact,
    facts_of,
    place_link,
)
from alleviation.dashboards.records.project_people import people_tables, reached_drawing
from alleviation.dashboards.records.project_story import project_story
from alleviation.dashboards.records.story import LONG, life_drawing, total_stat
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
    user: User = request.user  # type: ignore[assignment]
    form = ProjectsForm(request.GET, user=user, fields=("year", "plan", "area", "kind", "standing", "as_of"))
    query = form.query()
    tables = [] if query is None else [_list_table(query, form.cleaned_data["standing"])]
    return page(
        request,
        "dashboards/projects.html",
        title=gettext("Projects"),
        tables=tables,
        stats=_list_stats(tables[0], query) if query and not form.cleaned_data["standing"] else [],
        form=form,
        add_url=entry_url(user, "project"),
        add_label=gettext("Enter a project"),
    )


def _list_table(query: Query, standing: str) -> Table:
    """The projects asked for; of those of one status no total is told, since nothing explains one."""
    found = projects_with_funding(query)
    table = project_tables.list_table([one for one in found if standing in ("", one.project.status)], query)
    return replace(table, first=LONG, total=None if standing else table.total)


def _list_stats(table: Table, query: Query) -> list[Stat]:
    """How many projects there are, and what is booked for them."""
    number = words.count(len(list(table.rows)))
    return [
        Stat(gettext("Projects"), number, opens=explain_url("projects", query.asked())),
        *(total_stat(table, name) for name in ("allocated", "disbursed", "spent") if table.total),
    ]


@needs(Right.VIEW_RECORDS)
def show(request: HttpRequest, code: str) -> HttpResponseBase:
    """One project: facts, money, pledges, people, milestones, claims, activities and gaps."""
    user: User = request.user  # type: ignore[assignment]
    project = get_object_or_404(Project.objects.with_places().visible_to(user), code=code)
    form = QueryForm(request.GET, user=user, fields=("as_of",))
    asked = form.query()
    own = None if asked is None else replace(asked, project_code=project.code)
    has_entries = LedgerEntry.objects.posted().filter(project=project).visible_to(user).exists()
    tables = [*([] if own is None else [*_money(own), *people_tables(own)]), *_tables(project, user)]
    found = {table.slug: table for table in tables}
    story = project_story(project, user, found, has_entries=has_entries)
    reached = [reached_drawing(found["reach-by-year"])] if own else []
    booked = [charts.booked_by_year(found["annual-funding"])] if own and has_entries else []
    return page(
        request,
        "dashboards/project.html",
        title=both_names(project),
        tables=tables,
        form=form,
        lead=project.summary,
        facts=_facts(project, user),
        story=story,
        is_made_up=project.is_made_up,
        change_url=entry_url(user, "project", project.pk),
        drawings=[*booked, *reached, life_drawing(story.life)],
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
    """What the sentence about it does not say."""
    sites = project.sites.select_related("division").visible_to(user)
    return [
        fact(_("Code"), project.code),
        facts_of(_("Sites"), (place_link(site.division, user) for site in sites)),
        *([fact(_("To be finished by"), project.due_on)] if project.due_on and not project.finished_on else []),
    ]

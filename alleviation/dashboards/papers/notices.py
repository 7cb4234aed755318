"""Notices that are put up for everybody (公告公示): what a project is and costs, and the projects of a place.

What stands on them follows the rules for publishing projects of poverty alleviation and their money: name, place,
content, source and amount, period, who is responsible, and where to call.
"""

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.tables import Column, Kind, Row, Table, explain_url
from alleviation.dashboards.figures import funding_tables
from alleviation.dashboards.pages import needs
from alleviation.dashboards.papers.forms import BY_SLUG
from alleviation.dashboards.papers.links import LARGEST_NOTICE
from alleviation.dashboards.papers.sheets import notice
from alleviation.dashboards.records.honours import holders
from alleviation.dashboards.records.parts import Fact, Link, both_names, fact, facts_of
from alleviation.dashboards.records.project_tables import capacity_in_words
from projects.filters import QueryForm, place_or_404
from projects.models import Project
from projects.rollups import Beside, area_query, beside_by_project, beside_total
from projects.rollups.funding import sources_by_project
from projects.rollups.lists import projects_in

# What was planned, and what became of it; what was given back and the rate are for the office.
NOT_PUBLISHED = frozenset({"refunded", "execution_rate"})
NOTE = _(
    "Pledged, allocated, disbursed and spent are different sums and are never added together. A dash: nothing is "
    "recorded."
)
MONEY = tuple(one for one in (funding_tables.PLEDGED, *funding_tables.MONEY) if one.key not in NOT_PUBLISHED)


@needs(Right.VIEW_RECORDS)
def of_project(request: HttpRequest, code: str) -> HttpResponseBase:
    """One project: what it is, where, by whom, with whose money."""
    user: User = request.user  # type: ignore[assignment]
    project = get_object_or_404(Project.objects.with_places().visible_to(user), code=code)
    form = QueryForm(request.GET, user=user, fields=BY_SLUG["project-notice"].asked_by)
    asked = form.query()
    tables = [] if asked is None else [_money_of(replace(asked, project_code=project.code))]
    return notice(
        request,
        "papers/project_notice.html",
        title=gettext("Public notice of a project: %(of)s") % {"of": project.local_name},
        tables=tables,
        form=form,
        facts=_facts(project, user),
        is_made_up=project.is_made_up,
        way=[(project.code, project.get_absolute_url())],
    )


@needs(Right.VIEW_RECORDS)
def of_area(request: HttpRequest, code: str) -> HttpResponseBase:
    """The projects of a village, a township or a county, each with its money.

    Raises Http404 for a larger place: nobody reads its hundreds of projects on a wall.
    """
    user: User = request.user  # type: ignore[assignment]
    place = place_or_404(code, user)
    if place.level < LARGEST_NOTICE:
        raise Http404
    form = QueryForm(request.GET, user=user, fields=BY_SLUG["area-notice"].asked_by)
    asked = form.query()
    tables = [] if asked is None else [_projects(area_query(asked, place))]
    title = gettext("Public notice of projects: %(of)s") % {"of": place.local_name}
    way = [(place.local_name, place.get_absolute_url())]
    return notice(request, "papers/area_notice.html", title=title, tables=tables, form=form, place=place, way=way)


def _money_of(query: Query) -> Table:
    """What was promised, allocated, disbursed and spent for it, by source."""
    table = funding_tables.by_source(query, beside_total(query))
    columns = tuple(one for one in table.columns if one.key not in NOT_PUBLISHED)
    return replace(table, columns=columns, title=_("Money and where it comes from"), note=NOTE)


def _facts(project: Project, user: User) -> list[Fact]:
    operator, place = project.operator, project.division
    sites = [Link(site.division.local_name) for site in project.sites.select_related("division").visible_to(user)]
    where = " ".join(one.local_name for one in (*place.ancestors, place)) if place else ""
    capacity = capacity_in_words(project)
    return [
        fact(_("Name of the project"), both_names(project)),
        fact(_("Code"), project.code),
        fact(_("Kind"), project.get_kind_display()),
        fact(_("Place"), where),
        *([facts_of(_("Sites"), sites)] if sites else []),
        fact(_("What is built or done"), project.summary),
        fact(_("Capacity"), capacity, explain_url("capacity", {"of": project.pk}) if capacity else ""),
        fact(_("Status"), project.get_status_display()),
        fact(_("Started on"), project.started_on),
        fact(_("To be finished by"), project.due_on),
        fact(_("Finished on"), project.finished_on),
        fact(_("Responsible unit"), both_names(operator) if operator else ""),
        *(holders([operator], user, timezone.localdate()) if operator else []),
        fact(_("Responsible person"), ""),
        fact(_("Publicised from"), project.publicised_from),
        fact(_("Publicised until"), project.publicised_until),
    ]


def _projects(query: Query) -> Table:
    """The projects of a place: those with money asked for, and those that lie there without any."""
    whole = beside_total(query)
    found = {project.pk: project for project in projects_in(query)}
    sums, sources = beside_by_project(query, whole.due), _sources(query, whole)
    rows: list[Row] = [{**_money_row(one, found), "sources": sources.get(one.key[-1], "")} for one in sums]
    paid = {one.key[-1] for one in sums}
    rows += [_row(project) for pk, project in found.items() if pk not in paid]
    return Table(
        slug="projects",
        title=_("Projects and their money"),
        columns=(
            Column("name", _("Project")),
            Column("content", _("Content")),
            Column("place", _("Place")),
            Column("sources", _("Source of the money")),
            *MONEY,
            Column("first", _("Started on"), Kind.DATE),
            Column("last", _("Finished, or to be finished by"), Kind.DATE),
            Column("unit", _("Responsible unit")),
        ),
        rows=rows,
        total={"name": gettext("Total"), **funding_tables.cells(whole)},
        note=NOTE,
        empty=_("No project is recorded here."),
        asked=query.asked(),
    )


def _sources(query: Query, whole: Beside) -> dict[int | None, str]:
    """Who pays for each project, or promised to, in words."""
    names: dict[int | None, list[str]] = {}
    for project, sources in sources_by_project(query).items():
        names[project] = [one.local_name for one in sources]
    for due in whole.due:
        names.setdefault(due.pledge.project_id, []).append(due.pledge.source.local_name)
    return {project: gettext(", ").join(dict.fromkeys(told)) for project, told in names.items()}


def _money_row(one: Beside, found: dict[int, Project]) -> Row:
    """What is promised and booked for a project; one that is not this reader's to see is not named."""
    number = one.key[-1]
    money = {**funding_tables.cells(one), "_asked": {"project_id": str(number or 0)}}
    if number in found:
        return {**_row(found[number]), **money}
    return {"name": gettext("A project outside your area") if number else gettext("Not tied to a project"), **money}


def _row(project: Project) -> Row:
    parts = (project.get_kind_display(), capacity_in_words(project))
    return {
        "name": project.local_name,
        "content": " · ".join(part for part in parts if part),
        "place": project.division.local_name if project.division else "",
        # Until it was finished, else until it is to be.
        "first": project.started_on,
        "last": project.finished_on or project.due_on,
        "unit": both_names(project.operator) if project.operator else "",
        "_made_up": project.is_made_up,
    }

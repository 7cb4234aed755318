"""The report of whom each project reaches."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Report, Row
from alleviation.common.tables import MADE_UP, Column, Kind, mark_of
from beneficiaries.rollups import Reach, reach, reach_by_project
from beneficiaries.rollups.few import FEW_EACH, hides_counts, told, told_apart
from projects.models import Project
from projects.reports.cells import marked, project_cells
from projects.rollups.projects import seen_or_not

PEOPLE = (
    Column("households", _("Households"), Kind.COUNT, explained="enrolled-households"),
    Column("persons", _("Persons"), Kind.COUNT, explained="enrolled-persons"),
)
SERVICES = (
    Column("services", _("Enrolments"), Kind.COUNT, explained="services"),
    Column("amount", _("Received"), Kind.YUAN, explained="received"),
    Column("unknown", _("Amount not known"), Kind.COUNT, explained="received-not-known"),
)
KEYS = tuple(column.key for column in (*PEOPLE, *SERVICES))


class ReachByProject(Report):
    """Unique households and persons of each project, its enrolments, and what was received."""

    slug = "reach-by-project"
    title = _("Whom projects reach")
    description = _(
        "Households and persons count once in each project, and once in the total, which is therefore less than the "
        "sum of the rows where somebody has a part in several projects. Enrolments are counted separately and are not "
        "people: one for each household or member, project, kind of benefit and year. Received: the sum of the known "
        "amounts."
    )
    permission = Right.VIEW_FIGURES
    filters = ("year", "plan", "area", "kind", "household_status", "category", "cause", "boundaries")
    # Who belonged to a household in a year can be corrected after the year is closed.
    is_of_the_day = True
    columns = (
        Column("project_code", _("Project code"), Kind.CODE),
        Column("project", _("Project")),
        Column("kind", _("Kind")),
        *PEOPLE,
        *SERVICES,
        MADE_UP,
    )
    empty = _("Nobody has a part in a project here.")

    def rows(self, query: Query) -> Iterable[Row]:
        found = told_apart(query, reach_by_project(query), "project_id")
        projects = seen_or_not(one.key for one in found if one.key)
        rows = [{**_named(one, projects, query), **reach_cells(one, query)} for one in found]
        return iter(sorted(rows, key=lambda row: (not row["project_code"], row["project_code"])))

    def total(self, query: Query) -> Row:
        found = told(query, reach(query))
        return reach_cells(found, query) if found.services else {}


def reach_cells(one: Reach, query: Query) -> Row:
    """The cells of PEOPLE and SERVICES, with their mark; of few households numbers are kept back from some readers."""
    mark = mark_of(one.made_up, one.households)
    shown = () if one.withheld and hides_counts(query) else KEYS
    return {**{key: getattr(one, key) for key in shown}, **marked(mark)}


def few_each() -> str:
    """The name of the row in which what is of too few households is gathered."""
    return gettext("of fewer than %(few)s households each") % {"few": settings.SMALLEST_CELL}


def not_opened(row: Mapping[str, Any]) -> Row:
    """The same row, whose numbers lead nowhere: no one address asks for what is gathered in it."""
    return {**row, "_explained": dict.fromkeys(KEYS, "")}


def _named(one: Reach, projects: Mapping[int, Project], query: Query) -> Row:
    """The project; one of another area, in which a household of this one has a part, is not named."""
    if one.key is FEW_EACH:
        return not_opened({"project_code": "", "project": few_each(), "kind": ""})
    project = projects[one.key]
    cells = project_cells(project, query.user.area)
    named = {"project": gettext("A project outside your area")} if not cells["project_code"] else {}
    kind = project.get_kind_display() if cells["project_code"] else ""
    return {**cells, **named, "kind": kind, "_asked": {"project_id": str(one.key)}, "_url": _url(project, cells)}


def _url(project: Project, cells: Row) -> str:
    return project.get_absolute_url() if cells["project_code"] else ""

"""The tables of the pages of projects."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.tables import Column, Kind, Row, Table, mark_of
from alleviation.dashboards.records.parts import place_names
from projects.models import AllianceActivity, Milestone, Project
from projects.rollups import Funding
from projects.rollups.projects import ProjectFunding, funding_of

MONEY = (
    Column("allocated", _("Allocated"), Kind.YUAN, explained="allocated"),
    Column("disbursed", _("Disbursed"), Kind.YUAN, explained="disbursed"),
    Column("spent", _("Spent"), Kind.YUAN, explained="spent"),
)


def list_table(found: list[ProjectFunding], query: Query) -> Table:
    """The projects asked for, each with its money."""
    total = funding_of(found)
    return Table(
        slug="projects",
        title=_("Projects"),
        columns=(
            Column("code", _("Code"), Kind.CODE),
            Column("name", _("Name")),
            Column("kind", _("Kind")),
            Column("status", _("Status")),
            Column("place", _("Place")),
            Column("capacity", _("Capacity"), explained="capacity"),
            *MONEY,
            Column("claims", _("Claims"), Kind.COUNT, explained="claims"),
        ),
        rows=[{**_project_row(one), **_asked(one.project, query)} for one in found],
        total={**_total_cells(total), "_asked": {"tied": "1"}} if total else None,
        note=_(
            "Money booked in the ledger for the years and the area of the filter; a dash where no entry is booked. "
            "Allocated, disbursed and spent are different sums and are never added together."
        ),
        empty=_("No project is recorded for this filter. Widen the filter, or enter a project in the admin."),
        asked=query.asked(),
    )


def milestones_table(project: Project, user: User) -> Table:
    """The steps of a project in time."""
    steps = Milestone.objects.filter(project=project).visible_to(user)
    return Table(
        slug="milestones",
        title=_("Milestones"),
        columns=(
            Column("title", _("Milestone")),
            Column("due_on", _("Due on"), Kind.DATE),
            Column("reached_on", _("Reached on"), Kind.DATE),
            Column("state", _("State")),
            Column("note", _("Note")),
        ),
        rows=[_milestone_row(step) for step in steps],
        empty=_("No milestone is recorded. Milestones are entered with the project in the admin."),
    )


def activities_table(project: Project, user: User) -> Table:
    """What alliances did for a project."""
    found = AllianceActivity.objects.filter(project=project).select_related("alliance").visible_to(user)
    return Table(
        slug="activities",
        title=_("What alliances did for it"),
        columns=(
            Column("title", _("Activity")),
            Column("kind", _("Kind")),
            Column("held_on", _("Held on"), Kind.DATE),
            Column("alliance", _("Alliance")),
        ),
        rows=[_activity_row(activity) for activity in found],
        empty=_("No activity of an alliance names this project."),
    )


def money_cells(funding: Funding) -> Row:
    """The cells of MONEY."""
    return {column.key: getattr(funding, column.key) for column in MONEY}


def capacity_in_words(project: Project) -> str:
    """ "30 MW"; empty where no capacity is recorded."""
    if project.capacity is None:
        return ""
    return f"{words.count(project.capacity)} {project.get_capacity_unit_display()}"


def _project_row(one: ProjectFunding) -> Row:
    project, sums = one.project, one.funding or Funding()
    return {
        "code": project.code,
        "name": project.local_name,
        "kind": project.get_kind_display(),
        "status": project.get_status_display(),
        "place": place_names(project.division) if project.division else "",
        "capacity": capacity_in_words(project),
        "claims": one.claims,
        **(money_cells(one.funding) if one.funding else {}),
        "_url": project.get_absolute_url(),
        "_urls": {"name": project.get_absolute_url(), "place": _place_url(project)},
        # The project is a row of its own beside its entries: either may be made up without the other.
        "_made_up": mark_of(sums.made_up + project.is_made_up, sums.entries + 1),
    }


def _asked(project: Project, query: Query) -> Row:
    """What the row asks: of the project; what is of no year or place, of nothing else."""
    alone = dict.fromkeys(query.asked(), "")
    return {
        "_asked": {"project_id": str(project.pk)},
        "_asked_of": {
            "capacity": {**alone, "project_id": "", "of": str(project.pk)},
            "claims": {**alone, "project_id": "", "of": f"project:{project.pk}"},
        },
    }


def _total_cells(total: Funding) -> Row:
    return {**money_cells(total), "_made_up": mark_of(total.made_up, total.entries)}


def _place_url(project: Project) -> str:
    # Whoever sees a project sees its place: the one follows from the other.
    return project.division.get_absolute_url() if project.division else ""


def _milestone_row(step: Milestone) -> Row:
    return {
        "title": step.local_title,
        "due_on": step.due_on,
        "reached_on": step.reached_on,
        "state": gettext("reached") if step.reached_on else gettext("open"),
        "note": step.note,
    }


def _activity_row(activity: AllianceActivity) -> Row:
    return {
        "title": activity.title,
        "kind": activity.get_kind_display(),
        "held_on": activity.held_on,
        "alliance": str(activity.alliance),
        "_urls": {"alliance": activity.alliance.get_absolute_url()},
        "_made_up": activity.alliance.is_made_up,
    }

"""How many steps of projects are late."""

from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind
from alleviation.scrutiny.figures.base import Explained
from alleviation.scrutiny.figures.counting import TITLE, Counted
from projects.models import Milestone
from projects.rollups.milestones import late_milestones


class LateMilestones(Counted):
    """How many milestones are late today."""

    slug = "late-milestones"
    title = _("Late milestones")
    description = _(
        "Milestones whose day is over and which are not reached, of projects that are neither finished nor given up."
    )
    filters = ("year", "plan", "area")
    columns = (
        TITLE,
        Column("project", _("Project")),
        Column("place", _("Place")),
        Column("due_on", _("Due on"), Kind.DATE),
        MADE_UP,
    )
    empty = _("No milestone is late.")

    def found(self, query: Query) -> QuerySet[Milestone]:
        return late_milestones(query, localdate())

    def row(self, record: Milestone) -> Row:
        project = record.project
        return {
            "title": record.local_title,
            "project": f"{project.code} {project.local_name}",
            "place": project.division.local_name if project.division else "",
            "due_on": record.due_on,
            "_url": project.get_absolute_url(),
        }

    def is_made_up(self, record: Milestone) -> bool:
        return record.project.is_made_up


FIGURES: tuple[Explained, ...] = (LateMilestones(),)

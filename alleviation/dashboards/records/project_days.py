"""What happened to a project in order of days, from the tables of its page."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from django.utils.translation import gettext

from alleviation.common.tables import Row, Table
from alleviation.dashboards.records.story import Happening
from projects.models import Project


def happenings(project: Project, tables: Mapping[str, Table], today: date) -> Iterator[Happening]:
    """Its beginning and end, its publicity, its milestones, and what alliances did for it."""
    if project.started_on or project.finished_on:
        yield from _life_of(project)
    if project.publicised_from:
        days = (project.publicised_from, project.publicised_until)
        yield Happening(gettext("Publicised"), *days, lasts=True, kind=gettext("project"))
    yield from _steps(tables["milestones"].rows, today)
    for row in tables["activities"].rows:
        url, kind = row["_urls"]["alliance"], gettext("activity of an alliance")
        yield Happening(row["title"], row["held_on"], what=row["alliance"], url=url, kind=kind)


def _life_of(project: Project) -> Iterator[Happening]:
    if project.started_on:
        yield Happening(gettext("Started"), project.started_on, kind=gettext("project"))
    if project.finished_on:
        yield Happening(gettext("Finished"), project.finished_on, kind=gettext("project"))


def _steps(rows: Iterable[Row], today: date) -> Iterator[Happening]:
    for row in rows:
        if row["reached_on"]:
            what = gettext("reached")
        elif row["due_on"]:
            what = gettext("late: not reached on its day") if row["due_on"] < today else gettext("due")
        else:
            what = gettext("open")
        yield Happening(row["title"], row["reached_on"] or row["due_on"], what=what, kind=gettext("milestone"))

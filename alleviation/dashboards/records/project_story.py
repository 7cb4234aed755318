"""The story of a project in one screen, from the tables of its page."""

from collections.abc import Iterator, Mapping
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.common.tables import Table, explain_url
from alleviation.dashboards.figures.stats import Stat
from alleviation.dashboards.records.honours import holders
from alleviation.dashboards.records.parts import (
    Fact,
    Gap,
    Link,
    day_words,
    entry_url,
    organisation_link,
    short_place,
)
from alleviation.dashboards.records.project_days import happenings
from alleviation.dashboards.records.project_tables import capacity_in_words
from alleviation.dashboards.records.story import (
    Proof,
    Story,
    life,
    missing,
    proof,
    sentence,
    total_stat,
)
from projects.choices import ProjectStatus
from projects.models import LedgerEntry, Milestone, Project

# The tables of the page, by slug.
Tables = Mapping[str, Table]


def project_story(project: Project, user: User, tables: Tables, *, has_entries: bool) -> Story:
    """What a project is and came to; the money and the people as the page's tables have them."""
    entries = LedgerEntry.objects.posted().filter(project=project).visible_to(user)
    steps = Milestone.objects.filter(project=project).visible_to(user)
    found = proof(tables["claims"], entries, steps)
    today = timezone.localdate()
    return Story(
        sentence=sentence(*_clauses(project, user)),
        stats=_stats(tables),
        people=_people(project, user, today),
        proof=found,
        life=life(happenings(project, tables, today)),
        gaps=_gaps(project, user, tables, found, has_entries=has_entries),
    )


def _clauses(project: Project, user: User) -> Iterator[Link | str | None]:
    place, capacity = short_place(project.division, user), capacity_in_words(project)
    yield project.get_kind_display()
    yield Link(gettext("in %(place)s") % {"place": place.text}, place.url) if place else None
    if capacity:
        # The figure alone: what the link says is what its explanation says.
        yield Link(capacity, explain_url("capacity", {"of": project.pk}), is_explained=True)
    is_known = project.status != ProjectStatus.UNKNOWN
    yield project.get_status_display() if is_known else gettext("status not known")
    yield gettext("since %(day)s") % {"day": day_words(project.started_on)} if project.started_on else None
    yield gettext("finished on %(day)s") % {"day": day_words(project.finished_on)} if project.finished_on else None


def _stats(tables: Tables) -> list[Stat]:
    """Promised and booked over all years, and whom it reaches; as the totals of the tables say."""
    money, people = tables.get("annual-funding"), tables.get("reach-by-year")
    if money is None or people is None:
        return []
    booked = ("allocated", "disbursed", "spent", "execution_rate")
    nobody = gettext("withheld") if people.total else gettext("nobody is enrolled")
    return [
        total_stat(money, "pledged", gettext("nothing promised")),
        *(total_stat(money, name, gettext("nothing booked")) for name in booked),
        *(total_stat(people, name, nobody) for name in ("households", "persons")),
    ]


def _people(project: Project, user: User, today: date) -> list[Fact]:
    """Who runs it, and who holds a post there."""
    operator = project.operator
    if operator is None:
        return []
    return [Fact(_("Run by"), (organisation_link(operator),)), *holders([operator], user, today)]


def _gaps(project: Project, user: User, tables: Tables, found: Proof, *, has_entries: bool) -> list[Gap]:
    """What a reader would look for and not find, with the form to enter it in."""
    change = entry_url(user, "project", project.pk)
    is_begun = project.status in ProjectStatus.BEGUN
    return missing(
        [
            (has_entries, gettext("No ledger entry yet."), entry_url(user, "ledgerentry", project=project.pk)),
            (project.name_zh, gettext("The Chinese name is not recorded."), change),
            (project.division_id, gettext("The place is not recorded."), change),
            (project.operator_id, gettext("Who runs it is not recorded."), change),
            (project.status != ProjectStatus.UNKNOWN, gettext("Where it stands is not known."), change),
            (project.started_on, gettext("The day it started is not stated."), change),
            (
                project.finished_on or project.due_on or not is_begun,
                gettext("No day is stated on which it is to be finished."),
                change,
            ),
            (project.publicised_from or not is_begun, gettext("No publicity is recorded."), change),
            (list(tables["milestones"].rows), gettext("No milestone is recorded."), change),
            (found.files or not has_entries, gettext("No file proves any of its entries."), ""),
        ]
    )

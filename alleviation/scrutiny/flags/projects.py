"""Rules about projects: whom they reach, whether they were put up for all to see, whether they are in time."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from alleviation.common.query import Query
from alleviation.scrutiny.flags.base import OFFICE_RULE, Case, Flag, day_of
from beneficiaries.models import Enrolment
from projects.choices import ProjectStatus
from projects.models import Project

PUBLICITY_DAYS = 10


def _projects(query: Query) -> Any:
    """The projects that this person may see, where the question asks. A project begins in the year of its start."""
    found = Project.objects.visible_to(query.user).filter(query.located("division__code"))
    return found.select_related("division").order_by("code")


def _case(project: Project, year: int | None, since: date | None, details: str) -> Case:
    return Case(
        key=str(project.pk),
        title=str(project),
        area=project.division.code if project.division else "",
        url=project.get_absolute_url(),
        year=year,
        since=since,
        details=details,
        is_made_up=project.is_made_up,
    )


def _started_in(project: Project) -> int | None:
    return project.started_on.year if project.started_on else None


class WithoutBeneficiaries(Flag):
    """Projects that have begun and in which no household is enrolled."""

    slug = "without-beneficiaries"
    title = _("Project without beneficiaries")
    description = _("A project that has begun, and no household is recorded as taking part in it, in any year.")
    source = OFFICE_RULE
    looks_at = _("projects under way, accepted, operating or closed")

    def cases(self, query: Query) -> Iterator[Case]:
        # From the enrolments inwards: no machine has those of every household.
        enrolled = Enrolment.objects.order_by().values("project").distinct()
        for project in self._judged(query).exclude(pk__in=enrolled):
            details = gettext("No household is recorded as taking part. What is not recorded may still be so.")
            yield _case(project, _started_in(project), project.started_on, details)

    def looked_at(self, query: Query) -> int:
        return self._judged(query).count()

    def _judged(self, query: Query) -> Any:
        return _projects(query).filter(status__in=ProjectStatus.BEGUN)


class WithoutPublicity(Flag):
    """Projects that were put up for all to see for fewer than ten days, both days included, or not as recorded."""

    slug = "without-publicity"
    title = _("Project without ten days of publicity")
    description = _(
        "A project that is approved or has begun, and no publicity (公示) of at least ten days is recorded, the first "
        "and the last day included."
    )
    source = _(
        "Guiding opinions on perfecting the announcement and publicity of poverty-alleviation funds and projects "
        "(关于完善扶贫资金项目公告公示制度的指导意见), section 4: in principle not less than ten days."
    )
    looks_at = _("projects approved, under way, accepted, operating or closed")

    def cases(self, query: Query) -> Iterator[Case]:
        for project in self._judged(query):
            if (days := _publicised(project)) is None or days < PUBLICITY_DAYS:
                yield _case(project, _started_in(project), project.started_on, _publicity(project, days))

    def looked_at(self, query: Query) -> int:
        return self._judged(query).count()

    def _judged(self, query: Query) -> Any:
        return _projects(query).filter(status__in=ProjectStatus.DECIDED)


def _publicised(project: Project) -> int | None:
    """For how many days it was put up, the first and the last included; None where one of them is not recorded."""
    if project.publicised_from is None or project.publicised_until is None:
        return None
    return (project.publicised_until - project.publicised_from).days + 1


def _publicity(project: Project, days: int | None) -> str:
    """How long it was put up, as far as recorded."""
    if days is not None:
        return ngettext("Put up for %(days)s day.", "Put up for %(days)s days.", days) % {"days": days}
    if project.publicised_from is None:
        return gettext("Publicity is not recorded.")
    return gettext("The last day of its publicity is not recorded.")


class PastDue(Flag):
    """Projects that were to be finished by a day that is over, and are not."""

    slug = "past-due"
    title = _("Project past its date")
    description = _("The day by which a project was to be finished is over, and it is neither finished nor given up.")
    source = OFFICE_RULE
    looks_at = _("projects with a day by which they are to be finished")

    def cases(self, query: Query) -> Iterator[Case]:
        late = self._judged(query).filter(due_on__lt=day_of(query), finished_on__isnull=True)
        for project in late.exclude(status__in=ProjectStatus.ENDED):
            due = project.due_on
            details = gettext("It was to be finished by %(day)s.") % {"day": date_format(due, "DATE_FORMAT")}
            yield _case(project, due.year, due + timedelta(days=1), details)

    def looked_at(self, query: Query) -> int:
        return self._judged(query).count()

    def _judged(self, query: Query) -> Any:
        return _projects(query).filter(due_on__isnull=False)

"""A question in words: every filter that is set, by names that the reader may see."""

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common.query import Query
from alleviation.common.years import FIRST_YEAR, LAST_YEAR, PLAN_PERIODS
from beneficiaries.choices import Cause, HouseholdCategory, HouseholdStatus
from beneficiaries.filters import BOUNDARIES, UNKNOWN
from projects.choices import ClaimStatus, Level, Measure, ProjectKind, SourceLevel
from projects.models import Division, FundingSource, Project

Said = tuple[str | Promise, str]


def asked_words(query: Query) -> list[Said]:
    """What was asked, as label and value; empty where everything was."""
    return [*_years(query), *_places(query), *_kinds(query), *_households(query), *_source(query), *_project(query)]


def _years(query: Query) -> Iterator[Said]:
    span = (query.first_year, query.last_year)
    plan = next((one for one in PLAN_PERIODS if (one.first_year, one.last_year) == span), None)
    if query.year:
        yield _("Year"), str(query.year)
    elif plan:
        yield _("Five-year plan"), plan.name
    elif span != (FIRST_YEAR, LAST_YEAR):
        yield _("Years"), gettext("%(first)s to %(last)s") % {"first": span[0], "last": span[1]}
    if query.outside_plans:
        yield _("Five-year plan"), gettext("none: the years outside all of them")


def _places(query: Query) -> Iterator[Said]:
    if query.area_code:
        yield _("Area"), _name_of(query.area_code)
    if query.inside_code:
        yield _("Counted under"), _name_of(query.inside_code)
    if query.place_code:
        yield _("This very place, without those below"), _name_of(query.place_code)
    if query.above_level is not None:
        level = Level(query.above_level).label
        yield _("Not tied to a smaller place"), gettext("what is booked above the level: %(level)s") % {"level": level}


def _kinds(query: Query) -> Iterator[Said]:
    if query.project_kind:
        yield _("Kind of project"), str(ProjectKind(query.project_kind).label)
    if query.measure:
        yield _("Measure"), str(Measure(query.measure).label)
    if query.status:
        yield _("Status"), str(ClaimStatus(query.status).label)


def _households(query: Query) -> Iterator[Said]:
    """How households stood at the end of each year, and on which boundaries villages are gathered."""
    asked = (
        (_("Status of the household"), query.household_status, HouseholdStatus),
        (_("Category of the household"), query.category, HouseholdCategory),
        (_("Main cause of poverty"), query.cause, Cause),
    )
    for label, value, known in asked:
        if value:
            yield label, gettext("not recorded") if value == UNKNOWN else str(known(value).label)
    if query.boundaries:
        yield _("Villages"), str(dict(BOUNDARIES)[query.boundaries])


def _source(query: Query) -> Iterator[Said]:
    if query.source_level:
        yield _("Sources of the level"), str(SourceLevel(query.source_level).label)
    if query.source_code:
        found = FundingSource.objects.filter(code=query.source_code).first()
        yield _("Funding source"), found.local_name if found else query.source_code


def _project(query: Query) -> Iterator[Said]:
    if query.is_tied:
        yield _("Project"), gettext("any that you may see")
    if query.project_id == 0:
        yield _("Project"), gettext("Not tied to a project")
    elif query.project_id or query.project_code:
        named = {"pk": query.project_id} if query.project_id else {"code": query.project_code}
        found = Project.objects.filter(**named).visible_to(query.user).first()
        yield _("Project"), f"{found.code} {found.local_name}" if found else gettext("A project outside your area")


def _name_of(code: str) -> str:
    """A place by its name and code; names of places are public."""
    place = Division.objects.latest_of(code)
    return f"{place.local_name} {code}" if place else code

"""Whom projects reach: households and their members, each once."""

from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from beneficiaries.models import Enrolment, Household, Person
from beneficiaries.rollups.counting import PEOPLE, People, as_far_as_seen, batched, registered_in
from projects.rollups.past import project_ids


def enrolments(query: Query) -> QuerySet[Enrolment]:
    """The parts of households in projects that a question is about, and whose sums this person may see.

    A household counts in its village of today. In: every kind of benefit. Out: nothing else is asked of them.
    """
    found = Enrolment.objects.filter(enrolled_in(query))
    return found if query.user.may(Right.VIEW_FIGURES) else found.none()


def enrolled(query: Query) -> People:
    """Households with a part in a project, and their members, each once however many projects and years they are in.

    Households: number of distinct households of the enrolments asked for. Persons: number of the members of these
    households that are recorded. Unit: households and persons. Source: the register and its enrolments. Out:
    households whose part nobody entered; which member a part is for is not recorded, so all members count.
    """
    return enrolled_each([query])[0]


def enrolled_households(query: Query) -> QuerySet[Household]:
    """The households that `enrolled` counts, each with its recorded `members` and its `parts` in what is asked for."""
    found = Household.objects.filter(pk__in=enrolments(query).values("household")).select_related("village")
    members = Person.objects.filter(household=OuterRef("pk")).order_by().values("household")
    parts = enrolments(query).filter(household=OuterRef("pk")).order_by().values("household")
    return found.annotate(
        members=Coalesce(Subquery(members.annotate(n=Count("pk")).values("n")), 0),
        parts=Coalesce(Subquery(parts.annotate(n=Count("pk")).values("n")), 0),
    ).order_by("village__code", "number", "pk")


def enrolled_by_village(query: Query) -> dict[str, People]:
    """`enrolled` for each village of today, by its code, in the order of the codes."""
    found = Household.objects.filter(pk__in=enrolments(query).values("household")).order_by()
    counted = found.values("village__code").annotate(
        households=Count("pk", distinct=True),
        members=Count("persons", distinct=True),
        made_up=Count("pk", distinct=True, filter=Q(is_made_up=True)),
    )
    sums = {one["village__code"]: People(one["households"], one["members"], one["made_up"]) for one in counted}
    return dict(sorted(sums.items()))


def enrolled_each(queries: Sequence[Query]) -> list[People]:
    """`enrolled` for each of several questions of one person, many of them in one statement."""
    counted: list[People] = []
    for some in batched([enrolled_in(query) for query in queries]):
        rows = Enrolment.objects.filter(reduce(or_, some)).order_by()
        households = {f"households{n}": Count("household", distinct=True, filter=one) for n, one in enumerate(some)}
        members = {f"persons{n}": Count("household__persons", distinct=True, filter=one) for n, one in enumerate(some)}
        made_up = {
            f"made_up{n}": Count("household", distinct=True, filter=one & Q(household__is_made_up=True))
            for n, one in enumerate(some)
        }
        sums = rows.aggregate(**households, **members, **made_up)
        counted += [People(*(sums[f"{name}{n}"] for name in PEOPLE)) for n in range(len(some))]
    return as_far_as_seen(queries, counted)


def latest_enrolled_each(queries: Sequence[Query]) -> list[int | None]:
    """For each of several questions the last of its years in which anybody is enrolled; None where nobody is."""
    found: list[int | None] = []
    for some in batched([enrolled_in(query) for query in queries]):
        years = {f"year{n}": Max("year", filter=one) for n, one in enumerate(some)}
        last = Enrolment.objects.filter(reduce(or_, some)).order_by().aggregate(**years)
        found += [last[f"year{n}"] for n in range(len(some))]
    return found


def enrolled_in(query: Query) -> Q:
    asked = Q(year__gte=query.first_year, year__lte=query.last_year) & query.beside_plans()
    asked &= registered_in(query, "village__code")
    if (projects := project_ids(query)) is not None:
        asked &= Q(project__in=projects)
    return asked if query.project_id is None else asked & Q(project=query.project_id)

"""Whom projects reach: households and persons, each once, whatever they have a part in; docs/reach.md."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    DateField,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Concat

from alleviation.accounts.rights import Right
from alleviation.common.citus.standing import is_spread
from alleviation.common.query import Query
from beneficiaries.choices import EnrolmentRole
from beneficiaries.models import Enrolment, Household
from beneficiaries.rollups.boundaries import is_as_recorded, placed
from beneficiaries.rollups.counting import PEOPLE, People, as_far_as_seen, batched, registered_in
from beneficiaries.rollups.standing import stood
from projects.rollups.past import project_ids, seen_projects

ZERO = Decimal("0.00")
ROLE = "role:"


@dataclass(frozen=True)
class Reach:
    """Whom enrolments reach, each once, and how many enrolments there are: services, which are not people.

    `known` is Σ of the amounts that are known, in yuan; `unknown` is the number of enrolments without one. `made_up`
    counts households. Amounts that are `withheld` from the reader (few.py) are not told.
    """

    households: int = 0
    persons: int = 0
    services: int = 0
    known: Decimal = ZERO
    unknown: int = 0
    made_up: int = 0
    withheld: bool = False
    key: Any = field(default=None, compare=False)

    @property
    def amount(self) -> Decimal | None:
        """What was received, in yuan, as far as it is known; None where no amount is, or may be told."""
        return self.known if self.services > self.unknown and not self.withheld else None

    @property
    def people(self) -> People:
        """The same without services."""
        return People(self.households, self.persons, self.made_up)


def enrolments(query: Query) -> QuerySet[Enrolment]:
    """The parts of households and members in projects that a question is about, and whose sums this person may see.

    Each counts in the village of its year. In: every kind of benefit, households that have ended. Out: nothing else
    is asked of them.
    """
    found = Enrolment.objects.in_area(query.user.area).filter(enrolled_in(query))
    if is_as_recorded(query):
        here = placed(Enrolment.objects.filter(_asked_in(query)), query).order_by().values("pk")
        found = Enrolment.objects.in_area(query.user.area).filter(pk__in=here)
    return found if query.user.may(Right.VIEW_FIGURES) else found.none()


def reach(query: Query, among: Q | None = None) -> Reach:
    """Whom the enrolments asked for reach; `among`: just these of them.

    Households: number of distinct households. Persons: number of distinct persons: of a household's enrolment its
    members who belonged to it on any day of the enrolment's year, of a member's own enrolment that member. Services:
    number of the enrolments. Received: Σ amount, in yuan, of those whose amount is known. Out: parts that nobody
    entered, and members whom nobody registered. Source: the register and its enrolments.
    """
    rows = _among(query, among)
    people, services = rows.aggregate(**_people()), rows.aggregate(**_services())
    return _reach({**people, **services}, None)


def reach_by_project(query: Query) -> list[Reach]:
    """`reach` for each project; `key` is its id. A person in two projects is in both, so these do not add up."""
    return _by(query, "project_id")


def reach_by_year(query: Query) -> list[Reach]:
    """`reach` for each year; `key` is the year. A person enrolled in two years is in both."""
    return _by(query, "year")


def reach_by_role(query: Query) -> list[Reach]:
    """`reach` for each kind of benefit; `key` is the role."""
    return _by(query, "role")


def reach_by_project_and_year(query: Query) -> list[Reach]:
    """`reach` for each project and year; `key` is (project id, year)."""
    return _by(query, "project_id", "year")


def reach_by_village(query: Query) -> list[Reach]:
    """`reach` for each village; `key` is its code. Who moved between two years is reached in both villages."""
    return _by(query, "village__code")


def enrolled(query: Query) -> People:
    """The households and persons of `reach`: each once, however many projects and years they are in."""
    return reach(query).people


def enrolled_households(query: Query) -> QuerySet[Household]:
    """The households that `reach` counts, village by village.

    Of each: its `members` that are reached through it, its `parts` in what is asked for, and `place_id` and
    `place_code`, the village of the latest of these.
    """
    asked = enrolments(query)
    theirs = asked.filter(household=OuterRef("pk")).order_by()
    latest = theirs.order_by("-year", "-pk")
    numbers = theirs.values("household")
    reached = Household.objects.beyond("their enrolments are in view, wherever they have gone to since")
    found = reached.filter(pk__in=asked.order_by().values("household"))
    return found.annotate(
        members=Coalesce(Subquery(numbers.annotate(n=Count(_reached(), distinct=True)).values("n")), 0),
        parts=Coalesce(Subquery(numbers.annotate(n=Count("pk")).values("n")), 0),
        place_id=Subquery(latest.values("village")[:1]),
        place_code=Subquery(latest.values("village__code")[:1]),
    ).order_by("place_code", "number", "pk")


def enrolled_by_village(query: Query) -> dict[str, People]:
    """`enrolled` for each village of the enrolments' years, by its code, in the order of the codes."""
    return {one.key: one.people for one in reach_by_village(query)}


def persons_through_households(query: Query) -> int:
    """Σ over households of the persons reached through each: who moved from one to another is reached through both."""
    rows = _among(query, None).annotate(reached=_reached()).filter(reached__isnull=False)
    return rows.values("household", "reached").distinct().count()


def enrolled_each(queries: Sequence[Query]) -> list[People]:
    """`enrolled` for each of several questions of one person, many of them in one statement."""
    counted: list[People] = []
    for some, rows in _together(queries):
        counts = {f"{name}{n}": count for n, one in enumerate(some) for name, count in _people(one).items()}
        sums = rows.aggregate(**counts)
        counted += [People(*(sums[f"{name}{n}"] for name in PEOPLE)) for n in range(len(some))]
    return as_far_as_seen(queries, counted)


def latest_enrolled_each(queries: Sequence[Query]) -> list[int | None]:
    """For each of several questions the last of its years in which anybody is enrolled; None where nobody is."""
    found: list[int | None] = []
    for some, rows in _together(queries):
        years = {f"year{n}": Max("year", filter=one) for n, one in enumerate(some)}
        last = rows.aggregate(**years)
        found += [last[f"year{n}"] for n in range(len(some))]
    return found


def _together(queries: Sequence[Query]) -> Iterator[tuple[Sequence[Q | None], QuerySet[Enrolment]]]:
    """Filters that one statement answers together, and the enrolments that any of them is about.

    Machines that share the enrolments take no question within a count that looks at other tables: each gets a
    statement of its own there, and nothing is left to filter.
    """
    if not queries:
        return
    all_of_area = Enrolment.objects.in_area(queries[0].user.area).order_by()
    asked = [enrolled_in(query) for query in queries]
    if is_spread(connection):
        yield from (([None], all_of_area.filter(one)) for one in asked)
    else:
        yield from ((some, all_of_area.filter(reduce(or_, some))) for some in batched(asked))


def enrolled_in(query: Query) -> Q:
    """A filter for the enrolments that a question is about: years, places, projects, kind of benefit, households.

    On the boundaries of today; `enrolments` reads what a question asks on those that were recorded.
    """
    return _asked_in(query) & registered_in(query, "village__code")


def _asked_in(query: Query) -> Q:
    """The same, wherever they are."""
    asked = Q(year__gte=query.first_year, year__lte=query.last_year) & query.beside_plans() & stood(query)
    for projects in (project_ids(query), seen_projects(query)):
        asked &= Q() if projects is None else Q(project__in=projects)
    if query.of.startswith(ROLE):
        asked &= Q(role=query.of.removeprefix(ROLE))
    return asked if query.project_id is None else asked & Q(project=query.project_id)


def role_of(query: Query) -> EnrolmentRole | None:
    """The kind of benefit that a question names by `of`, "role:wage"; None where it names none that there is."""
    named = query.of.removeprefix(ROLE) if query.of.startswith(ROLE) else ""
    return EnrolmentRole(named) if named in EnrolmentRole.values else None


def _by(query: Query, *names: str) -> list[Reach]:
    """`reach` by these columns of the enrolments, in their order: one statement for people, one for services."""
    rows = _among(query, None).values(*names)
    services = {_key(row, names): row for row in rows.annotate(**_services())}
    found = [{**row, **services[_key(row, names)]} for row in rows.annotate(**_people())]
    return sorted((_reach(row, _key(row, names)) for row in found), key=lambda one: one.key)


def _among(query: Query, among: Q | None) -> QuerySet[Enrolment]:
    rows = enrolments(query).order_by()
    return rows if among is None else rows.filter(among)


def _key(row: dict[str, Any], names: Sequence[str]) -> Any:
    return row[names[0]] if len(names) == 1 else tuple(row[name] for name in names)


def _people(only: Q | None = None) -> dict[str, Count]:
    """Counts of PEOPLE. They join members to enrolments: nothing may be summed beside them."""
    made_up = Q(household__is_made_up=True)
    return {
        "households": Count("household", distinct=True, filter=only),
        "persons": Count(_reached(), distinct=True, filter=only),
        "made_up": Count("household", distinct=True, filter=made_up if only is None else only & made_up),
    }


def _services() -> dict[str, Any]:
    unknown = Count("pk", filter=Q(amount__isnull=True))
    return {"services": Count("pk"), "known": Sum("amount"), "unknown": unknown}


def _reached(way: str = "household__persons__") -> Combinable:
    """The key of a person whom an enrolment reaches, row by row of its household's memberships; null for the others.

    As `Person.of_year` for the enrolment's own year, written out since each row has another.
    """
    first, last = _day("-01-01"), _day("-12-31")
    began = Q(**{f"{way}joined_on__isnull": True}) | Q(**{f"{way}joined_on__lte": last})
    goes_on = Q(**{f"{way}left_on__isnull": True}) | Q(**{f"{way}left_on__gt": first})
    return Case(
        When(person_key__isnull=False, then=F("person_key")),
        When(began & goes_on, then=F(f"{way}key")),
        output_field=BigIntegerField(null=True),
    )


def _day(of_year: str) -> Combinable:
    """A day of an enrolment's year; "-12-31" for the last one."""
    return Cast(Concat(Cast("year", CharField()), Value(of_year)), DateField())


def _reach(row: dict[str, Any], key: Any) -> Reach:
    names = ("households", "persons", "services", "unknown", "made_up")
    return Reach(**{name: row[name] for name in names}, known=row["known"] or ZERO, key=key)


def among_keys(names: Sequence[str], keys: Iterable[Any]) -> Q:
    """A filter for the enrolments of the cells with these keys, of one column or of two."""
    if len(names) == 1:
        return Q(**{f"{names[0]}__in": list(keys)})
    by_last: dict[Any, list[Any]] = {}
    for first, last in keys:
        by_last.setdefault(last, []).append(first)
    # Gathered by the last column, of which there are few: a statement takes no more conditions than so many.
    each = (Q(**{f"{names[0]}__in": firsts, names[1]: last}) for last, firsts in by_last.items())
    return reduce(or_, each, Q(pk__in=[]))

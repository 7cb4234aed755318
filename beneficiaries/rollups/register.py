"""How many households and persons are on the register."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Q, QuerySet

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from beneficiaries.models import Household, HouseholdQuerySet, IncomeRecord, Person
from beneficiaries.rollups.counting import People, as_far_as_seen, batched, registered_in
from beneficiaries.rollups.standing import of_today


@dataclass(frozen=True)
class Registered:
    """How many households are on the register, and how many of them belong to the made-up example."""

    households: int = 0
    made_up: int = 0

    def __add__(self, other: "Registered") -> "Registered":
        return Registered(self.households + other.households, self.made_up + other.made_up)


def register(query: Query) -> HouseholdQuerySet:
    """The households of the area, whatever their status, as the register has them today. Out: those that ended."""
    return _recorded(query).standing()


def ended_households(query: Query) -> int:
    """How many households of the area are not on the register any more: merged, divided, died out or moved away."""
    return _recorded(query).filter(ended_on__isnull=False).count()


def households_on_register(query: Query) -> int:
    """Households recorded in the area that have not ended, whatever their status."""
    return register(query).count()


def register_by_village(query: Query) -> dict[str, Registered]:
    """households_on_register for each village, by its code, in the order of the codes."""
    rows = register(query).order_by().values("village__code")
    counted = rows.annotate(households=Count("pk"), made_up=Count("pk", filter=Q(is_made_up=True)))
    sums = {row["village__code"]: Registered(row["households"], row["made_up"]) for row in counted}
    return dict(sorted(sums.items()))


def without_income(query: Query) -> int:
    """Households on the register of the area of which no income of the years asked for is recorded anywhere."""
    incomes = IncomeRecord.objects.standing(query.as_of).of_years(query.first_year, query.last_year)
    return register(query).exclude(pk__in=incomes.filter(query.beside_plans()).values("household")).count()


def on_register_each(queries: Sequence[Query]) -> list[People]:
    """For each of several questions the households on the register of its area, and their members.

    As `households_on_register`; persons: the members who belong to these households today.
    """
    counted: list[People] = []
    for some in batched(queries):
        asked = [_standing_in(query) for query in some]
        area = some[0].user.area
        households = numbers_each(Household.objects.in_area(area), asked)
        persons = numbers_each(Person.objects.in_area(area), [_present_in(query) for query in some])
        made_up = numbers_each(Household.objects.in_area(area), [one & Q(is_made_up=True) for one in asked])
        counted += [People(*one) for one in zip(households, persons, made_up, strict=True)]
    return as_far_as_seen(queries, counted)


def persons_by_village(query: Query) -> dict[str, int]:
    """The members of today of the households on the register for each village, in the order of the codes."""
    if not query.user.may(Right.VIEW_FIGURES):
        return {}
    rows = Person.objects.in_area(query.user.area).filter(_present_in(query)).order_by()
    counted = rows.values("household__village__code").annotate(persons=Count("pk"))
    return dict(sorted(counted.values_list("household__village__code", "persons")))


def numbers_each(seen: QuerySet[Any], asked: Sequence[Q]) -> list[int]:
    """How many rows of those in view each of several filters lets through, in one statement."""
    # A question without a filter is about all rows, and "or" would forget it.
    rows = seen.filter(reduce(or_, asked) if all(asked) else Q()).order_by()
    counts = rows.aggregate(**{f"number{n}": Count("pk", filter=one) for n, one in enumerate(asked)})
    return [counts[f"number{n}"] for n in range(len(asked))]


def _recorded(query: Query) -> HouseholdQuerySet:
    found = Household.objects.in_area(query.user.area).filter(query.located("village__code"), of_today(query))
    return found if query.user.may(Right.VIEW_FIGURES) else found.none()


def _standing_in(query: Query) -> Q:
    return registered_in(query, "village__code") & of_today(query) & Q(ended_on__isnull=True)


def _present_in(query: Query) -> Q:
    way = "household__"
    asked = registered_in(query, f"{way}village__code") & of_today(query, way)
    return asked & Q(left_on__isnull=True, household__ended_on__isnull=True)

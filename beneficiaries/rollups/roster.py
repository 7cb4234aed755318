"""Households as a list shows them: what of each is told beside its own columns."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Count, F, Model, OuterRef, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from alleviation.accounts.models import User
from alleviation.common.query import Query
from alleviation.common.sql_cells import Binary, LookedUp, Masked
from beneficiaries.choices import Relation
from beneficiaries.models import Household, HouseholdQuerySet, IncomeRecord, Monitoring, Person, Responsibility
from beneficiaries.privacy import masked_name
from beneficiaries.rollups.done import OF_HOUSEHOLDS
from beneficiaries.rollups.standing import of_today

CHUNK = 500


@dataclass(frozen=True)
class Listed:
    """A household with its head (masked), its persons of today, its latest income, and who looks after it."""

    household: Household
    head: str = ""
    persons: int = 0
    income: IncomeRecord | None = None
    responsibility: Responsibility | None = None
    monitoring: Monitoring | None = None


def roster(query: Query) -> HouseholdQuerySet:
    """The households that this person may see where the question asks, as they are today, by village and number.

    In: every status, and households that ended. Status, category and main cause are those of today.
    """
    found = Household.objects.visible_to(query.user).filter(query.located("village__code"), of_today(query))
    return found.select_related("village").order_by("village__code", Binary("number"), "pk")


def listed(households: Iterable[Household], user: User) -> Iterator[Listed]:
    """Each of these households with what a list tells of it: five queries for every 500 of them.

    Out: incomes of years in which the household belonged to a village outside the reader's area.
    """
    coming = iter(households)
    while some := list(islice(coming, CHUNK)):
        numbers = [one.pk for one in some]
        present = Person.objects.present().filter(household__in=numbers).beyond(OF_HOUSEHOLDS).order_by()
        heads = present.filter(relation=Relation.HEAD).order_by("pk").values_list("household", "name")
        masked = {number: masked_name(name) for number, name in heads}
        persons = dict(present.values("household").annotate(number=Count("pk")).values_list("household", "number"))
        incomes = {one.household_id: one for one in latest_incomes(user).filter(household__in=numbers)}
        cared = {one.household_id: one for one in _now(Responsibility, numbers, "until_on").select_related("official")}
        watched = {one.household_id: one for one in _now(Monitoring, numbers, "cleared_on")}
        for one in some:
            key, number = one.pk, persons.get(one.pk, 0)
            yield Listed(one, masked.get(key, ""), number, incomes.get(key), cared.get(key), watched.get(key))


def latest_incomes(user: User) -> QuerySet[IncomeRecord]:
    """The record of the latest year of each household, among those that this person may see."""
    seen = IncomeRecord.objects.standing().visible_to(user)
    years = seen.filter(household=OuterRef("household")).order_by("-year").values("year")
    return seen.filter(year=Subquery(years[:1])).order_by()


def _now(model: type[Model], numbers: list[int], end: str) -> QuerySet[Any]:
    rows: Any = model._default_manager.filter(**{f"{end}__isnull": True}, household__in=numbers)
    return rows.beyond(OF_HOUSEHOLDS).order_by()


def people_cells() -> dict[str, Combinable]:
    """Of a household the name of its head, masked, and the number of its members, as the database writes them."""
    present = Person.objects.present().filter(household=OuterRef("pk")).order_by()
    # Not by the key itself: its index would be gone through for the one row.
    heads = present.filter(relation=Relation.HEAD).order_by(F("pk") * -1)
    numbers = present.values("household").annotate(number=Count("pk")).values("number")
    return {"head": LookedUp(heads, Masked("name")), "persons": Coalesce(Subquery(numbers), 0)}

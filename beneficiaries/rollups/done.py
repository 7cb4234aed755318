"""What was done for households since a day: measures begun, and visits."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from beneficiaries.models import SupportMeasure, Visit

# How many households are asked about in one statement.
CHUNK = 500
# Why parts of households are read without a look at the area.
OF_HOUSEHOLDS = "they belong to households that the caller has read in scope"
Days = dict[int, list[date]]


@dataclass(frozen=True)
class Done:
    """How many measures were begun and visits made, and the last day of any."""

    measures: int = 0
    visits: int = 0
    last_on: date | None = None


@dataclass(frozen=True)
class Doings:
    """The days of all measures and visits of some households, by the household's record; `done_for` reads them."""

    measures: Days
    visits: Days

    def since(self, number: int, first: date, last: date | None = None) -> Done:
        """What was done for one of them from a day on, both included; `last`: until a day."""
        begun, called = (
            [day for day in days.get(number, ()) if first <= day and (last is None or day <= last)]
            for days in (self.measures, self.visits)
        )
        return Done(len(begun), len(called), max([*begun, *called], default=None))


def done_for(numbers: Iterable[int]) -> Doings:
    """What was done for these households, in two queries."""
    asked = set(numbers)
    measures = SupportMeasure.objects.filter(household__in=asked).beyond(OF_HOUSEHOLDS)
    visits = Visit.objects.filter(household__in=asked).beyond(OF_HOUSEHOLDS)
    return Doings(_days(measures, "begun_on"), _days(visits, "visited_on"))


def chunks(found: Iterable[Any]) -> Iterator[list[Any]]:
    """A limited number at a time."""
    coming = iter(found)
    while some := list(islice(coming, CHUNK)):
        yield some


def _days(rows: QuerySet[Any], field: str) -> Days:
    days: Days = defaultdict(list)
    for number, day in rows.order_by().values_list("household", field):
        days[number].append(day)
    return days

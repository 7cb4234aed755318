"""Incomes that nobody has verified yet: while there are any, their year is not closed."""

from dataclasses import dataclass

from django.db.models import Count

from beneficiaries.models import IncomeRecord
from projects.models import Division


@dataclass(frozen=True)
class Unverified:
    """How many standing incomes of a village and year wait, returned ones among them."""

    village: Division
    records: int


def unverified_incomes(area: str, year: int) -> list[Unverified]:
    """The villages of an area (leading digits of its code) whose incomes of the year wait, by code.

    In: records that hold, by the village that the household had in the year. Out: those that were corrected.
    """
    waiting = IncomeRecord.objects.waiting().of_years(year, year).in_area(area).order_by()
    counted = dict(waiting.values("village").annotate(number=Count("pk")).values_list("village", "number"))
    villages = Division.objects.filter(pk__in=counted).order_by("code", "vintage")
    return [Unverified(village, counted[village.pk]) for village in villages]

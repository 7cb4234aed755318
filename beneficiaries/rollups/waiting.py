"""Incomes that nobody has verified yet: while there are any, their year is not closed."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from alleviation.accounts.rights import Right
from beneficiaries.choices import CheckState
from beneficiaries.models import IncomeRecord
from beneficiaries.models.incomes import IncomeQuerySet
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


def to_verify_by(user: Any) -> IncomeQuerySet:
    """Submitted incomes that this person may verify or return: of their area, and recorded by somebody else."""
    others = Q(recorded_by__isnull=True) | ~Q(recorded_by=user)
    return _waiting_for(user, Right.CHECK_ENTRIES).filter(others, state=CheckState.SUBMITTED)


def returned_to(user: Any) -> IncomeQuerySet:
    """Incomes that this person recorded and somebody else returned with a note."""
    return _waiting_for(user, Right.ENTER_RECORDS).filter(state=CheckState.RETURNED, recorded_by=user)


def _waiting_for(user: Any, right: Right) -> IncomeQuerySet:
    found: IncomeQuerySet = IncomeRecord.objects.visible_to(user).waiting()
    return found if user.may(right) else found.none()

"""Households and persons in time: what happened to them, and what they are today."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext

from alleviation.audit.models import ClosingState, YearClosing
from beneficiaries.models import Household, HouseholdLink, HouseholdMove, IncomeRecord, Person, StatusChange
from projects.verification.sums import rows

# The day of leaving is no longer theirs; a day that is not known bounds nothing.
OVERLAPPING = """
    SELECT n.id FROM beneficiaries_person n WHERE EXISTS (SELECT 1 FROM beneficiaries_person o WHERE o.key = n.key
    AND o.id < n.id AND (o.joined_on IS NULL OR n.left_on IS NULL OR o.joined_on < n.left_on)
    AND (n.joined_on IS NULL OR o.left_on IS NULL OR n.joined_on < o.left_on)) ORDER BY n.id"""


def incomes_recorded_after_closing() -> Iterator[str]:
    """Incomes recorded or corrected in a year of a place while it was closed."""
    closings = YearClosing.objects.filter(state__in=sorted(ClosingState.ONCE_IN_FORCE))
    for closing in closings.order_by("pk"):
        records = IncomeRecord.objects.of_years(closing.year, closing.year).in_area(closing.area)
        for name in ("recorded_at", "superseded_at"):
            found = records.filter(**{f"{name}__gt": closing.decided_at})
            if closing.reopened_at is not None:
                found = found.filter(**{f"{name}__lt": closing.reopened_at})
            for number in found.order_by("pk").values_list("pk", flat=True).iterator():
                words = {"number": number, "closing": closing}
                yield gettext("income record %(number)s: written after %(closing)s was closed") % words


def memberships_that_overlap() -> Iterator[str]:
    """Persons who are members of two households on one day, or twice of one."""
    for (number,) in rows(OVERLAPPING):
        yield gettext("person record %(number)s: a member elsewhere at that time") % {"number": number}


def statuses_other_than_their_history() -> Iterator[str]:
    """Households whose status, or its day, is not what their last change made it."""
    last = StatusChange.objects.filter(household=OuterRef("pk")).order_by("-happened_on", "-pk")
    told = Household.objects.alias(
        last=Subquery(last.values("status")[:1]), day=Subquery(last.values("happened_on")[:1])
    )
    found = told.filter(last__isnull=False).exclude(status=F("last"), status_since=F("day"))
    for number in numbers(found):
        yield gettext("household record %(number)s: its status is not that of its last change") % {"number": number}


def changes_that_do_not_follow() -> Iterator[str]:
    """Changes of status that begin somewhere else than where the one before them led."""
    before = StatusChange.objects.filter(household=OuterRef("household"), happened_on__lt=OuterRef("happened_on"))
    told = StatusChange.objects.alias(led=Subquery(before.order_by("-happened_on").values("status")[:1]))
    for number in numbers(told.filter(led__isnull=False).exclude(was=F("led"))):
        yield gettext("change of status %(number)s: the one before it led elsewhere") % {"number": number}


def homes_other_than_their_moves() -> Iterator[str]:
    """Households that are not in the village, or have not the number, to which their last move brought them."""
    last = HouseholdMove.objects.filter(household=OuterRef("pk")).order_by("-moved_on", "-pk")
    told = Household.objects.alias(
        home=Subquery(last.values("to_village")[:1]), known_as=Subquery(last.values("to_number")[:1])
    )
    for number in numbers(told.filter(home__isnull=False).exclude(village=F("home"), number=F("known_as"))):
        yield gettext("household record %(number)s: it is not where its last move led") % {"number": number}


def moves_that_do_not_follow() -> Iterator[str]:
    """Moves from another village than that to which the move before them led."""
    before = HouseholdMove.objects.filter(household=OuterRef("household"), moved_on__lt=OuterRef("moved_on"))
    told = HouseholdMove.objects.alias(home=Subquery(before.order_by("-moved_on").values("to_village")[:1]))
    for number in numbers(told.filter(home__isnull=False).exclude(from_village=F("home"))):
        yield gettext("move %(number)s: the one before it led elsewhere") % {"number": number}


def members_of_ended_households() -> Iterator[str]:
    """Persons who are members, still or then, of a household after it ended."""
    stayed = Q(left_on__isnull=True) | Q(left_on__gt=F("household__ended_on"))
    for number in numbers(Person.objects.filter(stayed, household__ended_on__isnull=False)):
        yield gettext("person record %(number)s: a member of a household that has ended") % {"number": number}


def incomes_after_the_end() -> Iterator[str]:
    """Incomes that hold, of a year after the one in which their household ended."""
    records = IncomeRecord.objects.standing().filter(year__gt=F("household__ended_on__year"))
    for number in numbers(records):
        yield gettext("income record %(number)s: of a year after the household ended") % {"number": number}


def links_to_nowhere() -> Iterator[str]:
    """Links to a household that is not there."""
    other = Household.objects.filter(pk=OuterRef("other_number"))
    for number in numbers(HouseholdLink.objects.exclude(Exists(other))):
        yield gettext("link %(number)s: no such other household") % {"number": number}


def numbers(found: QuerySet[Any]) -> Iterator[int]:
    """The record numbers, in their order."""
    return found.order_by("pk").values_list("pk", flat=True).iterator()

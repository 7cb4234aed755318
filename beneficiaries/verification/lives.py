"""Households and persons in time: what happened to them, and what they are today."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext

from alleviation.audit.models import ClosingState, YearClosing
from alleviation.common.batches import NAMED, in_parts
from beneficiaries.models import Household, HouseholdLink, HouseholdMove, IncomeRecord, Person, StatusChange


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
    persons = Person.objects.order_by()
    several = persons.values("key").annotate(rows=Count("pk")).filter(rows__gt=1).values("key")
    memberships = (
        persons.filter(key__in=several).order_by("key", "pk").values_list("key", "pk", "joined_on", "left_on")
    )
    found = []
    for _key, rows in groupby(memberships.iterator(chunk_size=NAMED), key=itemgetter(0)):
        before: list[Any] = []
        for _one, number, joined, left in rows:
            if any(_overlap(joined, left, *other) for other in before):
                found.append(number)
            before.append((joined, left))
    for number in sorted(found):
        yield gettext("person record %(number)s: a member elsewhere at that time") % {"number": number}


def _overlap(joined: date | None, left: date | None, since: date | None, until: date | None) -> bool:
    """The day of leaving is no longer theirs; a day that is not known bounds nothing."""
    return (since is None or left is None or since < left) and (joined is None or until is None or joined < until)


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
    links = HouseholdLink.objects.order_by("pk").values_list("pk", "other_number").iterator(chunk_size=NAMED)
    for some in in_parts(links):
        there = set(Household.objects.filter(pk__in={other for _link, other in some}).values_list("pk", flat=True))
        lost = [number for number, other in some if other not in there]
        yield from (gettext("link %(number)s: no such other household") % {"number": number} for number in lost)


def numbers(found: QuerySet[Any]) -> Iterator[int]:
    """The record numbers, in their order."""
    return found.order_by("pk").values_list("pk", flat=True).iterator()

"""Persons who left the register long ago are erased, after as many years as the office keeps them."""

from collections.abc import Iterator
from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Q

from alleviation.audit.trail import Actor
from beneficiaries.actions.erasing import erase_person
from beneficiaries.models import Person

# So many at a time: nobody who registers a person waits for long.
AT_A_TIME = 500


def gone_before(day: date) -> Q:
    """Rows of memberships that ended before a day: the person left the household, or the household ended."""
    return Q(left_on__lt=day) | Q(left_on__isnull=True, household__ended_on__lt=day)


def gone_persons(day: date) -> Iterator[Person]:
    """One row of each person, not yet erased, whose every membership ended before the day; the oldest first."""
    belongs = Person.objects.exclude(gone_before(day)).values("key")
    gone = Person.objects.filter(gone_before(day), erased_at__isnull=True).exclude(key__in=belongs)
    last, seen = 0, set[int]()
    while rows := list(gone.filter(pk__gt=last).order_by("pk")[:AT_A_TIME]):
        last = rows[-1].pk
        for row in rows:
            if row.key not in seen:
                seen.add(row.key)
                yield row


def forget_persons(day: date, *, by: Actor, reason: str) -> int:
    """Erase everybody who belongs to no household any more since before the day; answers with how many.

    Each person is a transaction of its own, with its events: what was done stays done where it is broken off.
    """
    done = 0
    for person in gone_persons(day):
        try:
            erase_person(person, reason=reason, by=by)
        except ValidationError as error:
            # A reviewer was quicker.
            if error.code != "erased":
                raise
        else:
            done += 1
    return done

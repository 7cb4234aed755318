"""Personal data in full: for whoever may, with a reason, so often an hour, and told in the trail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alleviation.accounts.asking import OutsideArea
from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.lately import events_since
from alleviation.audit.models import Verb
from alleviation.audit.trail import name_of, record, record_words, together
from beneficiaries.actions.numbers import find, numbers_of_each, valid_number
from beneficiaries.actions.reasons import valid_reason
from beneficiaries.choices import NumberKind
from beneficiaries.models import Household, Person

WITHIN = timedelta(hours=1)


@dataclass(frozen=True)
class Revealed:
    """A member of a household in full; a number is "" where none is kept in full, or no key opens it."""

    person: Person
    name: str
    born_on: date | None
    id_number: str
    account_number: str


def reveal(household: Household, *, reason: str, by: User) -> list[Revealed]:
    """The names, days of birth and numbers of a household's members, those who left included.

    A number belongs to the person: it is shown in the household that they belong to now, or belonged to last.
    Raises ValidationError (no reason, a number in the reason, too often within an hour), PermissionDenied.
    """
    with together():
        _refuse_without_right(by)
        if not Household.objects.visible_to(by).filter(pk=household.pk).exists():
            raise OutsideArea
        told = valid_reason(reason)
        _refuse_too_often(by)
        record(verb=Verb.REVEALED, subject=household, by=by, reason=told)
        return _in_full(household)


def find_household(kind: NumberKind, text: str, *, by: User) -> Household | None:
    """The household of whoever has this number; None for nobody's, and for one outside the area of who asks.

    The search counts as a reveal, and is told in the trail without the number.
    Raises ValidationError (no such number, too often within an hour), PermissionDenied.
    """
    with together():
        _refuse_without_right(by)
        number = valid_number(kind, text)
        _refuse_too_often(by)
        homes = homes_of(row.person_number for row in find(kind, number))
        found = Household.objects.visible_to(by).filter(pk__in=[home.household_id for home in homes.values()]).first()
        details = {"number": str(kind), "household": found.pk if found else None}
        record_words(verb=Verb.REVEALED, what="person-by-number", by=by, kind="search", details=details)
        return found


def homes_of(keys: Iterable[int]) -> dict[int, Person]:
    """By the person's key, the membership that holds now, or held last."""
    homes: dict[int, Person] = {}
    for person in Person.objects.filter(key__in=list(keys)).order_by("pk"):
        other = homes.get(person.key)
        if other is None or (person.left_on or date.max) >= (other.left_on or date.max):
            homes[person.key] = person
    return homes


def _in_full(household: Household) -> list[Revealed]:
    persons = list(household.persons.order_by("pk"))
    here = {home.key for home in homes_of(one.key for one in persons).values() if home.household_id == household.pk}
    numbers = numbers_of_each(here)
    return [
        Revealed(
            person=one,
            name=one.name,
            born_on=one.born_on,
            id_number=numbers.get(one.key, {}).get(NumberKind.RESIDENT_ID, ""),
            account_number=numbers.get(one.key, {}).get(NumberKind.BANK_ACCOUNT, ""),
        )
        for one in persons
    ]


def _refuse_without_right(by: User) -> None:
    if not (by.may(Right.REVEAL_PERSONS) and by.may(Right.VIEW_HOUSEHOLDS)):
        raise PermissionDenied(_("Your role does not cover this."))


def _refuse_too_often(by: User) -> None:
    """Count what this person was shown within the hour; whoever asks at the same moment waits for the answer."""
    User.objects.select_for_update().filter(pk=by.pk).order_by().first()
    limit, since = settings.REVEALS_PER_HOUR, timezone.now() - WITHIN
    shown = events_since(since).filter(actor=name_of(by), verb=Verb.REVEALED, at__gt=since).order_by("-pk")
    latest = list(shown.values_list("at", flat=True)[:limit])
    if len(latest) == limit:
        words = {
            "number": limit,
            "time": date_format(timezone.localtime(latest[-1] + WITHIN + timedelta(minutes=1)), "TIME_FORMAT"),
        }
        told = _("You have seen personal data as often as one may within an hour: %(number)s. Try again at %(time)s.")
        raise ValidationError(told % words, code="too_often")

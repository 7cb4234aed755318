"""Erasing a person: what identifies them goes, what is counted stays. docs/privacy.md tells what this leaves."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from alleviation.accounts.asking import OutsideArea
from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.trail import Actor, anywhere, together, write
from beneficiaries.actions.numbers import lock, release
from beneficiaries.actions.reasons import valid_reason
from beneficiaries.actions.revealing import homes_of
from beneficiaries.models import Person
from beneficiaries.rules import PERSON_LOCK


def erase_person(person: Person, *, reason: str, by: Actor) -> None:
    """Take away what identifies a person (Person.ERASED) from every row of theirs, and their numbers, for good.

    Sums, counts and memberships stay as they were; the trail tells who did it and why, and holds keyed hashes alone.
    It is for a reviewer of the area where the person belongs now, or belonged last; rows elsewhere go along. A command
    does it under its own name (forgetting.py).
    Raises ValidationError (erased already, no reason, a number in the reason), PermissionDenied.
    """
    with together():
        if isinstance(by, User):
            _refuse(person, by)
        told = valid_reason(reason)
        # As every write of a person holds it: a membership that is being added now is seen, or comes too late.
        lock(PERSON_LOCK, [person.key % 2147483647])
        rows = _held(person)
        if any(row.erased_at is not None for row in rows):
            raise ValidationError(_("This person was erased already."), code="erased")
        release(person)
        now = timezone.now()
        for row in rows:
            _empty(row)
            row.erased_at = now
            with anywhere("a person is erased wherever they ever belonged"):
                write(row, by=by, reason=told)


def _held(person: Person) -> list[Person]:
    """Every membership of the person, locked household by household: each may lie on a machine of its own."""
    rows = Person.objects.filter(key=person.key).order_by()
    homes = sorted(set(rows.values_list("household_id", flat=True)))
    found = [row for home in homes for row in rows.select_for_update().filter(household=home).order_by("pk")]
    return sorted(found, key=lambda row: row.pk)


def _refuse(person: Person, by: User) -> None:
    if not by.may(Right.ERASE_PERSONS):
        raise PermissionDenied(_("Your role does not cover this."))
    home = homes_of([person.key]).get(person.key)
    if home is None or not Person.objects.visible_to(by).filter(pk=home.pk).exists():
        raise OutsideArea


def _empty(row: Person) -> None:
    """Nothing stands any more in the columns that erasing takes away."""
    for field in Person._meta.concrete_fields:
        if field.name in Person.ERASED:
            setattr(row, field.attname, None if field.null else "")

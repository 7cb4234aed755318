"""Members of households: registered, leaving, going over to another."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from alleviation.audit import entry as guarded
from alleviation.audit.models import ImportBatch
from alleviation.audit.trail import Actor, together
from alleviation.common.citus.standing import is_spread
from alleviation.common.parts import beside_whole
from beneficiaries.actions.holding import hold, hold_both, is_seen, refuse_ended, refuse_outside_life, told_at
from beneficiaries.actions.numbers import find, lock, note_number, reserve, valid_number
from beneficiaries.choices import Left, NumberKind
from beneficiaries.models import Household, Person, PersonNumber, belonging
from beneficiaries.models.persons import PersonQuerySet
from beneficiaries.rules import PERSON_LOCK
from projects.models import Division

# What somebody gives as the reason; the others come with what happens to the whole household.
LEAVING = (Left.DEATH, Left.MARRIAGE, Left.MOVE, Left.OTHER)
GOING_OVER = (Left.MARRIAGE, Left.MOVE, Left.OTHER)
# What a membership says of itself; the rest goes along with the person.
OWN = ("id", "household_id", "joined_on", "joined_as", "left_on", "left_as")
FACTS = tuple(field.attname for field in Person._meta.concrete_fields if field.attname not in OWN)
FIRST, LAST, DAY = date.min, date.max, timedelta(days=1)


def register_person(
    person: Person, *, by: Actor, id_number: str = "", account_number: str = "", batch: ImportBatch | None = None
) -> None:
    """Save a member of a household. Numbers are kept encrypted; the record has their last four digits.

    Whoever belonged to a household before, and is told by the identity number, stays the same person.
    Raises ValidationError where a number is not one, tells another birth or sex than was entered, or belongs to a
    member of another household; where the days cannot be; PermissionDenied.
    """
    typed = {NumberKind.RESIDENT_ID: id_number, NumberKind.BANK_ACCOUNT: account_number}
    numbers = {kind: valid_number(kind, text) for kind, text in typed.items() if text}
    with together():
        household = hold(person.household, by=by)
        for kind, number in numbers.items():
            note_number(kind, number, person)
        if person.pk is None:
            refuse_ended(household, field="joined_on")
            _recognise(person, numbers.get(NumberKind.RESIDENT_ID, ""), by)
        _refuse_impossible_days(person, household)
        guarded.enter(person, by=by, batch=batch)
        for kind, number in numbers.items():
            reserve(kind, number, person)


def leave_household(person: Person, *, on: date, how: str, by: Actor) -> None:
    """A member leaves on a day, which is no longer theirs (Left: death, marriage, move, other).

    Raises ValidationError at `on`, `how`, and where the person has left already; PermissionDenied.
    """
    _refuse_reason(how, LEAVING)
    with told_at(left_on="on", left_as="how"), together():
        hold(person.household, by=by)
        stored = present(person)
        leave(stored, on=on, how=how, by=by)
    _follow(person, stored)


def transfer_person(person: Person, *, to: Household, on: date, how: str, relation: str, by: Actor) -> Person:
    """A member goes over to another household on a day (marriage, move, other); the membership there is returned.

    The person stays the same, with all facts; `relation` is the one to the head of the other household.
    Raises ValidationError at `to`, `on`, `how`, `relation`, and where the person has left already; PermissionDenied.
    """
    _refuse_reason(how, GOING_OVER)
    with told_at(left_on="on", joined_on="on", left_as="how", joined_as="how"), together():
        _from, there = hold_both(person.household, to, by=by, field="to")
        refuse_ended(there, field="to")
        refuse_outside_life(there, on, field="on")
        stored = present(person)
        arrived = go_over(stored, there, on=on, left=how, joined=how, by=by, relation=relation)
    _follow(person, stored)
    return arrived


def go_over(
    person: Person, to: Household, *, on: date, left: str, joined: str, by: Actor, relation: str | None = None
) -> Person:
    """End a membership and begin it in another household on the same day; call it under the locks of both.

    Raises ValidationError.
    """
    leave(person, on=on, how=left, by=by)
    facts = {name: getattr(person, name) for name in FACTS}
    arrived = Person(household=to, joined_on=on, joined_as=joined, **facts)
    arrived.relation = person.relation if relation is None else relation
    guarded.enter(arrived, by=by)
    PersonNumber.objects.filter(person_number=person.key).update(household_number=to.pk)
    return arrived


def present(person: Person) -> Person:
    """The membership as it is now, locked. Raises ValidationError where it has ended, or ChangedMeanwhile."""
    stored = Person.objects.select_for_update().get(pk=person.pk, **beside_whole(person))
    if stored.left_on is not None:
        message = _("The person left this household already, on %(day)s.") % {"day": stored.left_on}
        raise ValidationError(message, code="left_already")
    stored.seen_version = getattr(person, "seen_version", None)  # type: ignore[attr-defined]
    return stored


def leave(person: Person, *, on: date, how: str, by: Actor) -> None:
    if person.joined_on is not None and on < person.joined_on:
        message = _("The person joined the household on %(day)s only.") % {"day": person.joined_on}
        raise ValidationError({"on": ValidationError(message, code="before_joining")})
    _refuse_before_birth(person, on, field="on")
    person.left_on, person.left_as = on, how
    guarded.enter(person, by=by)


def _refuse_reason(how: str, known: tuple[Left, ...]) -> None:
    if how not in known:
        message = _("Say why: %(reasons)s.") % {"reasons": ", ".join(str(one.label) for one in known)}
        raise ValidationError({"how": ValidationError(message, code="reason")})


def _refuse_impossible_days(person: Person, household: Household) -> None:
    """Joined before the birth or before the household was, or while a member elsewhere. Raises ValidationError."""
    if person.joined_on is not None:
        _refuse_before_birth(person, person.joined_on, field="joined_on")
        refuse_outside_life(household, person.joined_on, field="joined_on")
    if is_spread(connection):
        # Elsewhere the rule of the database holds the person while it looks.
        lock(PERSON_LOCK, [person.key % 2147483647])
    if _elsewhere(person).exists():
        message = _("The person is a member of another household at that time.")
        raise ValidationError({"joined_on": ValidationError(message, code="overlap")})


def _refuse_before_birth(person: Person, day: date, *, field: str) -> None:
    is_before = person.born_on is not None and day < person.born_on
    if is_before or (person.birth_year is not None and day.year < person.birth_year):
        raise ValidationError({field: ValidationError(_("The person was not born yet."), code="before_birth")})


def _elsewhere(person: Person) -> PersonQuerySet:
    """The other memberships of the person that share a day with this one; it need not be saved."""
    last = person.left_on - DAY if person.left_on else LAST
    return Person.objects.filter(belonging(person.joined_on or FIRST, last), key=person.key).exclude(pk=person.pk)


def _recognise(person: Person, number: str, by: Actor) -> None:
    """Whoever is entered anew and is told by the number: the same person, who cannot be a member of two households.

    Raises ValidationError; of a household outside the actor's area it does not tell which.
    """
    found = find(NumberKind.RESIDENT_ID, number) if number else []
    if not found or not Person.objects.filter(key=found[0].person_number).exists():
        return
    person.key = found[0].person_number
    last = Person.objects.filter(key=person.key).select_related("household__village").order_by("-left_on", "pk")
    here = last.filter(left_on__isnull=True).first()
    if here is not None:
        raise ValidationError({"id_number": ValidationError(_where(here, by), code="id_number_taken")})
    _refuse_return(person, last.first())


def _where(there: Person, by: Actor) -> str:
    if not is_seen(there.household, by):
        return _(
            "A person with this identity number is registered already. Whoever enters records of both households can "
            "transfer them."
        )
    return taken_at(there.household.number, there.household.village)


def taken_at(number: str, village: Division) -> str:
    """The words for an identity number of a member of a household that one may see."""
    message = _(
        "A person with this identity number is registered already, in household %(number)s of %(village)s: transfer "
        "them from there."
    )
    return message % {"number": number, "village": village.local_name}


def _refuse_return(person: Person, last: Person | None) -> None:
    """Somebody who was a member of a household before comes back on a day after that, and nobody after death."""
    if last is not None and last.left_as == Left.DEATH:
        message = _("The person with this identity number is recorded as dead.")
        raise ValidationError({"id_number": ValidationError(message, code="dead")})
    if person.joined_on is None:
        message = _("The person belonged to a household before: say since when they belong to this one.")
        raise ValidationError({"joined_on": ValidationError(message, code="joined_on_missing")})


def _follow(person: Person, stored: Person) -> None:
    person.left_on, person.left_as = stored.left_on, stored.left_as

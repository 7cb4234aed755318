"""Many households and persons that a file names for the first time, written at once."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection

from alleviation.accounts.asking import OutsideArea
from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit import trail
from alleviation.audit.models import ImportBatch
from alleviation.common.areas import covers
from beneficiaries.actions.holding import wait_for_files
from beneficiaries.actions.numbers import hold_all_numbers, note_number, seal_anew
from beneficiaries.choices import NumberKind, Relation
from beneficiaries.models import Household, Person, PersonNumber
from beneficiaries.rules import NEW_KEYS

ONE_HOUSEHOLD = "SELECT 1 FROM beneficiaries_household home WHERE home.id = %s FOR UPDATE"


@dataclass(frozen=True)
class Head:
    """The head of a household by name and identity number; `household` is new, or on the register without a head."""

    household: Household
    name: str
    id_number: str


@dataclass(frozen=True)
class Member:
    """A new member of a household, which is new or on the register; what the number tells is noted in the person."""

    person: Person
    id_number: str = ""


def hold_register(households: Sequence[Household]) -> None:
    """Keep households as they are, and every identity number whose it is, until the transaction ends.

    Whoever writes to one of them by hand waits, or has finished; in the order in which they take the same. What is
    read afterwards holds until the rows are written.
    """
    numbers = sorted({one.pk for one in households})
    wait_for_files(numbers)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # One by one: each may lie on a machine of its own.
            for number in numbers:
                cursor.execute(ONE_HOUSEHOLD, [number])
    hold_all_numbers()


def register_together(
    households: Sequence[Household], members: Sequence[Member], *, by: User, batch: ImportBatch
) -> None:
    """Register new households, and new members of these and of others, all or none, with one event for each kind.

    Call it under hold_register, with records that were validated, persons that nobody has met before (whose keys were
    drawn anew) and numbers that nobody has.
    Raises OutsideArea; IntegrityError where somebody registered one of them meanwhile.
    """
    _refuse_foreign((*households, *(one.person.household for one in members)), by)
    with trail.together():
        trail.write_together(households, by=by, batch=batch)
        persons = [one.person for one in members]
        for person in persons:
            # It has its number only now.
            person.household = person.household
        with _new_keys():
            trail.write_together(persons, by=by, batch=batch)
        PersonNumber.objects.bulk_create(
            [_kept(one.id_number, one.person) for one in members if one.id_number], batch_size=trail.BATCH
        )


def register_heads(heads: Sequence[Head], *, by: User, batch: ImportBatch) -> None:
    """Register new households and the head of each, all or none. The callers have held the numbers against ours.

    Raises PermissionDenied outside the area; IntegrityError where somebody was registered meanwhile.
    """
    if not heads:
        return
    households = [one.household for one in heads if one.household.pk is None]
    members = [
        Member(Person(household=one.household, name=one.name, relation=Relation.HEAD), one.id_number) for one in heads
    ]
    for household in households:
        household.clean_fields(exclude=["village"])
    for one in members:
        note_number(NumberKind.RESIDENT_ID, one.id_number, one.person)
        one.person.clean_fields(exclude=["household"])
    with trail.together():
        hold_all_numbers()
        register_together(households, members, by=by, batch=batch)


def _refuse_foreign(households: Iterable[Household], by: User) -> None:
    if not by.may(Right.ENTER_RECORDS) or not all(covers(by.area, one.village.code) for one in households):
        raise OutsideArea


@contextmanager
def _new_keys() -> Iterator[None]:
    """Have PostgreSQL take no lock for each person that is inserted in here, whose key nobody else knows."""
    _say_new_keys("yes")
    yield
    # Where the insert failed, the transaction forgets what was said with all else.
    _say_new_keys("")


def _say_new_keys(word: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, true)", [NEW_KEYS, word])


def _kept(number: str, person: Person) -> PersonNumber:
    row = PersonNumber(kind=NumberKind.RESIDENT_ID, person_number=person.key, household_number=person.household_id)
    seal_anew(row, number)
    return row

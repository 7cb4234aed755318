"""Many households that a file names for the first time, each with its head."""

from collections.abc import Sequence
from dataclasses import dataclass

from alleviation.accounts.asking import OutsideArea
from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit import trail
from alleviation.audit.models import ImportBatch
from alleviation.common.areas import covers
from beneficiaries.actions.numbers import lock, note_number, seal_anew
from beneficiaries.choices import NumberKind, Relation
from beneficiaries.models import Household, Person, PersonNumber

# Any number, the same for all: whoever registers many numbers at once does so alone.
NUMBERS_LOCK = 20261125


@dataclass(frozen=True)
class Head:
    """The head of a household by name and identity number; `household` is new, or on the register without a head."""

    household: Household
    name: str
    id_number: str


def register_heads(heads: Sequence[Head], *, by: User, batch: ImportBatch) -> None:
    """Register new households and the head of each, all or none. The callers have held the numbers against ours.

    Raises PermissionDenied outside the area; IntegrityError where somebody was registered meanwhile.
    """
    if not heads:
        return
    if not by.may(Right.ENTER_RECORDS) or not all(covers(by.area, one.household.village.code) for one in heads):
        raise OutsideArea
    with trail.together():
        lock(NUMBERS_LOCK, [1])
        trail.write_many([one.household for one in heads if one.household.pk is None], by=by, batch=batch)
        persons = [Person(household=one.household, name=one.name, relation=Relation.HEAD) for one in heads]
        for head, person in zip(heads, persons, strict=True):
            note_number(NumberKind.RESIDENT_ID, head.id_number, person)
        trail.write_many(persons, by=by, batch=batch)
        PersonNumber.objects.bulk_create(
            [_kept(head.id_number, person) for head, person in zip(heads, persons, strict=True)],
            batch_size=trail.BATCH,
        )


def _kept(number: str, person: Person) -> PersonNumber:
    row = PersonNumber(kind=NumberKind.RESIDENT_ID, person_number=person.key, household_number=person.household_id)
    seal_anew(row, number)
    return row

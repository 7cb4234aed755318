"""Members of households: registered, leaving, going over to another."""

from datetime import date

from alleviation.audit import entry as guarded
from alleviation.audit.models import ImportBatch
from alleviation.audit.trail import Actor, together
from beneficiaries.actions.numbers import note_number, reserve, valid_number
from beneficiaries.choices import NumberKind
from beneficiaries.models import Household, Person


def register_person(
    person: Person, *, by: Actor, id_number: str = "", account_number: str = "", batch: ImportBatch | None = None
) -> None:
    """Save a member of a household. Numbers are kept encrypted; the record has their last four digits.

    Raises ValidationError where a number is not one, tells another birth or sex than was entered, or belongs to a
    person on the register already.
    """
    typed = {NumberKind.RESIDENT_ID: id_number, NumberKind.BANK_ACCOUNT: account_number}
    numbers = {kind: valid_number(kind, text) for kind, text in typed.items() if text}
    with together():
        for kind, number in numbers.items():
            note_number(kind, number, person)
        guarded.enter(person, by=by, batch=batch)
        for kind, number in numbers.items():
            reserve(kind, number, person)


def leave_household(person: Person, *, on: date, how: str, by: Actor) -> None:
    """A member leaves on a day (Left: death, marriage, move, other). Raises ValidationError at `on`, `how`."""
    raise NotImplementedError


def transfer_person(person: Person, *, to: Household, on: date, how: str, relation: str, by: Actor) -> Person:
    """A member goes over to another household on a day (marriage, move, other); the membership there is returned.

    Raises ValidationError at `to`, `on`, `how`, `relation`; PermissionDenied.
    """
    raise NotImplementedError

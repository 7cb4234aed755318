"""Members of households: registered, leaving, going over to another."""

from datetime import date

from alleviation.audit import entry as guarded
from alleviation.audit.models import ImportBatch
from alleviation.audit.trail import Actor, together
from beneficiaries.actions.numbers import reserve, valid_id_number
from beneficiaries.models import Household, Person


def register_person(
    person: Person, *, by: Actor, id_number: str = "", account_number: str = "", batch: ImportBatch | None = None
) -> None:
    """Save a member of a household. Of an identity number only a keyed digest and the last four digits are kept.

    Raises ValidationError where the number is not one, or belongs to a person on the register already.
    """
    number = valid_id_number(id_number) if id_number else ""
    with together():
        if number:
            person.id_tail = number[-4:]
        guarded.enter(person, by=by, batch=batch)
        if number:
            reserve(number, person)


def leave_household(person: Person, *, on: date, how: str, by: Actor) -> None:
    """A member leaves on a day (Left: death, marriage, move, other). Raises ValidationError at `on`, `how`."""
    raise NotImplementedError


def transfer_person(person: Person, *, to: Household, on: date, how: str, relation: str, by: Actor) -> Person:
    """A member goes over to another household on a day (marriage, move, other); the membership there is returned.

    Raises ValidationError at `to`, `on`, `how`, `relation`; PermissionDenied.
    """
    raise NotImplementedError

"""Personal data in full: with a reason, so often an hour, and told in the trail."""

from dataclasses import dataclass
from datetime import date

from alleviation.accounts.models import User
from beneficiaries.choices import NumberKind
from beneficiaries.models import Household, Person


@dataclass(frozen=True)
class Revealed:
    """A member of a household in full. `is_kept` is False for a number of which only the digest is known."""

    person: Person
    name: str
    born_on: date | None
    id_number: str
    account_number: str


def reveal(household: Household, *, reason: str, by: User) -> list[Revealed]:
    """The names, days of birth and numbers of a household's members.

    Raises ValidationError (no reason, a number in the reason, too often within an hour), PermissionDenied.
    """
    raise NotImplementedError


def find_household(kind: NumberKind, text: str, *, by: User) -> Household | None:
    """The household of whoever has this number, if it lies in the area of who asks; the search is told in the trail.

    Raises ValidationError (no such number, too often within an hour), PermissionDenied.
    """
    raise NotImplementedError

"""Erasing a person: what identifies them goes, what is counted stays."""

from alleviation.accounts.models import User
from beneficiaries.models import Person


def erase_person(person: Person, *, reason: str, by: User) -> None:
    """Take away what identifies a person (Person.ERASED) from every row of theirs, and their numbers, for good.

    Sums, counts and memberships stay as they were; the trail tells who did it and why, and holds keyed hashes alone.
    Raises ValidationError (erased already, no reason), PermissionDenied.
    """
    raise NotImplementedError

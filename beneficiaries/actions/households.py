"""Households over time: registered, moved, split, merged, ended."""

from collections.abc import Sequence
from datetime import date

from alleviation.audit import entry as guarded
from alleviation.audit.models import ImportBatch
from alleviation.audit.trail import Actor
from beneficiaries.models import Household, Person
from projects.models import Division


def register_household(household: Household, *, by: Actor, batch: ImportBatch | None = None) -> None:
    """Save a household, or the facts of one that is registered; its village, status and end have actions of their own.

    Raises ValidationError, PermissionDenied.
    """
    guarded.enter(household, by=by, batch=batch)


def move_household(
    household: Household, *, to: Division, on: date, reason: str, by: Actor, number: str = "", note: str = ""
) -> None:
    """From a day on a household belongs to another village; `number` is its number there, else the one it has.

    Raises ValidationError at `to`, `on`, `number`, `reason`; PermissionDenied.
    """
    raise NotImplementedError


def split_household(
    household: Household, *, number: str, members: Sequence[Person], on: date, by: Actor, note: str = ""
) -> Household:
    """These members become a household of their own, with this number, in the same village; it is returned.

    Raises ValidationError at `number`, `members`, `on`; PermissionDenied.
    """
    raise NotImplementedError


def merge_household(household: Household, *, into: Household, on: date, by: Actor, note: str = "") -> None:
    """All members go over to another household, and this one ends. Raises ValidationError, PermissionDenied."""
    raise NotImplementedError


def end_household(household: Household, *, on: date, how: str, by: Actor) -> None:
    """A household is none any more (HouseholdEnd, without merging). Raises ValidationError, PermissionDenied."""
    raise NotImplementedError

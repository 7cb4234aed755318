"""The entries of the ledger that wait for one person: what came back to them, what they began, what they may check."""

from typing import Any

from django.db.models import Q

from alleviation.accounts.rights import Right
from projects.choices import EntryState
from projects.models import LedgerEntry
from projects.models.ledger import LedgerQuerySet


def returned_to(user: Any) -> LedgerQuerySet:
    """Entries that this person drafted or submitted and somebody else returned with a note."""
    return _of_state(EntryState.RETURNED, user, Right.ENTER_RECORDS).filter(_made_by(user))


def drafts_of(user: Any) -> LedgerQuerySet:
    """What this person has drafted and not submitted yet."""
    return _of_state(EntryState.DRAFT, user, Right.ENTER_RECORDS).filter(drafted_by=user.get_username())


def to_check_by(user: Any) -> LedgerQuerySet:
    """Submitted entries that this person may post or return: in their area, and made by somebody else."""
    made = _made_by(user) | Q(imported_by=user.get_username())
    return _of_state(EntryState.SUBMITTED, user, Right.CHECK_ENTRIES).exclude(made)


def _made_by(user: Any) -> Q:
    return Q(drafted_by=user.get_username()) | Q(submitted_by=user.get_username())


def _of_state(state: EntryState, user: Any, right: Right) -> LedgerQuerySet:
    found = LedgerEntry.objects.visible_to(user).of_state(state)
    return found if user.may(right) else found.none()

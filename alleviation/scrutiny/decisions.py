"""What one person asks for and another decides: locked, still waiting, not one's own; then decided with its event."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.entry import enter
from alleviation.audit.trail import Actor, name_of
from alleviation.scrutiny.models import RequestState


def to_be_decided(rows: QuerySet[Any], asked: Any, *, by: Actor) -> Any:
    """The stored request, locked, if it still waits and somebody else asked for it.

    Raises PermissionDenied (no person, not among the rows they see, one's own), ValidationError (decided already).
    """
    if not isinstance(by, User):
        raise PermissionDenied(_("This is decided by a person."))
    stored = rows.select_for_update().filter(pk=asked.pk).first()
    if stored is None:
        raise PermissionDenied(_("This record lies outside your area."))
    if stored.state != RequestState.ASKED:
        told = {"who": stored.decided_by, "state": stored.get_state_display()}
        raise ValidationError(_("%(who)s has decided this meanwhile: %(state)s.") % told, code="decided")
    if by.get_username() == stored.asked_by:
        raise PermissionDenied(_("You asked for this yourself; somebody else has to decide it."))
    return stored


def refuse_without_note(note: str) -> None:
    """Raises ValidationError at the note of what is declined."""
    if not note.strip():
        raise ValidationError({"note": ValidationError(_("Say why it is declined."), code="missing")})


def decide(stored: Any, state: RequestState, *, by: Actor, right: Right, note: str) -> Any:
    """Write the decision, with its event."""
    stored.state, stored.decision_note = state, note.strip()
    stored.decided_by, stored.decided_at = name_of(by), timezone.now()
    enter(stored, by=by, right=right, reason=stored.decision_note)
    return stored

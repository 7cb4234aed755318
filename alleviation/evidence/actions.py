"""Puts files to the records that they prove, and takes them back."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from alleviation.accounts.asking import OutsideArea
from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit import trail
from alleviation.audit.models import ImportBatch
from alleviation.audit.trail import Actor
from alleviation.evidence.models import Evidence
from alleviation.evidence.store import store

# Whoever enters a record has its papers; whoever checks it may lay their own beside them.
ATTACHING = (Right.ENTER_RECORDS, Right.CHECK_ENTRIES)


def may_attach(user: User) -> bool:
    """Whether this person's role covers putting files to records; which records, their area says."""
    return any(user.may(right) for right in ATTACHING)


def attach(record: Any, content: bytes, *, title: str, by: Actor, batch: ImportBatch | None = None) -> Evidence:
    """Store a file and put it to the record that it proves, with their events, all or nothing.

    Evidence changes no figure, so a record of a closed year takes it too. What proves a made-up record is made up.
    Raises PermissionDenied where the role or the area does not cover it, and ValidationError for a file that is
    refused, or that proves the record already.
    """
    _refuse(record, by)
    with trail.together():
        file = store(content, by=by, is_made_up=is_made_up(record), batch=batch)
        evidence = Evidence(
            subject_type=record._meta.label_lower,
            subject_id=record.pk,
            file=file,
            title=title.strip(),
            attached_by=trail.name_of(by),
            is_made_up=is_made_up(record),
        )
        # The event of the evidence itself names the file by its content, also where others handed it in before.
        _write(evidence, by=by, reason=f"SHA-256 {file.sha256}", batch=batch)
    return evidence


def withdraw(evidence: Evidence, *, by: Actor, reason: str) -> None:
    """Say that a file does not prove its record after all; it is kept, and shown as withdrawn.

    Raises PermissionDenied as for attaching, ValidationError without a reason and for what is withdrawn already.
    """
    with trail.together():
        held = Evidence.objects.select_for_update().get(pk=evidence.pk)
        _refuse(held.subject_model(pk=held.subject_id), by)
        if held.withdrawn_at:
            raise ValidationError(_("This evidence is withdrawn already."), code="withdrawn")
        held.withdrawn_by, held.withdrawn_at = trail.name_of(by), timezone.now()
        held.withdrawn_reason = reason.strip()
        _write(held, by=by, reason=held.withdrawn_reason)


def is_made_up(record: Any) -> bool:
    """Whether a record belongs to the made-up example; a part does where its whole does."""
    if hasattr(record, "is_made_up"):
        return bool(record.is_made_up)
    return is_made_up(getattr(record, record.is_part_of))


def _refuse(record: Model, by: Actor) -> None:
    """A command has every right; a person needs one of those to attach, and to see the record."""
    if not isinstance(by, User):
        return
    if not may_attach(by):
        raise PermissionDenied(_("Your role does not cover this."))
    if not type(record)._default_manager.visible_to(by).filter(pk=record.pk).exists():  # type: ignore[attr-defined]
        raise OutsideArea


def _write(evidence: Evidence, *, by: Actor, reason: str, batch: ImportBatch | None = None) -> None:
    """Raises ValidationError too where somebody else attached the same file at the same moment."""
    try:
        trail.write(evidence, by=by, reason=reason, batch=batch)
    except IntegrityError as error:
        raise ValidationError(_("This very file proves the record already."), code="unique") from error

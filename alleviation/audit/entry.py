"""The guarded write: right → scope → write → scope again, all in one transaction."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models.base import Model
from django.utils.translation import gettext as _

from alleviation.accounts.asking import OutsideArea
from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit import trail
from alleviation.audit.models import ImportBatch
from alleviation.audit.trail import Actor


def enter(
    record: Any,
    *,
    by: Actor,
    batch: ImportBatch | None = None,
    right: Right = Right.ENTER_RECORDS,
    reason: str = "",
) -> None:
    """Validate and save a record with its audit event, which keeps the reason where one was asked for.

    A command acts under its own name and has every right. A person needs the right, and the record must lie in
    their area before and after the write.

    Raises PermissionDenied, or ValidationError where the record is not valid; nothing is written then.
    """
    with trail.together():
        _refuse_without_right(by, right)
        if record.pk is not None:
            _refuse_foreign(record, by)
        # It reads the record again, through the scope of whoever wrote it.
        trail.write(record, by=by, batch=batch, reason=reason)


def enter_many(records: Sequence[Model], *, by: str, batch: ImportBatch) -> None:
    """Insert many valid records of one model with their events. Only commands do this so far."""
    trail.write_many(records, by=by, batch=batch)


def _refuse_without_right(by: Actor, right: Right) -> None:
    if isinstance(by, User) and not by.may(right):
        raise PermissionDenied(_("Your role does not cover this."))


def _refuse_foreign(record: Any, by: Actor) -> None:
    if isinstance(by, User) and not type(record).objects.visible_to(by).filter(pk=record.pk).exists():
        raise OutsideArea

"""Entering records that have no action of their own."""

from typing import Any

from alleviation.audit import entry as guarded
from alleviation.audit.models import ImportBatch
from alleviation.audit.trail import Actor
from projects.models import LedgerEntry


def enter(record: Any, *, by: Actor, batch: ImportBatch | None = None) -> None:
    """Validate and save a record with its event. Raises ValidationError, PermissionDenied.

    Raises TypeError for a ledger entry: it is drafted, submitted and posted, each by its own action.
    """
    if isinstance(record, LedgerEntry):
        raise TypeError("a ledger entry is drafted, submitted and posted")
    guarded.enter(record, by=by, batch=batch)

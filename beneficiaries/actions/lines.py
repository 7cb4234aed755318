"""Poverty and monitoring lines."""

from alleviation.accounts.rights import Right
from alleviation.audit import entry as guarded
from alleviation.audit.models import ImportBatch
from alleviation.audit.trail import Actor
from beneficiaries.models import PovertyLine


def set_line(line: PovertyLine, *, by: Actor, batch: ImportBatch | None = None) -> None:
    """Save a poverty or monitoring line. Raises PermissionDenied, ValidationError."""
    guarded.enter(line, by=by, batch=batch, right=Right.MANAGE_REFERENCE)

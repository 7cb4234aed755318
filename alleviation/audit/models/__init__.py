"""The tables of the ground floor: the trail, the batches, the closed years."""

from alleviation.audit.models.closings import ClosingState, FrozenReport, YearClosing
from alleviation.audit.models.trail import KEPT_IN_CELLS, AuditEvent, ImportBatch, TrailHead, Verb

__all__ = [
    "KEPT_IN_CELLS",
    "AuditEvent",
    "ClosingState",
    "FrozenReport",
    "ImportBatch",
    "TrailHead",
    "Verb",
    "YearClosing",
]

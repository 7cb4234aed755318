"""Where a household stands: changes of status, monitoring, and who looks after it."""

from datetime import date

from alleviation.audit import entry as guarded
from alleviation.audit.trail import Actor
from beneficiaries.models import LargeExpense, Monitoring, Responsibility, StatusChange, SupportMeasure, Visit


def change_status(change: StatusChange, *, by: Actor) -> None:
    """Save that a household changed its status on a day. Raises ValidationError, PermissionDenied."""
    raise NotImplementedError


def start_monitoring(monitoring: Monitoring, *, by: Actor) -> None:
    """Save that a household is watched for a risk since a day; its status becomes monitored.

    Raises ValidationError, PermissionDenied.
    """
    raise NotImplementedError


def clear_monitoring(monitoring: Monitoring, *, on: date, reason: str, by: Actor) -> None:
    """The risk is cleared; the household is again what it was before. Raises ValidationError at `on`, `reason`."""
    raise NotImplementedError


def assign_responsible(responsibility: Responsibility, *, by: Actor) -> None:
    """Save who is responsible for a household from a day on; whoever was until then ceases on that day.

    Raises ValidationError, PermissionDenied.
    """
    raise NotImplementedError


def record_care(record: Visit | SupportMeasure | LargeExpense, *, by: Actor) -> None:
    """Save a visit, a measure or a large expense. Raises ValidationError, PermissionDenied."""
    guarded.enter(record, by=by)

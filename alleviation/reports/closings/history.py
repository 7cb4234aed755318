"""How far a closing has come: who took which step, and which entries stand in the way of the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.audit.history import events_of
from alleviation.audit.models import ClosingState, YearClosing
from alleviation.common.tables import Column, Kind, Table
from alleviation.reports.closings.freezing import open_entries
from projects.models import LedgerEntry


@dataclass(frozen=True)
class StepTaken:
    """A line of the closing's own history."""

    at: datetime
    actor: str
    state: Any
    note: str


def history_of(closing: YearClosing) -> list[StepTaken]:
    """Who took which step of the closing and why, from the trail, the first at the top."""
    labels = dict(ClosingState.choices)
    events = [event for event in events_of(closing) if "state" in event.after]
    return [
        StepTaken(
            event.at,
            event.actor,
            labels.get(event.after["state"], event.after["state"]),
            str(event.after.get("note") or event.after.get("reason") or ""),
        )
        for event in reversed(events)
    ]


def waiting_table(closing: YearClosing, user: User) -> Table | None:
    """The entries that stand in the way of closing the year, each with the way to it; None where there are none."""
    entries = open_entries(closing)
    if not entries:
        return None
    return Table(
        slug="open-entries",
        title=_("Entries that are not decided yet"),
        note=_("The year can be closed when each of them is posted or withdrawn."),
        columns=(
            Column("entry", _("Entry"), Kind.LINK),
            Column("date", _("Date"), Kind.DATE),
            Column("place", _("Place")),
            Column("amount", _("Amount"), Kind.YUAN),
            Column("state", _("State")),
            Column("by", _("Drafted by")),
        ),
        rows=_waiting_rows(entries, user),
    )


def _waiting_rows(entries: Sequence[LedgerEntry], user: User) -> list[dict[str, Any]]:
    may_open = user.can_open_records
    return [
        {
            "entry": str(entry),
            "_url": reverse("admin:projects_ledgerentry_change", args=[entry.pk]) if may_open else "",
            "_made_up": entry.is_made_up,
            "date": entry.booked_on,
            "place": entry.division.local_name,
            "amount": entry.amount,
            "state": entry.get_state_display(),
            "by": entry.drafted_by,
        }
        for entry in entries
    ]

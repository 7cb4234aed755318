"""Handing entries on: submitted, taken back, withdrawn, posted, returned."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.handing import Handing, Shown, Step
from alleviation.common.words import yuan
from projects import actions
from projects.choices import EntryKind, EntryState
from projects.forms import ReturnForm
from projects.models import LedgerEntry

Entries = Sequence[LedgerEntry]


def _each(action: Callable[..., None]) -> Callable[[Entries, User, str], None]:
    def act(entries: Entries, by: User, _note: str) -> None:
        for entry in entries:
            action(entry, by=by)

    return act


def _return(entries: Entries, by: User, note: str) -> None:
    for entry in entries:
        actions.return_entry(entry, by=by, note=note)


STEPS = {
    step.slug: step
    for step in (
        Step(
            "submit",
            Right.ENTER_RECORDS,
            EntryState.EDITABLE,
            _("Submit"),
            _("Submit these entries to be checked?"),
            _("Entries submitted: %(number)s. Somebody else checks them now."),
            _each(actions.submit_entry),
        ),
        Step(
            "take_back",
            Right.ENTER_RECORDS,
            frozenset({EntryState.SUBMITTED}),
            _("Take back"),
            _("Take these submissions back, to change them?"),
            _("Entries taken back: %(number)s. They are drafts again."),
            _each(actions.take_back_entry),
        ),
        Step(
            "withdraw",
            Right.ENTER_RECORDS,
            EntryState.PENDING,
            _("Withdraw"),
            _("Give these entries up? They stay in the list and count nowhere."),
            _("Entries withdrawn: %(number)s."),
            _each(actions.withdraw_entry),
            asks_first=True,
        ),
        Step(
            "post",
            Right.CHECK_ENTRIES,
            frozenset({EntryState.SUBMITTED}),
            pgettext_lazy("ledger entry", "Post"),
            _("Post these entries? Posted, an entry is in official figures and never changes."),
            _("Entries posted: %(number)s."),
            lambda entries, by, _note: actions.post_entries(entries, by=by),
        ),
        Step(
            "return",
            Right.CHECK_ENTRIES,
            frozenset({EntryState.SUBMITTED}),
            _("Return with a note"),
            _("Return these entries to who drafted them?"),
            _("Entries returned: %(number)s."),
            _return,
            asks_note=True,
        ),
    )
}


@dataclass(frozen=True)
class Row:
    """An entry on the page that asks."""

    entry: LedgerEntry
    token: str
    refusal: str = ""

    @property
    def amount(self) -> str:
        return yuan(self.entry.amount)


def _rows(shown: list[Shown]) -> list[Row]:
    return [Row(one.record, one.token, one.refusal) for one in shown]


def totals_by_kind(entries: Iterable[LedgerEntry]) -> list[tuple[str, int, str]]:
    """(kind, number, Σ amount in yuan) of these entries, reversals below zero; kinds are never added together."""
    numbers: Counter[str] = Counter()
    sums: dict[str, Decimal] = {}
    for entry in entries:
        numbers[entry.kind] += 1
        sums[entry.kind] = sums.get(entry.kind, Decimal(0)) + entry.amount
    return [(str(kind.label), numbers[kind], yuan(sums[kind])) for kind in EntryKind if kind in sums]


def _totals(entries: Entries) -> dict[str, Any]:
    return {"totals": totals_by_kind(entries)}


def _reversals_first(entries: Entries) -> Entries:
    """As they are posted: what makes room comes before what takes it."""
    return sorted(entries, key=lambda one: (not one.reverses, one.pk))


HANDING = Handing(
    LedgerEntry,
    "entry",
    STEPS,
    "admin/projects/ledgerentry/step.html",
    note_form=ReturnForm,
    order=("year", "booked_on", "pk"),
    none_chosen=_("No entry was chosen; nothing was done."),
    too_many=_("Choose at most %(most)s entries at a time; nothing was done."),
    rows=_rows,
    beside=_totals,
    tried_in_order=_reversals_first,
)

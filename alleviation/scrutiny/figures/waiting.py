"""What waits to be checked: shown beside official figures, in none of them."""

from typing import Any, ClassVar

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind
from alleviation.scrutiny.figures import outside
from alleviation.scrutiny.figures.base import Explained, LeftOut
from alleviation.scrutiny.figures.entries import AMOUNT_OF, PEOPLE, EntryFigure, OneSum, Stretch
from projects.choices import EntryKind, EntryState
from projects.models import LedgerQuerySet
from projects.reports.cells import KEY_OF, marked
from projects.reports.ledger import ENTRY, waiting_rows
from projects.rollups.ledger import waiting

WAITING_LAW = _(
    "One person drafts and submits an entry, another posts it or returns it with a note. Until it is posted it is in "
    "no figure; docs/ledger.md."
)
STATE = Column("state", _("State"))


def pending_columns(*keys: str) -> tuple[Column, ...]:
    """The columns of an entry that waits, with the amounts of these kinds."""
    amounts = (AMOUNT_OF[key] for key in keys)
    return (*ENTRY, *amounts, STATE, Column("remark", _("Remark")), *PEOPLE, MADE_UP)


class Waiting(EntryFigure, abstract=True):
    """A figure of entries that wait; `of` names one state of theirs."""

    source = WAITING_LAW
    empty = _("Nothing waits to be checked.")

    def stretches(self, query: Query) -> tuple[Stretch, ...]:
        return (Stretch(self._found(query), waiting_rows),)

    def names_it(self, query: Query) -> str:
        """The state asked for. Raises Http404 for one in which no entry waits."""
        if query.of and query.of not in EntryState.PENDING:
            raise Http404
        return str(EntryState(query.of).label) if query.of else ""

    def left_out(self, query: Query) -> list[LeftOut]:
        past = [LeftOut(_("As of a past date nothing waits: what waited then is in no figure of that date"))]
        return [*(past if query.as_of else []), *outside.elsewhere(query)]

    def _found(self, query: Query) -> LedgerQuerySet:
        found = waiting(query)
        if query.as_of is not None:
            return found.none()
        return found.filter(state=query.of) if query.of else found


class PendingEntries(Waiting):
    """How many entries wait."""

    slug = "pending-entries"
    title = _("Entries that wait to be checked")
    description = _("The entries of the ledger that are drafted, submitted or returned: how many there are.")
    columns = pending_columns(*AMOUNT_OF)
    value_column = Column("value", _("Entries"), Kind.COUNT)
    formula = _("The number of the entries that wait")
    adds_up = ()

    def value(self, query: Query) -> int:
        return self.number(query)

    def total(self, query: Query) -> Row:
        return marked(self.mark(query))


class PendingMoney(Waiting, OneSum, abstract=True):
    """The sum of one kind of entry that waits."""

    entry_kind: ClassVar[EntryKind]
    description = _(
        "Entries of this kind that are drafted, submitted or returned, added up. They are in no official figure."
    )
    formula = _("Σ amount of the entries of this kind that wait")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        cls.key = KEY_OF[cls.entry_kind]
        super().__init_subclass__(**kwargs)
        cls.columns = pending_columns(cls.key)

    def _found(self, query: Query) -> LedgerQuerySet:
        return super()._found(query).filter(kind=self.entry_kind)


class PendingAllocated(PendingMoney):
    """Allocations that wait."""

    slug = "pending-allocated"
    title = _("Allocated, waiting to be checked")
    entry_kind = EntryKind.ALLOCATION


class PendingDisbursed(PendingMoney):
    """Disbursements that wait."""

    slug = "pending-disbursed"
    title = _("Disbursed, waiting to be checked")
    entry_kind = EntryKind.DISBURSEMENT


class PendingSpent(PendingMoney):
    """Expenditures that wait."""

    slug = "pending-spent"
    title = _("Spent, waiting to be checked")
    entry_kind = EntryKind.EXPENDITURE


class PendingRefunded(PendingMoney):
    """Refunds that wait."""

    slug = "pending-refunded"
    title = _("Refunded, waiting to be checked")
    entry_kind = EntryKind.REFUND


FIGURES: tuple[Explained, ...] = (
    PendingEntries(),
    PendingAllocated(),
    PendingDisbursed(),
    PendingSpent(),
    PendingRefunded(),
)

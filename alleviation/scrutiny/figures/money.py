"""The four sums of the ledger, and the rate between two of them."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import chain
from typing import Any, ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind
from alleviation.scrutiny.figures.base import Explained, LeftOut, Part
from alleviation.scrutiny.figures.proof import with_proof
from projects.choices import EntryKind, EntryState
from projects.reports.cells import KEY_OF, MONEY, amounts
from projects.reports.ledger import ENTRY, ENTRY_LINKS, entry_rows, handed_on_rows
from projects.rollups import Funding, booked, funding_total, handed_on, pending_funding
from projects.rollups.funding import funding_of_entries

YUAN = Column("value", _("Figure"), Kind.YUAN)
FILTERS = ("year", "plan", "area", "kind", "source", "as_of")
LEDGER_LAW = _(
    "The words of the ledger itself: allocation (下达), disbursement (拨付), expenditure (支出) and refund (退回) are "
    "four sums that are never added together. Only posted entries count; docs/ledger.md."
)
PEOPLE = (
    Column("entered_by", _("Entered by")),
    Column("checked_by", _("Checked by")),
    Column("evidence", _("Evidence"), Kind.COUNT),
)


class BookedMoney(Explained, abstract=True):
    """The sum of one kind of entry."""

    entry_kind: ClassVar[EntryKind]
    permission = Right.VIEW_RECORDS
    filters = FILTERS
    value_column = YUAN
    source = LEDGER_LAW
    empty = _("No entry of this kind is posted for this filter.")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        cls.key = KEY_OF[cls.entry_kind]
        amount = next(column for column in MONEY if column.key == cls.key)
        cls.columns = (*ENTRY, amount, Column("remark", _("Remark")), *PEOPLE, *ENTRY_LINKS, MADE_UP)
        cls.adds_up = (cls.key,)
        super().__init_subclass__(**kwargs)

    key: ClassVar[str]

    def value(self, query: Query) -> Decimal:
        return Decimal(getattr(funding_total(query), self.key))

    def working(self, query: Query) -> str:
        """The entries, and what is taken off for money that was handed on."""
        own, above = self._parts(query)
        if not above:
            return gettext("Σ %(entries)s = %(sum)s") % {"entries": words.yuan(own), "sum": words.yuan(own)}
        return gettext("%(entries)s booked − %(above)s handed on and counted where it arrived = %(sum)s") % {
            "entries": words.yuan(own),
            "above": words.yuan(above),
            "sum": words.yuan(own - above),
        }

    def rows(self, query: Query) -> Iterable[Row]:
        kind = self.entry_kind
        above = handed_on(query).filter(kind=kind)
        return with_proof(chain(entry_rows(booked(query).filter(kind=kind), query), handed_on_rows(above, query)))

    def total(self, query: Query) -> Row:
        return {**amounts(funding_total(query)), self.key: self.value(query)}

    def number(self, query: Query) -> int:
        kind = self.entry_kind
        return booked(query).filter(kind=kind).count() + handed_on(query).filter(kind=kind).count()

    def left_out(self, query: Query) -> list[LeftOut]:
        """What waits to be checked, state by state."""
        return [self._waiting(one) for one in pending_funding(query) if getattr(one, self.key)]

    def _waiting(self, one: Funding) -> LeftOut:
        reason = gettext("%(state)s: not in any figure until somebody else has posted it")
        return LeftOut(
            reason % {"state": EntryState(one.key).label},
            figure=words.yuan(getattr(one, self.key)),
        )

    def _parts(self, query: Query) -> tuple[Decimal, Decimal]:
        kind = self.entry_kind
        sums = [funding_of_entries(found.filter(kind=kind)) for found in (booked(query), handed_on(query))]
        own, above = (Decimal(getattr(one, self.key)) for one in sums)
        return own, above


class Allocated(BookedMoney):
    """Money set aside."""

    slug = "allocated"
    title = _("Allocated")
    description = _("Money that was set aside for a purpose (下达): the sum of the posted allocations.")
    formula = _("Σ amount of the posted allocations")
    entry_kind = EntryKind.ALLOCATION


class Disbursed(BookedMoney):
    """Money paid out of an allocation."""

    slug = "disbursed"
    title = _("Disbursed")
    description = _("Money that was paid out to whoever spends it (拨付): the sum of the posted disbursements.")
    formula = _("Σ amount of the posted disbursements")
    entry_kind = EntryKind.DISBURSEMENT


class Spent(BookedMoney):
    """Money spent."""

    slug = "spent"
    title = _("Spent")
    description = _("Money that was spent (支出): the sum of the posted expenditures.")
    formula = _("Σ amount of the posted expenditures")
    entry_kind = EntryKind.EXPENDITURE


class Refunded(BookedMoney):
    """Money given back."""

    slug = "refunded"
    title = _("Refunded")
    description = _("Money that was given back (退回): the sum of the posted refunds.")
    formula = _("Σ amount of the posted refunds")
    entry_kind = EntryKind.REFUND


class ExecutionRate(Explained):
    """How much of what was allocated has been spent."""

    slug = "execution-rate"
    title = _("Execution rate")
    description = _("How much of the allocated money has been spent (预算执行率), in percent.")
    permission = Right.VIEW_RECORDS
    filters = FILTERS
    columns = (*ENTRY, *(column for column in MONEY if column.key in {"spent", "allocated"}), *PEOPLE, MADE_UP)
    value_column = Column("value", _("Figure"), Kind.RATIO)
    formula = _("Σ posted expenditures ÷ Σ posted allocations × 100")
    source = LEDGER_LAW
    adds_up = ("spent", "allocated")

    def value(self, query: Query) -> Decimal | None:
        return funding_total(query).execution_rate

    def words(self, query: Query) -> str:
        return words.percent(self.value(query))

    def working(self, query: Query) -> str:
        total = funding_total(query)
        return gettext("%(spent)s ÷ %(allocated)s = %(rate)s") % {
            "spent": words.yuan(total.spent),
            "allocated": words.yuan(total.allocated),
            "rate": words.percent(total.execution_rate),
        }

    def parts(self, query: Query) -> list[Part]:
        total, asked = funding_total(query), query.asked()
        return [
            Part(_("Spent"), words.yuan(total.spent), "spent", asked),
            Part(_("Allocated"), words.yuan(total.allocated), "allocated", asked),
        ]

    def rows(self, query: Query) -> Iterable[Row]:
        return chain(SPENT.rows(query), ALLOCATED.rows(query))

    def total(self, query: Query) -> Row:
        return amounts(funding_total(query))

    def number(self, query: Query) -> int:
        return SPENT.number(query) + ALLOCATED.number(query)


ALLOCATED, DISBURSED, SPENT, REFUNDED = Allocated(), Disbursed(), Spent(), Refunded()
FIGURES: tuple[Explained, ...] = (ALLOCATED, DISBURSED, SPENT, REFUNDED, ExecutionRate())

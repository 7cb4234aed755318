"""The four sums of the ledger, and the rate between two of them."""

from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import Column, Kind
from alleviation.scrutiny.figures import outside
from alleviation.scrutiny.figures.base import Explained, LeftOut, Part, once
from alleviation.scrutiny.figures.entries import EntryFigure, OneSum, Stretch, entry_columns
from projects.choices import EntryKind
from projects.reports.cells import KEY_OF, marked
from projects.reports.ledger import entry_rows, handed_on_rows
from projects.rollups import Funding, booked, funding_total, handed_on


def funding(query: Query) -> Funding:
    """The four sums as every page has them."""
    return once(query, "funding", lambda: funding_total(query))


class BookedMoney(OneSum, abstract=True):
    """The sum of one kind of entry."""

    entry_kind: ClassVar[EntryKind]
    empty = _("No entry of this kind is posted for this filter.")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        cls.key = KEY_OF[cls.entry_kind]
        super().__init_subclass__(**kwargs)

    def value(self, query: Query) -> Decimal:
        return Decimal(getattr(funding(query), self.key))

    def stretches(self, query: Query) -> tuple[Stretch, ...]:
        """What is booked; and, below zero, what was handed on and is counted where it arrived."""
        own, above = (found.filter(kind=self.entry_kind) for found in (booked(query), handed_on(query)))
        return Stretch(own, entry_rows), Stretch(above, handed_on_rows)

    def working(self, query: Query) -> str:
        """The entries, and what is taken off for money that was handed on."""
        own, above = self.sums(query)
        entered, taken = (Decimal(getattr(one, self.key)) for one in (own, above))
        told = {"number": words.count(own.entries), "entries": words.yuan(entered)}
        if not above.entries:
            counted = ngettext("Σ of %(number)s entry", "Σ of %(number)s entries", own.entries) % told
            return f"{counted} = {words.yuan(entered)}"
        return gettext("%(entries)s booked − %(above)s handed on and counted where it arrived = %(sum)s") % {
            **told,
            "above": words.yuan(taken),
            "sum": words.yuan(entered - taken),
        }

    def left_out(self, query: Query) -> list[LeftOut]:
        return list(outside.of_booked(query, self.key))


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


class ExecutionRate(EntryFigure):
    """How much of what was allocated has been spent."""

    slug = "execution-rate"
    title = _("Execution rate")
    description = _("How much of the allocated money has been spent (预算执行率), in percent.")
    columns = entry_columns("spent", "allocated")
    value_column = Column("value", _("Figure"), Kind.RATIO)
    formula = _("Σ posted expenditures ÷ Σ posted allocations × 100")
    adds_up = ("spent", "allocated")
    empty = _("Nothing is allocated or spent for this filter.")

    def value(self, query: Query) -> Decimal | None:
        return funding(query).execution_rate

    def working(self, query: Query) -> str:
        total = funding(query)
        return gettext("%(spent)s ÷ %(allocated)s = %(rate)s") % {
            "spent": words.yuan(total.spent),
            "allocated": words.yuan(total.allocated),
            "rate": words.percent(total.execution_rate),
        }

    def parts(self, query: Query) -> list[Part]:
        """Both sums."""
        total, asked = funding(query), query.asked()
        return [
            Part(_("Spent"), words.yuan(total.spent), "spent", asked),
            Part(_("Allocated"), words.yuan(total.allocated), "allocated", asked),
        ]

    def stretches(self, query: Query) -> tuple[Stretch, ...]:
        return (*SPENT.stretches(query), *ALLOCATED.stretches(query))

    def total(self, query: Query) -> Row:
        sums = funding(query)
        return {"spent": sums.spent, "allocated": sums.allocated, **marked(self.mark(query))}

    def left_out(self, query: Query) -> list[LeftOut]:
        waiting = [one for key in self.adds_up for one in outside.waiting(query, key)]
        return [*waiting, *outside.elsewhere(query)]


ALLOCATED, DISBURSED, SPENT, REFUNDED = Allocated(), Disbursed(), Spent(), Refunded()
FOUR_SUMS: tuple[Explained, ...] = (ALLOCATED, DISBURSED, SPENT, REFUNDED)
FIGURES: tuple[Explained, ...] = (*FOUR_SUMS, ExecutionRate())

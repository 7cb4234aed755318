"""One amount of the ledger by its voucher, and the amounts that do not say where they came from."""

from decimal import Decimal
from typing import Any, ClassVar

from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind, explain_url
from alleviation.scrutiny.figures import outside
from alleviation.scrutiny.figures.base import Explained, LeftOut
from alleviation.scrutiny.figures.entries import (
    AMOUNT_OF,
    LEDGER_LAW,
    PEOPLE,
    YUAN,
    EntryFigure,
    OneSum,
    Stretch,
)
from projects.choices import EntryKind
from projects.models import LedgerEntry
from projects.reports.cells import KEY_OF, marked
from projects.reports.ledger import ENTRY, ENTRY_LINKS, entry_rows, handed_on_rows, lacking_rows
from projects.rollups import booked, handed_on
from projects.rollups.funding import SUMS
from projects.rollups.ledger import without_upstream

# As many of the entries that name one as stand in a page.
NAMED = 20


class OneAmount(EntryFigure, abstract=True):
    """The amount of the voucher that `of` names; nothing else of the question counts."""

    filters = ()
    value_column = YUAN
    columns = (*ENTRY, Column("amount", _("Amount"), Kind.YUAN), Column("remark", _("Remark")), *PEOPLE, *ENTRY_LINKS)
    adds_up = ("amount",)
    sign: ClassVar[int] = 1

    def value(self, query: Query) -> Decimal:
        """The one amount there is, in the sum of its kind."""
        (found,) = self.sums(query)
        return self.sign * sum((getattr(found, key) for key in SUMS), Decimal("0.00"))

    def total(self, query: Query) -> Row:
        return {"amount": self.value(query), **marked(self.mark(query))}

    def names_it(self, query: Query) -> str:
        """The voucher and its kind. Raises Http404 for one that is not there, or not for this person to see."""
        found = self.stretches(query)[0].entries.first() if query.of else None
        if found is None:
            raise Http404
        return str(found)


class Entry(OneAmount):
    """One entry of the ledger."""

    slug = "entry"
    title = _("Entry of the ledger")
    description = _("The amount of one posted entry of the ledger, as it is booked; a reversal is below zero.")
    formula = _("The amount of the entry")

    def stretches(self, query: Query) -> tuple[Stretch, ...]:
        return (Stretch(booked(Query(user=query.user)).with_voucher(query.of), entry_rows),)

    def left_out(self, query: Query) -> list[LeftOut]:
        """The entries that name it: its reversal, and what was handed on or paid out of it."""
        found = booked(Query(user=query.user))
        told = [
            (found.reversing(query.of), gettext("The entry that takes it back, %(voucher)s")),
            (found.naming("handed_down_from", query.of), gettext("What was handed on of it, %(voucher)s")),
            (found.naming("allocation", query.of), gettext("What was disbursed of it, %(voucher)s")),
        ]
        return [_named(one, reason) for entries, reason in told for one in entries.order_by("voucher")[:NAMED]]


class HandedOn(OneAmount):
    """What one entry takes off the place that had its money before."""

    slug = "handed-on"
    title = _("Money that was handed on")
    description = _(
        "Money that one place handed on to another is booked at both and counted once, where it arrived: so it is "
        "taken off the place that had it before."
    )
    formula = _("0 − amount of the entry that was handed on")
    sign = -1

    def stretches(self, query: Query) -> tuple[Stretch, ...]:
        return (Stretch(handed_on(Query(user=query.user)).filter(voucher=query.of), handed_on_rows),)


class WithoutUpstream(OneSum, abstract=True):
    """The sum of one kind of entry that does not say where its money came from."""

    entry_kind: ClassVar[EntryKind]
    source = LEDGER_LAW
    formula = _("Σ amount of the standing entries of this kind that lack what they came out of")
    empty = _("Every entry says where its money came from.")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        cls.key = KEY_OF[cls.entry_kind]
        super().__init_subclass__(**kwargs)
        cls.columns = (*ENTRY, AMOUNT_OF[cls.key], Column("missing", _("What is missing")), *PEOPLE, MADE_UP)

    def stretches(self, query: Query) -> tuple[Stretch, ...]:
        return (Stretch(without_upstream(query).filter(kind=self.entry_kind), lacking_rows),)

    def left_out(self, query: Query) -> list[LeftOut]:
        taken_back = LeftOut(gettext("Reversals, and the entries that they take back"))
        return [taken_back, *outside.elsewhere(query)]


class AllocatedWithoutUpstream(WithoutUpstream):
    """Allocations from nowhere."""

    slug = "without-upstream-allocated"
    title = _("Allocated without an upstream source")
    description = _(
        "Allocations of a government's budget, at a place below the one that first receives it, that name no entry "
        "they were handed down from. They are in all figures."
    )
    entry_kind = EntryKind.ALLOCATION


class DisbursedWithoutUpstream(WithoutUpstream):
    """Disbursements from nowhere."""

    slug = "without-upstream-disbursed"
    title = _("Disbursed without an upstream source")
    description = _(
        "Disbursements that name no allocation they are paid out of, or no entry they were handed down from where "
        "they must have come through a place above. They are in all figures."
    )
    entry_kind = EntryKind.DISBURSEMENT


def _named(entry: LedgerEntry, reason: str) -> LeftOut:
    url = explain_url("entry", {"of": entry.voucher})
    return LeftOut(reason % {"voucher": entry.voucher}, figure=outside.rmb(entry.amount), url=url)


FIGURES: tuple[Explained, ...] = (Entry(), HandedOn(), AllocatedWithoutUpstream(), DisbursedWithoutUpstream())

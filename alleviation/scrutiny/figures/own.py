"""What waits for the person who asks: to be checked by them, or to be put right by them. Another reader has others."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import Column, Kind
from alleviation.scrutiny.figures.base import Explained, LeftOut, once
from alleviation.scrutiny.figures.checks import OfChecks
from alleviation.scrutiny.figures.entries import AMOUNT_OF, Stretch
from alleviation.scrutiny.figures.waiting import WAITING_LAW, Waiting, pending_columns
from beneficiaries.models import IncomeRecord
from beneficiaries.rollups.waiting import returned_to as incomes_returned_to
from beneficiaries.rollups.waiting import to_verify_by
from projects.models.ledger import LedgerQuerySet
from projects.reports.ledger import waiting_rows
from projects.rollups import own

CHECK, RETURNED, DRAFT = "check", "returned", "draft"
OTHERS = _("What waits for others, each of whom is told of their own")


class OwnEntries(Waiting):
    """How many entries wait for whoever asks; `of` says for what: "check", "returned" or "draft"."""

    slug = "own-entries"
    title = _("Entries that wait for you")
    description = _(
        "Entries of the ledger that you may post or return, since somebody else made them; or that were returned to "
        "you; or that you drafted and did not submit yet."
    )
    filters: ClassVar[tuple[str, ...]] = ()
    columns = pending_columns(*AMOUNT_OF)
    value_column = Column("value", _("Entries"), Kind.COUNT)
    formula = _("The number of these entries")
    adds_up = ()
    labels: ClassVar = {
        CHECK: (_("submitted by others, for you to post or return"), Right.CHECK_ENTRIES),
        RETURNED: (_("returned to you with a note"), Right.ENTER_RECORDS),
        DRAFT: (_("drafted by you, not submitted yet"), Right.ENTER_RECORDS),
    }

    def stretches(self, query: Query) -> tuple[Stretch, ...]:
        found: dict[str, Any] = {CHECK: own.to_check_by, RETURNED: own.returned_to, DRAFT: own.drafts_of}
        entries: LedgerQuerySet = found[query.of](query.user)
        return (Stretch(entries, waiting_rows),)

    def names_it(self, query: Query) -> str:
        """For what they wait. Raises Http404 for what is none of these, or not of this person's role."""
        return _named(self.labels, query)

    def value(self, query: Query) -> int:
        return self.number(query)

    def total(self, query: Query) -> Row:
        mark = self.mark(query)
        return {"_made_up": mark} if mark else {}

    def left_out(self, query: Query) -> list[LeftOut]:
        return [LeftOut(OTHERS)]


class OwnIncomes(OfChecks):
    """How many incomes wait for whoever asks; `of` says for what: "check" or "returned"."""

    slug = "own-incomes"
    title = _("Incomes that wait for you")
    description = _("Incomes that you may verify, since somebody else recorded them; or that were returned to you.")
    permission = Right.VIEW_HOUSEHOLDS
    filters: ClassVar[tuple[str, ...]] = ()
    source = WAITING_LAW
    formula = _("The number of these records")
    name = "unverified"
    labels: ClassVar = {
        CHECK: (_("recorded by others, for you to verify or return"), Right.CHECK_ENTRIES),
        RETURNED: (_("returned to you with a note"), Right.ENTER_RECORDS),
    }

    def names_it(self, query: Query) -> str:
        """As above."""
        return _named(self.labels, query)

    def value(self, query: Query) -> int:
        return once(query, self.slug, lambda: self._records(query).order_by().count())

    def number(self, query: Query) -> int:
        return self.value(query)

    def left_out(self, query: Query) -> list[LeftOut]:
        return [LeftOut(OTHERS)]

    def _records(self, query: Query) -> QuerySet[IncomeRecord]:
        found = {CHECK: to_verify_by, RETURNED: incomes_returned_to}[query.of](query.user)
        named = found.select_related("household", "village")
        return named.order_by("village__code", "household__number", "year", "pk")


def _named(labels: dict[str, Any], query: Query) -> str:
    label, right = labels.get(query.of, ("", None))
    if right is None or not query.user.may(right):
        raise Http404
    return str(label)


FIGURES: tuple[Explained, ...] = (OwnEntries(), OwnIncomes())

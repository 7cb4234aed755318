"""Rules about booked money: idle, or paid out of nothing."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common import words
from alleviation.common.query import Query
from alleviation.scrutiny.figures.proof import record_url
from alleviation.scrutiny.flags.base import OFFICE_RULE, Case, Flag, day_of
from projects.choices import EntryKind
from projects.models import Filled, LedgerEntry
from projects.rollups.ledger import lacks_allocation

ZERO = Decimal("0.00")
IDLE_DAYS = 183
# What may be left of an allocation after that without a question.
IDLE_SHARE = Decimal("0.20")


class IdleMoney(Flag):
    """Allocations of which too much is left after half a year.

    Left of an allocation = its amount − Σ disbursed out of it − Σ handed down out of it, reversals taken off; what
    was spent or given back at the same place for the same project and source beyond what was disbursed there out of
    an allocation is taken off the oldest allocations first. In yuan.
    """

    slug = "idle-money"
    title = _("Money idle for longer than half a year")
    description = _(
        "More than a fifth of an allocation is still left 183 days after it was booked: neither disbursed, handed "
        "down, spent nor given back."
    )
    source = OFFICE_RULE
    looks_at = _("standing allocations older than 183 days")

    def cases(self, query: Query) -> Iterator[Case]:
        left = _left(query)
        for entry in self._judged(query).select_related("division", "source").order_by("voucher"):
            amount = left.get(entry.voucher, ZERO)
            if amount > entry.amount * IDLE_SHARE:
                yield _idle(entry, amount)

    def looked_at(self, query: Query) -> int:
        return self._judged(query).count()

    def _judged(self, query: Query) -> Any:
        oldest = day_of(query) - timedelta(days=IDLE_DAYS)
        found = _allocations(query).of_years(query.first_year, query.last_year).filter(booked_on__lt=oldest)
        return found.filter(query.located("division__code"))


def _idle(entry: LedgerEntry, left: Decimal) -> Case:
    told = {"left": words.yuan(left), "amount": words.yuan(entry.amount), "source": entry.source.local_name}
    return Case(
        key=entry.voucher,
        title=gettext("Allocation %(voucher)s") % {"voucher": entry.voucher},
        area=entry.division.code,
        url=record_url(LedgerEntry, entry.pk),
        year=entry.year,
        amount=left,
        since=entry.booked_on + timedelta(days=IDLE_DAYS + 1),
        details=gettext("Of %(amount)s yuan from %(source)s, %(left)s are left.") % told,
        is_made_up=entry.is_made_up,
    )


def _allocations(query: Query) -> Any:
    return LedgerEntry.objects.posted().not_reversed().visible_to(query.user).filter(kind=EntryKind.ALLOCATION)


def _left(query: Query) -> dict[str, Decimal]:
    """What is left of every standing allocation, by voucher, in yuan; never below zero.

    The years are not asked for, since what was spent empties the oldest allocation first, whatever its year.
    """
    asked = query.located("division__code")
    allocations = _allocations(query).filter(asked).order_by("booked_on", "voucher")
    vouchers = allocations.order_by().values("voucher")
    disbursed, handed_down = (_drawn(name, vouchers) for name in ("allocation", "handed_down_from"))
    loose = _loose(LedgerEntry.objects.posted().visible_to(query.user).filter(asked))
    left = {}
    for voucher, amount, *pool in allocations.values_list("voucher", "amount", "project", "source", "division"):
        rest = max(ZERO, amount - disbursed.get(voucher, ZERO) - handed_down.get(voucher, ZERO))
        taken = min(rest, loose[tuple(pool)])
        loose[tuple(pool)] -= taken
        left[voucher] = rest - taken
    return left


def _drawn(field: str, vouchers: QuerySet[Any, Any]) -> dict[str, Decimal]:
    """Σ of what was paid or handed down out of these entries, by their voucher; reversals are below zero."""
    drawn = LedgerEntry.objects.posted().filter(Filled(field), **{f"{field}__in": vouchers})
    drawn = drawn.beyond("what was handed down to another place is not left, and is told only as a sum")
    return dict(drawn.order_by().values(field).annotate(sum=Sum("amount")).values_list(field, "sum"))


def _loose(entries: Any) -> dict[Any, Decimal]:
    """Per project, source and place: what went out there without naming its allocation, in yuan, never below zero.

    The larger of Σ disbursed and Σ spent + Σ refunded, less Σ disbursed out of a named allocation.
    """
    kinds = Q(kind=EntryKind.EXPENDITURE) | Q(kind=EntryKind.REFUND)
    sums = (
        entries.order_by()
        .values_list("project", "source", "division")
        .annotate(
            disbursed=Sum("amount", filter=Q(kind=EntryKind.DISBURSEMENT)),
            used=Sum("amount", filter=kinds),
            named=Sum("amount", filter=Q(kind=EntryKind.DISBURSEMENT) & ~Q(allocation="")),
        )
    )
    loose: dict[Any, Decimal] = defaultdict(lambda: ZERO)
    for project, source, place, disbursed, used, named in sums:
        out = max(disbursed or ZERO, used or ZERO) - (named or ZERO)
        loose[project, source, place] = max(ZERO, out)
    return loose


class DisbursedWithoutAllocation(Flag):
    """Disbursements that name no allocation; one that was handed down is paid out of that of the place above."""

    slug = "disbursed-without-allocation"
    title = _("Disbursed without allocation")
    description = _("A disbursement names neither the allocation it is paid out of nor where it was handed down from.")
    source = OFFICE_RULE
    looks_at = _("standing disbursements")

    def cases(self, query: Query) -> Iterator[Case]:
        found = self._judged(query).filter(lacks_allocation(), handed_down_from="")
        for entry in found.select_related("division", "source").order_by("voucher"):
            yield Case(
                key=entry.voucher,
                title=gettext("Disbursement %(voucher)s") % {"voucher": entry.voucher},
                area=entry.division.code,
                url=record_url(LedgerEntry, entry.pk),
                year=entry.year,
                amount=entry.amount,
                since=entry.booked_on,
                details=gettext("From %(source)s; no allocation is named.") % {"source": entry.source.local_name},
                is_made_up=entry.is_made_up,
            )

    def looked_at(self, query: Query) -> int:
        return self._judged(query).count()

    def _judged(self, query: Query) -> Any:
        found = LedgerEntry.objects.posted().not_reversed().visible_to(query.user)
        found = found.filter(kind=EntryKind.DISBURSEMENT).of_years(query.first_year, query.last_year)
        return found.filter(query.located("division__code"))

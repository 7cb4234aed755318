"""Rules about booked money: idle, paid out of nothing, spent beyond what was allocated."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.trusted import trusted_reader
from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.tables import explain_url, mark_of
from alleviation.common.years import FIRST_YEAR
from alleviation.scrutiny.figures.proof import record_url
from alleviation.scrutiny.flags.base import OFFICE_RULE, Case, Flag, day_of, is_seen, shared_area
from projects.choices import EntryKind
from projects.models import Filled, FundingSource, LedgerEntry, Project
from projects.rollups.funding import Funding, funding_cells
from projects.rollups.ledger import lacks_allocation

ZERO = Decimal("0.00")
IDLE_DAYS = 183
# What may be left of an allocation after that without a question.
IDLE_SHARE = Decimal("0.20")
# Without a project, money may move within a county before it is spent.
COUNTY = 6


class IdleMoney(Flag):
    """Allocations of which too much is left after half a year.

    Left of an allocation = its amount − Σ disbursed out of it − Σ handed down out of it, reversals taken off; what
    was spent or given back at the same place for the same project and source beyond what was disbursed there out of
    an allocation is taken off the oldest allocations first. In yuan.
    """

    slug = "idle-money"
    title = _("Money idle for longer than half a year")
    description = _(
        "More than 20% of an allocation is still left 183 days after it was booked: neither disbursed, handed down, "
        "spent nor given back."
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


class SpentOverAllocated(Flag):
    """Years in which more had been spent for a project from a source than had been allocated until then.

    Both are sums over all years up to that one, as the ledger counts them: money that was handed down once, at the
    lowest place that had it. What is tied to no project is gathered by county and source.
    """

    slug = "spent-over-allocated"
    title = _("Spent over allocated")
    description = _(
        "By the end of a year in which money was spent, more had been spent for a project from a source than had "
        "been allocated until then; what is tied to no project, by county and source."
    )
    source = OFFICE_RULE
    looks_at = _("years in which money was spent, by project and source")

    def cases(self, query: Query) -> list[Case]:
        over = [one for one in _spent_years(query) if one.until.spent > one.until.allocated]
        sources = FundingSource.objects.in_bulk({one.source for one in over})
        return [_overspent(one, sources[one.source]) for one in over]

    def looked_at(self, query: Query) -> int:
        return len(_spent_years(query))


@dataclass(frozen=True)
class SpentYear:
    """A year in which money of a source was spent for a project, or for none in a county; `until`: sums up to it."""

    project: Project | None
    county: str
    source: int
    year: int
    area: str
    until: Funding


def _spent_years(query: Query) -> list[SpentYear]:
    """The years asked for, where this person's area holds the project and every entry.

    They are summed as by somebody who sees all: a part of the sums would accuse whoever was given the rest.
    """
    pairs: dict[tuple[Any, ...], list[Funding]] = defaultdict(list)
    for cell in funding_cells(Query(user=trusted_reader("red flags"), last_year=query.last_year)):
        _year, source, project, code = cell.key
        pairs[project or 0, "" if project else code[:COUNTY], source].append(cell)
    projects = Project.objects.select_related("division").in_bulk({number for number, *_rest in pairs if number})
    found = (one for pair in sorted(pairs) for one in _years_of(pair, pairs[pair], projects.get(pair[0])))
    return [one for one in found if one.year >= query.first_year and is_seen(one.area, query)]


def _years_of(pair: tuple[Any, ...], cells: list[Funding], project: Project | None) -> Iterator[SpentYear]:
    """Each year in which something was spent, with the sums of all years up to it; `cells` are in order of years."""
    home = [project.division.code if project.division else ""] if project else []
    area = shared_area([*home, *(cell.key[3] for cell in cells)])
    until = Funding()
    for year, booked in groupby(cells, key=lambda cell: cell.key[0]):
        in_year = sum(booked, Funding())
        until += in_year
        if in_year.spent > 0:
            yield SpentYear(project, pair[1], pair[2], year, area, until)


def _overspent(one: SpentYear, source: FundingSource) -> Case:
    told = {"spent": words.yuan(one.until.spent), "allocated": words.yuan(one.until.allocated), "year": one.year}
    of = {"project": one.project.code if one.project else gettext("no project"), "source": source.local_name}
    asked = {"last": one.year, "first": FIRST_YEAR, "source_code": source.code}
    named = {"project": one.project.code} if one.project else {"project_id": 0, "area": one.county.ljust(12, "0")}
    return Case(
        key=f"{one.project.pk if one.project else one.county}-{source.pk}-{one.year}",
        title=gettext("%(project)s, %(source)s") % of,
        area=one.area,
        url=explain_url("spent", {**asked, **named}),
        year=one.year,
        amount=one.until.spent - one.until.allocated,
        details=gettext("Until the end of %(year)s: %(spent)s yuan spent of %(allocated)s allocated.") % told,
        is_made_up=bool(mark_of(one.until.made_up, one.until.entries)),
    )

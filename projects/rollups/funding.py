"""Booked money, added up. Source of the kinds: the ledger's own words (下达, 拨付, 支出, 退回)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum

from alleviation.common.query import Query
from alleviation.common.years import PlanPeriod, plan_period_of
from projects.choices import EntryKind
from projects.models import Division, LedgerEntry
from projects.rollups.places import child_level, child_of, fold_former

ZERO = Decimal("0.00")
SUMS = {
    "allocated": EntryKind.ALLOCATION,
    "disbursed": EntryKind.DISBURSEMENT,
    "spent": EntryKind.EXPENDITURE,
    "refunded": EntryKind.REFUND,
}


@dataclass(frozen=True)
class Funding:
    """Four sums in yuan that are never added together: allocated, disbursed, spent, refunded.

    `entries` are the rows summed, `made_up` those among them that belong to the made-up example.
    """

    allocated: Decimal = ZERO
    disbursed: Decimal = ZERO
    spent: Decimal = ZERO
    refunded: Decimal = ZERO
    entries: int = 0
    made_up: int = 0
    key: Any = field(default=None, compare=False)

    @property
    def execution_rate(self) -> Decimal | None:
        """Expenditure ÷ allocation (预算执行率); None where nothing was allocated."""
        return self.spent / self.allocated if self.allocated else None

    def __add__(self, other: "Funding") -> "Funding":
        names = [f.name for f in fields(self) if f.name != "key"]
        return Funding(**{name: getattr(self, name) + getattr(other, name) for name in names})


def booked(query: Query) -> QuerySet[LedgerEntry]:
    """The entries that a question is about, and this person may see."""
    entries = LedgerEntry.objects.posted().visible_to(query.user).of_years(query.first_year, query.last_year)
    if query.prefixes is not None:
        entries = entries.in_any_area(list(query.prefixes))
    conditions = {
        "project__kind": query.project_kind,
        "source__level": query.source_level,
        "source__code": query.source_code,
        "project__code": query.project_code,
    }
    return entries.filter(**{name: value for name, value in conditions.items() if value})


def funding_total(query: Query) -> Funding:
    """Σ amount by kind, in yuan, over all entries asked for. In: with and without a project. Out: pledges."""
    return _funding(booked(query).order_by().aggregate(**_sums()), None)


def latest_booked_year(query: Query) -> int | None:
    """The last of the years asked for in which money was booked; None where none was."""
    latest: int | None = booked(query).aggregate(year=Max("year"))["year"]
    return latest


def funding_by_year(query: Query) -> list[Funding]:
    """funding_total for each year that has an entry; `key` is the year."""
    return _grouped(query, "year")


def funding_by_plan(query: Query) -> list[Funding]:
    """funding_by_year added up over five-year plans; `key` is the PlanPeriod, None for years outside all of them."""
    plans: dict[PlanPeriod | None, Funding] = {}
    for one in funding_by_year(query):
        plan = plan_period_of(one.key)
        plans[plan] = plans[plan] + one if plan in plans else one
    return [replace(plans[plan], key=plan) for plan in sorted(plans, key=lambda plan: plan.number if plan else 99)]


def funding_by_source(query: Query) -> list[Funding]:
    """funding_total by funding source; `key` is (source code, its names, level)."""
    return _grouped(query, "source__code", "source__name", "source__name_zh", "source__level")


def funding_by_year_and_source(query: Query) -> list[Funding]:
    """funding_total by year and funding source; `key` is (year, source code, source's names, level)."""
    return _grouped(query, "year", "source__code", "source__name", "source__name_zh", "source__level")


def funding_by_project(query: Query) -> list[Funding]:
    """funding_total by project; `key` is (code, names, mark, division code), None where tied to no project."""
    names = ("project__code", "project__name", "project__name_zh", "project__is_made_up", "project__division__code")
    return _grouped(query, *names)


def funding_by_kind(query: Query) -> list[Funding]:
    """funding_total by kind of project; `key` None: entries not tied to a project."""
    return _grouped(query, "project__kind")


def funding_by_area(query: Query, division: Division | None) -> list[Funding]:
    """funding_total by the places right below a place; `key` is their code, "" for the upper place's own entries.

    A place that a source says lives on whole under another code is gathered there. Empty for a village.
    """
    level = child_level(division)
    if level is None:
        return []
    return gather(_grouped(query, "division__code"), level)


def gather(sums: Iterable[Any], level: int) -> list[Any]:
    """Add up sums keyed by division code into sums keyed by the place of one level, in the order of the codes."""
    children = [(child_of(one.key, level), one) for one in sums]
    today = fold_former(code for code, _ in children if code)
    gathered: dict[str, Any] = {}
    for code, one in children:
        home = today.get(code, code)
        gathered[home] = gathered[home] + one if home in gathered else one
    # "" sorts first; what belongs to no smaller place is shown last.
    return [_keyed(gathered[code], code) for code in sorted(gathered, key=lambda code: (code == "", code))]


def _grouped(query: Query, *names: str) -> list[Funding]:
    rows = booked(query).order_by().values(*names).annotate(**_sums())
    key: Callable[[dict[str, Any]], Any] = (
        (lambda row: row[names[0]]) if len(names) == 1 else (lambda row: tuple(row[name] for name in names))
    )
    # Not by the database: where it puts what is missing, and how it collates codes, is its own.
    ordered = sorted(rows, key=lambda row: [(row[name] is None, row[name]) for name in names])
    return [_funding(row, key(row)) for row in ordered]


def _sums() -> dict[str, Any]:
    by_kind = {name: Sum("amount", filter=Q(kind=kind)) for name, kind in SUMS.items()}
    return by_kind | {"entries": Count("id"), "made_up": Count("id", filter=Q(is_made_up=True))}


def _funding(row: dict[str, Any], key: Any) -> Funding:
    return Funding(
        **{name: row[name] or ZERO for name in SUMS}, entries=row["entries"], made_up=row["made_up"], key=key
    )


def _keyed(one: Any, key: str) -> Any:
    return replace(one, key=key)

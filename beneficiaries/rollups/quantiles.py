"""How per-capita income is spread over the persons."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Q, QuerySet, RowRange, Sum, Value, Window
from django.db.models.functions import Cast

from alleviation.common.fields import YuanField
from alleviation.common.query import Query
from beneficiaries.models.bands import EARNED
from beneficiaries.rollups.sums import recorded

# Of a hundred persons, ordered by what each lives on, the number of the one that is asked.
RANKS = {"p10": 10, "p25": 25, "median": 50, "p75": 75, "p90": 90}
# Two ratios over at most 50 persons that differ, differ by 1/2450 or more: cut off at the fourth decimal of a fen they
# stand in the same order, and are equal only where the ratios are.
SCALE = 10_000


@dataclass(frozen=True)
class Quantiles:
    """The per-capita income, in yuan per person and year, that so many percent of the persons do not live above.

    `p10`: a tenth of the persons live on this or less. `households` and `persons` are all those of the year.
    """

    households: int
    persons: int
    p10: Decimal
    p25: Decimal
    median: Decimal
    p75: Decimal
    p90: Decimal
    made_up: int = 0
    key: Any = field(default=None, compare=False)


def income_quantiles(query: Query) -> list[Quantiles]:
    """For each year that has a record, five quantiles of per-capita income; `key` is the year.

    Each person counts with the per-capita income of the household. All persons stand in the order of it; the quantile
    of P percent is that of the person with the number ⌈P ÷ 100 × persons⌉ (nearest rank): a figure that a household
    has, nothing between two. Four persons on 1,000, one on 3,000 and five on 9,000: P10 = P25 = 1,000 (1st, 3rd),
    median = 3,000 (5th), P75 = P90 = 9,000 (8th, 9th). The order is exact: no ratio is rounded.
    Unit: yuan per person and year. Source: docs/incomes.md.
    """
    found: dict[int, dict[str, Any]] = {}
    for row in chosen(query).values("year", "net", "persons", "so_far", "of_all", "homes", "made_up"):
        told = found.setdefault(
            row["year"], {"households": row["homes"], "persons": row["of_all"], "made_up": row["made_up"]}
        )
        asked = asked_of(row["so_far"], row["persons"], row["of_all"])
        told |= dict.fromkeys(asked, row["net"] / row["persons"])
    return [Quantiles(**told, key=year) for year, told in sorted(found.items())]


def asked_of(so_far: int, persons: int, of_all: int) -> list[str]:
    """The quantiles that ask for one of a household's persons, when `so_far` of all live on no more than they."""
    before = so_far - persons
    return [name for name, rank in RANKS.items() if before * 100 < rank * of_all <= so_far * 100]


def chosen(query: Query) -> QuerySet[Any]:
    """The records of the households with a person that is asked, with how many persons live on no more than they."""
    net = ExpressionWrapper(EARNED - F("expenses"), output_field=YuanField())
    rows: QuerySet[Any] = recorded(query).order_by().annotate(net=net)
    rows = rows.annotate(each=Cast("net", BigIntegerField()) * Value(SCALE) / F("persons"))
    rows = rows.annotate(
        so_far=Window(Sum("persons"), "year", ["each", "pk"], RowRange(start=None, end=0)),
        of_all=Window(Sum("persons"), "year"),
        homes=Window(Count("pk"), "year"),
        made_up=Window(Count("pk", filter=Q(household__is_made_up=True)), "year"),
    )
    asked = Q()
    for rank in RANKS.values():
        last = F("of_all") * Value(rank)
        asked |= Q(reached__gte=last) & Q(passed__lt=last)
    reached = {"reached": F("so_far") * Value(100), "passed": (F("so_far") - F("persons")) * Value(100)}
    return rows.annotate(**reached).filter(asked)

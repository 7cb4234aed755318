"""How many households live on how much: the ranges of a histogram, as exact as its reader may know them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from itertools import accumulate, pairwise
from typing import Any

from django.conf import settings
from django.db.models import BigIntegerField, Case, Count, ExpressionWrapper, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Cast

from alleviation.common.fields import YuanField
from alleviation.common.query import Query
from beneficiaries.choices import LineKind
from beneficiaries.models import IncomeRecord
from beneficiaries.models.bands import EARNED
from beneficiaries.rollups.bands import Bands, line_bands
from beneficiaries.rollups.disclosure import is_told_in_bands, withholds
from beneficiaries.rollups.sums import recorded
from beneficiaries.rollups.telling import is_about_all, told_years

Edge = Decimal | None
ZERO = Decimal(0)
# The steps that a scale is divided by, in yuan per person and year: the smallest with which few ranges hold most.
STEPS = tuple(Decimal(step) for step in (500, 1000, 2000, 5000, 10000, 20000, 50000, 100000))
MOST_RANGES = 15
# Of a hundred households as many as the ranges of one step hold; the others live on more.
HELD = 97
FEN = 100


@dataclass(frozen=True)
class Range:
    """Households that live on `low` or more, and less than `high`, yuan per person; None is an open side."""

    low: Edge
    high: Edge
    households: int
    made_up: int = 0

    @property
    def name(self) -> str:
        """Its bounds as an address has them: "1000~2000", "~0"."""
        return "~".join("" if edge is None else f"{edge.normalize():f}" for edge in (self.low, self.high))

    def __add__(self, other: "Range") -> "Range":
        """This range and the one after it."""
        return Range(self.low, other.high, self.households + other.households, self.made_up + other.made_up)


def income_ranges(query: Query) -> list[Range]:
    """The households of one year by per-capita income (net income ÷ persons counted), in ranges that leave no gap.

    Ranges are cut at steps of the scale and at the lines of the year, and at 1.5 times these: so they add up to who is
    below, near and above. A household is in a range where low × persons ≤ net income < high × persons: nothing is
    divided or rounded. The last range has no end; the first has no beginning where a household has lost money.
    Whoever may see households is told all; others what `_told` leaves. Unit: households. Source: docs/incomes.md.
    """
    if query.year is None:
        raise ValueError("a distribution is that of one year")
    counts = _by_step(query)
    if not counts:
        return []
    lines = {kind: (line_bands(query, kind) or [Bands()])[0] for kind in LineKind}
    told = [bands for kind, bands in lines.items() if is_told_in_bands(query, kind)]
    untold = _line_edges(bands for bands in lines.values() if bands not in told)
    edges = sorted({*_steps(counts), *_line_edges(told)} - (untold - _line_edges(told)))
    ranges = _counted(query, [None, *edges, None])
    return _told(query, told, ranges) if withholds(query.user) else ranges


def in_range(query: Query, low: Edge, high: Edge) -> QuerySet[IncomeRecord]:
    """The income records of a range."""
    found = _doubled(query)
    for edge, way in ((low, "gte"), (high, "lt")):
        if edge is not None:
            found = found.filter(**{f"twice__{way}": F("persons") * _value(edge)})
    return found


def _by_step(query: Query) -> dict[int, int]:
    """How many households live on each multiple of the smallest step; -1 is a loss."""
    each = ExpressionWrapper(F("twice") / (F("persons") * _value(STEPS[0])), output_field=BigIntegerField())
    step = Case(When(twice__lt=0, then=Value(-1)), default=each, output_field=BigIntegerField())
    rows: Any = _doubled(query).order_by().annotate(step=step).values("step").annotate(number=Count("pk"))
    return dict(rows.values_list("step", "number").order_by("step"))


def _steps(counts: dict[int, int]) -> list[Decimal]:
    """The edges of the scale: from 0 in equal steps up to where but few live on more."""
    number = sum(counts.values())
    held = zip(counts, accumulate(counts.values()), strict=True)
    top = next(step for step, so_far in held if so_far * 100 >= HELD * number) + 1
    most = max(STEPS[0] * top, STEPS[0])
    step = next((one for one in STEPS if one * MOST_RANGES >= most), STEPS[-1])
    number_of_steps = int((most / step).to_integral_value(ROUND_CEILING))
    return [step * n for n in range(min(number_of_steps, 4 * MOST_RANGES) + 1)]


def _line_edges(lines: Iterable[Bands]) -> set[Decimal]:
    """The lines that incomes were held against, and 1.5 times these, which are near."""
    amounts = {line.amount for bands in lines for line in bands.lines}
    return {edge for amount in amounts for edge in (amount, amount * 3 / 2)}


def _counted(query: Query, edges: Sequence[Edge]) -> list[Range]:
    """The households between each edge and the next, without ranges at the ends in which nobody is."""
    inner = [edge for edge in edges if edge is not None]
    below = (When(twice__lt=F("persons") * _value(edge), then=Value(n)) for n, edge in enumerate(inner))
    number = Case(*below, default=Value(len(inner)), output_field=IntegerField())
    rows: Any = _doubled(query).order_by().annotate(number=number).values("number")
    held = rows.annotate(homes=Count("pk"), example=Count("pk", filter=Q(household__is_made_up=True)))
    counts = {n: found for n, *found in held.values_list("number", "homes", "example")}
    ranges = [Range(low, high, *counts.get(n, (0, 0))) for n, (low, high) in enumerate(pairwise(edges))]
    first = ranges[1:] if not ranges[0].households else ranges
    return first[:-1] if not first[-1].households and len(first) > 1 else first


def _told(query: Query, told: Sequence[Bands], ranges: Sequence[Range]) -> list[Range]:
    """The ranges as whoever may not see households is told them: neighbours together, none of few households.

    Told of all that this reader sees at once, in a year whose sums are told, as what projects brought is: the spread
    of a part, against that of the whole, would tell of few. Where it is `told` who is below a line, nothing is put
    together across it, as the two would be taken from each other; at a line of which that is not told no range ends.
    docs/disclosure.md.
    """
    if not is_about_all(query) or query.year not in told_years(query):
        return []
    if any(len(bands.lines) > 1 for bands in told):
        return []
    fixed = _line_edges(told)
    found: list[Range] = []
    for one in ranges:
        is_apart = not found or one.low in fixed or not _is_few(found[-1])
        found = [*found, one] if is_apart else [*found[:-1], found[-1] + one]
    # What is left over at the end of a stretch goes to its neighbour before it.
    whole: list[Range] = []
    for one in found:
        is_joined = whole and _is_few(one) and one.low not in fixed
        whole = [*whole[:-1], whole[-1] + one] if is_joined else [*whole, one]
    return [] if any(_is_few(one) and one.households for one in whole) else whole


def _is_few(one: Range) -> bool:
    return one.households < settings.SMALLEST_CELL


def _doubled(query: Query) -> QuerySet[Any]:
    """The records asked for with twice their net income in fen: 1.5 times a line may be half a fen."""
    net = ExpressionWrapper(EARNED - F("expenses"), output_field=YuanField())
    found: QuerySet[Any] = recorded(replace(query, of="")).annotate(net=net)
    return found.annotate(twice=Cast("net", BigIntegerField()) * Value(2))


def _value(edge: Decimal) -> Value:
    """Twice an edge in fen, a whole number. Raises ValueError for one that is no half of a fen."""
    twice = edge * FEN * 2
    if twice != twice.to_integral_value():
        raise ValueError(f"{edge} yuan is not a whole number of half fen")
    return Value(int(twice), output_field=BigIntegerField())

"""How many there may be of what claims count: ends that know whether they are strict or about, and their sums."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from alleviation.common.fields import EXACT
from alleviation.common.figures import Figure, Qualifier

# Up to so many claims that exclude each other the best choice is found; above, a good one. Both are true bounds.
EXHAUSTIVE = 20


@dataclass(frozen=True)
class End:
    """The least or the most that there may be; strict where it is never reached, about where it is only near."""

    value: Decimal
    is_strict: bool = False
    is_about: bool = False

    def __add__(self, other: "End") -> "End":
        value = EXACT.add(self.value, other.value)
        return End(value, self.is_strict or other.is_strict, self.is_about or other.is_about)

    def __sub__(self, other: "End") -> "End":
        return self + End(-other.value, other.is_strict, other.is_about)

    def times(self, factor: int) -> "End":
        """The end of as many times the same."""
        return End(EXACT.multiply(self.value, Decimal(factor)), self.is_strict and factor > 0, self.is_about)

    @property
    def as_low(self) -> tuple[Decimal, bool, bool]:
        """To compare low ends: the greatest tells the most."""
        return self.value, self.is_strict, not self.is_about

    @property
    def as_high(self) -> tuple[Decimal, bool, bool]:
        """To compare high ends: the least tells the most."""
        return self.value, not self.is_strict, self.is_about


NONE_AT_ALL = End(Decimal(0))


@dataclass(frozen=True)
class Extent:
    """The ends of a number that is not below zero; None where nothing is said of that side."""

    low: End | None
    high: End | None

    @property
    def least(self) -> End:
        """The low end, else zero."""
        return self.low or NONE_AT_ALL

    @property
    def is_possible(self) -> bool:
        """Whether any number lies between the ends; what is only about may be an end that is never reached."""
        if self.high is None:
            return True
        low = self.least
        if low.value != self.high.value:
            return low.value < self.high.value
        is_soft = low.is_about or self.high.is_about
        return is_soft or not (low.is_strict or self.high.is_strict)


def extent_of(figure: Figure) -> Extent:
    """The ends of a figure; raises ValueError for one below zero, since nothing is counted that way."""
    if any(bound is not None and bound < 0 for bound in (figure.low, figure.high)):
        raise ValueError("what claims count is not below zero")
    is_strict, is_about = figure.qualifier in Qualifier.STRICT, figure.qualifier == Qualifier.ABOUT
    low, high = (None if bound is None else End(bound, is_strict, is_about) for bound in (figure.low, figure.high))
    return Extent(low, high)


def met(extents: Sequence[Extent]) -> Extent:
    """What all of them allow, which may be nothing."""
    lows = [one.low for one in extents if one.low]
    highs = [one.high for one in extents if one.high]
    return Extent(
        max(lows, key=lambda end: end.as_low, default=None), min(highs, key=lambda end: end.as_high, default=None)
    )


def hull(extents: Sequence[Extent]) -> Extent:
    """What any of them allows, and all between."""
    lows = [one.low for one in extents if one.low]
    highs = [one.high for one in extents if one.high]
    return Extent(
        min(lows, key=lambda end: end.as_low) if len(lows) == len(extents) else None,
        max(highs, key=lambda end: end.as_high) if len(highs) == len(extents) else None,
    )


def figure_between(low: End | None, high: End | None) -> Figure | None:
    """The figure with these ends; None where they say nothing.

    An about end makes the figure about. Ends that contradict each other change places.
    """
    if low and high and low.value > high.value:
        low, high = high, low
    if high is None and (low is None or low == NONE_AT_ALL):
        return None
    return Figure(low.value if low else None, high.value if high else None, _qualifier(low, high), is_sum=True)


def _qualifier(low: End | None, high: End | None) -> Qualifier:
    if any(end and end.is_about for end in (low, high)):
        return Qualifier.ABOUT
    if low is None:
        return Qualifier.UNDER if high and high.is_strict else Qualifier.AT_MOST
    if high is None:
        return Qualifier.OVER if low.is_strict else Qualifier.AT_LEAST
    return Qualifier.EXACT if low.value == high.value else Qualifier.RANGE


def heaviest(weights: Sequence[End], apart: Sequence[int], among: int) -> End:
    """The largest sum of weights over members of `among` of which each two are apart; all sets are bit masks.

    Exact where at most EXHAUSTIVE members that have a weight hang together; above, by taking the heaviest that still
    fits, one after another: not always the largest sum, and never too large.
    """
    best = NONE_AT_ALL
    rest = sum(1 << n for n in members(among) if weights[n].value > 0 or weights[n].is_strict)
    while rest:
        cluster = _hanging_together(rest & -rest, apart, rest)
        rest &= ~cluster
        order = sorted(members(cluster), key=lambda n: weights[n].as_low, reverse=True)
        found = _best_of(order, weights, apart) if len(order) <= EXHAUSTIVE else _greedy(order, weights, apart)
        best = max(best, found, key=lambda end: end.as_low)
    return best


def members(mask: int) -> Iterable[int]:
    """The numbers of the bits that are set."""
    while mask:
        bit = mask & -mask
        yield bit.bit_length() - 1
        mask ^= bit


def _hanging_together(start: int, apart: Sequence[int], among: int) -> int:
    cluster, new = 0, start
    while new:
        cluster |= new
        new = sum_of_bits(apart[n] for n in members(new)) & among & ~cluster
    return cluster


def sum_of_bits(masks: Iterable[int]) -> int:
    """All the bits of several masks."""
    found = 0
    for mask in masks:
        found |= mask
    return found


def _best_of(order: Sequence[int], weights: Sequence[End], apart: Sequence[int]) -> End:
    """Branch and bound: with the first or without it, unless what is left cannot reach the best so far."""
    best = NONE_AT_ALL
    stack = [(NONE_AT_ALL, list(order))]
    while stack:
        taken, left = stack.pop()
        best = max(best, taken, key=lambda end: end.as_low)
        reach = taken
        for n in left:
            reach += weights[n]
        if not left or not _is_beyond(reach, best):
            continue
        first, *others = left
        stack.append((taken, others))
        stack.append((taken + weights[first], [n for n in others if apart[first] >> n & 1]))
    return best


def _is_beyond(reach: End, best: End) -> bool:
    """Whether what could still be reached may tell more than the best so far."""
    if reach.value != best.value:
        return reach.value > best.value
    return best.is_about or (reach.is_strict and not best.is_strict)


def _greedy(order: Sequence[int], weights: Sequence[End], apart: Sequence[int]) -> End:
    taken, chosen = NONE_AT_ALL, 0
    for n in order:
        if chosen & ~apart[n] == 0:
            taken, chosen = taken + weights[n], chosen | 1 << n
    return taken

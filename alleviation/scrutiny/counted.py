"""How the unique figure of a class is made of its claims: what each counts as, and what they may share."""

from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import add

from alleviation.common.figures import Bound, Figure, Qualifier
from projects.choices import Overlap
from projects.rollups.claims import ClaimClass
from projects.rollups.extents import End, figure_between, heaviest
from projects.rollups.nesting import Nesting

NOTHING = Figure.exact(0)


@dataclass(frozen=True)
class Makeup:
    """What a unique figure is made of; it is the sum of what the claims count as, and of what is taken off.

    `counts` has each claim of the class by its number: a claim that is the same as one before it, or a part of
    another, counts as 0. `shared` is what is taken off since claims may, or must, share it: None where nothing is.
    `lowest` are the claims of which the lower bound is the sum, `open_above` those that state no upper bound.
    """

    counts: dict[str, Figure]
    shared: Figure | None
    lowest: tuple[str, ...]
    highest: tuple[str, ...]
    open_above: tuple[str, ...]
    decided: dict[tuple[str, str], Overlap]
    undecided: int


def makeup_of(one: ClaimClass) -> Makeup:
    """Take the bounds of a class apart, as `projects.rollups.overlap.bounds` puts them together."""
    nesting = Nesting(one.counted, one.relations)
    nesting = nesting.settled(nesting.contradictions())
    roots = set(nesting.roots)
    counts = {key: NOTHING for group in nesting.groups for key in group}
    for g in roots:
        counts[nesting.groups[g][0]] = _counts_as(nesting, g)
    decided = [pair for pair, kind in nesting.relations.items() if kind != Overlap.UNKNOWN]
    pairs = len(nesting.keys) * (len(nesting.keys) - 1) // 2
    open_above = [g for g in nesting.roots if nesting.extents[g].high is None]
    return Makeup(
        counts,
        _shared(reduce(add, counts.values()), one.unique),
        tuple(nesting.groups[g][0] for g in _lowest(nesting)),
        tuple(nesting.groups[g][0] for g in nesting.roots),
        tuple(nesting.groups[g][0] for g in open_above),
        {pair: nesting.relations[pair] for pair in decided},
        pairs - len(decided),
    )


def _counts_as(nesting: Nesting, g: int) -> Figure:
    """A group by what all of its claims allow, no less than what must be in it."""
    low, high = heaviest(nesting.lows, nesting.apart, nesting.inside[g]), nesting.extents[g].high
    return figure_between(low, high) or Figure.at_least(0)


def _lowest(nesting: Nesting) -> list[int]:
    """Groups that share nothing with each other and together make the lower bound: none of them can be left out."""
    everything = (1 << len(nesting.groups)) - 1
    best, kept = heaviest(nesting.lows, nesting.apart, everything), everything
    for g in range(len(nesting.groups)):
        without = kept & ~(1 << g)
        if _as_much(heaviest(nesting.lows, nesting.apart, without), best):
            kept = without
    return [g for g in range(len(nesting.groups)) if kept >> g & 1]


def _as_much(one: End, best: End) -> bool:
    return one.as_low == best.as_low


def _shared(together: Figure, unique: Figure | None) -> Figure | None:
    """What has to be added to the claims together, below 0, for the unique figure."""
    if unique is None:
        return None
    low, high = _less(unique.low, together.low), _less(unique.high, together.high)
    if not low and not high:
        return None
    low, high = low or Decimal(0), high or Decimal(0)
    return Figure(min(low, high), max(low, high), Qualifier.RANGE, is_sum=True)


def _less(one: Bound, other: Bound) -> Bound:
    return None if one is None or other is None else one - other

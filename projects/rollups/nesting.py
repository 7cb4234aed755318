"""Claims as groups that count the same, groups inside groups, and groups that share nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import product

from django.utils.translation import gettext

from alleviation.common.figures import Figure
from projects.choices import Overlap
from projects.rollups.extents import NONE_AT_ALL, End, Extent, extent_of, heaviest, hull, members, met, sum_of_bits

Relations = Mapping[tuple[str, str], Overlap]


@dataclass(frozen=True)
class Counted:
    """What one claim says that there are. An adopted one speaks for all that are related to it as the same."""

    key: str
    figure: Figure
    is_adopted: bool = False


class Conflict(StrEnum):
    """Why what claims and their relations say cannot all be so."""

    RIVALS = "rivals"
    APART_AND_INSIDE = "apart and inside"
    PART_TOO_LARGE = "part too large"


@dataclass(frozen=True)
class Contradiction:
    """Claims that cannot all be right as they are related."""

    kind: Conflict
    keys: tuple[str, ...]

    def words(self) -> str:
        """What is wrong, for whoever can decide it anew."""
        told = {
            Conflict.RIVALS: gettext(
                "The same by their relations, but of figures that exclude each other: %(claims)s."
            ),
            Conflict.APART_AND_INSIDE: gettext("Both with nothing in common and one part of the other: %(claims)s."),
            Conflict.PART_TOO_LARGE: gettext("The parts are larger than what they are part of: %(claims)s."),
        }
        return told[self.kind] % {"claims": ", ".join(self.keys)}


class Nesting:
    """Groups of claims by their relations; claims and relations that are not among the given ones are left out.

    Claims that are related as the same, or each as part of the other in a circle, are one group. `inside[g]` are the
    groups within g and g itself, `around[g]` those it is within and itself, `apart[g]` those it shares nothing with:
    what is inside of two that are apart is apart too. All three are bit masks.
    """

    def __init__(self, counted: Iterable[Counted], relations: Relations) -> None:
        self.counted = {one.key: one for one in counted}
        self.keys = list(self.counted)
        self.relations = {
            pair: kind for pair, kind in relations.items() if pair[0] != pair[1] and set(pair) <= self.counted.keys()
        }
        within = self._within()
        self.groups = self._groups(within)
        self.group_of = {key: g for g, group in enumerate(self.groups) for key in group}
        self._nest(dict(zip(self.keys, within, strict=True)))

    def _within(self) -> list[int]:
        """For each claim the claims that it is within, and itself: the same is within each other."""
        place = {key: n for n, key in enumerate(self.keys)}
        within = [1 << n for n in range(len(self.keys))]
        for (one, other), kind in self.relations.items():
            if kind in (Overlap.PART_OF, Overlap.SAME):
                within[place[one]] |= 1 << place[other]
            if kind == Overlap.SAME:
                within[place[other]] |= 1 << place[one]
        for middle in [n for n in range(len(within)) if within[n] != 1 << n]:
            for n in range(len(within)):
                if within[n] >> middle & 1:
                    within[n] |= within[middle]
        return within

    def _groups(self, within: Sequence[int]) -> list[tuple[str, ...]]:
        groups: dict[int, list[str]] = {}
        for n, key in enumerate(self.keys):
            mutual = sum(1 << m for m in members(within[n]) if within[m] >> n & 1)
            groups.setdefault(mutual, []).append(key)
        return [tuple(group) for group in groups.values()]

    def _nest(self, within: Mapping[str, int]) -> None:
        alone = [1 << g for g in range(len(self.groups))]
        self.around, self.inside, self.apart = list(alone), list(alone), [0] * len(alone)
        for g, group in enumerate(self.groups):
            self.around[g] = sum_of_bits(1 << self.group_of[self.keys[n]] for n in members(within[group[0]]))
            for h in members(self.around[g]):
                self.inside[h] |= 1 << g
        for pair in self.pairs_of(Overlap.DISJOINT):
            one, other = (self.inside[self.group_of[key]] for key in pair)
            for a, b in product(members(one), members(other)):
                self.apart[a] |= 1 << b
                self.apart[b] |= 1 << a

    def pairs_of(self, kind: Overlap) -> list[tuple[str, str]]:
        """The pairs of claims that are related so."""
        return [pair for pair, found in self.relations.items() if found == kind]

    @cached_property
    def roots(self) -> list[int]:
        """The groups that are part of no other."""
        return [g for g, around in enumerate(self.around) if around == 1 << g]

    @cached_property
    def extents(self) -> list[Extent]:
        """How many there may be in each group, by its own claims."""
        return [self._extent(g) for g in range(len(self.groups))]

    def _extent(self, g: int) -> Extent:
        figures = self._stated(g)
        extent = met(figures)
        if not extent.is_possible:
            extent = hull(figures)
        # What is inside of two groups that share nothing is empty.
        return Extent(extent.low, NONE_AT_ALL) if self.apart[g] >> g & 1 else extent

    def _stated(self, g: int) -> list[Extent]:
        """What the claims of a group that have a number say; the adopted ones alone where there are any."""
        found = [self.counted[key] for key in self.groups[g]]
        deciding = [one for one in found if one.is_adopted] or found
        return [extent_of(one.figure) for one in deciding if one.figure.is_summable]

    @cached_property
    def lows(self) -> list[End]:
        """The least of each group."""
        return [extent.least for extent in self.extents]

    def contradictions(self) -> list[Contradiction]:
        """What cannot be so: rival figures of one group, and parts that do not fit into what they are part of."""
        found = [
            Contradiction(Conflict.RIVALS, group)
            for g, group in enumerate(self.groups)
            if not met(self._stated(g)).is_possible
        ]
        # Where something is both apart and inside, what is apart says nothing of sizes.
        return found + (self._torn() or self._too_large())

    def _torn(self) -> list[Contradiction]:
        return [
            Contradiction(Conflict.APART_AND_INSIDE, self._keys(self.inside[g] | self.around[g]))
            for g, low in enumerate(self.lows)
            if self.apart[g] >> g & 1 and low != NONE_AT_ALL
        ]

    def _too_large(self) -> list[Contradiction]:
        wholes = [g for g, inside in enumerate(self.inside) if inside != 1 << g]
        return [
            Contradiction(Conflict.PART_TOO_LARGE, self._keys(self.inside[g]))
            for g in wholes
            if not Extent(heaviest(self.lows, self.apart, self.inside[g]), self.extents[g].high).is_possible
        ]

    def _keys(self, groups: int) -> tuple[str, ...]:
        return tuple(key for g in members(groups) for key in self.groups[g])

    def settled(self, contradictions: Iterable[Contradiction]) -> "Nesting":
        """Without the relations that hang together with a contradiction, which count as unknown; the same stay so."""
        wrong = {self.group_of[key] for one in contradictions if one.kind != Conflict.RIVALS for key in one.keys}
        if not wrong:
            return self
        loose = self._hanging_together(wrong)
        kept = {
            pair: kind
            for pair, kind in self.relations.items()
            if not loose & {self.group_of[key] for key in pair} or self._is_one_group(pair, kind)
        }
        return Nesting(self.counted.values(), kept)

    def _is_one_group(self, pair: tuple[str, str], kind: Overlap) -> bool:
        return kind != Overlap.DISJOINT and self.group_of[pair[0]] == self.group_of[pair[1]]

    def _hanging_together(self, groups: set[int]) -> set[int]:
        found = set(groups)
        while True:
            touched = {
                self.group_of[key]
                for pair, kind in self.relations.items()
                if kind != Overlap.UNKNOWN and found & {self.group_of[key] for key in pair}
                for key in pair
            }
            if touched <= found:
                return found
            found |= touched

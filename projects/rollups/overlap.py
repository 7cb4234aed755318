"""How many there are of something that several claims count, however the claims overlap where nobody decided it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from django.utils.translation import gettext

from alleviation.common.figures import Figure
from projects.choices import Overlap
from projects.rollups.extents import NONE_AT_ALL, End, figure_between, heaviest
from projects.rollups.nesting import Conflict, Contradiction, Counted, Nesting, Relations

__all__ = ["Answer", "Conflict", "Contradiction", "Counted", "Narrowing", "bounds", "contradictions", "narrowing"]

# So many groups at most are compared pair by pair; of more, those that weigh the most.
COMPARED = 8
# Of more groups than these, the three largest: each question takes all claims up again.
FEW = 60


@dataclass(frozen=True)
class Answer:
    """How two claims may overlap, and the unique figure if they do so; part_of: `one` is part of `other`."""

    kind: Overlap
    one: str
    other: str
    figure: Figure | None


@dataclass(frozen=True)
class Narrowing:
    """What would narrow a unique figure.

    `without_number` and `open_ended` are the claims that leave it open above, `answers` what it would be for each
    way in which the undecided pair of claims that matters most may overlap.
    """

    without_number: tuple[str, ...] = ()
    open_ended: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()

    @property
    def pair(self) -> tuple[str, str] | None:
        """The two claims whose overlap is worth deciding first."""
        return (self.answers[0].one, self.answers[0].other) if self.answers else None

    def words(self, unit: str = "", basis: str = "") -> str:
        """The line under the figure: what leaves it open, then what a decision would make of it."""
        return " ".join([*self._open_words(), *self._pair_words(unit, basis)])

    def _open_words(self) -> Iterator[str]:
        if self.without_number:
            yield gettext("It is open above: no number is stated in %(claims)s.") % {
                "claims": ", ".join(self.without_number)
            }
        if self.open_ended:
            yield gettext("It is open above: no upper bound is stated in %(claims)s.") % {
                "claims": ", ".join(self.open_ended)
            }

    def _pair_words(self, unit: str, basis: str) -> Iterator[str]:
        if self.pair is None:
            return
        overlaps: dict[Figure | None, list[str]] = {}
        for answer in self.answers:
            overlaps.setdefault(answer.figure, []).append(_overlap_words(answer))
        told = [_outcome_words(kinds, figure, unit, basis) for figure, kinds in overlaps.items()]
        yield gettext("To decide how %(one)s and %(other)s overlap would narrow it: %(answers)s.") % {
            "one": self.pair[0],
            "other": self.pair[1],
            "answers": "; ".join(told),
        }


def bounds(counted: Iterable[Counted], relations: Relations) -> Figure | None:
    """The bounds of how many there are in all, true whatever the relations are that are not decided.

    Low: the largest sum of lows over claims of which each two share nothing. High: the sum of the highs of the claims
    that are part of no other, less what must lie in two of them; open where one of these has no upper bound.
    In: every figure; one without a number leaves the sum open above. Related as the same: what all of them allow,
    else (they contradict each other) from the least to the most; an adopted claim decides alone. Other relations
    that contradict the figures count as unknown (see `contradictions`). Unit: that of the figures.
    None where nothing is known. Raises ValueError for a figure below zero.
    """
    nesting = Nesting(counted, relations)
    return _figure(nesting.settled(nesting.contradictions()))


def contradictions(counted: Iterable[Counted], relations: Relations) -> list[Contradiction]:
    """What claims and their relations say that cannot all be so."""
    return Nesting(counted, relations).contradictions()


def _figure(nesting: Nesting) -> Figure | None:
    if len(nesting.keys) == 1:
        figure = nesting.counted[nesting.keys[0]].figure
        return figure if figure.is_summable else None
    everything = (1 << len(nesting.groups)) - 1
    low = heaviest(nesting.lows, nesting.apart, everything)
    is_said = any(extent.low for extent in nesting.extents)
    return figure_between(low if is_said else None, _high(nesting, everything))


def _high(nesting: Nesting, everything: int) -> End | None:
    """At most all that are part of no other together; what lies in n of them was counted n - 1 times too often."""
    highs = [high for g in nesting.roots if (high := nesting.extents[g].high)]
    if not highs or len(highs) < len(nesting.roots):
        return None
    roots = sum(1 << g for g in nesting.roots)
    too_often = [max((around & roots).bit_count() - 1, 0) for around in nesting.around]
    shared = [low.times(n) if n else NONE_AT_ALL for low, n in zip(nesting.lows, too_often, strict=True)]
    return sum(highs[1:], highs[0]) - heaviest(shared, nesting.apart, everything)


def narrowing(counted: Sequence[Counted], relations: Relations) -> Narrowing | None:
    """What would narrow the unique figure; None where nothing that is known here would.

    Of all pairs whose overlap is not decided, the one whose answers narrow the figure most, taken together. Of more
    than COMPARED groups only those with the largest bounds are compared, of more than FEW the three largest.
    """
    nesting = Nesting(counted, relations)
    nesting = nesting.settled(nesting.contradictions())
    blank, open_ended = _open_roots(nesting)
    found = Narrowing(blank, open_ended, _best_answers(nesting))
    return found if found != Narrowing() else None


def _open_roots(nesting: Nesting) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The claims that leave the figure open above: those without a number, those without an upper one."""
    blank: list[str] = []
    without_end: list[str] = []
    for g in nesting.roots:
        if nesting.extents[g].high is None:
            keys = nesting.groups[g]
            (without_end if nesting.extents[g].low else blank).extend(keys)
    return tuple(blank), tuple(without_end)


def _best_answers(nesting: Nesting) -> tuple[Answer, ...]:
    present = _figure(nesting)
    ranked = [(_gain(present, answers), answers) for answers in _questions(nesting)]
    gain, answers = max(ranked, key=lambda one: one[0], default=((0, Decimal(0)), ()))
    return answers if gain > (0, 0) else ()


def _questions(nesting: Nesting) -> Iterator[tuple[Answer, ...]]:
    """For each pair of groups whose overlap is not decided: the answers that contradict nothing."""
    heavy = sorted(range(len(nesting.groups)), key=lambda g: _weight(nesting, g), reverse=True)[
        : COMPARED if len(nesting.groups) <= FEW else 3
    ]
    for a, b in combinations(sorted(heavy), 2):
        if not (nesting.apart[a] >> b | nesting.around[a] >> b | nesting.around[b] >> a) & 1:
            yield tuple(_answers(nesting, nesting.groups[a][0], nesting.groups[b][0]))


def _weight(nesting: Nesting, g: int) -> tuple[bool, Decimal]:
    high = nesting.extents[g].high
    return high is None, nesting.lows[g].value if high is None else high.value


def _answers(nesting: Nesting, one: str, other: str) -> Iterator[Answer]:
    asked = ((Overlap.SAME, one, other), (Overlap.PART_OF, one, other), (Overlap.PART_OF, other, one))
    before = len(nesting.contradictions())
    for kind, first, second in (*asked, (Overlap.DISJOINT, one, other)):
        answered = Nesting(nesting.counted.values(), {**nesting.relations, (first, second): kind})
        if len(answered.contradictions()) <= before:
            yield Answer(kind, first, second, _figure(answered))


def _gain(present: Figure | None, answers: Sequence[Answer]) -> tuple[int, Decimal]:
    """How much the answers narrow the figure together: sides that they close, then what they take from its bounds."""
    sides, amount = 0, Decimal(0)
    for answer in answers:
        for end in ("low", "high"):
            old, new = getattr(present, end, None), getattr(answer.figure, end, None)
            sides += old is None and new is not None
            amount += abs(new - old) if old is not None and new is not None else 0
    return sides, amount


def _overlap_words(answer: Answer) -> str:
    told = {
        Overlap.SAME: gettext("the same"),
        Overlap.PART_OF: gettext("%(one)s part of %(other)s"),
        Overlap.DISJOINT: gettext("nothing in common"),
    }
    return told[answer.kind] % {"one": answer.one, "other": answer.other}


def _outcome_words(overlaps: Sequence[str], figure: Figure | None, unit: str, basis: str) -> str:
    shown = figure.words(unit, basis) if figure else gettext("not known")
    return gettext("%(overlaps)s: %(figure)s") % {"overlaps": gettext(" or ").join(overlaps), "figure": shown}

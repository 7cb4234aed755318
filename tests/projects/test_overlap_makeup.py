"""What a unique figure is made of, whatever the claims and however they are related; and the heaviest choice."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from alleviation.common.figure_classes import FigureClass
from alleviation.common.figures import Figure, total
from alleviation.scrutiny.counted import makeup_of
from projects.choices import Overlap
from projects.models import Claim
from projects.rollups.claims import ClaimClass
from projects.rollups.extents import EXHAUSTIVE, NONE_AT_ALL, End, heaviest, members
from projects.rollups.nesting import Nesting
from projects.rollups.overlap import bounds, contradictions, narrowing

Relations = Mapping[tuple[str, str], Overlap]
REACHED = FigureClass("P", "person", "", "reached", is_made_up=False, years="")
number = st.integers(0, 9)
figures = st.one_of(
    number.map(Figure.exact),
    number.map(Figure.about),
    number.map(Figure.over),
    number.map(Figure.at_least),
    st.integers(1, 9).map(Figure.under),
    number.map(Figure.at_most),
    st.tuples(number, number).map(lambda two: Figure.between(*sorted(two))),
    st.just(Figure.unstated()),
    st.just(Figure.most()),
)


@st.composite
def related(draw: st.DrawFn, most: int = 5) -> ClaimClass:
    """Claims of one class, some of them adopted, each two related in any way at all."""
    stated = draw(st.lists(figures, min_size=1, max_size=most))
    claims = [claim(f"C{n}", figure, is_adopted=draw(st.integers(0, 5)) == 0) for n, figure in enumerate(stated)]
    pairs = [tuple(draw(st.permutations(pair))) for pair in combinations([one.code for one in claims], 2)]
    return ClaimClass(REACHED, tuple(claims), {pair: draw(st.sampled_from(list(Overlap))) for pair in pairs})


def claim(code: str, figure: Figure, *, is_adopted: bool = False) -> Claim:
    ends = {"low": figure.low, "high": figure.high, "qualifier": figure.qualifier.value}
    return Claim(code=code, adopted_by="a-reviewer" if is_adopted else "", **ends)


@settings(max_examples=25, deadline=None)
@given(related())
@pytest.mark.slow
def test_what_the_claims_count_as_and_what_is_taken_off_make_the_unique_figure(one: ClaimClass) -> None:
    makeup, unique = makeup_of(one), one.unique

    assert set(makeup.counts) == {claim.code for claim in one.members}
    if unique is not None:
        parts = [*makeup.counts.values(), *([makeup.shared] if makeup.shared is not None else [])]
        made = total(parts).figure
        assert made is not None
        assert (made.low or 0, made.high) == (unique.low or 0, unique.high)


@settings(max_examples=25, deadline=None)
@given(related())
def test_the_claims_of_the_lower_bound_share_nothing_and_none_can_be_left_out(one: ClaimClass) -> None:
    makeup = makeup_of(one)
    nesting = Nesting(one.counted, one.relations)
    nesting = nesting.settled(nesting.contradictions())
    groups = [nesting.group_of[code] for code in makeup.lowest]

    lows = [nesting.lows[g].value for g in groups]
    assert all(nesting.apart[a] >> b & 1 for a, b in combinations(groups, 2))
    assert sum(lows) == ((one.unique.low or 0) if one.unique else 0)
    assert len(one.members) == 1 or all(
        low > 0 or nesting.lows[g].is_strict for g, low in zip(groups, lows, strict=True)
    )


@settings(max_examples=25, deadline=None)
@given(related())
def test_what_is_open_above_is_named_and_every_pair_is_decided_or_not(one: ClaimClass) -> None:
    makeup = makeup_of(one)

    is_open = one.unique is None or one.unique.high is None
    assert (makeup.open_above != ()) == is_open
    assert set(makeup.open_above) <= set(makeup.highest)
    pairs = len(one.members) * (len(one.members) - 1) // 2
    assert len(makeup.decided) + makeup.undecided == pairs
    assert Overlap.UNKNOWN not in makeup.decided.values()


@settings(max_examples=25, deadline=None)
@given(related(4))
def test_no_answer_that_would_narrow_a_figure_reaches_beyond_it(one: ClaimClass) -> None:
    """Of claims that do not contradict each other; an adopted one would decide over whatever became the same."""
    assume(not any(claim.adopted_by for claim in one.members))
    assume(not contradictions(one.counted, one.relations))
    present, found = bounds(one.counted, one.relations), narrowing(one.counted, one.relations)

    for answer in found.answers if found else ():
        assert one.relations.get((answer.one, answer.other), Overlap.UNKNOWN) == Overlap.UNKNOWN
        low, high = ends(present)
        assert answer.figure is None or (ends(answer.figure)[0] >= low and ends(answer.figure)[1] <= high), answer


def ends(figure: Figure | None) -> tuple[Decimal, Decimal]:
    low, high = (figure.low, figure.high) if figure else (None, None)
    return Decimal(0) if low is None else low, Decimal("Infinity") if high is None else high


@settings(max_examples=25, deadline=None)
@given(related())
def test_a_unique_figure_never_has_more_than_the_gross_sum_of_claims_that_agree(one: ClaimClass) -> None:
    assume(not one.contradictions)

    gross, unique = one.gross, one.unique

    if gross.figure is not None and unique is not None:
        # A sum of which a part has no lower bound says nothing of its own, though the others lie in it.
        assert gross.figure.low is None or ends(unique)[0] <= gross.figure.low
        # An adopted claim speaks for its rivals, which the gross sum holds too.
        assert gross.not_stated or ends(unique)[1] <= ends(gross.figure)[1]


# --- the heaviest choice ------------------------------------------------------------------------------------------


def brute_force(weights: Sequence[End], apart: Sequence[int], among: int) -> Decimal:
    """Every set of members of which each two are apart."""
    kept = list(members(among))
    sets = (some for size in range(len(kept) + 1) for some in combinations(kept, size))
    fitting = (some for some in sets if all(apart[a] >> b & 1 for a, b in combinations(some, 2)))
    return max(sum((weights[n].value for n in some), Decimal(0)) for some in fitting)


def random_graph(rng: Random, size: int, share: float) -> list[int]:
    apart = [0] * size
    for a, b in combinations(range(size), 2):
        if rng.random() < share:
            apart[a] |= 1 << b
            apart[b] |= 1 << a
    return apart


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.8, 1.0])
def test_the_heaviest_choice_is_the_largest_of_all(share: float) -> None:
    rng = Random(share)
    for size in range(9):
        weights = [End(Decimal(rng.choice((0, 1, 2, 3, 50))), rng.random() < 0.3) for _n in range(size)]
        apart, among = random_graph(rng, size, share), rng.getrandbits(size) if size else 0

        assert heaviest(weights, apart, among).value == brute_force(weights, apart, among), (weights, apart, among)


@pytest.mark.parametrize("seed", range(4))
def test_of_too_many_claims_the_choice_is_never_too_large_and_never_less_than_the_heaviest(seed: int) -> None:
    """Blocks of claims that exclude those of all other blocks alone: of each block one, the heaviest."""
    rng = Random(seed)
    size, blocks = EXHAUSTIVE + 8, 4
    weights = [End(Decimal(rng.randint(1, 99))) for _n in range(size)]
    block = [n % blocks for n in range(size)]
    apart = [sum(1 << m for m in range(size) if block[m] != block[n]) for n in range(size)]

    found = heaviest(weights, apart, (1 << size) - 1)

    best = sum(max(weights[n].value for n in range(size) if block[n] == one) for one in range(blocks))
    assert max(one.value for one in weights) <= found.value <= best


def test_nothing_weighs_nothing() -> None:
    assert heaviest([], [], 0) == NONE_AT_ALL
    assert heaviest([End(Decimal(5))], [0], 0) == NONE_AT_ALL
    # Over 0 tells more than 0.
    assert heaviest([NONE_AT_ALL, End(Decimal(0), is_strict=True)], [0, 0], 0b11) == End(Decimal(0), is_strict=True)

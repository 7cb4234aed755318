"""The bounds of what several claims count together, against every way in which they could overlap."""

from collections.abc import Mapping
from itertools import combinations
from time import perf_counter

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from alleviation.common.figures import Figure, Qualifier
from projects.choices import Overlap
from projects.rollups.overlap import Answer, Conflict, Contradiction, Counted, bounds, contradictions, narrowing

F = Figure
SAME, PART_OF, DISJOINT, UNKNOWN = Overlap.SAME, Overlap.PART_OF, Overlap.DISJOINT, Overlap.UNKNOWN
Relations = Mapping[tuple[str, str], Overlap]
MOST = 3  # of one claim, in the small worlds below


def counted(*figures: Figure) -> list[Counted]:
    """Claims a, b, c … of these figures."""
    return [Counted(key, figure) for key, figure in zip("abcdefghijklmnopqrstuvwxyz", figures, strict=False)]


# --- every world that claims and relations allow ----------------------------------------------------------------


def is_allowed(atom: frozenset[str], relations: Relations) -> bool:
    """Whether somebody may be counted by just these claims."""
    return not any(
        (kind == PART_OF and one in atom and other not in atom)
        or (kind == SAME and (one in atom) != (other in atom))
        or (kind == DISJOINT and one in atom and other in atom)
        for (one, other), kind in relations.items()
    )


def allows(figure: Figure, size: int) -> bool:
    strict = figure.qualifier in Qualifier.STRICT
    low, high = figure.low, figure.high
    return (low is None or size > low or (size == low and not strict)) and (
        high is None or size < high or (size == high and not strict)
    )


def unions(claims: list[Counted], relations: Relations) -> set[int]:
    """How many there may be in all: every way to people the regions of the diagram, MOST at most in each claim."""
    keys = [one.key for one in claims]
    regions = [frozenset(some) for n in range(1, len(keys) + 1) for some in combinations(keys, n)]
    worlds = {((0,) * len(keys), 0)}
    for region in regions:
        if is_allowed(region, relations):
            step = tuple(int(key in region) for key in keys)
            worlds = {
                (tuple(size + n * one for size, one in zip(sizes, step, strict=True)), union + n)
                for sizes, union in worlds
                for n in range(MOST + 1 - max(size * one for size, one in zip(sizes, step, strict=True)))
            }
    return {
        union
        for sizes, union in worlds
        if all(allows(one.figure, size) for one, size in zip(claims, sizes, strict=True))
    }


small = st.integers(0, MOST)
closed = st.one_of(small.map(F.exact), st.tuples(small, small).map(lambda two: F.between(*sorted(two))))
hedged = st.one_of(
    closed,
    st.integers(0, MOST - 1).map(F.over),
    small.map(F.at_least),
    st.integers(1, MOST).map(F.under),
    small.map(F.at_most),
    st.just(F.unstated()),
)
kinds = st.sampled_from([UNKNOWN, SAME, PART_OF, DISJOINT])


@st.composite
def related(draw: st.DrawFn, figures: st.SearchStrategy[Figure], most: int) -> tuple[list[Counted], Relations]:
    claims = counted(*draw(st.lists(figures, min_size=1, max_size=most)))
    pairs = [tuple(draw(st.permutations(pair))) for pair in combinations([one.key for one in claims], 2)]
    return claims, {pair: draw(kinds) for pair in pairs}


def holds_all(claims: list[Counted], relations: Relations) -> None:
    possible = unions(claims, relations)
    assume(possible)
    figure = bounds(claims, relations)

    assert figure is None or [union for union in sorted(possible) if not allows(figure, union)] == []
    assert contradictions(claims, relations) == []


@settings(max_examples=150, deadline=None)
@given(related(hedged, 3))
def test_every_possible_number_lies_in_the_bounds(case):
    holds_all(*case)


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(related(hedged, 4))
def test_every_possible_number_of_four_claims_lies_in_the_bounds(case):
    holds_all(*case)


@st.composite
def forest(draw: st.DrawFn, figures: st.SearchStrategy[Figure], most: int) -> tuple[list[Counted], Relations]:
    """Each claim is part of one other at most, and the pairs that share nothing make no circle."""
    claims = counted(*draw(st.lists(figures, min_size=1, max_size=most)))
    relations = {}
    for n in range(1, len(claims)):
        other = draw(st.integers(0, n - 1))
        relations[claims[n].key, claims[other].key] = draw(st.sampled_from([UNKNOWN, PART_OF, DISJOINT]))
    return claims, relations


def is_tight(claims: list[Counted], relations: Relations) -> None:
    possible = unions(claims, relations)
    assume(possible)

    figure = bounds(claims, relations)

    assert figure is not None
    assert (figure.low, figure.high) == (min(possible), max(possible))


@settings(max_examples=150, deadline=None)
@given(forest(closed, 3))
@pytest.mark.slow
def test_bounds_are_tight_for_parts_of_one_whole(case):
    is_tight(*case)


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(forest(closed, 4))
def test_bounds_of_four_claims_are_tight_for_parts_of_one_whole(case):
    is_tight(*case)


@settings(max_examples=150, deadline=None)
@given(related(st.one_of(hedged, small.map(F.about)), 6))
@pytest.mark.slow
def test_claims_that_contradict_each_other_break_nothing(case):
    claims, relations = case

    alone = bounds(claims, {})
    figure = bounds(claims, relations)

    assert (figure is None) <= (alone is None or any(kind != UNKNOWN for kind in relations.values()))
    assert figure is None or figure == bounds(claims[::-1], relations)
    narrowing(claims, relations)


# --- case by case -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figures", "result"),
    [
        ([], None),
        ([F.unstated()], None),
        ([F.most(), F.unstated()], None),
        ([F.exact(0), F.unstated()], None),
        ([F.over(3000)], F.over(3000)),
        ([F.under(5)], F.under(5)),
        ([F.under(5), F.under(3)], F.under(8)),
        ([F.at_most(5), F.at_most(3)], F.at_most(8)),
        ([F.under(5), F.unstated()], None),
        ([F.over(3000), F.over(40000)], F.over(40000)),
        ([F.over(3000), F.exact(40000)], F.at_least(40000)),
        ([F.over(5), F.exact(5)], F.over(5)),
        ([F.exact(3), F.exact(5)], F.between(5, 8)),
        ([F.exact(5), F.exact(0)], F.exact(5)),
        ([F.between(3, 4), F.under(5)], F.between(3, 9)),
        ([F.exact(3), F.exact(5), F.unstated()], F.at_least(5)),
    ],
)
def test_bounds_of_claims_that_nobody_related(figures, result):
    claims = counted(*figures)

    assert bounds(claims, {}) == result
    assert bounds(claims[::-1], {}) == result


@pytest.mark.parametrize(
    ("kind", "result"),
    [
        (UNKNOWN, F.between(50, 80)),
        (DISJOINT, F.exact(80)),
        (PART_OF, F.exact(50)),
    ],
)
def test_bounds_of_two_related_claims(kind, result):
    assert bounds(counted(F.exact(30), F.exact(50)), {("a", "b"): kind}) == result


@pytest.mark.parametrize(
    ("figures", "result"),
    [
        ([F.over(40000), F.exact(43000)], F.exact(43000)),
        ([F.between(10, 30), F.between(20, 40)], F.between(20, 30)),
        ([F.about(43000), F.exact(43000)], F.exact(43000)),
        ([F.over(40000), F.about(43000)], F.about(43000)),
        ([F.over(40000), F.unstated()], F.over(40000)),
    ],
)
def test_the_same_is_what_all_of_its_claims_allow(figures, result):
    assert bounds(counted(*figures), {("a", "b"): SAME}) == result


def test_rival_figures_reach_from_the_least_to_the_most_until_one_is_adopted():
    rivals = [Counted("a", F.exact(60)), Counted("b", F.exact(46))]
    same = {("a", "b"): SAME}

    assert bounds(rivals, same) == F.between(46, 60)
    assert contradictions(rivals, same) == [Contradiction(Conflict.RIVALS, ("a", "b"))]
    assert [one.words() for one in contradictions(rivals, same)] == [
        "The same by their relations, but of figures that exclude each other: a, b."
    ]

    adopted = [rivals[0], Counted("b", F.exact(46), is_adopted=True)]

    assert bounds(adopted, same) == F.exact(46)
    assert contradictions(adopted, same) == []


def test_about_stays_where_its_number_is_used_and_nowhere_else():
    part = {("a", "b"): PART_OF}

    assert bounds(counted(F.about(30), F.exact(50)), {}) == Figure(F.exact(50).low, F.exact(80).high, Qualifier.ABOUT)
    assert bounds(counted(F.about(30), F.exact(50)), part) == F.exact(50)
    assert bounds(counted(F.about(30), F.exact(50)), {("a", "b"): DISJOINT}) == F.about(80)


def test_parts_of_parts_are_inside_the_whole_and_apart_from_what_it_is_apart_from():
    claims = counted(F.exact(10), F.exact(20), F.unstated(), F.exact(5))
    relations = {("a", "b"): PART_OF, ("b", "c"): PART_OF, ("c", "d"): DISJOINT}

    # c holds b, which holds a: 20 at least; d has 5 more.
    assert bounds(claims, relations) == F.at_least(25)


def test_a_part_in_two_wholes_is_counted_once_only():
    claims = counted(F.exact(10), F.exact(30), F.exact(40))

    # 30 + 40, less the 10 that lie in both.
    assert bounds(claims, {("a", "b"): PART_OF, ("a", "c"): PART_OF}) == F.between(40, 60)


def test_parts_of_each_other_in_a_circle_are_the_same():
    claims = counted(F.between(5, 9), F.between(7, 12), F.at_least(8))
    circle = {("a", "b"): PART_OF, ("b", "c"): PART_OF, ("c", "a"): PART_OF}

    assert bounds(claims, circle) == F.between(8, 9)
    assert contradictions(claims, circle) == []


@pytest.mark.parametrize(
    ("figures", "relations", "conflict", "result"),
    [
        # Larger than its whole; of two parts, together larger; apart from what it is part of.
        ([F.exact(9), F.exact(5)], {("a", "b"): PART_OF}, Conflict.PART_TOO_LARGE, F.between(9, 14)),
        (
            [F.exact(9), F.exact(6), F.exact(6)],
            {("b", "a"): PART_OF, ("c", "a"): PART_OF, ("b", "c"): DISJOINT},
            Conflict.PART_TOO_LARGE,
            F.between(9, 21),
        ),
        (
            [F.exact(2), F.exact(5), F.exact(6)],
            {("a", "b"): PART_OF, ("b", "c"): DISJOINT, ("a", "c"): PART_OF},
            Conflict.APART_AND_INSIDE,
            F.between(6, 13),
        ),
    ],
)
def test_relations_that_contradict_the_figures_are_told_and_count_as_unknown(figures, relations, conflict, result):
    claims = counted(*figures)

    assert bounds(claims, relations) == result
    assert {one.kind for one in contradictions(claims, relations)} == {conflict}


def test_a_contradiction_leaves_the_relations_of_others_alone():
    claims = counted(F.exact(9), F.exact(5), F.exact(100), F.exact(200))

    # c and d are 300; a and b lie anywhere: within them, or 14 more.
    assert bounds(claims, {("a", "b"): PART_OF, ("c", "d"): DISJOINT}) == F.between(300, 314)


def test_what_is_not_among_the_claims_relates_nothing():
    assert bounds(counted(F.exact(3), F.exact(5)), {("a", "z"): SAME, ("z", "b"): PART_OF}) == F.between(5, 8)


def test_a_figure_below_zero_is_refused():
    with pytest.raises(ValueError, match="not below zero"):
        bounds(counted(F.exact(-1), F.exact(2)), {})


def test_what_is_apart_from_itself_is_nothing():
    claims = counted(F.at_most(5), F.at_most(5), F.at_most(5))

    assert bounds(claims, {("a", "b"): SAME, ("b", "c"): SAME, ("a", "c"): DISJOINT}) == F.at_most(0)


def test_of_many_claims_that_exclude_one_only_one_is_added():
    claims = [Counted("hub", F.exact(100)), *(Counted(f"c{n}", F.exact(n)) for n in range(1, 31))]
    relations = {("hub", f"c{n}"): DISJOINT for n in range(1, 31)}

    # The 30 and the hub's 100; at most all of them: 1 + 2 + … + 30 = 465.
    assert bounds(claims, relations) == F.between(130, 565)


def test_many_claims_that_exclude_each_other_are_added():
    claims = [Counted(f"c{n}", F.exact(n)) for n in range(1, 31)]
    apart = {(f"c{a}", f"c{b}"): DISJOINT for a in range(1, 31) for b in range(1, a)}

    assert bounds(claims, apart) == F.exact(465)


# --- what would narrow it ---------------------------------------------------------------------------------------


def test_narrowing_names_the_pair_that_matters_most_and_each_answer():
    found = narrowing(counted(F.exact(2), F.exact(30), F.exact(50)), {})

    assert found is not None
    assert (found.without_number, found.open_ended) == ((), ())
    # 50 to 82 now; the pair of b and c decides 30 of it. They cannot be the same, nor the larger part of the smaller.
    assert found.answers == (
        Answer(PART_OF, "b", "c", F.between(50, 52)),
        Answer(DISJOINT, "b", "c", F.between(80, 82)),
    )
    assert found.words("person") == (
        "To decide how b and c overlap would narrow it: b part of c: 50–52 persons; nothing in common: 80–82 persons."
    )


def test_narrowing_says_what_leaves_a_figure_open():
    found = narrowing(counted(F.over(40000), F.over(3000), F.unstated()), {})

    assert found is not None
    assert (found.without_number, found.open_ended) == (("c",), ("a", "b"))
    assert found.pair == ("a", "b")
    assert {(answer.kind, answer.one): answer.figure for answer in found.answers} == {
        (SAME, "a"): F.over(40000),
        (PART_OF, "a"): F.over(40000),
        (PART_OF, "b"): F.over(40000),
        (DISJOINT, "a"): F.over(43000),
    }
    assert found.words().startswith("It is open above: no number is stated in c. It is open above: no upper bound")


@pytest.mark.parametrize(
    ("figures", "relations"),
    [
        ([F.exact(5)], {}),
        ([F.exact(30), F.exact(50)], {("a", "b"): DISJOINT}),
        ([F.between(3, 5)], {}),
        ([], {}),
    ],
)
def test_nothing_narrows_a_figure_when_no_overlap_is_open(figures, relations):
    assert narrowing(counted(*figures), relations) is None


def test_an_open_end_alone_is_told_without_a_pair():
    found = narrowing(counted(F.over(5)), {})

    assert found is not None
    assert (found.open_ended, found.pair) == (("a",), None)


def test_each_answer_is_narrower_than_not_to_know():
    claims = counted(F.exact(3), F.between(4, 9), F.at_least(2), F.exact(6))
    relations = {("a", "b"): PART_OF}
    present = bounds(claims, relations)
    found = narrowing(claims, relations)

    assert present is not None
    assert found is not None
    assert [answer.figure.low >= present.low for answer in found.answers if answer.figure] == [True] * 4


@pytest.mark.slow
def test_many_claims_are_told_in_a_blink():
    claims = [Counted(f"c{n}", F.over(n)) for n in range(200)]
    started = perf_counter()

    assert bounds(claims, {("c1", "c199"): DISJOINT}) == F.over(200)
    narrowing(claims, {("c1", "c199"): DISJOINT})

    assert perf_counter() - started < 2

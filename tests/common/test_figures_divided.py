"""The quotient of two figures says no more than they do."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from alleviation.common.figures import Figure, Qualifier

D, F = Decimal, Figure
whole = st.integers(-40, 40).map(D)
pairs = st.tuples(whole, whole).map(sorted)
figures = st.one_of(
    *(whole.map(made) for made in (F.exact, F.over, F.at_least, F.under, F.at_most, F.about)),
    pairs.map(lambda pair: F.between(*pair)),
)


def allows(figure: Figure, number: Fraction) -> bool:
    strict = figure.qualifier in Qualifier.STRICT
    above = figure.low is None or number > figure.low or (number == figure.low and not strict)
    return above and (figure.high is None or number < figure.high or (number == figure.high and not strict))


def numbers_of(figure: Figure) -> st.SearchStrategy[Fraction]:
    """Numbers that a figure allows, far out where it is open, and next to its bounds."""
    ends = [Fraction(bound) for bound in (figure.low, figure.high) if bound is not None]
    steps = [Fraction(0), Fraction(1, 10**6), Fraction(1, 3), Fraction(7), Fraction(10**6)]
    near = [end + sign * step for end in ends for step in steps for sign in (1, -1)] + [Fraction(0)]
    return st.sampled_from([number for number in near if allows(figure, number)])


@pytest.mark.parametrize(
    ("one", "other", "result"),
    [
        (F.exact(4032000), F.exact(4032), F.exact(1000)),
        (F.exact(1), F.exact(8), F.exact("0.125")),
        (F.exact(1), F.exact(3), F(D("0.3333333333"), D("0.3333333334"), Qualifier.ABOUT)),
        (F.exact(-1), F.exact(3), F(D("-0.3333333334"), D("-0.3333333333"), Qualifier.ABOUT)),
        (F.exact(0), F.exact(3), F.exact(0)),
        (F.over(10), F.exact(4), F.over("2.5")),
        (F.over(10), F.exact(-4), F.under("-2.5")),
        (F.at_least(10), F.exact(3), F.at_least("3.3333333333")),
        (F.under(10), F.exact(4), F.under("2.5")),
        (F.at_most(10), F.exact(4), F.at_most("2.5")),
        (F.exact(30000), F.between(25, 30), F.between(1000, 1200)),
        (F.between(10, 20), F.between(2, 5), F.between(2, 10)),
        (F.exact(10), F.over(4), F.between(0, "2.5")),
        (F.over(10), F.over(4), F.over(0)),
        (F.over(10), F.between(2, 4), F.over("2.5")),
        (F.exact(10), F.between(0, 4), F.at_least("2.5")),
        (F.exact(10), F.over(0), F.over(0)),
        (F.about(2640), F.exact(2), F.about(1320)),
        (F.exact(12), F.about(4), F.about(3)),
    ],
)
def test_quotient_of_two(one: Figure, other: Figure, result: Figure) -> None:
    assert one.divided_by(other) == result


@pytest.mark.parametrize("other", [F.under(4), F.at_most(4), F.between(-1, 4), F.over(-1)])
def test_quotient_by_what_may_be_on_both_sides_of_nothing_has_no_bounds(other: Figure) -> None:
    found = F.over(10).divided_by(other)

    assert (found.low, found.high, found.qualifier) == (None, None, Qualifier.RANGE)


def test_quotient_stays_about_where_it_has_no_bounds() -> None:
    found = F.about(10).divided_by(F.under(4))

    assert (found.low, found.high, found.qualifier) == (None, None, Qualifier.ABOUT)


@pytest.mark.parametrize("blank", [F.most(), F.unstated()])
def test_quotient_of_what_has_no_number_is_not_stated(blank: Figure) -> None:
    quotients = [blank.divided_by(F.exact(2)), F.exact(2).divided_by(blank), blank.divided_by(F.exact(0))]

    assert quotients == [F.unstated()] * 3


@pytest.mark.parametrize("nothing", [F.exact(0), F.about(0), F.between(0, 0)])
def test_quotient_by_nothing_is_refused(nothing: Figure) -> None:
    with pytest.raises(ValueError, match="divided by 0"):
        F.exact(1).divided_by(nothing)


@given(figures, figures, st.data())
@pytest.mark.slow
def test_quotient_allows_every_quotient_of_what_its_parts_allow(one: Figure, other: Figure, data: st.DataObject):
    x, y = data.draw(numbers_of(one)), data.draw(numbers_of(other))
    assume(y != 0)

    assert allows(one.divided_by(other), x / y)


@given(figures, figures)
def test_quotient_keeps_about(one: Figure, other: Figure) -> None:
    assume((other.low, other.high) != (0, 0))

    is_about = one.divided_by(other).qualifier == Qualifier.ABOUT

    assert is_about or Qualifier.ABOUT not in {one.qualifier, other.qualifier}


@pytest.mark.parametrize(
    ("figure", "result"),
    [
        (F.between("42.857", "60"), F.between(42, 60)),
        (F.between("-1.5", "1.5"), F.between(-2, 2)),
        (F.exact("7.0"), F.exact(7)),
        (F.exact("7.5"), F.between(7, 8)),
        (F.over("7.5"), F.over(7)),
        (F.at_most("7.5"), F.at_most(8)),
        (F.about("7.5"), F(D(7), D(8), Qualifier.ABOUT)),
        (F.unstated(), F.unstated()),
    ],
)
def test_whole_numbers_are_further_out(figure: Figure, result: Figure) -> None:
    assert figure.outward() == result


@given(whole, whole)
@pytest.mark.slow
def test_quotient_of_exact_numbers_turns_back(number: Decimal, by: Decimal) -> None:
    assume(by != 0)

    assert F.exact(number).times(abs(by)).divided_by(F.exact(abs(by))) == F.exact(number)

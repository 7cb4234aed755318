from decimal import Decimal
from itertools import permutations

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from alleviation.common import words
from alleviation.common.figures import Figure, FigureSum, Qualifier, total
from alleviation.common.tables import Column, Kind

D = Decimal
F = Figure
numbers = st.decimals(min_value=-(10**12), max_value=10**12, places=4)
pairs = st.tuples(numbers, numbers).map(sorted)
figures = st.one_of(
    numbers.map(Figure.exact),
    numbers.map(Figure.over),
    numbers.map(Figure.at_least),
    numbers.map(Figure.under),
    numbers.map(Figure.at_most),
    numbers.map(Figure.about),
    pairs.map(lambda pair: Figure.between(*pair)),
)
without_number = st.sampled_from([Figure.most(), Figure.unstated()])


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def holds(figure, number):
    """Whether a true number fits a figure; an about fits within a tenth of a thousandth here."""
    slack = D("0.0001") if figure.qualifier == Qualifier.ABOUT else 0
    if figure.low is not None and number < figure.low - slack:
        return False
    if figure.high is not None and number > figure.high + slack:
        return False
    return not (
        (figure.qualifier == Qualifier.OVER and number == figure.low)
        or (figure.qualifier == Qualifier.UNDER and number == figure.high)
    )


def a_number_in(figure, step):
    """Some number that the figure allows, `step` from its bound where it is open."""
    if figure.qualifier in Qualifier.OPEN_ABOVE:
        return figure.low + step
    if figure.qualifier in Qualifier.OPEN_BELOW:
        return figure.high - step
    return min(figure.low + step, figure.high)


# --- what a figure may be ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "qualifier"),
    [
        (D(1), D(1), "exact"),
        (D(1), None, "over"),
        (D(1), None, "at_least"),
        (None, D(1), "under"),
        (None, D(1), "at_most"),
        (D(1), D(1), "about"),
        (D(1), D(2), "about"),
        (D(1), D(2), "range"),
        (None, None, "most"),
        (None, None, "unstated"),
    ],
)
def test_figure_with_the_bounds_of_its_qualifier_is_taken(low, high, qualifier):
    figure = Figure(low, high, Qualifier(qualifier))

    assert (figure.low, figure.high, figure.qualifier.value) == (low, high, qualifier)


@pytest.mark.parametrize(
    ("low", "high", "qualifier"),
    [
        (D(1), D(2), "exact"),
        (D(1), None, "exact"),
        (None, None, "exact"),
        (D(1), D(1), "over"),
        (None, D(1), "at_least"),
        (D(1), None, "under"),
        (D(0), D(1), "at_most"),
        (None, None, "about"),
        (D(1), None, "about"),
        (D(1), None, "range"),
        (None, None, "range"),
        (D(2), D(1), "range"),
        (D(1), D(1), "most"),
        (D(1), D(1), "unstated"),
        (D("NaN"), D("NaN"), "exact"),
        (D(1), D("Infinity"), "range"),
        (1.5, 1.5, "exact"),
        (1, 1, "exact"),
    ],
)
def test_figure_that_contradicts_its_qualifier_is_refused(low, high, qualifier):
    with pytest.raises(ValueError, match="bound"):
        Figure(low, high, Qualifier(qualifier))


@pytest.mark.parametrize("value", [0.1, True, "", "many", "1e3", "１２"])
def test_figure_of_what_is_no_exact_number_is_refused(value):
    with pytest.raises(ValueError, match="not an exact number"):
        Figure.exact(value)


# --- addition ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "low", "high", "qualifier"),
    [
        (Figure.exact("4032000"), Figure.over("300000"), "4332000", None, "over"),
        (Figure.exact(1), Figure.exact(2), "3", "3", "exact"),
        (Figure.exact(1), Figure.at_least(2), "3", None, "at_least"),
        (Figure.over(1), Figure.at_least(2), "3", None, "over"),
        (Figure.exact(1), Figure.under(2), None, "3", "under"),
        (Figure.at_most(1), Figure.at_most(2), None, "3", "at_most"),
        (Figure.at_most(1), Figure.under(2), None, "3", "under"),
        (Figure.between(20, 100), Figure.exact(5), "25", "105", "range"),
        (Figure.between(20, 100), Figure.over(5), "25", None, "over"),
        (Figure.over(1), Figure.under(2), None, None, "range"),
        (Figure.about(2640), Figure.exact(60), "2700", "2700", "about"),
        (Figure.about(5), Figure.between(20, 100), "25", "105", "about"),
        (Figure.about(5), Figure.over(300), "305", None, "about"),
        (Figure.about(5), Figure.at_most(300), None, "305", "about"),
    ],
)
def test_sum_of_two(one, other, low, high, qualifier):
    result = one + other

    assert (result.low, result.high, result.qualifier.value) == (low and D(low), high and D(high), qualifier)


def test_sum_of_exact_about_and_over_is_about_that_or_more_in_every_order():
    parts = [Figure.exact(60), Figure.about(2640), Figure.over(300000)]

    sums = {total(order) for order in permutations(parts)}

    assert sums == {FigureSum(Figure(D(302700), None, Qualifier.ABOUT, is_sum=True), 0)}
    assert total(parts).words("yuan") == "about RMB 302,700 or more"


def test_sum_says_the_same_as_the_figure_stated():
    assert Figure.exact(2) + Figure.exact(3) == Figure.exact(5)


@given(figures, figures)
def test_addition_is_commutative(one, other):
    assert one + other == other + one


@given(figures, figures, figures)
def test_addition_is_associative(one, two, three):
    assert (one + two) + three == one + (two + three)


def test_what_is_open_or_about_counts_as_wider():
    wider = [F.exact(5), F.between(5, 9), F.about(5), F.over(5), F.about(5) + F.over(5), F.over(5) + F.under(5)]

    assert [figure.width for figure in wider] == sorted(figure.width for figure in wider)
    assert len({figure.width for figure in wider}) == 6


@given(figures, figures)
def test_sum_is_never_narrower_than_its_parts(one, other):
    result = one + other

    assert result.width >= max(one.width, other.width)


@given(st.lists(figures, min_size=1, max_size=5), st.sampled_from([D("0.0001"), D(7), D(10) ** 9]))
@pytest.mark.slow
def test_sum_allows_every_sum_of_what_its_parts_allow(parts, step):
    true_numbers = [a_number_in(part, step) for part in parts]

    result = total(parts).figure

    assert all(map(holds, parts, true_numbers))
    assert holds(result, sum(true_numbers))


@given(figures, without_number)
def test_what_has_no_number_is_never_added(figure, blank):
    for left, right in ((figure, blank), (blank, figure), (blank, blank)):
        with pytest.raises(ValueError, match="without a number"):
            left + right


def test_figure_plus_a_number_is_a_type_error():
    with pytest.raises(TypeError):
        Figure.exact(1) + 1  # type: ignore[operator]


@given(st.lists(st.one_of(figures, without_number)))
@pytest.mark.slow
def test_total_counts_beside_it_what_it_cannot_add(parts):
    result = total(parts)

    blanks = sum(part.qualifier in Qualifier.NOT_SUMMED for part in parts)
    assert result.not_stated == blanks
    assert (result.figure is None) == (blanks == len(parts))


# --- multiplication ---------------------------------------------------------------------------------------------


def test_range_times_two():
    assert Figure.between(20000, 100000).times(2) == Figure.between(40000, 200000)


@given(figures, st.integers(1, 9))
def test_times_is_repeated_addition(figure, times):
    assert figure.times(times) == total([figure] * times).figure or figure.qualifier == Qualifier.EXACT


@given(st.one_of(figures, without_number))
def test_times_nothing_is_exactly_zero_unless_nothing_was_stated(figure):
    assert figure.times(0) == (Figure.exact(0) if figure.is_summable else figure)


@pytest.mark.parametrize("factor", [-1, D("-0.5"), 0.5])
def test_times_a_negative_or_a_float_is_refused(factor):
    with pytest.raises(ValueError, match=r"0 or more|not an exact"):
        Figure.exact(1).times(factor)


# --- words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure", "unit", "text"),
    [
        (Figure.exact("4032000.0000"), "CNY", "RMB 4,032,000"),
        (Figure.over("300000"), "CNY", "over RMB 300,000"),
        (Figure.at_least("300000"), "yuan", "at least RMB 300,000"),
        (Figure.under(10), "ton", "under 10 tons"),
        (Figure.at_most(1), "year", "at most 1 year"),
        (Figure.about("2640"), "CNY", "about RMB 2,640"),
        (Figure.between(20000, 100000), "CNY", "RMB 20,000–100,000"),
        (Figure.between(5, 5), "CNY", "RMB 5"),
        (Figure.about(5) + Figure.between(20, 100), "CNY", "about RMB 25–105"),
        (Figure.about(5) + Figure.over(300), "person", "about 305 persons or more"),
        (Figure.about(5) + Figure.under(300), "person", "about 305 persons or less"),
        (Figure.over(1) + Figure.under(2), "CNY", "no bounds known"),
        (Figure.most(), "person", "most, number not stated"),
        (Figure.unstated(), "nameplate", "not stated"),
        (Figure.exact(30), "MW", "30 MW"),
        (Figure.exact(30), "", "30"),
    ],
)
def test_words_of_a_figure(figure, unit, text):
    assert figure.words(unit) == text


@pytest.mark.parametrize(
    ("figure", "unit", "basis", "text"),
    [
        (F.about(2640), "CNY", "per person per year", "about RMB 2,640 per person a year"),
        (F.exact(4032000), "CNY", "per year", "RMB 4,032,000 a year"),
        (F.between(20000, 100000), "CNY", "per household", "RMB 20,000–100,000 per household"),
        (F.over(40000), "person", "cumulative", "over 40,000 persons, cumulative"),
        (F.exact(5000), "CNY", "once", "RMB 5,000, once"),
        (F.about(5) + F.over(300), "CNY", "per year", "about RMB 305 a year or more"),
        (F.over(300), "CNY", "", "over RMB 300"),
        (F.unstated(), "CNY", "per year", "not stated"),
        (F.over(1) + F.under(2), "CNY", "per year", "no bounds known"),
    ],
)
def test_words_tell_the_basis(figure, unit, basis, text):
    assert figure.words(unit, basis) == text


def test_words_of_a_total_tell_the_basis():
    assert total([F.over(7), F.most()]).words("CNY", "per year") == "over RMB 7 a year and 1 not stated"


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (F.about(4_232_000), "about RMB 4.23 million"),
        (F.exact(4_032_000), "RMB 4.03 million"),
        (F.over(4_338_000), "over RMB 4.33 million"),
        (F.under(4_332_000), "under RMB 4.34 million"),
        (F.between(4_582_000, 4_612_000), "RMB 4.58–4.62 million"),
        (F.between(900_000, 1_200_000), "RMB 900,000–RMB 1.2 million"),
        (F.between(40_001, 40_009), "RMB 40,001–40,009"),
        (F.over(40_000), "over RMB 40,000"),
        (F.unstated(), "not stated"),
    ],
)
def test_money_for_a_glance_stays_true(figure, text):
    """A lower bound is rounded down and an upper one up: over 4,338,000 is over 4.33 million, and not over 4.34."""
    assert figure.short_words("CNY") == text


def test_for_a_glance_no_unit_but_money_is_rounded():
    assert F.over(1_234_567).short_words("person") == "over 1,234,567 persons"


def test_a_sum_for_a_glance_keeps_what_is_not_stated_beside_it():
    assert total([F.over(7_654_321), F.most()]).short_words("CNY") == "over RMB 7.65 million and 1 not stated"


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (F.exact(2).divided_by(F.exact(3)), "about 0.6667%"),
        (F.exact(2000).divided_by(F.exact(3)), "about 666.67%"),
        (F.over(2000).divided_by(F.exact(3)), "over 666.66%"),
        (F.between(10, 20).divided_by(F.exact(3)), "3.33–6.67%"),
        (F.exact(1).divided_by(F.exact(64)), "0.015625%"),
        (F.exact("1.0001"), "1.0001%"),
    ],
)
def test_words_round_only_digits_that_nobody_stated_and_outwards(figure, text):
    assert figure.words("%") == text


def test_str_is_the_words_without_a_unit():
    assert str(Figure.over(40000)) == "over 40,000"
    assert str(FigureSum(Figure.over(40000), 1)) == "over 40,000 and 1 not stated"


def test_range_across_two_chinese_units_names_both():
    with translation.override("zh-hans"):
        one, ten_thousand = words._money_unit(0), words._money_unit(4)

        assert Figure.between(2000, 30000).words("CNY") == f"2,000 {one}–3 {ten_thousand}"
        assert Figure.between(20000, 100000).words("CNY") == f"2–10 {ten_thousand}"


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ([Figure.exact("4032000"), Figure.over("300000")], "over RMB 4,332,000"),
        ([Figure.over(3000), Figure.most(), Figure.unstated()], "over RMB 3,000 and 2 not stated"),
        ([Figure.unstated()], "1 not stated"),
        ([], "—"),
    ],
)
def test_words_of_a_total(parts, text):
    assert total(parts).words("yuan") == text


# --- in templates -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ money|yuan }}", "4,032,000.00"),
        ("{{ money|wan }}", "403.20"),
        ("{{ money|yuan_short }}", "RMB 4.03 million"),
        ("{{ people|count }}", "4,032"),
        ("{{ ratio|percent }} {{ ratio|percent:2 }}", "12.3% 12.34%"),
        ("{{ figure|figure:'CNY' }}", "over RMB 300,000"),
        ("{{ sum|figure:'CNY' }}", "over RMB 300,000 and 1 not stated"),
        ("{{ money|cell:column }}", "4,032,000.00"),
        (
            "{{ none|yuan }}{{ none|wan }}{{ none|yuan_short }}{{ none|count }}{{ none|percent }}{{ none|figure }}",
            "—" * 6,
        ),
        (
            "{{ gone|yuan }}{{ gone|wan }}{{ gone|yuan_short }}{{ gone|count }}{{ gone|percent }}{{ gone|figure }}",
            "—" * 6,
        ),
    ],
)
def test_filters_show_numbers(source, text):
    context = {
        "money": D("4032000"),
        "people": 4032,
        "ratio": D("0.12344"),
        "figure": Figure.over(300000),
        "sum": total([Figure.over(300000), Figure.unstated()]),
        "column": Column("money", "Money", Kind.YUAN),
        "none": None,
    }

    shown = Template("{% load figures %}" + source).render(Context(context))

    assert shown == text

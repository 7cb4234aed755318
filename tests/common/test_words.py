from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from alleviation.common import words

money = st.decimals(min_value="-9999999999.99", max_value="9999999999.99", places=2)
fractions = st.decimals(min_value=-(10**12), max_value=10**12, places=6)
LANGUAGES = ["en", "zh-hans"]


@pytest.fixture(params=LANGUAGES)
def language(request):
    with translation.override(request.param):
        yield request.param


@pytest.mark.parametrize(
    ("value", "text"),
    [("1234567", "1,234,567.00"), ("0.005", "0.01"), ("-0.001", "0.00"), ("-1234.5", "-1,234.50"), ("0", "0.00")],
)
def test_yuan_has_groups_and_both_decimals(language, value, text):
    assert words.yuan(Decimal(value)) == text


@pytest.mark.parametrize(("value", "text"), [("4032000", "403.20"), ("50", "0.01"), ("49.99", "0.00")])
def test_wan_is_rounded_half_up(language, value, text):
    assert words.wan(Decimal(value)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("4032000", "RMB 4.03 million"),
        ("200000000", "RMB 200 million"),
        ("4950000000", "RMB 4.95 billion"),
        ("300000", "RMB 300,000"),
        ("1234.5", "RMB 1,234.50"),
        ("0", "RMB 0"),
        ("-4035000", "RMB -4.04 million"),
        ("999999.99", "RMB 999,999.99"),
        ("999994999.99", "RMB 999.99 million"),
        ("999999999.99", "RMB 1 billion"),
        ("2500000000000", "RMB 2,500 billion"),
    ],
)
def test_yuan_short_in_english(value, text):
    with translation.override("en"):
        assert words.yuan_short(Decimal(value)) == text


@pytest.mark.parametrize(
    ("value", "number", "step"),
    [
        ("4032000", "403.2", 4),
        ("125000000", "1.25", 8),
        ("99999999", "1", 8),
        ("10000", "1", 4),
        ("9999.99", "9,999.99", 0),
        ("1234.5", "1,234.50", 0),
    ],
)
def test_yuan_short_in_chinese_counts_in_wan_and_yi(value, number, step):
    with translation.override("zh-hans"):
        assert words.yuan_short(Decimal(value)) == f"{number} {words._money_unit(step)}"


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (40000, "40,000"), (Decimal("30.50"), "30.5"), (-1234, "-1,234")]
)
def test_count_is_the_number_as_it_is(language, value, text):
    assert words.count(value) == text


@pytest.mark.parametrize(
    ("ratio", "places", "text"),
    [("0.1234", 1, "12.3%"), ("0.1235", 1, "12.4%"), ("1", 0, "100%"), ("12.5", 1, "1,250.0%")],
)
def test_percent_is_rounded_half_up(language, ratio, places, text):
    assert words.percent(Decimal(ratio), places) == text


@pytest.mark.parametrize("show", [words.yuan, words.wan, words.yuan_short, words.count, words.percent])
def test_unknown_is_a_dash_and_never_zero(language, show):
    assert show(None) == "—"


@pytest.mark.parametrize("show", [words.yuan, words.wan, words.yuan_short, words.count, words.percent])
def test_float_is_never_shown(show):
    with pytest.raises(TypeError):
        show(0.1)


@pytest.mark.parametrize("tag", LANGUAGES)
@given(value=fractions)
def test_yuan_is_the_value_rounded_half_up_and_grouped(tag, value):
    with translation.override(tag):
        text = words.yuan(value)

    whole, _, fraction = text.lstrip("-").partition(".")
    assert Decimal(text.replace(",", "")) == value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert (len(fraction), {len(group) for group in whole.split(",")[1:]} - {3}) == (2, set())
    assert 1 <= len(whole.split(",")[0]) <= 3


@pytest.mark.parametrize("tag", LANGUAGES)
@given(value=fractions)
def test_count_loses_nothing(tag, value):
    with translation.override(tag):
        assert Decimal(words.count(value).replace(",", "")) == value


@pytest.mark.parametrize("tag", LANGUAGES)
@given(value=money)
@pytest.mark.slow
def test_quantity_of_yuan_loses_nothing_in_any_unit(tag, value):
    with translation.override(tag):
        number, unit = words.quantity(value, "yuan")
        factors = {words.RMB: 1} | {words._money_unit(step): 10**step for step in (0, 4, 8)}

    assert Decimal(number.replace(",", "")) * factors[unit] == value


@given(value=money)
def test_yuan_short_is_off_by_half_of_its_last_digit_at_most(value):
    with translation.override("en"):
        text = words.yuan_short(value).removeprefix("RMB ")
    number, _, unit = text.partition(" ")
    factor = {"": 1, "million": 10**6, "billion": 10**9}[unit]

    assert abs(Decimal(number.replace(",", "")) * factor - value) <= factor * Decimal("0.005")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        ("300000.0000", "CNY", ("300,000", "RMB")),
        ("1234.5", "yuan", ("1,234.50", "RMB")),
        ("30.0000", "MW", ("30", "MW")),
        ("1", "person", ("1", "person")),
        ("4032", "person", ("4,032", "persons")),
        ("40", "ton", ("40", "tons")),
    ],
)
def test_quantity_in_english(value, unit, text):
    with translation.override("en"):
        assert words.quantity(Decimal(value), unit) == text


@pytest.mark.parametrize(
    ("value", "number", "step"),
    [
        ("4032000", "403.2", 4),
        ("4950000000", "49.5", 8),
        ("225000000", "2.25", 8),
        ("2640", "2,640", 0),
        ("12345678", "12,345,678", 0),
        ("-300000", "-30", 4),
    ],
)
def test_quantity_in_chinese_is_scaled_only_where_nothing_is_lost(value, number, step):
    with translation.override("zh-hans"):
        assert words.quantity(Decimal(value), "CNY") == (number, words._money_unit(step))

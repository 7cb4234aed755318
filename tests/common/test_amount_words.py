"""Amounts in capital numerals: the examples of the rule, and every amount read back by other hands."""

import re
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from alleviation.common.amount_words import amount_told, chinese_capitals

DIGITS = {name: number for number, name in enumerate("零壹贰叁肆伍陆柒捌玖")}
UNITS = {"拾": 10, "佰": 100, "仟": 1000}
CAPITALS = re.compile(r"(负?)(?:([^元角分]+)元)?零?(?:([^元角分零])角)?(?:([^元角分零])分)?(整?)")


def number_of(words: str) -> int:
    """A whole number in capitals, by the place of each word: what stands before 亿, before 万, and the rest."""
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        if unit in words:
            before, after = words.split(unit)
            return number_of(before) * size + number_of(after)
    total, digit = 0, 0
    for word in words:
        total, digit = (total + digit * UNITS[word], 0) if word in UNITS else (total, DIGITS[word])
    return total + digit


def read_back(words: str) -> Decimal:
    """The amount that capitals tell. Raises ValueError for what breaks the rules of 整."""
    sign, yuan, jiao, fen, whole = CAPITALS.fullmatch(words).groups()
    if bool(whole) == bool(jiao or fen):
        raise ValueError(words)
    parts = 100 * number_of(yuan or "") + 10 * DIGITS[jiao or "零"] + DIGITS[fen or "零"]
    return Decimal(-parts if sign else parts) / 100


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        # The examples of the rule itself, the first where it gives two.
        ("1409.50", "壹仟肆佰零玖元伍角"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
        ("107000.53", "壹拾万柒仟元零伍角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("3000000", "叁佰万元整"),
        ("100005000", "壹亿零伍仟元整"),
        ("100000010", "壹亿零壹拾元整"),
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("-0.50", "负伍角"),
        ("-4032000.00", "负肆佰零叁万贰仟元整"),
        ("9999999999.99", "玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_capitals_are_those_of_the_rule(amount, words):
    assert chinese_capitals(Decimal(amount)) == words


@given(st.integers(-(10**14) + 1, 10**14 - 1) | st.integers(-(10**7), 10**7))
def test_capitals_read_back_are_the_amount(fen):
    amount = Decimal(fen) / 100

    words = chinese_capitals(amount)

    assert read_back(words) == amount
    assert "零零" not in words


@pytest.mark.parametrize("amount", ["0.001", "1000000000000", "NaN", "Infinity"])
def test_capitals_of_no_amount_are_refused(amount):
    with pytest.raises(ValueError, match="whole fen"):
        chinese_capitals(Decimal(amount))


def test_capitals_of_a_float_are_refused():
    with pytest.raises(TypeError):
        chinese_capitals(0.1)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("3000000", "RMB 3,000,000 (3.00 million) = 叁佰万元整"),
        ("12500.5", "RMB 12,500.50 = 壹万贰仟伍佰元零伍角"),
        ("-1234567", "RMB -1,234,567 (about -1.23 million) = 负壹佰贰拾叁万肆仟伍佰陆拾柒元整"),
        ("1200000000", "RMB 1,200,000,000 (1.20 billion) = 壹拾贰亿元整"),
    ],
)
def test_amount_is_told_in_english(amount, words):
    with translation.override("en"):
        assert amount_told(Decimal(amount)) == words

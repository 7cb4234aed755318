"""What each kind of cell takes, and what it refuses with which code."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from alleviation.common.reading import Cell, CellFault, CellKind, Limits, cells
from beneficiaries.choices import Relation, Sex

LIMITS = Limits(max_year=2026)
TODAY = date(2026, 11, 22)
WORD_JOINER, OVERRIDE = "\u2060", "\u202e"


def number(text: str) -> Cell:
    return Cell(text, CellKind.NUMBER)


def code_of(parse, *values, **options) -> str:
    with pytest.raises(CellFault) as refused:
        parse(*values, **options)
    assert refused.value.message
    return refused.value.code


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1234.5", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1，234.50", "1234.50"),
        ("１２３４５．６７", "12345.67"),
        ("￥1,200.50", "1200.50"),
        ("¥ 1200.5", "1200.50"),
        ("1200.50元", "1200.50"),
        ("\t 1200.00\u00a0\u3000", "1200.00"),
        ("0", "0.00"),
        ("007.10", "7.10"),
        ("9999999999.99", "9999999999.99"),
        ("9,999,999,999.99", "9999999999.99"),
        (number("0.3"), "0.30"),
    ],
)
def test_money_is_taken_as_it_is_written(typed, meant):
    assert str(cells.money(typed, limits=LIMITS)) == meant


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        *(
            (text, "bad_number")
            for text in ("NaN", "inf", "1e400", "1.2E3", "1_000", "0x10", "12%", "１２％", "1 234")
        ),
        *((text, "bad_number") for text in ("1,23,4567.89", "12,34", "1.234,56", "1,2345", ",123", "1,", ".5", "5.")),
        *((text, "bad_number") for text in ("—", "无", "nil", "(100.00)", "（100）", "壹仟", "٣٤", "+5", "$5", "--5")),
        *((text, "unit") for text in ("1.2万", "1.2 万元", "3亿", "5千", "5k")),
        ("-100.00", "negative"),
        ("-0", "negative"),
        ("12.345", "too_precise"),
        ("12.500", "too_precise"),
        (number("12000.005"), "too_precise"),
        ("10000000000", "too_large"),
        ("99999999999999999.99", "too_large"),
        ("9" * 100_000, "too_large"),
        (number("1e+300"), "bad_number"),
        (Cell("#REF!", CellKind.ERROR), "bad_number"),
        (Cell("2018-11-23", CellKind.DATE), "bad_number"),
        (Cell("TRUE", CellKind.BOOLEAN), "bad_number"),
        (Cell("=A1", CellKind.FORMULA), "formula"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_money_of_which_something_is_unclear_is_refused(typed, code):
    assert code_of(cells.money, typed, limits=LIMITS) == code


@pytest.mark.parametrize("typed", ["-100", "−100.00", "－１００", "￥-100", "-￥100.0"])
def test_money_may_be_negative_only_where_the_column_says_so(typed):
    taken = cells.money(typed, may_be_negative=True, limits=LIMITS)

    assert str(taken) == "-100.00"
    assert code_of(cells.money, typed, limits=LIMITS) == "negative"


def test_nothing_is_not_negative_where_both_signs_are_possible():
    assert str(cells.money("-0.00", may_be_negative=True, limits=LIMITS)) == "0.00"
    assert code_of(cells.money, "-10000000000", may_be_negative=True, limits=LIMITS) == "too_large"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("4.5", "bad_integer"),
        ("4.0", "bad_integer"),
        ("0x4", "bad_integer"),
        ("四", "bad_integer"),
        ("4人", "bad_integer"),
        (Cell("FALSE", CellKind.BOOLEAN), "bad_integer"),
        ("0", "out_of_range"),
        ("-1", "out_of_range"),
        ("31", "out_of_range"),
        ("9" * 5000, "out_of_range"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_what_is_no_whole_number_in_its_range_is_refused(typed, code):
    assert code_of(cells.integer, typed, 1, 30) == code


def test_whole_numbers_are_taken():
    assert [cells.integer(typed, 1, 30) for typed in ("4", " ４ ", number("30"), "0" * 5000 + "7")] == [4, 4, 30, 7]


@pytest.mark.parametrize(
    "typed",
    ["18", "2999", "2009", "2018-11-23", "2018年11月23日", "20 18", Cell("2018-11-23", CellKind.DATE)],
    ids=str,
)
def test_what_is_no_year_within_the_limits_is_refused(typed):
    assert code_of(cells.year, typed, limits=LIMITS) == "bad_year"


def test_years_are_taken():
    assert [cells.year(typed, limits=LIMITS) for typed in ("2018", "２０１８年", number("2026"))] == [2018, 2018, 2026]


@pytest.mark.parametrize(
    "typed", ["2018-11-23", "2018/11/23", "２０１８年１１月２３日", Cell("2018-11-23", CellKind.DATE)], ids=str
)
def test_days_are_taken(typed):
    assert cells.day(typed) == date(2018, 11, 23)


@pytest.mark.parametrize(
    "typed",
    ["2018-02-30", "23.11.2018", "11/23/2018", "2018-11/23", "2018", number("43427"), "2026-11-23"],
    ids=str,
)
def test_what_is_no_day_that_has_been_is_refused(typed):
    assert code_of(cells.day, typed, last=TODAY) == "bad_date"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (number("7"), "bad_code"),
        ('"><img src=x>', "bad_code"),
        ("零七", "bad_code"),
        ("-7", "bad_code"),
        ("7" * 21, "too_long"),
    ],
    ids=str,
)
def test_what_is_no_code_is_refused(typed, code):
    assert code_of(cells.code, typed) == code


def test_codes_keep_their_zeros():
    assert [cells.code(typed) for typed in ("0007", "'0007", " ０００７ ", "HS-2019/3")] == [
        "0007",
        "0007",
        "0007",
        "HS-2019/3",
    ]


def test_the_code_of_a_village_has_twelve_digits_of_whatever_kind():
    assert cells.village_code(number("110101001001")) == cells.village_code("110101001001") == "110101001001"
    assert {code_of(cells.village_code, typed) for typed in ("11010100100", "010101001001", "1" * 21)} == {"bad_code"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("张三", "张三"),
        (" 李　四 ", "李四"),
        ("李 四", "李四"),
        ("㐂堃", "㐂堃"),
        ("李𬱖", "李𬱖"),
        ("阿卜杜拉·买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉.买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉 ·　买买提", "阿卜杜拉·买买提"),
        ("John  Smith", "John Smith"),
        ("Mary-Ann O'Brien", "Mary-Ann O'Brien"),
        ("བསྟན་འཛིན", "བསྟན་འཛིན"),
    ],
)
def test_names_are_taken(typed, meant):
    assert cells.name(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        *("=HYPERLINK(1)", "@SUM(1+1)*cmd", "+张三", "-张三", "\t=1+1", "'=1+1"),
        *(
            "张'); DROP TABLE x;--",
            "<script>",
            "张\n三",
            "张\x00三",
            f"张{OVERRIDE}三",
            f"张{WORD_JOINER}三",
            "张\ue816",
        ),
        *("张三1", "12345", "张三（户主）", "张三、李四", "😀", "朝ゅ", "Иван", "阿卜 杜拉 买买提", "·张", "--"),
        *(Cell("7", CellKind.NUMBER), Cell("TRUE", CellKind.BOOLEAN), Cell("#N/A", CellKind.ERROR)),
    ],
    ids=ascii,
)
def test_what_is_no_name_is_refused(typed):
    assert code_of(cells.name, typed) == "bad_name"


def test_a_name_of_more_characters_than_are_kept_is_too_long():
    assert cells.name("x" * 50) == "x" * 50
    assert code_of(cells.name, "x" * 51) == "too_long"


@pytest.mark.parametrize(
    "typed", ["11010119600101002X", "11010119600101002x", "１１０１０１19600101002Ｘ", "'11010119600101002ｘ"]
)
def test_identity_numbers_are_taken_in_one_form(typed):
    assert cells.id_number(typed, today=TODAY) == "11010119600101002X"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("110101196001011740", "id_checksum"),
        ("110101199002300014", "id_birthday"),
        ("110101203001010015", "id_birthday"),
        ("110101189901010015", "id_birthday"),
        ("1.10101E+17", "id_scientific"),
        (number("110101196001012000"), "id_scientific"),
        ("110101600101001", "id_length"),
        ("1101011960010100", "id_length"),
        ("1101011960010100111", "id_length"),
        ("11010119600101OO11", "bad_id"),
        ("X10101196001010011", "bad_id"),
        ("999999196001010012", "bad_id"),
        (Cell("=A1", CellKind.FORMULA), "formula"),
    ],
    ids=str,
)
def test_what_is_no_identity_number_is_refused(typed, code):
    assert code_of(cells.id_number, typed, today=TODAY) == code


def test_text_is_kept_without_the_mark_that_our_own_files_put_before_it():
    typed = ("'=1+1", "'-5 mu", "'tis", "第一行\n第二行", " 说明 ", number("12"))

    assert [cells.text(one, 100) for one in typed] == ["=1+1", "-5 mu", "'tis", "第一行\n第二行", "说明", "12"]


def test_text_that_hides_something_or_is_too_long_is_refused():
    assert {code_of(cells.text, typed, 9) for typed in ("a\x00b", f"a{OVERRIDE}b", "a\x85b")} == {"bad_text"}
    assert code_of(cells.text, "0123456789", 9) == "too_long"


@pytest.mark.parametrize("typed", ["male", "MALE", " Male ", "男"])
def test_a_choice_is_taken_by_its_code_and_by_its_title_in_any_language(typed):
    with translation.override("zh-hans" if typed.strip() == "Male" else "en"):
        assert cells.choice(typed, Sex) == Sex.MALE


def test_what_is_none_of_the_choices_is_refused_with_their_titles():
    with pytest.raises(CellFault) as refused:
        cells.choice("neighbour", Relation)

    assert refused.value.code == "bad_choice"
    assert str(Relation.HEAD.label) in refused.value.cure


def test_amounts_are_exact_to_the_last_fen():
    assert sum([cells.money("0.10", limits=LIMITS)] * 1000) == Decimal("100.00")

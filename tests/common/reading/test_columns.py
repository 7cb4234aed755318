"""Columns found by name in either language; rows read into values, or into all that is wrong with them."""

from functools import partial
from types import SimpleNamespace

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from alleviation.common.reading import (
    Cell,
    CellKind,
    Fault,
    FileRefused,
    ImportColumn,
    Limits,
    cells,
    is_total_row,
    layout,
    letters,
    limits,
    match_header,
    shortened,
)

YEAR = ImportColumn("year", _("year"), partial(cells.year, limits=Limits(max_year=2026)))
WAGE = ImportColumn("wage_income", _("wages"), cells.money, aliases=("工资性收入",))
NOTE = ImportColumn("note", _("note"), partial(cells.text, longest=20), is_required=False, may_be_blank=True, blank="")
COLUMNS = (YEAR, WAGE, NOTE)


@pytest.mark.parametrize(
    ("header", "positions"),
    [
        (["year", "wage_income", "note"], [0, 1, 2]),
        (["note", "Wages (yuan)", " YEAR\u3000"], [2, 1, 0]),
        (["工资性收入（元）", "年度"], [1, 0, -1]),
        (["\ufeffｙｅａｒ", "Wage Income"], [0, 1, -1]),
    ],
)
def test_columns_are_found_by_name_in_either_language_and_any_order(header, positions):
    assert match_header(header, COLUMNS) == positions


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (["year", "note"], "Missing: wages (wage_income)"),
        (["year", "wages", "Wage_Income"], "There twice: Wage_Income"),
        (["year", "wages", "poverty_type"], "“poverty_type” (column C) is not known: delete"),
        (["yaer", "wages"], "“yaer” (column A) is not known: is “year” meant?"),
        (["year", "wages(万元)"], "“wages(万元)” (column B) is not known"),
        (["year", "", "wages"], "Column B has no name"),
        (["year;wages;note"], "separated by ;"),
        (["year\twages\tnote"], "separated by Tab"),
        (["2018年贫困户收入表", ""], "delete titles"),
    ],
)
def test_a_header_that_does_not_fit_is_refused_with_its_cure(header, told):
    with pytest.raises(FileRefused) as refused:
        match_header(header, COLUMNS)

    assert refused.value.code == "header"
    assert told in str(refused.value)


def test_a_header_is_refused_with_all_that_is_wrong_at_once():
    with pytest.raises(FileRefused) as refused:
        match_header(["note", "note", "x", "y"], COLUMNS)

    told = str(refused.value)
    assert [part in told for part in ("year (year)", "wages (wage_income)", "note", "“x”", "“y”")] == [True] * 5


def test_a_row_becomes_values_by_column():
    found = layout(["note", "year", "wages"], COLUMNS)

    assert found.read(2, [" ", "2018", "1"]) == ({"year": 2018, "wage_income": cells.money("1"), "note": ""}, [])
    assert layout(["year", "wages"], COLUMNS).read(2, ["2018", "1"])[0]["note"] == ""


def test_all_that_is_wrong_with_a_row_is_told_at_its_columns():
    found = layout(["year", "wages", "note"], COLUMNS)

    _values, faults = found.read(7, ["2999", "", Cell("=A1", CellKind.FORMULA)])

    assert [(fault.row, fault.column, fault.value, fault.code) for fault in faults] == [
        (7, "year", "2999", "bad_year"),
        (7, "wage_income", "", "blank"),
        (7, "note", "=A1", "formula"),
    ]
    assert faults[0].message == "The year is out of range. Write a year from 2010 to 2026 with four digits."


def test_a_row_of_another_width_is_one_fault():
    found = layout(["year", "wages"], COLUMNS)

    faults = [found.read(3, row)[1] for row in (["2018"], ["2018", "1", ""])]

    assert [[(fault.row, fault.column, fault.code) for fault in told] for told in faults] == [
        [(3, None, "cell_count")]
    ] * 2


@pytest.mark.parametrize(
    ("row", "is_total"),
    [
        (["合计", "", "24000"], True),
        (["", "总 计：", "24000"], True),
        (["全县合计", ""], True),
        (["小计（元）"], True),
        (["Grand Total", ""], True),
        (["1101", "0001", "合计"], True),
        (["1101", "0001", "张合计"], False),
        (["1101", "0001", "张三", "合计"], False),
        (["totally", Cell("5", CellKind.NUMBER)], False),
    ],
)
def test_a_row_of_totals_is_told_from_others(row, is_total):
    assert is_total_row(row) is is_total


def test_a_row_of_totals_is_a_fault_at_the_cell_that_says_so():
    values, faults = layout(["year", "wages"], COLUMNS).read(9, ["合计", "100"])

    assert values == {}
    assert [(fault.row, fault.column, fault.value, fault.code) for fault in faults] == [
        (9, "year", "合计", "total_row")
    ]


def test_faults_are_told_in_the_language_of_the_reader_and_shortened():
    with translation.override("zh-hans"):
        assert list(YEAR.names)[-1] == "年度"
    assert shortened("x" * 80) == "x" * 80
    assert shortened("x" * 81) == "x" * 79 + "…"
    assert Fault(1, None, "", "c", "m") == Fault(1, None, "", "c", "m")


def test_columns_have_the_letters_of_a_spreadsheet():
    assert [letters(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_the_limits_are_those_of_the_office_and_of_this_year(settings, monkeypatch):
    settings.IMPORT_MAX_ROWS, settings.IMPORT_MAX_BYTES = 7, 8
    day = SimpleNamespace(year=2031)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: day)

    found = limits()

    assert (found.max_rows, found.max_upload_bytes, found.max_year, found.max_columns) == (7, 8, 2031, 64)

"""Workbooks: what stands in their cells, what is refused before a cell is looked at, and what would be lost."""

import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from alleviation.common.reading import Cell, CellKind, FileRefused, Limits, opened, xlsx_file
from alleviation.common.workbook.cells import ERROR, NUMBER, day_of, is_date_format, number_cell, unescaped
from tests.imports.cases import workbooks_read_here
from tests.imports.workbooks import packed, parts, rows_xml, sheet_xml, workbook

LIMITS = Limits(max_year=2026)
ROWS = (["a", "b"], ["1", "2"])
DATES = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


@pytest.fixture
def read(tmp_path: Path):
    """Header and rows of a workbook's bytes, by number, read in this process."""

    def read_bytes(content: bytes, limits: Limits = LIMITS, name: str = "table.xlsx"):
        path = tmp_path / "table"
        path.write_bytes(content)
        with workbooks_read_here(), opened(path, name=name, limits=limits) as file:
            assert list(file.rows()) == list(file.rows())
            return file.header, dict(file.rows())

    return read_bytes


def code_of(read, content: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(FileRefused) as refused:
        read(content, limits)
    assert str(refused.value)
    return refused.value.code


def test_cells_that_are_no_text_say_what_they_are(read):
    cells = (
        "<c><v>0.30000000000000004</v></c>",
        '<c s="1"><v>43427</v></c>',
        "<c><f>A1*2</f><v>7</v></c>",
        '<c t="e"><v>#N/A</v></c>',
        '<c t="b"><v>1</v></c>',
        '<c t="str"><v>text</v></c>',
        '<c t="d"><v>2018-11-23</v></c>',
        "<c><v>1e999</v></c>",
    )

    _header, rows = read(workbook("abcdefgh", cells, styles=DATES))

    assert rows[2] == [
        Cell("0.3", CellKind.NUMBER),
        Cell("2018-11-23", CellKind.DATE),
        Cell("=A1*2", CellKind.FORMULA),
        Cell("#N/A", CellKind.ERROR),
        Cell("TRUE", CellKind.BOOLEAN),
        "text",
        Cell("2018-11-23", CellKind.DATE),
        Cell("1e999", CellKind.ERROR),
    ]


def test_shared_strings_are_joined_from_their_runs_without_their_pronunciation(read):
    strings = (
        "<si><r><t>张</t></r><r><rPr/><t>三丰</t></r><rPh sb='0' eb='1'><t>zhang</t></rPh></si>"
        "<si><t>_x005F_x0000_</t></si>"
    )

    _header, rows = read(workbook("ab", ['<c t="s"><v>0</v></c>', '<c t="s"><v>1</v></c>'], strings=strings))

    assert rows[2] == ["张三丰", "_x0000_"]


def test_cells_stand_where_their_references_say_and_blank_rows_keep_their_numbers(read):
    data = (
        rows_xml([["a", "b", "c"]])
        + '<row r="3"><c r="A3" s="4"/></row><row r="7"><c r="C7"><v>2018.0</v></c></row>'
        + '<row r="8" hidden="1"><c t="str"><v>x</v></c></row>'
    )

    header, rows = read(packed(parts(sheet_xml(data, '<dimension ref="A1:XFD1048576"/>'))))

    assert header == ["a", "b", "c"]
    assert rows == {7: ["", "", Cell("2018", CellKind.NUMBER)], 8: ["x", "", ""]}


def test_strict_workbooks_and_the_calendar_of_1904_are_read(read):
    sheet = sheet_xml(rows_xml([["day"], ['<c s="1"><v>0</v></c>']]), main=STRICT)
    book = '<workbookPr date1904="1"/>'

    _header, rows = read(packed(parts(sheet, book=book, styles=DATES, main=STRICT)))

    assert rows[2] == [Cell("1904-01-01", CellKind.DATE)]


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("0.5", "12:00:00"),
        ("1.0", "1900-01-01"),
        ("59.0", "1900-02-28"),
        ("60.0", "1900-02-29"),
        ("61.0", "1900-03-01"),
        ("43427.0", "2018-11-23"),
        ("43427.75", "2018-11-23T18:00:00"),
        ("-1.0", ""),
        ("3e6", ""),
    ],
)
def test_days_are_counted_as_spreadsheets_count_them(number, shown):
    assert day_of(Decimal(number), is_1904=False) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("0.30000000000000004", "0.3"),
        ("12000.005", "12000.005"),
        ("2018.0", "2018"),
        ("1e20", "1" + "0" * 20),
        ("1e-5", "0.00001"),
        ("1.1010119600101e17", "110101196001010000"),
        ("-0.5", "-0.5"),
        ("1e300", "1E+300"),
    ],
)
def test_numbers_are_shown_with_fifteen_digits_and_no_exponent(number, shown):
    assert number_cell(number, is_date=False, is_1904=False) == (shown, NUMBER)


@pytest.mark.parametrize("text", ["1e309", "1e-400", "1_0", "0x1", "NaN", "INF", "1.2.3", "٣", "", "1e99999999"])
def test_what_is_no_number_of_a_spreadsheet_is_an_error(text):
    assert number_cell(text, is_date=True, is_1904=False) == (text, ERROR)


def test_dates_are_told_from_numbers_by_their_format():
    dates = ["yyyy/m/d", 'yyyy"年"m"月"', "[h]:mm", "[$-804]aaaa d", "e年"]
    numbers = ["0.00", "General", "0.00E+00", '#,##0"days"', "[Red]0", "@", '_ "d"* 0']

    assert [is_date_format(200, code) for code in dates + numbers] == [True] * 5 + [False] * 7
    assert [is_date_format(number, None) for number in (14, 31, 57, 0, 2, 49)] == [True] * 3 + [False] * 3


def test_escaped_characters_are_the_characters_and_half_a_pair_is_none():
    assert unescaped("a_x0000__xD842__xDFB7__xD800_b_x12") == "a\0𠮷\ufffdb_x12"


def swapped(**changed: str | bytes | None) -> bytes:
    """The plain workbook with parts added or changed; names with __ for / and dots left out."""
    made: dict[str, str | bytes] = dict(parts(sheet_xml(rows_xml(ROWS))))
    for name, content in changed.items():
        made[{"sheet": "xl/worksheets/sheet1.xml", "types": "[Content_Types].xml"}.get(name, name)] = content or b""
    return packed(made)


MERGED = '<mergeCells><mergeCell ref="{}"/></mergeCells>'
DTD = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>'
MACRO_TYPE = '<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
ABC = ["a", "b", "c"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"a,b\n1,2\n", "not_xlsx"),
        (b"<html><table>", "not_xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "not_xlsx"),
        (b"PK\x03\x04nothing", "not_xlsx"),
        (workbook(*ROWS)[:-40], "not_xlsx"),
        (packed({"word/document.xml": "<a/>", "[Content_Types].xml": "<a/>"}), "not_xlsx"),
        (swapped(sheet="<worksheet>"), "not_xlsx"),
        (workbook(["a"], ['<c t="s"><v>0</v></c>']), "not_xlsx"),
        (swapped(sheet=sheet_xml('<row r="2"/><row r="1"/>')), "not_xlsx"),
        (swapped(sheet=sheet_xml('<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>')), "not_xlsx"),
        (swapped(sheet=sheet_xml('<row r="1"><c r="A7"><v>1</v></c></row>')), "not_xlsx"),
        (swapped(**{"docProps/app.xml": DTD}), "xml_dtd"),
        (swapped(**{"xl/vbaProject.bin": b"x"}), "macro"),
        (swapped(types=MACRO_TYPE.replace("<Types>", "<Types xmlns='x/content-types'>")), "macro"),
        (swapped(**{"../evil": "x"}), "zip_member"),
        (swapped(**{"/etc/evil": "x"}), "zip_member"),
        (swapped(**{"XL/workbook.xml": "x"}), "zip_member"),
        (packed(parts(sheet_xml(rows_xml(ROWS))), zipfile.ZIP_BZIP2), "zip_member"),
        (swapped(**{f"xl/media/{number}": "x" for number in range(200)}), "zip_bomb"),
        (swapped(**{"xl/media/zeros": bytes(1 << 20)}), "zip_bomb"),
        (packed(parts(sheet_xml(""))), "empty"),
        (workbook(ABC), "empty"),
        (packed(parts(*[sheet_xml(rows_xml(ROWS))] * 2)), "sheets"),
        (workbook(ABC, ABC, ABC, after=MERGED.format("A2:A3")), "merged_cells"),
        (workbook(ABC, ABC, after=MERGED.format("A1:B1")), "merged_cells"),
        (swapped(sheet=sheet_xml('<row r="2"><c><v>1</v></c></row>')), "header"),
        (swapped(sheet=sheet_xml('<row r="1"><c r="BM1"><v>1</v></c></row>')), "too_many_columns"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_workbook_that_cannot_be_trusted_is_refused(read, content, code):
    assert code_of(read, content) == code


def test_a_title_across_the_table_is_left_to_the_check_of_the_header(read):
    header, _rows = read(workbook(["title"], ABC, after=MERGED.format("A1:C1")))

    assert header == ["title"]


def test_a_sheet_that_explains_the_columns_is_passed_over(read):
    explained, table = sheet_xml(rows_xml([["name", "what"]])), sheet_xml(rows_xml(ROWS))

    _header, rows = read(packed(parts(table, explained, names=("Table", "列说明"))))

    assert rows == {2: ["1", "2"]}


def test_more_rows_than_allowed_are_refused_and_exactly_so_many_are_read(read):
    limits = replace(LIMITS, max_rows=2)

    assert len(read(workbook(ABC, ABC, ABC), limits)[1]) == 2
    assert code_of(read, workbook(ABC, ABC, ABC, ABC), limits) == "too_many_rows"


def test_one_long_string_in_many_cells_does_not_grow_without_end(read):
    strings = f"<si><t>{'长' * 5000}</t></si>"
    cells = ['<c t="s"><v>0</v></c>']

    _header, rows = read(workbook("a", *[cells] * 3, strings=strings))

    assert {len(row[0]) for row in rows.values()} == {LIMITS.max_cell_chars + 1}
    assert code_of(
        read, workbook("a", *[cells] * 300, strings=strings), replace(LIMITS, max_unzipped_bytes=99_999)
    ) == ("zip_bomb")


def test_a_file_is_what_its_name_says(read):
    told = {}
    for name in ("table.csv", "table.xlsm", "table.xls", "table"):
        with pytest.raises(FileRefused) as refused:
            read(workbook(*ROWS), name=name)
        told[name] = refused.value.code

    assert told == {"table.csv": "binary", "table.xlsm": "macro", "table.xls": "file_name", "table": "file_name"}


def test_the_reader_works_in_a_process_of_its_own(tmp_path):
    path = tmp_path / "table"
    path.write_bytes(workbook(*ROWS))

    with opened(path, name="Table.XLSX", limits=LIMITS) as file:
        found = file.format, file.encoding, file.is_guessed, file.header, list(file.rows()), file.size

    assert found == ("xlsx", "", False, ["a", "b"], [(2, ["1", "2"])], path.stat().st_size)


def test_a_reader_that_is_stopped_leaves_a_refusal(tmp_path, monkeypatch):
    path = tmp_path / "table"
    path.write_bytes(workbook(*ROWS))
    monkeypatch.setattr(xlsx_file, "START", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")

    with pytest.raises(FileRefused) as refused, opened(path, name="a.xlsx", limits=LIMITS):
        pass

    assert refused.value.code == "zip_bomb"

"""CSV: encodings proved, rows numbered as a spreadsheet numbers them, quotation marks that match."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from alleviation.common.reading import FileRefused, Limits, opened

LIMITS = Limits(max_year=2026)
NAMES = ("张三", "李四", "欧阳娜娜", "㐂堃", "李𬱖", "联通", "王镕", "阿卜杜拉·买买提")
TABLE = "姓名,收入\r\n" + "".join(f"{name},1200.50\r\n" for name in NAMES)
TRADITIONAL = "姓名,收入\r\n陳大文,1\r\n黃偉明,2\r\n林志玲,3\r\n"


@pytest.fixture
def read(tmp_path: Path):
    """An opened CSV file of these bytes, and its rows by number."""

    def read_bytes(content: bytes, limits: Limits = LIMITS):
        path = tmp_path / "table.csv"
        path.write_bytes(content)
        with opened(path, name=path.name, limits=limits) as file:
            return file, dict(file.rows())

    return read_bytes


def code_of(read, content: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(FileRefused) as refused:
        read(content, limits)
    assert str(refused.value)
    return refused.value.code


@pytest.mark.parametrize(
    ("codec", "encoding", "is_guessed"),
    [
        ("utf-8", "utf-8", False),
        ("utf-8-sig", "utf-8", False),
        ("utf-16", "utf-16", False),
        ("gb18030", "gb18030", True),
    ],
)
def test_each_encoding_gives_the_same_characters(read, codec, encoding, is_guessed):
    file, rows = read(TABLE.encode(codec))

    assert (file.encoding, file.is_guessed, file.header) == (encoding, is_guessed, ["姓名", "收入"])
    assert [row[0] for row in rows.values()] == list(NAMES)


def test_a_large_file_is_proved_to_its_last_byte(read):
    rows = ("张三,1\n" * 40_000).encode("gb18030")

    file, _rows = read(b"a,b\n" + rows, replace(LIMITS, max_rows=100_000))

    assert file.encoding == "gb18030"
    assert code_of(read, b"a,b\n" + rows + "李四,1\n".encode()) == "encoding"
    assert code_of(read, b"a,b\n" + rows + b"\x81") == "encoding"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (TABLE.encode("utf-16-le"), "encoding"),
        (TABLE.encode("utf-16-be"), "encoding"),
        (TABLE.encode("utf-32"), "encoding"),
        (TRADITIONAL.encode("big5"), "encoding"),
        (TABLE.encode("gb18030") + "王五,1\r\n".encode(), "encoding"),
        ("王五,1\r\n".encode() + TABLE.encode("gb18030"), "encoding"),
        (b"\xef\xbb\xbf" + TABLE.encode("gb18030"), "encoding"),
        (TABLE.encode("utf-16") + b"\x00", "encoding"),
        (TABLE.encode()[:-10] + b"\xed\xa0\x80\r\n", "encoding"),
        (b"a,b\r\n1,\xff\r\n", "encoding"),
        (b"a,b\r\n1,\x002\r\n", "binary"),
        (b"a,b\r\n1,2\r\n\x1a", "binary"),
        ("a,b\r\n1,\x00\r\n".encode("utf-16"), "binary"),
        (b"\x89PNG\r\n\x1a\n", "binary"),
        (b"%PDF-1.7", "binary"),
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\r\n,,\r\n", "empty"),
        (b"a,b\r\n", "empty"),
        (b"a,b\r\n , \r\n", "empty"),
        (b"\r\na,b\r\n1,2\r\n", "header"),
        (b'a,b\r\n1,"2\r\n', "csv_syntax"),
        (b'a,b\r\n1,"2"3\r\n', "csv_syntax"),
        (b",".join([b"a"] * 65) + b"\r\n1\r\n", "too_many_columns"),
        (b"a,b\r\n" + b"1,2\r\n" * 3, "too_many_rows"),
        (b"a" * 1001, "too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_trusted_is_refused(read, content, code):
    assert code_of(read, content, replace(LIMITS, max_rows=2, max_upload_bytes=1000)) == code


def test_a_refusal_of_two_encodings_names_the_line(read):
    content = TABLE.encode("gb18030") + "王五,1\r\n".encode()

    with pytest.raises(FileRefused, match=f"line {len(NAMES) + 2} is UTF-8"):
        read(content)


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_rows_are_numbered_as_a_spreadsheet_numbers_them(read, end):
    lines = ("a,b", "1,2", "", ",", ' ,"\u3000"', f'"x{end}y",3', "4,5", "")

    _file, rows = read(end.join(lines).encode())

    assert rows == {2: ["1", "2"], 6: [f"x{end}y", "3"], 7: ["4", "5"]}


def test_commas_behind_the_last_column_are_no_column(read):
    file, rows = read(b"a,b,, \r\n1,2,,\r\n1,2,,3\r\n1,2\r\n")

    assert file.header == ["a", "b"]
    assert rows == {2: ["1", "2"], 3: ["1", "2", "", "3"], 4: ["1", "2"]}


def test_cells_are_given_as_they_stand_however_many_or_long(read):
    _file, rows = read(b'a,b\r\n1\r\n 1 ,"2, ""3""",4\r\n' + b"x" * 300_000 + b",1\r\n")

    assert rows == {2: ["1"], 3: [" 1 ", '2, "3"', "4"], 4: ["x" * 300_000, "1"]}


def test_rows_can_be_read_twice_and_the_text_from_behind_its_mark(read):
    content = b"\xef\xbb\xbfa,b\r\n1,2\r\n"

    file, rows = read(content)

    assert dict(file.rows()) == rows == {2: ["1", "2"]}
    assert (file.sha256, file.size, file.format) == (sha256(content).hexdigest(), len(content), "csv")
    with file.text() as handle:
        assert handle.read() == "a,b\r\n1,2\r\n"

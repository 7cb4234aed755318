"""The packed file that a workbook is: nothing that it says of itself is believed."""

import struct
import zipfile
from io import BytesIO, StringIO
from pathlib import Path

import pytest

from alleviation.common.reading import Limits
from alleviation.common.reading.xlsx_file import told
from alleviation.common.workbook.container import Container, Refusal
from alleviation.common.workbook.reader import answer
from tests.imports.workbooks import packed, parts, rows_xml, sheet_xml, workbook

ALLOWED = told(Limits(max_year=2026))
LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"
ROWS = (["a", "b"], ["1", "2"])


def refusal_of(content: bytes, **allowed: int) -> str | None:
    return answer(BytesIO(content), ALLOWED | allowed, StringIO()).get("refused")


def with_number(content: bytes, mark: bytes, offset: int, number: int, size: str = "<H", which: int = -1) -> bytes:
    """The packed bytes with a number written over that of the first (0) or last (-1) header of this kind."""
    place = (content.index(mark) if which == 0 else content.rindex(mark)) + offset
    return content[:place] + struct.pack(size, number) + content[place + struct.calcsize(size) :]


@pytest.mark.parametrize(
    ("offset", "number", "size", "reason"),
    [
        (8, 0x1, "<H", "encrypted"),
        (10, 12, "<H", "packing"),
        (16, 7, "<I", "damaged"),
        (20, 5, "<I", "damaged"),
        (24, 5, "<I", "damaged"),
        (24, 1 << 30, "<I", "bomb"),
        (42, 0, "<I", "bomb"),
        (42, 1 << 30, "<I", "damaged"),
    ],
    ids=["encrypted", "packing", "checksum", "packed size", "size", "bomb", "overlap", "place"],
)
def test_what_the_directory_says_of_a_member_is_held_against_its_bytes(offset, number, size, reason):
    content = with_number(workbook(*ROWS), CENTRAL, offset, number, size)

    assert refusal_of(content) == reason


def test_a_member_has_one_name_in_the_directory_and_before_its_bytes():
    content = workbook(*ROWS)
    place = content.rindex(LOCAL) + 30

    assert refusal_of(content[:place] + b"X" + content[place + 1 :]) == "member_name"


def test_a_member_of_the_same_name_is_not_looked_for_twice():
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("xl/workbook.xml", "<a/>")
        with pytest.warns(UserWarning, match="Duplicate"):
            file.writestr("xl/workbook.xml", "<a/>")

    with pytest.raises(Refusal) as refused:
        Container(made, ALLOWED)

    assert refused.value.reason == "member_twice"


def test_sizes_are_counted_over_all_members_while_they_unpack():
    made = packed({**parts(sheet_xml(rows_xml(ROWS))), "xl/media/one": bytes(range(256)) * 40}, zipfile.ZIP_STORED)
    lying = with_number(made, CENTRAL, 24, 1, "<I")

    assert refusal_of(made) is None
    assert refusal_of(lying, max_unzipped_bytes=9_000) == "bomb"


def test_small_members_may_be_as_dense_as_they_are():
    assert refusal_of(packed({**parts(sheet_xml(rows_xml(ROWS))), "xl/media/zeros": bytes(100_000)})) is None


def test_parts_in_utf_16_are_read_and_a_tag_without_end_is_not():
    made: dict[str, str | bytes] = dict(parts(sheet_xml(rows_xml(ROWS))))
    name = "xl/worksheets/sheet1.xml"

    assert refusal_of(packed({**made, name: str(made[name]).encode("utf-16")})) is None
    assert refusal_of(packed({**made, "a.xml": '<a b="' + "x" * (2 << 20) + '"/>'}), max_zip_ratio=9999) == "bomb"


def test_a_sheet_outside_of_the_workbook_is_not_followed(tmp_path: Path):
    made = parts(sheet_xml(rows_xml(ROWS)))
    relations = "xl/_rels/workbook.xml.rels"
    outside = tmp_path / "outside.xml"
    outside.write_text(made["xl/worksheets/sheet1.xml"])

    for target in ("../../../etc/hostname", outside.as_uri(), "worksheets/none.xml"):
        changed = made[relations].replace("worksheets/sheet1.xml", target)
        assert refusal_of(packed({**made, relations: changed})) == "damaged"
    external = made[relations].replace("<Relationship Id", '<Relationship TargetMode="External" Id')
    assert refusal_of(packed({**made, relations: external})) == "damaged"


def test_what_nobody_foresaw_is_a_damaged_workbook_and_too_little_memory_too_large_a_one(monkeypatch):
    for error, reason in ((RecursionError(), "damaged"), (MemoryError(), "exhausted")):

        def fail(*_asked, error=error) -> None:
            raise error

        monkeypatch.setattr(Container, "chunks", fail)

        assert refusal_of(workbook(*ROWS)) == reason

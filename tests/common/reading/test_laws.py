"""Whatever stands in a file or a cell: a value, or a refusal that is declared; and what was written is read back."""

from decimal import Decimal
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alleviation.common import words
from alleviation.common.csv_out import guarded
from alleviation.common.reading import Cell, CellFault, CellKind, FileRefused, Limits, cells, layout, opened
from beneficiaries.choices import Relation
from tests.imports.cases import columns, workbooks_read_here

LIMITS = Limits(max_year=2026)
PARSERS = {
    "money": partial(cells.money, may_be_negative=True, limits=LIMITS),
    "integer": partial(cells.integer, low=1, high=30),
    "year": partial(cells.year, limits=LIMITS),
    "day": cells.day,
    "code": cells.code,
    "village_code": cells.village_code,
    "name": cells.name,
    "id_number": cells.id_number,
    "text": partial(cells.text, longest=50),
    "choice": partial(cells.choice, choices=Relation),
}
# What such cells are made of, so that most of what is tried is nearly right.
PIECES = st.sampled_from([*"0123456789.,-+'=xXeE万元年月日%￥ \t\n张·\0\u202e\ud800", "2018", "110101", "00", "１"])
TYPED = st.one_of(st.text(max_size=30), st.lists(PIECES, max_size=20).map("".join))
RAW = st.one_of(TYPED, st.builds(Cell, TYPED, st.sampled_from(CellKind)))
START = st.sampled_from(
    [b"", b"a,b\r\n", b"\xef\xbb\xbf", b"\xff\xfe", b"PK\x03\x04", "年份,收入\n".encode("gb18030")]
)


@pytest.mark.parametrize("parser", sorted(PARSERS))
@settings(max_examples=25)
@given(raw=RAW)
def test_any_cell_is_a_value_or_a_fault(parser, raw):
    try:
        told = PARSERS[parser](raw)
    except CellFault as fault:
        told = fault.code and fault.message

    # Blank cells are seen to elsewhere; only text takes them, and some choices are called by nothing.
    assert told not in (None, "") or not str(raw).replace("'", " ").strip()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=START, content=st.binary(max_size=300), name=st.sampled_from(["a.csv", "a.xlsx"]))
def test_any_bytes_are_rows_or_a_refusal(tmp_path, start, content, name):
    path = tmp_path / "file"
    path.write_bytes(start + content)

    try:
        with workbooks_read_here(), opened(path, name=name, limits=LIMITS) as file:
            rows = list(file.rows())
            layout(file.header, columns())
    except FileRefused as refusal:
        rows = [refusal.code and str(refusal)]

    assert rows
    assert all(rows)


@settings(max_examples=50)
@given(fen=st.integers(-(10**12) + 1, 10**12 - 1))
def test_money_is_read_back_as_it_was_written(fen):
    amount = Decimal(fen) / 100

    for written in (f"{amount:.2f}", words.yuan(amount), f"￥{amount:.2f}", f"{amount:.2f}元"):
        assert cells.money(written, may_be_negative=True, limits=LIMITS) == amount


@settings(max_examples=50)
@given(text=st.text(st.sampled_from("=+-@'\t 　＝ab1"), min_size=1, max_size=6))
def test_text_is_read_back_as_our_own_files_guard_it(text):
    # What begins with ' and would be guarded behind it is the one text that a guard cannot tell from its own mark.
    if not (text.startswith("'") and guarded(text[1:]) == text):
        assert cells.unguarded(guarded(text)) == text

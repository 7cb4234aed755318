"""The quick look at a plain row and the slow one at its cells come to the same."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alleviation.common.reading import limits, opened
from alleviation.intake.kinds import Sheet
from beneficiaries.imports.incomes import gate
from beneficiaries.imports.incomes.columns import COLUMNS
from tests.imports.incomes.rows import HEADER, NUMBERS, PLAIN

AMOUNTS = st.decimals(Decimal(-99999), Decimal("9999999999.99"), places=2).map(str) | st.sampled_from(
    [
        "0",
        "-0",
        "007",
        "1.5",
        "1,234.50",
        "1e3",
        "",
        " 5",
        "５",
        "1.234",
        "-1.5",
        "10000000000",
        "NaN",
        "1_0",
        "１２.5",
    ]
)
CELLS = {
    "village_code": ["110101001001", "011010100100", "11010100100", "合计", "'110101001001", "１１0101001001"],
    "household_no": ["0001", "A1", "00 1", "1" * 21, "", "0-1", "'0001"],
    "head_name": ["张三", "王**", "", "合计", "=1+1", "欧阳娜娜", "阿·布", "李　四", "1", "*"],
    "id_number": [
        *NUMBERS[:3],
        "****0011",
        "",
        NUMBERS[0][:-1] + "Q",
        "1101011960010100",
        NUMBERS[1].lower(),
        "'" + NUMBERS[0],
    ],
    "size": ["4", "30", "31", "0", "04", "4.0", "", "-1"],
    "year": ["2018", "2009", "2031", "2018年", "18", "", "０"],
}
ROWS = st.fixed_dictionaries(
    {name: st.sampled_from(CELLS[name]) if name in CELLS else AMOUNTS for name in HEADER}
    | {"village_code": st.sampled_from([CELLS["village_code"][0]] * 9 + CELLS["village_code"])}
)


def staged(path, by) -> tuple[list, list]:
    with opened(path, name=path.name, limits=limits()) as file:
        sheet = Sheet(file, COLUMNS, by, "", limits())
        rows = [tuple(None if cell is None else str(cell) for cell in row) for row in gate.staged_rows(sheet)]
        return rows, [(one.row, one.column, one.code) for one in sheet.faults]


@given(rows=st.lists(ROWS, min_size=1, max_size=6))
@pytest.mark.slow
def test_a_plain_row_says_the_same_to_a_quick_look_and_to_a_slow_one(rows, tmp_path_factory):
    path = tmp_path_factory.mktemp("gate") / "incomes.csv"
    lines = [HEADER, *([row[name] for name in HEADER] for row in rows)]
    path.write_text("\n".join(",".join(f'"{cell}"' for cell in line) for line in lines), encoding="utf-8")

    quick = staged(path, None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gate, "PLAIN_ROW", gate.re.compile(r"(?!)"))
        slow = staged(path, None)

    assert quick == slow


@pytest.mark.parametrize("number", [*NUMBERS, "110101196001010012", "11010119600230001X", "990101196001010010"])
def test_a_number_is_right_for_the_quick_look_where_it_is_for_the_slow_one(number):
    numbers = gate.IdNumbers()
    first = number in numbers

    assert (first, number in numbers) == (number in NUMBERS, number in NUMBERS)


@pytest.mark.parametrize(
    ("text", "fen"),
    [("0", 0), ("1.5", 150), ("12000.50", 1200050), ("-0.5", -50), ("-3", -300), ("9999999999.99", 999999999999)],
)
def test_plain_yuan_are_whole_fen(text, fen):
    assert gate.fen(text) == fen


def test_the_plain_row_of_these_tests_takes_the_quick_way():
    cells = [NUMBERS[0] if name == "id_number" else PLAIN[name] for name in HEADER]

    assert gate.PLAIN_ROW.fullmatch(gate.SEPARATOR.join(cells)) is not None

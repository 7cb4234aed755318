import csv
import io
import logging
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from alleviation.common import csv_out
from alleviation.common.csv_out import BrokenOff, csv_cells, csv_rows, file_name, guarded, stream_csv, write_csv
from alleviation.common.figures import Figure, total
from alleviation.common.tables import Column, Kind, Row, Table

VILLAGE = Column("village", "Village")
PAID = Column("paid", "Paid", Kind.YUAN)
INCOMPLETE = "THIS FILE IS INCOMPLETE. Do not use it; download it again."


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def table_of(rows, columns=(VILLAGE, PAID), sum_row=None):
    return Table("funding", "Funding", columns, rows, sum_row)


def written(table):
    handle = io.StringIO(newline="")
    write_csv(table, handle)
    return handle.getvalue()


def parts_of(response):
    return list(response.streaming_content)


def read_back(text):
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))


def breaking_rows():
    yield {"village": "Ruoduo", "paid": 1}
    raise RuntimeError("Zhang San 513228...")


# --- cells ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value", "cells"),
    [
        (Kind.TEXT, "a,b", ["a,b"]),
        (Kind.TEXT, "=1+1", ["'=1+1"]),
        (Kind.CODE, "000123", ["000123"]),
        (Kind.CODE, "-7", ["'-7"]),
        (Kind.LINK, "@x", ["'@x"]),
        (Kind.COUNT, 40000, ["40000"]),
        (Kind.COUNT, -3, ["-3"]),
        (Kind.COUNT, Decimal("30.5000"), ["30.5"]),
        (Kind.COUNT, "=1", ["'=1"]),
        (Kind.YEAR, 2024, ["2024"]),
        (Kind.YUAN, Decimal("200"), ["200.00"]),
        (Kind.YUAN, Decimal("-1234567.891"), ["-1234567.89"]),
        (Kind.RATIO, Decimal("0.12345"), ["12.3"]),
        (Kind.DATE, date(2018, 11, 23), ["2018-11-23"]),
        (Kind.DATE, datetime(2018, 11, 23, 16, 30, 5, 9, tzinfo=UTC), ["2018-11-24T00:30:05+08:00"]),
        (Kind.FIGURE, Figure.over("300000.0000"), ["over", "300000", ""]),
        (Kind.FIGURE, Figure.between(1, "2.50"), ["range", "1", "2.5"]),
        (Kind.FIGURE, Figure.unstated(), ["unstated", "", ""]),
        (Kind.FIGURE, total([Figure.exact(1), Figure.most()]), ["exact", "1", "1"]),
        (Kind.FIGURE, None, ["", "", ""]),
        (Kind.YUAN, None, [""]),
        (Kind.TEXT, None, [""]),
    ],
)
def test_cell_is_written_as_its_kind(kind, value, cells):
    assert csv_cells(value, Column("key", "Title", kind)) == cells


@pytest.mark.parametrize(
    "text",
    [
        "=1",
        "+1",
        "-1",
        "@a",
        "\t=1",
        "\tx",
        "\rx",
        "\nx",
        "  =1",
        "\u3000=1",
        "\u00a0+1",
        "\u200b=1",
        "\ufeff@a",
        "＝1",
        "　－1",
    ],
)
def test_text_that_a_spreadsheet_could_run_is_guarded(text):
    assert guarded(text) == "'" + text


@pytest.mark.parametrize("text", ["", " ", "若多村", "1+1", "a=b", "'=1", " x", "(-5)"])
def test_harmless_text_is_left_alone(text):
    assert guarded(text) == text


# --- rows -------------------------------------------------------------------------------------------------------


def test_rows_have_header_and_total():
    rows: list[Row] = [{"village": "Ruoduo", "paid": Decimal("0.10")}, {"village": "Xili"}]

    lines = list(csv_rows((VILLAGE, PAID), rows, {"village": None, "paid": Decimal("0.10")}))

    assert lines == [["Village", "Paid (yuan)"], ["Ruoduo", "0.10"], ["Xili", ""], ["Total", "0.10"]]


def test_figure_takes_three_columns():
    columns = (VILLAGE, Column("amount", "Amount", Kind.FIGURE, unit="yuan"))

    lines = list(csv_rows(columns, [{"village": "Ruoduo", "amount": Figure.over(5)}]))

    assert lines == [
        ["Village", "Amount (yuan): qualifier", "Amount (yuan): low", "Amount (yuan): high"],
        ["Ruoduo", "over", "5.00", ""],
    ]


def test_file_is_bom_crlf_and_utf8_to_the_byte():
    rows = [{"village": '若多村, "new"', "paid": Decimal("200")}]

    text = written(table_of(rows, sum_row={"paid": Decimal("200")}))

    assert text.encode() == (
        b"\xef\xbb\xbfVillage,Paid (yuan)\r\n"
        b'"\xe8\x8b\xa5\xe5\xa4\x9a\xe6\x9d\x91, ""new""",200.00\r\n'
        b"Total,200.00\r\n"
    )


def test_empty_table_is_a_header():
    assert written(table_of([])) == "\ufeffVillage,Paid (yuan)\r\n"


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_characters="\0")),
            st.decimals(min_value=-(10**10), max_value=10**10, places=2),
        )
    )
)
@pytest.mark.slow
def test_csv_reader_gives_back_what_was_written(pairs):
    rows = [{"village": village, "paid": paid} for village, paid in pairs]

    lines = read_back(written(table_of(rows)))

    assert lines[1:] == [[guarded(village), f"{paid + 0:.2f}"] for village, paid in pairs]


# --- files and downloads ----------------------------------------------------------------------------------------


def test_download_is_the_same_file_in_parts():
    rows = [{"village": "Ruoduo" * 10, "paid": Decimal(number)} for number in range(5000)]

    response = stream_csv(table_of(rows), filename="funding_all_2018_20240103-0405.csv")
    parts = parts_of(response)

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="funding_all_2018_20240103-0405.csv"'
    assert response["Cache-Control"] == "private, no-store"
    assert len(parts) > 3
    assert b"".join(parts).decode() == written(table_of(rows))


def test_download_keeps_the_language_it_was_asked_in():
    heard = []

    def rows():
        heard.append(translation.get_language())
        yield {}

    with translation.override("zh-hans"):
        response = stream_csv(table_of(rows()), filename="x.csv")
    parts_of(response)

    assert heard == ["zh-hans"]
    assert translation.get_language() == "en"


def test_download_that_breaks_midway_says_so_is_cut_and_logs_no_data(caplog, monkeypatch):
    # What breaks later than the first parts, in few rows.
    monkeypatch.setattr(csv_out, "FIRST_PARTS", 1)
    response = stream_csv(table_of(breaking_rows()), filename="x.csv")
    came: list[bytes] = []

    with pytest.raises(BrokenOff, match=r"^RuntimeError$") as caught:
        came.extend(response.streaming_content)

    lines = read_back(b"".join(came).decode())
    assert caught.value.__suppress_context__
    assert lines == [["Village", "Paid (yuan)"], ["Ruoduo", "1.00"], [INCOMPLETE]]
    assert caplog.record_tuples == [
        ("alleviation.common.csv_out", logging.ERROR, "funding.csv broke off after 1 rows: RuntimeError")
    ]
    assert caplog.records[0].exc_info is None


def test_download_that_breaks_at_its_first_rows_is_none():
    with pytest.raises(RuntimeError):
        stream_csv(table_of(breaking_rows()), filename="x.csv")


def test_file_that_breaks_midway_says_so_and_the_command_fails():
    handle = io.StringIO(newline="")

    with pytest.raises(RuntimeError):
        write_csv(table_of(breaking_rows()), handle)

    assert read_back(handle.getvalue())[-1] == [INCOMPLETE]


@pytest.mark.parametrize(
    ("area", "year", "name"),
    [
        ("513228", 2018, "annual-funding_513228_2018_20240103-0405.csv"),
        ("", None, "annual-funding_all_all_20240103-0405.csv"),
        ("", "2016-2020", "annual-funding_all_2016-2020_20240103-0405.csv"),
        ("../é", 2018, "annual-funding_-_2018_20240103-0405.csv"),
    ],
)
def test_file_name_says_what_and_when_in_local_time(area, year, name):
    now = datetime(2024, 1, 2, 20, 5, tzinfo=UTC)

    assert file_name("annual-funding", area, year, now) == name

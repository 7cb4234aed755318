from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from alleviation.common.csv_out import csv_cells, csv_rows
from alleviation.common.figures import Figure
from alleviation.common.tables import Column, Kind, Table, shown


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (Kind.TEXT, "Ruoduo Village", "Ruoduo Village"),
        (Kind.CODE, "000123", "000123"),
        (Kind.COUNT, 4032, "4,032"),
        (Kind.COUNT, 0, "0"),
        (Kind.YEAR, 2024, "2024"),
        (Kind.YUAN, Decimal("4032000"), "4,032,000.00"),
        (Kind.RATIO, Decimal("0.12345"), "12.35"),
        (Kind.DATE, date(2018, 11, 23), "2018-11-23"),
        (Kind.DATE, datetime(2018, 11, 23, 16, 30, tzinfo=UTC), "2018-11-24 00:30"),
        (Kind.FIGURE, Figure.over(300000), "over RMB 300,000"),
        (Kind.LINK, "Open", "Open"),
        (Kind.TEXT, "", "—"),
    ],
)
def test_cell_is_shown_as_its_kind(kind, value, text):
    unit = "CNY" if kind is Kind.FIGURE else ""
    column = Column("key", "Title", kind, unit=unit, places=2)

    assert shown(value, column) == text


@pytest.mark.parametrize("kind", list(Kind))
def test_unknown_is_a_dash_in_every_kind(kind):
    assert shown(None, Column("key", "Title", kind)) == "—"


@pytest.mark.parametrize(
    ("column", "header"),
    [
        (Column("a", "Village"), "Village"),
        (Column("a", "Capacity", Kind.COUNT, unit="MW"), "Capacity (MW)"),
        (Column("a", "Allocated", Kind.YUAN), "Allocated (yuan)"),
        (Column("a", "Per head", Kind.YUAN, unit="yuan a year"), "Per head (yuan a year)"),
        (Column("a", "Executed", Kind.RATIO), "Executed (%)"),
        (Column("a", gettext_lazy("Year"), Kind.YEAR), "Year"),
    ],
)
def test_header_names_the_unit(column, header):
    assert column.header == header


def test_numbers_are_the_kinds_that_are_measured():
    numbers = [kind for kind in Kind if Column("a", "A", kind).is_number]

    assert numbers == [Kind.COUNT, Kind.YUAN, Kind.RATIO, Kind.FIGURE]


def test_table_says_what_it_lacks():
    table = Table("awards", "Awards", (Column("a", "A"),), rows=[])

    assert (table.total, str(table.note), str(table.empty)) == (None, "", "Nothing has been entered yet.")


VILLAGES = (Column("village", "Village"), Column("status", "Status"), Column("spent", "Spent", Kind.YUAN))


def test_body_gives_each_row_its_words_links_and_badge():
    row = {"village": "Ruoduo", "spent": Decimal("1200"), "_url": "/a/", "_urls": {"spent": "/b/"}, "_made_up": True}
    table = Table("spending", "Spending", VILLAGES, rows=[row])

    (line,) = table.body()

    assert [(cell.text, cell.url, cell.is_number) for cell in line.cells] == [
        ("Ruoduo", "/a/", False),
        ("—", "", False),
        ("1,200.00", "/b/", True),
    ]
    assert line.made_up is True


def test_foot_is_named_total_and_tells_unknown_from_not_applicable():
    known = Table("spending", "Spending", VILLAGES, rows=[], total={"spent": Decimal("0")})
    unknown = Table("spending", "Spending", VILLAGES, rows=[], total={"spent": None})

    assert [cell.text for cell in known.foot().cells] == ["Total", "", "0.00"]
    assert [cell.text for cell in unknown.foot().cells] == ["Total", "", "—"]


def test_foot_is_none_without_a_total():
    assert Table("spending", "Spending", VILLAGES, rows=[]).foot() is None


def test_title_that_leads_elsewhere_is_shortened_on_a_page_and_whole_in_a_file():
    title = "The Party Branch Alliance and Joint Party Construction of a Region"
    column = Column("document", "Document", Kind.LINK)

    assert shown(title, column) == "The Party Branch Alliance and Joint Party Const…"
    assert csv_cells(title, column) == [title]


def test_figure_has_the_unit_of_its_row_and_a_page_leaves_out_the_units_column():
    columns = (
        Column("figure", "Figure", Kind.FIGURE, unit_key="unit_code"),
        Column("unit", "Unit", file_only=True),
    )
    row = {"figure": Figure.over("3000"), "unit": "persons", "unit_code": "person"}
    table = Table("t", "T", columns, [row])

    assert [cell.text for line in table.body() for cell in line.cells] == ["over 3,000 persons"]
    assert list(csv_rows(columns, [row]))[1] == ["over", "3000", "", "persons"]

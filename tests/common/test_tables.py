from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

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
        (Kind.RATIO, Decimal("0.12345"), "12.35%"),
        (Kind.DATE, date(2018, 11, 23), "2018-11-23"),
        (Kind.DATE, datetime(2018, 11, 23, 16, 30, tzinfo=UTC), "2018-11-24 00:30"),
        (Kind.FIGURE, Figure.over(300000), "over 300,000 yuan"),
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

"""The golden county as people read it: its pages, files and explanations tell what was added up by hand.

The households and what they earned stand in tests/golden_households.py. Whatever is not written there is written here,
beside the number that it makes.
"""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from alleviation.accounts.models import User
from projects.models import Division
from tests.acceptance.crawling import read
from tests.acceptance.reading import Shown, page, taken
from tests.conftest import signed_in
from tests.golden_households import VILLAGES, golden_households

pytestmark = pytest.mark.slow

TOWNSHIP, B, C = "513228212000", VILLAGES["B"], VILLAGES["C"]
RECORDED = {"boundaries": "recorded"}


@pytest.fixture
def readers(county_clerk: User, zhawo: Division, auditor: User, reviewer: User, clerk: User) -> list[Client]:
    """Three who see the whole township, each in a browser: what they read is the same."""
    golden_households(county_clerk)
    return [signed_in(user) for user in (auditor, reviewer, clerk)]


@pytest.fixture
def reader(readers: list[Client]) -> Client:
    """The auditor's."""
    return readers[0]


def told(table: Shown, *titles: str) -> list[tuple[str, ...]]:
    """These columns, each named without its unit, of two the first; a total is the last row."""
    full = {title.partition(" (")[0]: title for title in reversed(table.head)}
    rows = [*table.rows, *([table.total] if table.total else [])]
    return [tuple(row[full[title]] for title in titles) for row in rows]


def plain(table: Shown, *titles: str) -> list[tuple[str, ...]]:
    """The same without commas, as a file has numbers."""
    return [tuple(cell.replace(",", "") for cell in row) for row in told(table, *titles)]


def opened(client: Client, slug: str, **asked: Any) -> tuple[str, int]:
    """The figure that an explanation shows, and how many rows its file has."""
    response = client.get(f"/explain/{slug}/", asked)
    assert response.status_code == 200, (slug, asked)
    return read(response.content).value, len(taken(client, f"/explain/{slug}.csv", **asked).rows)


# --- incomes by year and place --------------------------------------------------------------------------------


def test_years_are_the_same_to_all_who_see_the_township_on_three_pages_and_in_a_file(readers: list[Client]) -> None:
    by_hand = [
        ("2019", "8", "21", "66000.00", "3142.86"),
        ("2020", "7", "19", "78500.00", "4131.58"),
        ("2021", "8", "21", "100500.00", "4785.71"),
        ("2022", "8", "21", "117200.00", "5580.95"),
        ("Total", "31", "82", "362200.00", "4417.07"),  # 362,200 ÷ 82
    ]
    columns = ("Year", "Households", "Persons", "Net income", "Per capita")

    for client in readers:
        for address in ("/", "/income/", f"/areas/{TOWNSHIP}/"):
            assert plain(page(client, address)["per-capita-income"], *columns) == by_hand, address
    assert told(taken(readers[0], "/reports/per-capita-income.csv"), *columns) == by_hand


def test_components_of_a_village_are_those_of_its_households(reader: Client) -> None:
    shown = page(reader, "/income/", area=VILLAGES["A"], year=2021)["income-components"]

    # H1 8,000 + 2,500 + 500 + 1,500 − 500, H3 7,000 + 5,000 + 500 + 500 − 1,000, H9 6,000 + 2,000 + 0 + 500 − 500
    assert told(shown, "Wages", "Business", "Property", "Transfers", "Expenses", "Net income")[0] == (
        "21,000.00", "9,500.00", "1,000.00", "2,500.00", "2,000.00", "32,000.00",
    )  # fmt: skip


def test_villages_are_gathered_as_today_or_kept_as_they_were(readers: list[Client]) -> None:
    columns = ("Area", "Households", "Persons", "Net income", "Per capita", "Persons below")
    total = ("Total", "8", "21", "66,000.00", "3,142.86", "15")

    for client in readers:
        today = page(client, "/income/", area=TOWNSHIP, year=2019)["income-by-area"]
        then = page(client, "/income/", area=TOWNSHIP, year=2019, **RECORDED)["income-by-area"]

        # Below 3,500: in A just H2 with three, everybody else of what are B and C.
        assert told(today, *columns) == [
            ("A村村", "3", "9", "33,000.00", "3,666.67", "3"),
            ("B村村", "5", "12", "33,000.00", "2,750.00", "12"),
            total,
        ]
        assert told(then, *columns) == [
            ("A村村", "3", "9", "33,000.00", "3,666.67", "3"),
            ("B村村", "3", "6", "18,000.00", "3,000.00", "6"),
            ("C村村", "2", "6", "15,000.00", "2,500.00", "6"),
            total,
        ]


def test_village_that_is_no_more_keeps_its_page_and_the_one_that_took_it_in_has_all(reader: Client) -> None:
    columns = ("Year", "Households", "Persons", "Net income", "Per capita")

    gone = page(reader, f"/areas/{C}/")["per-capita-income"]
    heir = page(reader, f"/areas/{B}/")["per-capita-income"]

    assert told(gone, *columns) == [
        ("2019", "2", "6", "15,000.00", "2,500.00"),
        ("2020", "1", "4", "14,000.00", "3,500.00"),
        ("2021", "2", "6", "23,000.00", "3,833.33"),
        ("Total", "5", "16", "52,000.00", "3,250.00"),
    ]
    assert told(heir, *columns) == [
        ("2019", "5", "12", "33,000.00", "2,750.00"),
        ("2020", "5", "13", "48,500.00", "3,730.77"),
        ("2021", "5", "15", "68,500.00", "4,566.67"),
        ("2022", "5", "15", "80,200.00", "5,346.67"),
        ("Total", "20", "55", "230,200.00", "4,185.45"),
    ]
    then = page(reader, "/income/", area=C, year=2022, **RECORDED)["per-capita-income"]
    # The six of H7 and H8 still make their old village's series: 20,000 + 9,000.
    assert told(then, *columns)[0] == ("2022", "2", "6", "29,000.00", "4,833.33")


def test_file_of_incomes_has_each_village_on_either_boundaries(clerk: User, readers: list[Client]) -> None:
    columns = ("Year", "Division code", "Persons", "Net income", "Households below", "Persons below")
    files = [
        told(taken(readers[2], "/reports/per-capita-income.csv", area=TOWNSHIP, **asked), *columns)
        for asked in ({}, RECORDED)
    ]

    today, then = ([row for row in rows if row[0] in ("2020", "2022")] for rows in files)

    a = {2020: ("6", "30000.00", "0", "0"), 2022: ("6", "37000.00", "0", "0")}
    # 2020 below 4,000: H4 with 2 and H5 with 3 in B, H7 with 4 in C. 2022 below 4,500: H6 with 1.
    assert today == [
        ("2020", VILLAGES["A"], *a[2020]),
        ("2020", B, "13", "48500.00", "3", "9"),
        ("2022", VILLAGES["A"], *a[2022]),
        ("2022", B, "15", "80200.00", "1", "1"),
    ]
    assert then == [
        ("2020", VILLAGES["A"], *a[2020]),
        ("2020", B, "9", "34500.00", "2", "5"),
        ("2020", C, "4", "14000.00", "1", "4"),
        ("2022", VILLAGES["A"], *a[2022]),
        ("2022", B, "9", "51200.00", "1", "1"),
        ("2022", C, "6", "29000.00", "0", "0"),
    ]


# --- lines, quantiles, changes, cuts --------------------------------------------------------------------------


def test_bands_tell_who_is_below_near_and_above(readers: list[Client]) -> None:
    below = ("Households below", "Persons below", "Share of persons below", "Share of households below")
    rest = ("Households near", "Persons near", "Households above", "Persons above", "Households without a line")

    for client in readers:
        shown = page(client, "/income/", area=TOWNSHIP)["poverty-line-bands"]

        # Shares: 15 ÷ 21 and 6 ÷ 8, 9 ÷ 19 and 3 ÷ 7, 1 ÷ 21 and 1 ÷ 8.
        assert told(shown, "Year", "Poverty line", *below, *rest) == [
            ("2019", "RMB 3,500", "6", "15", "71.4", "75.0", "2", "6", "0", "0", "0"),
            ("2020", "about RMB 4,000", "3", "9", "47.4", "42.9", "4", "10", "0", "0", "0"),
            ("2021", *("—",) * 9, "8"),
            ("2022", "RMB 4,500", "1", "1", "4.8", "12.5", "5", "16", "2", "4", "0"),
        ]


def test_quantiles_are_incomes_that_households_have(reader: Client) -> None:
    # 2019, per head: 2,500 (4 and 2), 3,000 (3, 2, 3 and 1), 4,000 (2 and 4): of 21 the 3rd, 6th, 11th, 16th, 19th.
    # 2020: 3,500 (2, 3 and 4), 4,000 (3), 5,000 (2, 4 and 1): of 19 the 2nd, 5th, 10th, 15th, 18th.
    # 2021: 3,500 (2), 4,000 (4 and 2), 5,000 (3 and 5), 5,500 (1), 6,000 (2 and 2): the same places as in 2019.
    # 2022: 3,200 (1), 4,500 (2 and 2), 5,000 (4), 6,000 (3 and 5), 7,000 (2 and 2).
    shown = page(reader, "/income/")["income-quantiles"]

    assert told(shown, "Year", "P10", "P25", "Median", "P75", "P90") == [
        ("2019", "2,500.00", "2,500.00", "3,000.00", "4,000.00", "4,000.00"),
        ("2020", "3,500.00", "3,500.00", "4,000.00", "5,000.00", "5,000.00"),
        ("2021", "4,000.00", "4,000.00", "5,000.00", "5,000.00", "6,000.00"),
        ("2022", "4,500.00", "5,000.00", "6,000.00", "6,000.00", "7,000.00"),
    ]
    assert opened(reader, "income-quantile", year=2022, of="p25")[0] == "5,000.00"


def test_changes_are_told_by_component_of_the_same_households_and_of_benefits(reader: Client) -> None:
    tables = page(reader, "/income/")

    # 2020: wages 41,500 ÷ 19 − 30,500 ÷ 21; H8 has no income of 2020: the same seven, of 19, rose from 61,000 to
    # 78,500. 2021: wages 59,500 ÷ 21 − 41,500 ÷ 19; the same six, of 17 in either year, rose from 71,500 to 85,500.
    assert told(
        tables["income-changes"], "Year", "Change", "Wages", "Business", "Property", "Transfers", "Less expenses",
        "Change of the same households",
    ) == [
        ("2019", *("—",) * 7),
        ("2020", "988.72", "731.83", "239.35", "31.33", "-21.30", "7.52", "921.05"),
        ("2021", "654.14", "649.12", "-1.25", "16.29", "-26.32", "16.29", "823.53"),
        ("2022", "795.24", "500.00", "166.67", "119.05", "23.81", "-14.29", "795.24"),
    ]  # fmt: skip
    # Dividends: 600 ÷ 19, 500 ÷ 21 − 600 ÷ 19, −500 ÷ 21; the road's wage: 3,000 ÷ 21, and none after.
    assert told(tables["benefits-in-change"], "Year", "Dividends, in property", "Wages from projects, in wages") == [
        ("2020", "31.58", "—"),
        ("2021", "-7.77", "142.86"),
        ("2022", "-23.81", "-142.86"),
    ]


def test_file_of_changes_tells_what_the_page_tells(reader: Client) -> None:
    columns = ("Year", "Per capita", "Change", "Growth", "Wages", "Less expenses", "dividend", "wage")

    file = taken(reader, "/reports/income-changes.csv")

    # Growth: 988.72 ÷ 3,142.86, 654.14 ÷ 4,131.58, 795.24 ÷ 4,785.71.
    assert told(file, *columns)[1:] == [
        ("2020", "4131.58", "988.72", "31.5", "731.83", "7.52", "31.58", ""),
        ("2021", "4785.71", "654.14", "15.8", "649.12", "16.29", "-7.77", "142.86"),
        ("2022", "5580.95", "795.24", "16.6", "500.00", "-14.29", "-23.81", "-142.86"),
    ]


def test_cuts_by_status_category_and_cause_each_make_the_year(reader: Client) -> None:
    columns = ("Year", "Code", "Households", "Persons", "Net income", "Per capita")

    file = taken(reader, "/reports/income-cuts.csv")

    by_cut: dict[str, list[tuple[str, ...]]] = {}
    for row, cells in zip(file.rows, told(file, *columns), strict=True):
        by_cut.setdefault(row["Cut"], []).append(cells)
    status, category, cause = by_cut.values()
    assert status == [
        ("2019", "registered", "8", "21", "66000.00", "3142.86"),
        ("2020", "registered", "6", "18", "73500.00", "4083.33"),
        ("2020", "exited", "1", "1", "5000.00", "5000.00"),  # H6 exits on the last day
        ("2021", "registered", "6", "18", "83000.00", "4611.11"),
        ("2021", "exited", "2", "3", "17500.00", "5833.33"),  # H1 12,000 and H6 5,500
        ("2022", "registered", "7", "19", "103200.00", "5431.58"),  # H6 is back
        ("2022", "exited", "1", "2", "14000.00", "7000.00"),
    ]
    # Nobody recorded a category or a cause: all of each year stands under that.
    assert category == cause
    assert [(row[0], row[1], row[4]) for row in category] == [
        ("2019", "none", "66000.00"),
        ("2020", "none", "78500.00"),
        ("2021", "none", "100500.00"),
        ("2022", "none", "117200.00"),
    ]


def test_status_that_is_asked_for_is_the_cut_of_the_page(reader: Client) -> None:
    cut = told(page(reader, "/income/", year=2021)["income-by-status"], "Persons", "Net income", "Per capita")
    asked = page(reader, "/income/", year=2021, household_status="exited")["per-capita-income"]

    assert cut == [
        ("18", "83,000.00", "4,611.11"),
        ("3", "17,500.00", "5,833.33"),
        ("21", "100,500.00", "4,785.71"),
    ]
    assert told(asked, "Persons", "Net income", "Per capita")[0] == cut[1]


def test_explanation_tells_the_figure_and_its_rows(readers: list[Client]) -> None:
    by_hand: list[tuple[str, dict[str, Any], str, int]] = [
        ("per-capita-income", {"year": 2022, "area": B}, "5,346.67", 5),
        ("per-capita-income", {"year": 2022, "area": B, **RECORDED}, "5,688.89", 3),  # 51,200 ÷ 9
        ("net-income", {"year": 2020, "area": C}, "14,000.00", 1),  # the record as corrected, and that alone
        ("wage-income", {"year": 2020}, "41,500.00", 7),
        ("persons-below-line", {"year": 2019, "of": "poverty"}, "15", 6),
        ("households-near-line", {"year": 2022, "of": "poverty"}, "5", 5),
        ("share-below-line", {"year": 2020, "of": "poverty"}, "47.4", 7),  # 9 ÷ 19
        ("net-income", {"year": 2021, "household_status": "exited"}, "17,500.00", 2),
        ("income-change", {"year": 2022, "of": "wage_income"}, "500.00", 2),  # a row for each of the two years
        ("received", {"project": "PLANT", "year": 2021}, "500.00", 2),
        ("services", {"project": "PLANT"}, "5", 5),
        ("enrolled-households", {"project": "PLANT", "year": 2020}, "2", 2),
        ("unverified-incomes", {"year": 2020}, "7", 7),
    ]

    for client in readers[:2]:
        assert [(slug, asked, *opened(client, slug, **asked)) for slug, asked, _figure, _rows in by_hand] == by_hand


def test_chinese_pages_and_explanations_have_the_same_numbers(reader: Client) -> None:
    reader.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-hans"
    shown = page(reader, "/income/", area=TOWNSHIP)
    figure = read(reader.get("/explain/per-capita-income/", {"year": 2022, "area": B}).content).value

    rows = [list(row.values())[:5] for row in shown["per-capita-income"].rows]
    assert rows[0] == ["2019", "8", "21", "66,000.00", "3,142.86"]
    assert rows[3] == ["2022", "8", "21", "117,200.00", "5,580.95"]
    assert "人均" in "".join(shown["per-capita-income"].head)
    assert figure == "5,346.67"
    assert Decimal("80200") / 15 - Decimal(figure.replace(",", "")) < Decimal("0.01")

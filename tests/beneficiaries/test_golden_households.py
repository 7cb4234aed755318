"""The golden county: every figure by hand, and the same from the roll-ups, from brute force, on the pages and in CSV.

The households and what they earn stand in tests/golden_households.py, added up per year. By village, today's
boundaries (C is part of B):

          A                  B                  C, as it was      B, as it was
    2019  33,000 ÷  9 = 3,666.67   33,000 ÷ 12 = 2,750.00   15,000 ÷ 6    18,000 ÷ 6
    2020  30,000 ÷  6 = 5,000.00   48,500 ÷ 13 = 3,730.77   14,000 ÷ 4    34,500 ÷ 9
    2021  32,000 ÷  6 = 5,333.33   68,500 ÷ 15 = 4,566.67   23,000 ÷ 6    45,500 ÷ 9
    2022  37,000 ÷  6 = 6,166.67   80,200 ÷ 15 = 5,346.67   29,000 ÷ 6    51,200 ÷ 9

Against the line (3,500 in 2019, about 4,000 in 2020, none in 2021, 4,500 in 2022), near: up to 1.5 times the line:

          below                        near                           above
    2019  H2 H4 H5 H6 H7 H8: 15 persons   H1 H3: 6                       –
    2020  H4 H5 H7: 9                     H1 H2 H3 H6: 10                –
    2022  H6: 1                           H2 H5 H7 H8 H9: 16             H1 H3: 4
"""

import csv
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from io import StringIO

import pytest

from alleviation.common.query import Query
from beneficiaries.models import Household, IncomeRecord, Person
from beneficiaries.rollups import (
    enrolled,
    income_by_area,
    income_by_status,
    income_by_year_and_area,
    income_changes,
    income_quantiles,
    income_total,
    line_bands,
    per_capita_income,
)
from projects.models import Division
from projects.rollups import area_query
from tests.conftest import signed_in
from tests.golden_households import COMPONENTS, CORRECTED, INCOMES, VILLAGES, golden_households

A, B, C = (VILLAGES[name] for name in "ABC")
# year: households, persons, wages, business, property, transfers, expenses, net
BY_YEAR = {
    2019: (8, 21, 30500, 32000, 1000, 11500, 9000, 66000),
    2020: (7, 19, 41500, 33500, 1500, 10000, 8000, 78500),
    2021: (8, 21, 59500, 37000, 2000, 10500, 8500, 100500),
    2022: (8, 21, 70000, 40500, 4500, 11000, 8800, 117200),
}
PER_CAPITA = {2019: "3142.86", 2020: "4131.58", 2021: "4785.71", 2022: "5580.95"}
TODAY = {
    (2019, A): (9, 33000),
    (2019, B): (12, 33000),
    (2020, A): (6, 30000),
    (2020, B): (13, 48500),
    (2021, A): (6, 32000),
    (2021, B): (15, 68500),
    (2022, A): (6, 37000),
    (2022, B): (15, 80200),
}
AS_RECORDED = {
    (2019, A): (9, 33000),
    (2019, B): (6, 18000),
    (2019, C): (6, 15000),
    (2020, A): (6, 30000),
    (2020, B): (9, 34500),
    (2020, C): (4, 14000),
    (2021, A): (6, 32000),
    (2021, B): (9, 45500),
    (2021, C): (6, 23000),
    (2022, A): (6, 37000),
    (2022, B): (9, 51200),
    (2022, C): (6, 29000),
}
# Where each household lived at the end of each year, C as it was.
LIVED = {
    **{(name, year): A for name in ("H1", "H3", "H9") for year in range(2019, 2023)},
    **{(name, year): B for name in ("H4", "H5", "H6") for year in range(2019, 2023)},
    **{(name, year): C for name in ("H7", "H8") for year in range(2019, 2023)},
    ("H2", 2019): A,
    **{("H2", year): B for year in (2020, 2021, 2022)},
}


@pytest.fixture
def golden(county_clerk, zhawo):
    return golden_households(county_clerk)


@pytest.fixture
def asked(auditor) -> Query:
    return Query(user=auditor)


def brute_force() -> dict[int, Counter]:
    """The sums of each year from the table of the households, one record after the other."""
    name, year, corrected = CORRECTED
    rows = {(one, when): row for one, years in INCOMES.items() for when, row in years.items()}
    rows[name, year] = corrected
    sums: dict[int, Counter] = {}
    for (_one, when), (persons, *money) in rows.items():
        parts = dict(zip(COMPONENTS, money, strict=True))
        net = sum(money) - 2 * parts["expenses"]
        sums.setdefault(when, Counter()).update({"households": 1, "persons": persons, "net_income": net, **parts})
    return sums


def test_the_table_by_hand_is_the_sum_of_its_households():
    names = ("households", "persons", *COMPONENTS, "net_income")

    found = {year: tuple(sums[name] for name in names) for year, sums in brute_force().items()}

    assert found == BY_YEAR


def test_the_villages_by_hand_are_the_sum_of_their_households():
    name, year, corrected = CORRECTED
    found: dict[tuple[int, str], Counter] = {}
    for one, years in INCOMES.items():
        for when, row in years.items():
            persons, *money = corrected if (one, when) == (name, year) else row
            found.setdefault((when, LIVED[one, when]), Counter()).update(
                {"persons": persons, "net": sum(money) - 2 * money[-1]}
            )

    assert {key: (one["persons"], one["net"]) for key, one in found.items()} == AS_RECORDED


def test_each_year_is_what_was_added_up_by_hand(golden, asked):
    found = {
        one.key: (one.households, one.persons, *(getattr(one, name) for name in COMPONENTS), one.net_income)
        for one in per_capita_income(asked)
    }
    per_head = {one.key: str(round(one.per_capita, 2)) for one in per_capita_income(asked)}

    assert found == {year: tuple(map(Decimal, row)) for year, row in BY_YEAR.items()}
    assert per_head == PER_CAPITA
    assert income_total(asked).net_income == Decimal("362200.00")


@pytest.mark.parametrize(("boundaries", "by_hand"), [("", TODAY), ("recorded", AS_RECORDED)])
@pytest.mark.slow
def test_villages_are_counted_in_the_right_place_on_either_boundaries(golden, asked, boundaries, by_hand):
    township = Division.objects.get(code="513228212000")
    query = replace(area_query(asked, township), boundaries=boundaries)

    sums = income_by_year_and_area(query, township)

    assert {one.key: (one.persons, one.net_income) for one in sums} == by_hand
    assert sum(one.households for one in sums) == 31


@pytest.mark.parametrize(("boundaries", "by_hand"), [("", TODAY), ("recorded", AS_RECORDED)])
@pytest.mark.slow
def test_a_village_asked_for_alone_has_the_same_sums(golden, asked, boundaries, by_hand):
    for year, code in by_hand:
        village = Division.objects.get(code=code)
        query = replace(area_query(asked, village), boundaries=boundaries).of_years(year, year)
        total = income_total(query)

        assert (total.persons, total.net_income) == by_hand[year, code], (year, code, boundaries)


@pytest.mark.slow
def test_a_household_stands_once_in_the_places_of_all_years(golden, asked):
    township = Division.objects.get(code="513228212000")

    sums = income_by_area(area_query(asked, township), township)

    # Households: 3 + 2 + 3 + 3 and 5 in each of four years; persons: 9 + 6 + 6 + 6 and 12 + 13 + 15 + 15.
    assert {one.key: (one.households, one.persons) for one in sums} == {A: (11, 27), B: (20, 55)}


@pytest.mark.slow
def test_bands_are_held_against_the_line_of_the_year_and_none_is_invented(golden, asked):
    bands = {one.key: one for one in line_bands(asked)}

    told = {
        year: [(part.households, part.persons) for part in (one.below, one.near, one.above, one.without_line)]
        for year, one in bands.items()
    }
    assert told == {
        2019: [(6, 15), (2, 6), (0, 0), (0, 0)],
        2020: [(3, 9), (4, 10), (0, 0), (0, 0)],
        2021: [(0, 0), (0, 0), (0, 0), (8, 21)],
        2022: [(1, 1), (5, 16), (2, 4), (0, 0)],
    }
    assert {year: one.is_about for year, one in bands.items()} == {2019: False, 2020: True, 2021: False, 2022: False}
    assert (bands[2022].share_below, bands[2021].share_below) == (Decimal(1) / 21, None)


@pytest.mark.slow
def test_status_is_that_of_the_end_of_each_year(golden, asked):
    found = {
        (year, one.key): (one.persons, one.net_income)
        for year in BY_YEAR
        for one in income_by_status(asked.of_years(year, year))
    }

    assert found == {
        (2019, "registered"): (21, 66000),
        (2020, "registered"): (18, 73500),
        (2020, "exited"): (1, 5000),
        (2021, "registered"): (18, 83000),
        (2021, "exited"): (3, 17500),
        (2022, "registered"): (19, 103200),
        (2022, "exited"): (2, 14000),
    }


@pytest.mark.slow
def test_quantiles_weigh_a_household_by_its_persons(golden, asked):
    # 2022, per head: 3,200 (1 person), 4,500 (2), 4,500 (2), 5,000 (4), 6,000 (3), 6,000 (5), 7,000 (2), 7,000 (2).
    # Of 21 persons, the 3rd, 6th, 11th, 16th and 19th.
    [one] = income_quantiles(asked.of_years(2022, 2022))

    found = [str(round(Decimal(value), 2)) for value in (one.p10, one.p25, one.median, one.p75, one.p90)]

    assert found == ["4500.00", "5000.00", "6000.00", "6000.00", "7000.00"]


@pytest.mark.slow
def test_the_rise_is_the_sum_of_its_components(golden, asked):
    # Both years have 21 persons: (117,200 − 100,500) ÷ 21 = 795.24, of it wages (70,000 − 59,500) ÷ 21 = 500.00,
    # business 166.67, property 119.05, transfers 23.81, expenses −(8,800 − 8,500) ÷ 21 = −14.29.
    change = next(one for one in income_changes(asked) if one.year == 2022)

    parts = {
        name: round(Decimal(change.parts[name].numerator) / change.parts[name].denominator, 2) for name in COMPONENTS
    }

    assert sum(change.parts.values()) == change.change
    assert parts == {
        "wage_income": Decimal("500.00"),
        "business_income": Decimal("166.67"),
        "property_income": Decimal("119.05"),
        "transfer_income": Decimal("23.81"),
        "expenses": Decimal("-14.29"),
    }


@pytest.mark.slow
def test_whom_projects_reach_counts_once_however_it_is_asked(golden, asked):
    # The plant: H3 with its four members of 2020, two of whom are H9 in 2021; H4, whose two are in H5's five in 2022.
    # The road pays one of these five.
    plant, road = golden.projects["PLANT"], golden.projects["ROAD"]

    counted = {
        name: (one.households, one.persons)
        for name, one in {
            "plant": enrolled(replace(asked, project_id=plant.pk)),
            "road": enrolled(replace(asked, project_id=road.pk)),
            "both": enrolled(asked),
            "2020": enrolled(asked.of_years(2020, 2020)),
            "2021": enrolled(asked.of_years(2021, 2021)),
            "2022": enrolled(asked.of_years(2022, 2022)),
        }.items()
    }

    assert counted == {
        "plant": (4, 9),
        "road": (1, 1),
        "both": (4, 9),
        "2020": (2, 6),
        "2021": (3, 5),
        "2022": (1, 5),
    }


@pytest.mark.slow
def test_the_past_is_kept_as_it_was(golden):
    h4, h9 = (Household.objects.get(number=number) for number in ("H4", "H9"))

    assert (str(h4.ended_on), h4.ended_as, h4.persons.present().count()) == ("2021-07-01", "merged", 0)
    assert Person.objects.values("key").distinct().count() == 21
    assert Person.objects.present().count() == 21
    assert h9.persons.present().count() == 2
    assert IncomeRecord.objects.filter(household__number="H7", year=2020).count() == 2
    assert Household.objects.get(number="H2").village.code == B


@pytest.mark.slow
def test_page_and_file_tell_the_same_figures(golden, auditor):
    client = signed_in(auditor)

    page = client.get("/income/?area=513228212000").content.decode()
    file = b"".join(client.get("/reports/per-capita-income.csv?area=513228212000").streaming_content)

    shown = {year: round(Decimal(head), 2) for year, head in PER_CAPITA.items()}
    assert {year: f"{head:,}" in page for year, head in shown.items()} == dict.fromkeys(BY_YEAR, True)
    header, *rows = csv.reader(StringIO(file.decode("utf-8-sig")))
    year, code, net = (header.index(name) for name in ("Year", "Division code", "Net income (yuan)"))
    told = {(int(row[year]), row[code]): Decimal(row[net]) for row in rows if row[year].isdecimal()}
    assert told == {key: Decimal(net) for key, (_persons, net) in TODAY.items()}

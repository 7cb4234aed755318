"""A series across the merger of villages, on today's boundaries or as recorded: each household once, in its place."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest

from alleviation.accounts.models import User
from alleviation.common.query import Query
from beneficiaries.models import Household
from beneficiaries.rollups import (
    Income,
    income_by_area,
    income_by_status,
    income_by_year_and_area,
    income_by_year_and_village,
    income_changes,
    income_quantiles,
    income_total,
    line_bands,
    line_bands_by_area,
    per_capita_income,
)
from projects.models import Division, Succession
from projects.rollups import area_query
from projects.rollups.places import gathered_under
from tests.factories import HouseholdFactory, HouseholdMoveFactory, IncomeRecordFactory, PovertyLineFactory, place

Sums = dict[tuple[int, str], str]
OLD, NEW, ELSEWHERE = "513228212205", "513228212200", "513228213201"


@pytest.fixture
def asked(auditor: User) -> Query:
    return Query(user=auditor)


@pytest.fixture
def merged(ruoduo: Division, xili: Division, erniunai: Division) -> dict[str, Household]:
    """Ruoduo was merged into Xili on 1 January 2020. Each household has one person, and its own digit of the sums.

    | household | 2019     | 2020     | 2021     | its way                                                            |
    | A       1 | Ruoduo   | Xili     | Xili     | merged with its village                                            |
    | B      10 | Xili     | Xili     | Xili     | always of Xili                                                     |
    | C     100 | Ruoduo   | Xili     | Erniunai | merged with its village, moved to Erniunai in 2021                 |
    | D    1000 | Ruoduo   | Xili     | Xili     | moved to Xili itself, in 2019, after its income of that year       |
    | E   10000 |          |          | Xili     | registered after the merger                                        |
    | F  100000 | Erniunai | Xili     | Xili     | moved to Ruoduo in December 2019, and was merged with it           |
    """
    Succession.objects.create(predecessor=ruoduo, successor=xili, kind="merged", source="made up for a test")
    homes = {name: HouseholdFactory(village=xili, number=name) for name in "ABCDEF"}
    _moved(homes["A"], ruoduo, xili, date(2020, 1, 1), "village_merger")
    _moved(homes["C"], ruoduo, xili, date(2020, 1, 1), "village_merger")
    _moved(homes["C"], xili, erniunai, date(2021, 5, 1), "move")
    _moved(homes["D"], ruoduo, xili, date(2019, 11, 1), "move")
    _moved(homes["F"], erniunai, ruoduo, date(2019, 12, 1), "relocation")
    _moved(homes["F"], ruoduo, xili, date(2020, 1, 1), "village_merger")
    villages = {
        "A": (ruoduo, xili, xili),
        "B": (xili, xili, xili),
        "C": (ruoduo, xili, erniunai),
        "D": (ruoduo, xili, xili),
        "E": (None, None, xili),
        "F": (erniunai, xili, xili),
    }
    for number, name in enumerate("ABCDEF"):
        for year, village in enumerate(villages[name], start=2019):
            if village:
                IncomeRecordFactory(
                    household=homes[name], village=village, year=year, persons=1, wage_income=D(10) ** number
                )
    return homes


def _moved(household: Household, from_: Division, to: Division, on: date, reason: str) -> None:
    HouseholdMoveFactory(household=household, from_village=from_, to_village=to, moved_on=on, reason=reason)


TODAY: Sums = {
    (2019, NEW): "1111.00",
    (2019, ELSEWHERE): "100000.00",
    (2020, NEW): "101111.00",
    (2021, NEW): "111011.00",
    (2021, ELSEWHERE): "100.00",
}
# D went to Xili of its own will before the merger, so it is of Xili on the old boundaries too.
AS_RECORDED: Sums = {
    (2019, OLD): "1101.00",
    (2019, NEW): "10.00",
    (2019, ELSEWHERE): "100000.00",
    (2020, OLD): "100101.00",
    (2020, NEW): "1010.00",
    (2021, OLD): "100001.00",
    (2021, NEW): "11010.00",
    (2021, ELSEWHERE): "100.00",
}


def told(sums: list[Income]) -> Sums:
    return {one.key: str(one.net_income) for one in sums}


@pytest.mark.parametrize(("boundaries", "by_hand"), [("", TODAY), ("recorded", AS_RECORDED)])
def test_every_table_puts_a_household_in_the_same_village(
    asked: Query, heishui: Division, zhawo: Division, merged: object, boundaries: str, by_hand: Sums
) -> None:
    query = replace(asked, boundaries=boundaries)

    by_township = told(income_by_year_and_area(area_query(query, heishui), heishui))
    in_zhawo = told(income_by_year_and_area(area_query(query, zhawo), zhawo))
    of_one_year = {
        year: told(income_by_area(area_query(query, zhawo).of_years(year, year), zhawo)) for year in (2019, 2020)
    }

    assert told(income_by_year_and_village(query)) == by_hand
    assert in_zhawo == {key: net for key, net in by_hand.items() if key[1] != ELSEWHERE}
    assert of_one_year[2020] == {code: net for (year, code), net in in_zhawo.items() if year == 2020}
    assert of_one_year[2019] == {code: net for (year, code), net in in_zhawo.items() if year == 2019}
    assert D(by_township[2021, "513228212000"]) == sum(D(net) for key, net in in_zhawo.items() if key[0] == 2021)


@pytest.mark.parametrize(("boundaries", "by_hand"), [("", TODAY), ("recorded", AS_RECORDED)])
@pytest.mark.parametrize("how", ["area", "inside", "at"])
@pytest.mark.slow
def test_a_village_asked_for_has_the_sum_of_its_row(
    asked: Query, merged: object, boundaries: str, by_hand: Sums, how: str
) -> None:
    for (year, code), net in by_hand.items():
        query = replace(asked.of_years(year, year), boundaries=boundaries)
        narrowed = {
            "area": area_query(query, Division.objects.get(code=code)),
            "inside": replace(query, inside_code=code, inside=gathered_under(code)),
            "at": replace(query, place_code=code),
        }[how]

        if (how, boundaries, year) == ("at", "", 2019):
            # This very place, as its rows were recorded: what was gathered under it since is not in it.
            assert str(income_total(narrowed).net_income) == AS_RECORDED[year, code]
        else:
            assert str(income_total(narrowed).net_income) == net, (how, year, code)


def test_a_former_village_holds_its_own_rows_on_today_s_boundaries_and_its_series_on_its_own(
    asked: Query, ruoduo: Division, merged: object
) -> None:
    on_todays = area_query(asked, ruoduo)
    as_recorded = replace(on_todays, boundaries="recorded")

    assert {one.key: str(one.net_income) for one in per_capita_income(on_todays)} == {2019: "1101.00"}
    assert {one.key: str(one.net_income) for one in per_capita_income(as_recorded)} == {
        2019: "1101.00",
        2020: "100101.00",
        2021: "100001.00",
    }


def test_totals_are_the_same_on_either_boundaries(asked: Query, merged: object) -> None:
    PovertyLineFactory(year=2019, amount=D("50.00"))
    then = replace(asked, boundaries="recorded")

    for sums in (
        income_total,
        per_capita_income,
        income_by_status,
        income_quantiles,
        line_bands,
        income_changes,
        lambda query: income_changes(query, matched=True),
    ):
        assert sums(then) == sums(asked)
    assert income_total(then).households == 16


def test_bands_by_village_follow_the_boundaries(asked: Query, zhawo: Division, merged: object) -> None:
    def heads(boundaries: str) -> dict[tuple[int, str], int]:
        found = line_bands_by_area(area_query(replace(asked, boundaries=boundaries), zhawo), zhawo)
        return {one.key: one.total.households for one in found}

    assert heads("") == {(2019, NEW): 4, (2020, NEW): 5, (2021, NEW): 5}
    assert heads("recorded") == {
        (2019, OLD): 3,
        (2019, NEW): 1,
        (2020, OLD): 3,
        (2020, NEW): 2,
        (2021, OLD): 2,
        (2021, NEW): 3,
    }


def test_what_was_entered_for_the_old_village_in_the_year_of_the_merger_stays_there(
    asked: Query, ruoduo: Division, xili: Division
) -> None:
    household = HouseholdFactory(village=xili)
    _moved(household, ruoduo, xili, date(2020, 10, 1), "village_merger")
    IncomeRecordFactory(household=household, village=ruoduo, year=2020, wage_income=D("7.00"))

    found = income_by_year_and_village(replace(asked, boundaries="recorded"))

    assert told(found) == {(2020, OLD): "7.00"}


def test_two_mergers_lead_back_to_the_first_village(asked: Query, ruoduo: Division, xili: Division) -> None:
    last = place("513228212299")
    household = HouseholdFactory(village=last)
    _moved(household, ruoduo, xili, date(2019, 5, 1), "village_merger")
    _moved(household, xili, last, date(2021, 5, 1), "village_merger")
    for year, village in ((2018, ruoduo), (2019, xili), (2020, xili), (2021, xili), (2022, last)):
        IncomeRecordFactory(household=household, village=village, year=year, wage_income=D("1.00"))

    found = income_by_year_and_village(replace(asked, boundaries="recorded"))

    assert {one.key for one in found} == {(year, OLD) for year in range(2018, 2023)}


def test_a_village_that_was_split_is_not_gathered_anywhere(
    asked: Query, zhawo: Division, ruoduo: Division, xili: Division
) -> None:
    Succession.objects.create(predecessor=ruoduo, successor=xili, kind="split", source="made up for a test")
    IncomeRecordFactory(household__village=ruoduo, year=2019, wage_income=D("3.00"))
    IncomeRecordFactory(household__village=xili, year=2019, wage_income=D("4.00"))

    by_village = told(income_by_year_and_area(area_query(asked, zhawo), zhawo))

    assert by_village == {(2019, OLD): "3.00", (2019, NEW): "4.00"}
    assert told(income_by_year_and_village(asked)) == by_village
    assert income_total(area_query(asked, xili)).net_income == D("4.00")


def test_a_clerk_of_the_new_village_sees_its_households_under_their_old_one(
    merged: object, clerk: User, stranger: User
) -> None:
    found = [
        told(income_by_year_and_village(Query(user=user, first_year=2021, last_year=2021, boundaries="recorded")))
        for user in (clerk, stranger)
    ]

    assert found == [{(2021, OLD): "100001.00", (2021, NEW): "11010.00"}, {}]

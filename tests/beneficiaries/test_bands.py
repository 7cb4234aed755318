"""Incomes against the line: to the fen, of the right year, place and definition; without a line nobody is poor."""

from dataclasses import replace
from decimal import Decimal as D
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.common.query import Query
from beneficiaries.choices import LineKind
from beneficiaries.rollups import (
    Bands,
    Heads,
    below_line,
    line_bands,
    line_bands_by_area,
    line_bands_total,
    poverty_lines,
)
from projects.models import Division, Succession
from projects.rollups import area_query
from tests.factories import HouseholdFactory, IncomeRecordFactory, PovertyLineFactory, place


@pytest.fixture
def asked(auditor: User) -> Query:
    return Query(user=auditor)


def lives(village: Division, net: str, persons: int, year: int = 2019, **values: Any) -> Any:
    """A household with this net income: its wages, and a transfer that it spent."""
    household = HouseholdFactory(village=village)
    parts = {"wage_income": D(net), "transfer_income": D("100.00"), "expenses": D("100.00")}
    return IncomeRecordFactory(household=household, year=year, persons=persons, **{**parts, **values})


def told(bands: Bands) -> dict[str, tuple[int, int]]:
    names = ("below", "near", "above", "without_line", "other_concept")
    heads = {name: getattr(bands, name) for name in names}
    return {name: (one.households, one.persons) for name, one in heads.items() if one.households}


@pytest.mark.parametrize(
    ("net", "band"),
    [
        # The line is 1,000.01 yuan, of three persons 3,000.03; one and a half times that is 4,500.045.
        ("3000.02", "below"),
        ("3000.03", "near"),
        ("4500.04", "near"),
        ("4500.05", "above"),
        ("0.00", "below"),
    ],
)
def test_the_edges_of_a_band_are_exact_to_the_fen(asked: Query, ruoduo: Division, net: str, band: str) -> None:
    PovertyLineFactory(year=2019, amount=D("1000.01"))
    lives(ruoduo, net, 3)

    [found] = line_bands(asked)

    assert told(found) == {band: (1, 3)}


def test_a_household_exactly_at_one_and_a_half_lines_is_above(asked: Query, ruoduo: Division) -> None:
    PovertyLineFactory(year=2019, amount=D("1000.00"))
    lives(ruoduo, "3000.00", 2)
    lives(ruoduo, "2999.99", 2)

    assert told(line_bands_total(asked)) == {"near": (1, 2), "above": (1, 2)}


def test_a_loss_is_below_the_line(asked: Query, ruoduo: Division) -> None:
    PovertyLineFactory(year=2019, amount=D("1000.00"))
    lives(ruoduo, "0.00", 2, expenses=D("5000.00"))

    assert told(line_bands_total(asked)) == {"below": (1, 2)}


def test_shares_are_ratios_of_sums_over_those_held_against_a_line(asked: Query, ruoduo: Division) -> None:
    PovertyLineFactory(year=2019, amount=D("1000.00"))
    lives(ruoduo, "500.00", 1)
    lives(ruoduo, "9000.00", 6)
    lives(ruoduo, "1.00", 5, year=2020)

    before, after = line_bands(asked)
    both = line_bands_total(asked)

    assert (before.share_below, before.share_of_households_below) == (D(1) / 7, D("0.5"))
    # Of 2020 no line is recorded: nobody is below it, and there is no share.
    assert (told(after), after.share_below, after.compared) == ({"without_line": (1, 5)}, None, Heads())
    assert (both.share_below, both.total) == (D(1) / 7, Heads(3, 12))


def test_the_line_is_that_of_the_smallest_area_around_the_village(
    asked: Query, heishui: Division, zhawo: Division, ruoduo: Division, xili: Division, erniunai: Division
) -> None:
    # The same income of 2,500 a person everywhere: against 4,000, 2,000, 1,500 and 3,000.
    far = place("620122101201")
    for division, amount in ((None, "4000.00"), (heishui, "3000.00"), (zhawo, "2000.00"), (xili, "1500.00")):
        PovertyLineFactory(year=2019, division=division, amount=D(amount))
    for persons, village in enumerate((far, erniunai, ruoduo, xili), start=1):
        lives(village, f"{2500 * persons}.00", persons)

    found = {one.key: told(one) for one in line_bands_by_area(asked, None)}
    in_zhawo = {one.key[1]: told(one) for one in line_bands_by_area(area_query(asked, zhawo), zhawo)}

    assert found == {
        (2019, "510000000000"): {"below": (1, 2), "near": (1, 3), "above": (1, 4)},
        (2019, "620000000000"): {"below": (1, 1)},
    }
    assert in_zhawo == {ruoduo.code: {"near": (1, 3)}, xili.code: {"above": (1, 4)}}
    lines = {code: poverty_lines(replace(asked, area_code=code))[2019].amount for code in (ruoduo.code, xili.code)}
    assert lines == {ruoduo.code: D("2000.00"), xili.code: D("1500.00")}
    assert poverty_lines(asked)[2019].amount == D("4000.00")
    assert poverty_lines(replace(asked, area_code=erniunai.code))[2019].amount == D("3000.00")
    assert poverty_lines(replace(asked, area_code="513200000000"))[2019].amount == D("4000.00")


def test_of_two_lists_of_places_the_line_of_the_later_one_holds(asked: Query, ruoduo: Division) -> None:
    later = place("513228212205", vintage=2023)
    PovertyLineFactory(year=2019, division=ruoduo, amount=D("1000.00"))
    PovertyLineFactory(year=2019, division=later, amount=D("3000.00"))
    lives(ruoduo, "2000.00", 1)

    assert told(line_bands_total(asked)) == {"below": (1, 1)}
    assert poverty_lines(replace(asked, area_code=ruoduo.code))[2019].amount == D("3000.00")


def test_an_income_of_another_definition_is_not_held_against_the_line(asked: Query, ruoduo: Division) -> None:
    PovertyLineFactory(year=2014, amount=D("2800.00"), concept="disposable", qualifier="about")
    lives(ruoduo, "10.00", 2, year=2014, concept="net")

    [found] = line_bands(asked)

    assert (told(found), found.share_below, found.is_about) == ({"other_concept": (1, 2)}, None, False)


def test_a_line_that_is_about_says_so_where_incomes_are_held_against_it(
    asked: Query, ruoduo: Division, erniunai: Division
) -> None:
    PovertyLineFactory(year=2020, amount=D("4000.00"), qualifier="about")
    PovertyLineFactory(year=2020, amount=D("4100.00"), division=erniunai)
    lives(ruoduo, "1.00", 1, year=2020)
    lives(erniunai, "1.00", 1, year=2020)

    about = {
        code: line_bands_total(replace(asked, prefixes=(code,))).is_about for code in (ruoduo.code, erniunai.code)
    }

    assert (about, line_bands_total(asked).is_about) == ({ruoduo.code: True, erniunai.code: False}, True)


def test_a_monitoring_line_has_bands_of_its_own(asked: Query, ruoduo: Division) -> None:
    PovertyLineFactory(year=2021, amount=D("5000.00"), kind="monitoring")
    low = lives(ruoduo, "4999.99", 1, year=2021)
    lives(ruoduo, "5000.00", 1, year=2021)

    assert told(line_bands_total(asked, LineKind.MONITORING)) == {"below": (1, 1), "near": (1, 1)}
    assert told(line_bands_total(asked)) == {"without_line": (2, 2)}
    assert list(below_line(asked, LineKind.MONITORING).values_list("pk", "line_amount")) == [(low.pk, D("5000.00"))]


def test_bands_of_a_former_village_stand_where_it_is_asked_for(
    asked: Query, zhawo: Division, ruoduo: Division
) -> None:
    # The line is that of the village as it was recorded; the row is the village of today.
    today = place("513228212299", vintage=2023)
    Succession.objects.create(predecessor=ruoduo, successor=today, kind="recoded", source="made up for a test")
    PovertyLineFactory(year=2019, division=ruoduo, amount=D("1000.00"))
    lives(ruoduo, "2.00", 1)

    of_today, of_then = (
        [one.key for one in line_bands_by_area(replace(area_query(asked, zhawo), boundaries=how), zhawo)]
        for how in ("", "recorded")
    )

    assert (of_today, of_then) == ([(2019, today.code)], [(2019, ruoduo.code)])


def test_bands_ask_as_often_however_many_rows(asked: Query, ruoduo: Division, django_assert_num_queries: Any) -> None:
    villages = 0
    for more in (1, 2, 12):
        for _one in range(more):
            villages += 1
            village = place(f"5132282122{villages + 10}")
            lives(village, "100.00", 1)
            PovertyLineFactory(year=2019, division=village)

        # The lines and the sums; for lines of villages, which counties there are and the villages of those.
        with django_assert_num_queries(4):
            line_bands(replace(asked, memory={}))

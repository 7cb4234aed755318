"""Booked money added up: by hand over the golden county, and against brute force over ledgers nobody thought of."""

import random
from dataclasses import replace
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alleviation.common.query import Query
from alleviation.common.years import plan_period
from projects.choices import Level
from projects.models import Division, LedgerEntry, Succession
from projects.rollups import (
    Funding,
    area_query,
    child_of,
    fold_former,
    funding_by_area,
    funding_by_kind,
    funding_by_plan,
    funding_by_project,
    funding_by_source,
    funding_by_year,
    funding_by_year_and_source,
    funding_total,
    pending_funding,
)
from projects.rollups.funding import SUMS, gather
from projects.rollups.places import child_level, name_children
from tests.factories import FundingSourceFactory, LedgerEntryFactory, ProjectFactory, place
from tests.golden import golden_money
from tests.ledgers import Part, grouped, parts_of, random_ledger

NOTHING = Funding()


@pytest.fixture
def county(heishui, ruoduo, erniunai) -> None:
    golden_money(heishui, ruoduo, erniunai)


def four(funding: Funding) -> tuple[str, ...]:
    return tuple(str(getattr(funding, key)) for key in SUMS)


def keyed(sums: list[Funding]) -> dict:
    return {one.key: four(one) for one in sums}


# --- by hand ----------------------------------------------------------------------------------------------------


def test_the_total_is_four_sums(county, everything):
    total = funding_total(everything)

    assert four(total) == ("1800.00", "400.00", "350.05", "10.00")
    assert (total.entries, total.execution_rate) == (8, D("350.05") / D("1800.00"))


def test_by_year(county, everything):
    assert keyed(funding_by_year(everything)) == {
        2018: ("1500.30", "400.00", "300.00", "0.00"),
        2019: ("299.70", "0.00", "50.05", "10.00"),
    }


def test_by_plan(county, everything, ruoduo):
    LedgerEntryFactory(division=ruoduo, year=2021, amount=D("1.00"))
    LedgerEntryFactory(division=ruoduo, year=2005, amount=D("2.00"))

    assert keyed(funding_by_plan(everything)) == {
        plan_period(13): ("1800.00", "400.00", "350.05", "10.00"),
        plan_period(14): ("1.00", "0.00", "0.00", "0.00"),
        None: ("2.00", "0.00", "0.00", "0.00"),
    }


def test_by_source(county, everything):
    assert {one.key[0]: four(one) for one in funding_by_source(everything)} == {
        "company": ("1000.10", "0.00", "0.00", "0.00"),
        "county": ("799.90", "400.00", "350.05", "10.00"),
    }


def test_by_year_and_source(county, everything):
    found = {one.key[:2]: four(one) for one in funding_by_year_and_source(everything)}

    assert found == {
        (2018, "company"): ("1000.10", "0.00", "0.00", "0.00"),
        (2018, "county"): ("500.20", "400.00", "300.00", "0.00"),
        (2019, "county"): ("299.70", "0.00", "50.05", "10.00"),
    }


def test_by_project_what_is_tied_to_none_is_a_row(county, everything):
    assert {one.key[0]: four(one) for one in funding_by_project(everything)} == {
        None: ("99.70", "0.00", "0.00", "0.00"),
        "PV": ("1500.30", "400.00", "300.00", "0.00"),
        "ROAD": ("200.00", "0.00", "50.05", "10.00"),
    }


def test_by_kind_of_project(county, everything):
    assert {one.key: one.allocated for one in funding_by_kind(everything)} == {
        None: D("99.70"),
        "pv_centralised": D("1500.30"),
        "road": D("200.00"),
    }


def test_by_area_below_the_county(county, manager, heishui):
    query = area_query(Query(user=manager), heishui)

    assert keyed(funding_by_area(query, heishui)) == {
        "513228212000": ("1500.30", "400.00", "300.00", "0.00"),
        "513228213000": ("200.00", "0.00", "50.05", "10.00"),
        "": ("99.70", "0.00", "0.00", "0.00"),
    }


def test_what_belongs_to_no_smaller_place_comes_last(county, manager, heishui):
    found = [one.key for one in funding_by_area(area_query(Query(user=manager), heishui), heishui)]

    assert found == ["513228212000", "513228213000", ""]


def test_by_area_below_the_nation(county, everything):
    assert keyed(funding_by_area(everything, None)) == {"510000000000": ("1800.00", "400.00", "350.05", "10.00")}


def test_below_a_village_there_is_nothing(county, everything, ruoduo):
    assert funding_by_area(everything, ruoduo) == []


@pytest.mark.parametrize(
    ("asked", "allocated"),
    [
        ({"first_year": 2018, "last_year": 2018}, "1500.30"),
        ({"first_year": 2016, "last_year": 2020}, "1800.00"),
        ({"first_year": 2020, "last_year": 2021}, "0.00"),
        ({"prefixes": ("513228212",)}, "1500.30"),
        ({"prefixes": ("513228212", "513228213")}, "1700.30"),
        ({"prefixes": ()}, "0.00"),
        ({"project_kind": "road"}, "200.00"),
        ({"source_level": "enterprise"}, "1000.10"),
        ({"project_code": "PV"}, "1500.30"),
        ({"project_code": "PV", "source_level": "county"}, "500.20"),
        ({"project_code": "none"}, "0.00"),
    ],
)
@pytest.mark.slow
def test_a_question_narrows_every_sum_alike(county, manager, asked, allocated):
    query = Query(user=manager, **asked)

    assert str(funding_total(query).allocated) == allocated
    for rollup in (funding_by_year, funding_by_source, funding_by_kind, funding_by_project, funding_by_plan):
        assert sum((one.allocated for one in rollup(query)), D("0.00")) == D(allocated)


def test_each_sees_the_sums_of_their_area(county, clerk, county_clerk, stranger, administrator):
    asked = [funding_total(Query(user=user)).allocated for user in (clerk, county_clerk, stranger, administrator)]

    assert asked == [D("1500.30"), D("1800.00"), D("0.00"), D("0.00")]


def test_asking_for_a_foreign_area_brings_nothing_more(county, clerk):
    assert funding_total(Query(user=clerk, prefixes=("513228",))).allocated == D("1500.30")
    assert funding_total(Query(user=clerk, prefixes=("513228213",))).allocated == D("0.00")


def test_an_empty_ledger_is_zero_without_a_rate(everything):
    total = funding_total(everything)

    assert (four(total), total.entries, total.execution_rate) == (("0.00",) * 4, 0, None)
    assert (funding_by_year(everything), funding_by_area(everything, None)) == ([], [])


@pytest.mark.slow
def test_ten_cents_a_thousand_times_are_a_hundred_yuan(everything, ruoduo):
    source = FundingSourceFactory()
    LedgerEntry.objects.bulk_create(
        LedgerEntryFactory.build(
            source=source, division=ruoduo, amount=D("0.10"), voucher=f"EX-{number}", is_made_up=True
        )
        for number in range(1000)
    )

    assert str(funding_total(everything).allocated) == "100.00"


def test_a_reversal_takes_back_what_was_booked(everything, ruoduo):
    LedgerEntryFactory(division=ruoduo, amount=D("100.00"), voucher="A-1")
    LedgerEntryFactory(division=ruoduo, amount=D("-100.00"), reverses="A-1", reason="booked twice")

    assert (funding_total(everything).allocated, funding_total(everything).entries) == (D("0.00"), 2)


def test_a_project_with_many_parts_is_not_counted_twice(everything, ruoduo, xili):
    project = ProjectFactory(division=ruoduo)
    for site in (ruoduo, xili):
        project.sites.create(division=site)
    LedgerEntryFactory(project=project, division=ruoduo, amount=D("100.00"))

    assert funding_by_project(everything)[0].allocated == D("100.00")


# --- places that became others ----------------------------------------------------------------------------------


def test_a_place_that_lives_on_is_gathered_under_its_code_of_today(everything, manager, ruoduo, heishui):
    town = place("513228107", "扎窝镇", vintage=2023)
    today = place("513228107205", "若多村", vintage=2023)
    Succession.objects.create(predecessor=ruoduo, successor=today, kind="recoded", source="made up for a test")
    Succession.objects.create(
        predecessor=Division.objects.get(code="513228212000"),
        successor=town,
        kind="merged",
        source="made up for a test",
    )
    LedgerEntryFactory(division=ruoduo, amount=D("100.00"))
    LedgerEntryFactory(division=today, amount=D("20.00"), year=2023)

    assert keyed(funding_by_area(area_query(everything, heishui), heishui)) == {
        "513228107000": ("120.00", "0.00", "0.00", "0.00")
    }
    assert funding_total(area_query(everything, today)).allocated == D("120.00")


def test_a_place_that_was_split_stays_under_its_own_code(db, ruoduo, xili):
    for successor in (place("513228107205", vintage=2023), place("513228107206", vintage=2023)):
        Succession.objects.create(predecessor=ruoduo, successor=successor, kind="split", source="made up")

    assert fold_former([ruoduo.code, xili.code]) == {ruoduo.code: ruoduo.code, xili.code: xili.code}


def test_two_successors_are_not_one_whole_whatever_the_rows_say(db, ruoduo):
    for successor in (place("513228107205", vintage=2023), place("513228107206", vintage=2023)):
        Succession.objects.create(predecessor=ruoduo, successor=successor, kind="merged", source="made up")

    assert fold_former([ruoduo.code]) == {ruoduo.code: ruoduo.code}


@pytest.mark.parametrize(
    ("code", "level", "child"),
    [
        ("513228212205", Level.TOWNSHIP, "513228212000"),
        ("513228212205", Level.PROVINCE, "510000000000"),
        ("513228212205", Level.VILLAGE, "513228212205"),
        ("513228000000", Level.TOWNSHIP, ""),
        ("513228000000", Level.COUNTY, "513228000000"),
        ("510000000000", Level.PREFECTURE, ""),
    ],
)
def test_the_child_that_holds_a_code(code, level, child):
    assert child_of(code, level) == child


def test_the_level_below_a_place(heishui, ruoduo):
    assert [child_level(one) for one in (None, heishui, ruoduo)] == [Level.PROVINCE, Level.TOWNSHIP, None]


def test_a_place_of_an_older_list_only_is_marked_former(ruoduo, xili):
    place("51", "四川省", vintage=2023)
    place("513228212205", "若多村", vintage=2023)

    named = name_children([ruoduo.code, xili.code], Level.VILLAGE)

    assert {code: child.is_former for code, child in named.items()} == {ruoduo.code: False, xili.code: True}


# --- laws -------------------------------------------------------------------------------------------------------

AMOUNTS = st.decimals(min_value="-9999999999.99", max_value="9999999999.99", places=2, allow_nan=False)
FUNDINGS = st.builds(Funding, AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS, st.integers(0, 99), key=st.integers(0, 99))


@given(FUNDINGS, FUNDINGS, FUNDINGS)
@pytest.mark.slow
def test_sums_add_in_any_order(one, two, three):
    assert (one + two) + three == one + (two + three)
    assert one + two == two + one
    assert one + NOTHING == one


@given(FUNDINGS)
def test_the_four_kinds_never_mix(funding):
    double = funding + funding

    assert [getattr(double, key) for key in SUMS] == [2 * getattr(funding, key) for key in SUMS]


@given(FUNDINGS)
@pytest.mark.slow
def test_the_execution_rate_is_spent_over_allocated(funding):
    if funding.allocated:
        assert funding.execution_rate == funding.spent / funding.allocated
    else:
        assert funding.execution_rate is None


def brute(parts: list[Part], query: Query) -> list[Part]:
    """The parts that a question asks for, one by one."""
    return [
        part
        for part in parts
        if query.first_year <= part.year <= query.last_year
        and part.place.startswith(query.user.area)
        and (query.prefixes is None or part.place.startswith(query.prefixes))
        and query.project_kind in ("", part.project.kind if part.project else None)
        and query.project_code in ("", part.project.code if part.project else None)
        and query.source_level in ("", part.source.level)
    ]


def by_kind_of_entry(sums: list[Funding], key=lambda one: one.key) -> dict:
    return {key(one): {kind: getattr(one, name) for name, kind in SUMS.items()} for one in sums}


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 4))])
def test_sums_of_any_ledger_equal_brute_force(seed, everything, clerk, heishui, zhawo, ruoduo, xili, erniunai):
    """Over random ledgers, in which money is handed down over three levels, given back and reversed: to the fen."""
    rng = random.Random(seed)
    sources = [FundingSourceFactory(code=level, level=level) for level in ("county", "enterprise")]
    projects = [ProjectFactory(division=one, kind=kind) for one, kind in ((ruoduo, "road"), (zhawo, "water"))]
    places = [heishui, zhawo, ruoduo, xili, erniunai]
    entries = random_ledger(rng, places=places, sources=sources, projects=projects, years=[2018, 2019], number=250)
    parts = parts_of(entries)
    asked = [
        everything,
        Query(user=clerk),
        Query(user=clerk, project_kind="road"),
        replace(everything, project_kind="water", first_year=2019),
        replace(everything, project_code=projects[0].code, source_level="county"),
        *(area_query(everything, place) for place in places),
    ]

    assert sum(1 for entry in entries if entry.handed_down_from) > 20
    for query in asked:
        found = brute(parts, query)
        total = grouped(found, lambda part: None)
        assert by_kind_of_entry([funding_total(query)]) == (total or {None: dict.fromkeys(SUMS.values(), D("0.00"))})
        assert funding_total(query).entries == len(found)
        assert by_kind_of_entry(funding_by_year(query)) == grouped(found, lambda part: part.year)
        assert by_kind_of_entry(funding_by_kind(query)) == grouped(
            found, lambda part: part.project and part.project.kind
        )
        code = grouped(found, lambda part: part.project and part.project.code)
        assert by_kind_of_entry(funding_by_project(query), lambda one: one.key[0]) == code
        cell = grouped(found, lambda part: (part.year, part.source.code))
        assert by_kind_of_entry(funding_by_year_and_source(query), lambda one: one.key[:2]) == cell
        place = grouped(found, lambda part: "" if part.place == heishui.code else part.place[:9] + "000")
        assert by_kind_of_entry(funding_by_area(query, heishui)) == place


# --- queries ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rollup", "queries"),
    [
        (funding_total, 1),
        (funding_by_year, 1),
        (funding_by_plan, 1),
        (funding_by_source, 2),  # and the sources
        (funding_by_project, 3),  # and the projects with their places
        (funding_by_kind, 2),  # and the projects
        (lambda query: funding_by_area(query, None), 2),  # and what became of their places
        (pending_funding, 1),
    ],
)
@pytest.mark.slow
def test_a_rollup_asks_the_same_for_more_rows(rollup, queries, everything, ruoduo, django_assert_num_queries):
    for more in (1, 2, 27):
        for _n in range(more):
            project = ProjectFactory(division=ruoduo)
            LedgerEntryFactory(division=ruoduo, project=project, year=1990 + LedgerEntry.objects.count())

        with django_assert_num_queries(queries):
            rollup(everything)


def test_gathering_nothing_is_nothing(db):
    assert gather([], Level.PROVINCE) == []

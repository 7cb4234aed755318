"""Rules about money: a case just over each threshold and one just under it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from alleviation.common.query import Query
from alleviation.scrutiny.flags.catalogue import BY_SLUG
from projects.rollups import area_query
from tests.factories import FundingSourceFactory, LedgerEntryFactory, ProjectFactory

D = Decimal


def cases(slug, query):
    return list(BY_SLUG[slug].cases(query))


def told(slug, query):
    return [(case.key, case.amount) for case in cases(slug, query)]


@pytest.fixture
def today():
    return timezone.localdate()


def booked(place, days_ago, **facts):
    day = timezone.localdate() - timedelta(days=days_ago)
    return LedgerEntryFactory(division=place, year=day.year, booked_on=day, **facts)


# --- idle-money -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "expected"), [(183, []), (184, [("V", D("100.00"))])])
def test_an_allocation_is_idle_after_half_a_year(days, expected, ruoduo, everything):
    booked(ruoduo, days, voucher="V", amount=D("100.00"))

    assert told("idle-money", everything) == expected


@pytest.mark.parametrize(("out", "expected"), [("80.00", []), ("79.99", [("V", D("20.01"))])])
def test_a_fifth_may_be_left_of_an_allocation(out, expected, ruoduo, everything):
    booked(ruoduo, 200, voucher="V", amount=D("100.00"))
    booked(ruoduo, 10, kind="disbursement", amount=D(out), allocation="V")

    assert told("idle-money", everything) == expected


def test_a_case_of_idle_money_tells_where_and_since_when(ruoduo, everything, today):
    entry = booked(ruoduo, 200, voucher="V", amount=D("100.00"))

    (case,) = cases("idle-money", everything)

    assert (case.area, case.year, case.url) == (ruoduo.code, entry.year, f"/records/projects.ledgerentry/{entry.pk}/")
    assert case.since == today - timedelta(days=200 - 184)
    assert case.details == "Of 100.00 yuan from County budget, 100.00 are left."


def test_money_that_was_handed_down_lies_idle_where_it_arrived(heishui, ruoduo, everything):
    booked(heishui, 200, voucher="ABOVE", amount=D("100.00"))
    booked(ruoduo, 199, voucher="BELOW", amount=D("100.00"), handed_down_from="ABOVE")

    assert told("idle-money", everything) == [("BELOW", D("100.00"))]


def test_a_reversed_disbursement_leaves_its_money_idle(ruoduo, everything):
    booked(ruoduo, 200, voucher="V", amount=D("100.00"))
    facts = {"kind": "disbursement", "allocation": "V"}
    booked(ruoduo, 190, voucher="OUT", amount=D("100.00"), **facts)
    booked(ruoduo, 180, amount=D("-100.00"), reverses="OUT", reason="wrong", **facts)

    assert told("idle-money", everything) == [("V", D("100.00"))]


def test_a_reversed_allocation_is_not_idle(ruoduo, everything):
    booked(ruoduo, 200, voucher="V", amount=D("100.00"))
    booked(ruoduo, 190, amount=D("-100.00"), reverses="V", reason="wrong")

    assert told("idle-money", everything) == []


@pytest.mark.parametrize("kind", ["expenditure", "disbursement", "refund"])
def test_what_went_out_without_naming_its_allocation_empties_the_oldest(kind, ruoduo, everything):
    booked(ruoduo, 300, voucher="OLD", amount=D("100.00"))
    booked(ruoduo, 200, voucher="NEW", amount=D("100.00"))
    booked(ruoduo, 10, kind=kind, amount=D("130.00"))

    assert told("idle-money", everything) == [("NEW", D("70.00"))]


def test_what_was_disbursed_and_then_spent_went_out_once(ruoduo, everything):
    booked(ruoduo, 200, voucher="V", amount=D("100.00"))
    booked(ruoduo, 190, kind="disbursement", amount=D("50.00"), allocation="V")
    booked(ruoduo, 180, kind="expenditure", amount=D("50.00"))

    assert told("idle-money", everything) == [("V", D("50.00"))]


def test_money_of_another_project_does_not_empty_an_allocation(ruoduo, everything):
    booked(ruoduo, 200, voucher="V", amount=D("100.00"))
    booked(ruoduo, 10, kind="expenditure", amount=D("100.00"), project=ProjectFactory(division=ruoduo))

    assert told("idle-money", everything) == [("V", D("100.00"))]


# --- disbursed-without-allocation ---------------------------------------------------------------------------------


def test_a_disbursement_names_its_allocation_or_where_it_came_down_from(ruoduo, everything):
    for n, facts in enumerate([{}, {"allocation": "A"}, {"handed_down_from": "B"}]):
        LedgerEntryFactory(division=ruoduo, kind="disbursement", voucher=f"V{n}", amount=D("5.00"), **facts)

    assert told("disbursed-without-allocation", everything) == [("V0", D("5.00"))]
    assert BY_SLUG["disbursed-without-allocation"].looked_at(everything) == 3


def test_a_reversed_disbursement_is_no_case(ruoduo, everything):
    LedgerEntryFactory(division=ruoduo, kind="disbursement", voucher="V", amount=D("5.00"))
    LedgerEntryFactory(division=ruoduo, kind="disbursement", amount=D("-5.00"), reverses="V", reason="wrong")

    assert told("disbursed-without-allocation", everything) == []


# --- spent-over-allocated -----------------------------------------------------------------------------------------


def spend(place, allocated, spent, *, year=2019, **facts):
    for kind, amount in (("allocation", allocated), ("expenditure", spent)):
        LedgerEntryFactory(division=place, year=year, kind=kind, amount=D(amount), **facts)


@pytest.mark.parametrize(("spent", "excess"), [("100.00", []), ("100.01", [D("0.01")])])
def test_a_project_spends_what_it_was_allocated(spent, excess, ruoduo, everything):
    project = ProjectFactory(division=ruoduo)

    spend(ruoduo, "100.00", spent, project=project)

    found = cases("spent-over-allocated", everything)
    assert [case.amount for case in found] == excess
    assert [case.area for case in found] == [ruoduo.code] * len(excess)


def test_what_earlier_years_left_may_be_spent_and_what_later_ones_bring_may_not(ruoduo, everything):
    project = ProjectFactory(division=ruoduo)
    for year, allocated, spent in ((2017, "100.00", "40.00"), (2018, "10.00", "75.00"), (2019, "10.00", "1.00")):
        spend(ruoduo, allocated, spent, year=year, project=project)

    # 2017: 40 of 100. 2018: 115 of 110. 2019: 116 of 120.
    assert [(case.year, case.amount) for case in cases("spent-over-allocated", everything)] == [(2018, D("5.00"))]


def test_each_source_pays_for_itself(ruoduo, everything):
    project, other = ProjectFactory(division=ruoduo), FundingSourceFactory(code="other")
    LedgerEntryFactory(division=ruoduo, kind="allocation", amount=D("10.00"), project=project)
    LedgerEntryFactory(division=ruoduo, kind="expenditure", amount=D("10.00"), project=project, source=other)

    (case,) = cases("spent-over-allocated", everything)

    assert case.key == f"{project.pk}-{other.pk}-2019"
    assert case.url == f"/explain/spent/?first=1949&last=2019&project={project.code}&source_code=other"


def test_money_without_a_project_moves_within_its_county(heishui, ruoduo, everything):
    LedgerEntryFactory(division=heishui, kind="allocation", amount=D("10.00"))
    LedgerEntryFactory(division=ruoduo, kind="expenditure", amount=D("10.01"))

    (case,) = cases("spent-over-allocated", everything)

    assert (case.area, case.amount, case.key.partition("-")[0]) == (heishui.code, D("0.01"), "513228")


def test_money_that_came_down_is_counted_once(heishui, ruoduo, everything):
    project = ProjectFactory(division=ruoduo)
    LedgerEntryFactory(division=heishui, voucher="ABOVE", amount=D("10.00"), project=project)
    LedgerEntryFactory(division=ruoduo, handed_down_from="ABOVE", amount=D("10.00"), project=project)
    LedgerEntryFactory(division=ruoduo, kind="expenditure", amount=D("15.00"), project=project)

    assert [case.amount for case in cases("spent-over-allocated", everything)] == [D("5.00")]


def test_who_sees_a_part_of_the_money_accuses_nobody(heishui, ruoduo, clerk, county_clerk):
    project = ProjectFactory(division=ruoduo)
    LedgerEntryFactory(division=heishui, amount=D("10.00"), project=project)
    LedgerEntryFactory(division=ruoduo, kind="expenditure", amount=D("15.00"), project=project)

    found = [cases("spent-over-allocated", Query(user=user)) for user in (clerk, county_clerk)]

    # The clerk of the countryside sees the expenditure alone.
    assert [[case.amount for case in one] for one in found] == [[], [D("5.00")]]


# --- all of them --------------------------------------------------------------------------------------------------


def one_of_each(place):
    project = ProjectFactory(division=place)
    booked(place, 200, amount=D("9.00"))
    LedgerEntryFactory(division=place, kind="disbursement", amount=D("5.00"), project=project)
    LedgerEntryFactory(division=place, kind="expenditure", amount=D("5.00"), project=project)


SLUGS = ["idle-money", "disbursed-without-allocation", "spent-over-allocated"]


@pytest.mark.parametrize("slug", SLUGS)
def test_a_rule_stays_in_the_area_of_who_asks_and_of_what_is_asked(slug, ruoduo, hezhou, clerk, stranger, manager):
    one_of_each(ruoduo)
    one_of_each(hezhou)

    areas = [
        {case.area for case in cases(slug, query)}
        for query in (Query(user=clerk), Query(user=stranger), area_query(Query(user=manager), ruoduo))
    ]

    assert areas == [{ruoduo.code}, {hezhou.code}, {ruoduo.code}]


@pytest.mark.parametrize("slug", SLUGS)
def test_a_rule_says_the_same_when_it_is_asked_again(slug, ruoduo, erniunai, everything):
    for place in (erniunai, ruoduo, ruoduo):
        one_of_each(place)

    first, again = cases(slug, everything), cases(slug, everything)

    assert first == again
    assert len({case.key for case in first}) == len(first) == 3


def test_no_money_is_no_case(everything):
    assert [told(slug, everything) for slug in SLUGS] == [[], [], []]
    assert [BY_SLUG[slug].looked_at(everything) for slug in SLUGS] == [0, 0, 0]

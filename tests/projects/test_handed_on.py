"""Money that was handed on counts once; what waits is beside the figures; what came from nowhere is listed."""

from dataclasses import replace
from decimal import Decimal as D

import pytest
from django.db import connection

from alleviation.common.query import Query
from projects.choices import EntryKind
from projects.models import LedgerEntry
from projects.rollups import (
    Funding,
    area_query,
    funding_by_area,
    funding_by_project,
    funding_by_year,
    funding_total,
    pending_funding,
)
from projects.rollups.funding import SUMS
from projects.rollups.ledger import handed_on, without_upstream
from projects.rollups.upstream import missing_of, without_upstream_total
from tests.factories import FundingSourceFactory, LedgerEntryFactory, ProjectFactory


def four(funding: Funding) -> tuple[str, ...]:
    return tuple(str(getattr(funding, key)) for key in SUMS)


# --- money handed on --------------------------------------------------------------------------------------------


@pytest.fixture
def chain(heishui, zhawo, ruoduo) -> None:
    """The county got 100.00 in 2018, gave 60.00 of it to Zhawo in 2018, which gave 25.00 to Ruoduo in 2019."""
    facts = {"source": FundingSourceFactory(code="province", level="provincial"), "voucher": "C"}
    LedgerEntryFactory(**facts, division=heishui, amount=D("100.00"), year=2018)
    facts["voucher"] = "T"
    LedgerEntryFactory(**facts, division=zhawo, amount=D("60.00"), year=2018, handed_down_from="C")
    project = ProjectFactory(code="PV", division=ruoduo)
    facts |= {"voucher": "V", "project": project, "handed_down_from": "T"}
    LedgerEntryFactory(**facts, division=ruoduo, amount=D("25.00"), year=2019)


def allocated(sums: list[Funding]) -> dict:
    return {one.key: str(one.allocated) for one in sums}


def test_money_handed_down_is_counted_once_for_each_place_above(chain, everything, heishui, zhawo, ruoduo):
    asked = {place.code: area_query(everything, place) for place in (heishui, zhawo, ruoduo)}

    assert [str(funding_total(query).allocated) for query in asked.values()] == ["100.00", "60.00", "25.00"]
    assert str(funding_total(everything).allocated) == "100.00"
    # 100.00 - 60.00 stayed with the county, 60.00 - 25.00 with the countryside.
    assert allocated(funding_by_area(asked[heishui.code], heishui)) == {zhawo.code: "60.00", "": "40.00"}
    assert allocated(funding_by_area(asked[zhawo.code], zhawo)) == {ruoduo.code: "25.00", "": "35.00"}


def test_money_handed_down_in_another_year_or_for_a_project_moves_there(chain, everything):
    # What Ruoduo got in 2019 is what Zhawo had since 2018, so 2019 brings the county nothing more.
    assert allocated(funding_by_year(everything)) == {2018: "100.00", 2019: "0.00"}
    assert {one.key[0]: str(one.allocated) for one in funding_by_project(everything)} == {"PV": "25.00", None: "75.00"}
    assert str(funding_total(replace(everything, project_code="PV")).allocated) == "25.00"


def test_each_sees_of_money_handed_down_what_their_area_had(chain, county_clerk, clerk, stranger):
    asked = [str(funding_total(Query(user=user)).allocated) for user in (county_clerk, clerk, stranger)]

    assert asked == ["100.00", "60.00", "0.00"]


def test_what_is_given_back_counts_where_it_was_given_back_first(everything, heishui, ruoduo):
    facts = {"source": FundingSourceFactory(), "kind": EntryKind.REFUND, "amount": D("10.00")}
    LedgerEntryFactory(**facts, division=ruoduo, voucher="V")
    LedgerEntryFactory(**facts, division=heishui, voucher="C", handed_down_from="V")

    for query in (everything, area_query(everything, heishui), area_query(everything, ruoduo)):
        assert str(funding_total(query).refunded) == "10.00"


def test_a_reversal_of_what_was_handed_down_gives_it_back_to_the_place_above(chain, everything, heishui, ruoduo):
    kept = {"project": LedgerEntry.objects.get(voucher="V").project, "source": FundingSourceFactory(code="province")}
    facts = {"division": ruoduo, "year": 2019, "handed_down_from": "T", "reverses": "V", "reason": "never paid"}
    LedgerEntryFactory(**kept, **facts, amount=D("-25.00"))

    assert str(funding_total(area_query(everything, heishui)).allocated) == "100.00"
    assert str(funding_total(area_query(everything, ruoduo)).allocated) == "0.00"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL chooses by how much there is")
def test_what_was_handed_on_is_found_by_the_indexes_made_for_it(chain, everything):
    plan = handed_on(everything).order_by().values("above_code").explain()

    assert "USING INDEX entry_handed_down" in plan
    assert "USING INDEX entry_voucher (voucher=?)" in plan
    assert "SCAN U0" not in plan


# --- what waits -------------------------------------------------------------------------------------------------


def test_only_what_is_posted_is_in_a_figure_and_what_waits_is_beside_it(everything, ruoduo):
    for state in ("draft", "draft", "submitted", "returned", "posted"):
        LedgerEntryFactory(division=ruoduo, state=state, amount=D("100.00"))
    LedgerEntry.objects.filter(pk=LedgerEntry.objects.filter(state="draft").first().pk).update(state="withdrawn")
    LedgerEntryFactory(division=ruoduo, state="draft", kind=EntryKind.EXPENDITURE, amount=D("7.00"))

    assert four(funding_total(everything)) == ("100.00", "0.00", "0.00", "0.00")
    assert [(one.key, four(one), one.entries) for one in pending_funding(everything)] == [
        ("draft", ("100.00", "0.00", "7.00", "0.00"), 2),
        ("submitted", ("100.00", "0.00", "0.00", "0.00"), 1),
        ("returned", ("100.00", "0.00", "0.00", "0.00"), 1),
    ]


def test_what_waits_is_asked_with_the_same_filter(everything, clerk, stranger, ruoduo, erniunai):
    LedgerEntryFactory(division=ruoduo, state="draft", year=2018)
    LedgerEntryFactory(division=erniunai, state="draft", year=2019)
    asked = [everything, everything.of_years(2018, 2018), Query(user=clerk), Query(user=stranger)]

    assert [sum(one.entries for one in pending_funding(query)) for query in asked] == [2, 1, 1, 0]


# --- money from nowhere -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "where", "kind", "links", "missing"),
    [
        ("county", "heishui", "allocation", {}, ""),
        ("county", "ruoduo", "allocation", {}, "no entry it was handed down from"),
        ("county", "ruoduo", "allocation", {"handed_down_from": "X"}, ""),
        ("county", "ruoduo", "expenditure", {}, ""),
        ("provincial", "heishui", "allocation", {}, "no entry it was handed down from"),
        ("enterprise", "ruoduo", "allocation", {}, ""),
        ("enterprise", "ruoduo", "disbursement", {}, "no allocation it is paid out of"),
        ("enterprise", "ruoduo", "disbursement", {"allocation": "X"}, ""),
        (
            "county",
            "ruoduo",
            "disbursement",
            {},
            "no allocation it is paid out of; no entry it was handed down from",
        ),
    ],
)
def test_money_that_does_not_say_where_it_came_from(
    level, where, kind, links, missing, request, everything, heishui, ruoduo
):
    source = FundingSourceFactory(code=level, level=level)
    entry = LedgerEntryFactory(source=source, kind=kind, division=request.getfixturevalue(where), **links)

    assert missing_of(entry) == missing
    assert list(without_upstream(everything)) == ([entry] if missing else [])
    assert without_upstream_total(everything).entries == bool(missing)


def test_what_was_reversed_needs_no_upstream_any_more(everything, ruoduo):
    facts = {"source": FundingSourceFactory(), "division": ruoduo, "kind": EntryKind.DISBURSEMENT}
    LedgerEntryFactory(**facts, voucher="A", amount=D("5.00"))
    LedgerEntryFactory(**facts, amount=D("-5.00"), reverses="A", reason="wrong place")
    LedgerEntryFactory(**facts, state="draft")

    assert list(without_upstream(everything)) == []

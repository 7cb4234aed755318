"""Reports of money that was handed on, promised, or came from nowhere: their rows add up to their total."""

import random
from dataclasses import replace
from decimal import Decimal as D

import pytest

from alleviation.common.query import Query
from alleviation.reports.catalogue import BY_SLUG
from projects.choices import EntryKind
from projects.rollups import area_query
from tests.conftest import signed_in
from tests.factories import FundingSourceFactory, LedgerEntryFactory, PledgeFactory, ProjectFactory
from tests.golden import golden_money
from tests.ledgers import random_ledger

MONEY = ("allocated", "disbursed", "spent", "refunded")


def rows(slug: str, query: Query) -> list[dict]:
    return list(BY_SLUG[slug].rows(query))


def added(found: list[dict]) -> dict[str, D]:
    return {key: sum((row.get(key) or D("0.00") for row in found), D("0.00")) for key in MONEY}


def total(slug: str, query: Query) -> dict[str, D]:
    whole = BY_SLUG[slug].total(query)
    return {key: whole.get(key) or D("0.00") for key in MONEY}


@pytest.fixture
def chain(heishui, ruoduo) -> None:
    """The county got 100.00 for no project, and gave 60.00 of it to Ruoduo for a road."""
    source = FundingSourceFactory(name="County budget")
    LedgerEntryFactory(source=source, division=heishui, amount=D("100.00"), voucher="C")
    road = ProjectFactory(code="ROAD", division=ruoduo)
    facts = {"source": source, "division": ruoduo, "project": road, "voucher": "V", "handed_down_from": "C"}
    LedgerEntryFactory(**facts, amount=D("60.00"))


def test_money_handed_on_is_a_row_below_zero_at_the_place_that_had_it(chain, everything):
    found = rows("funding-ledger", everything)

    assert [
        (row["voucher"], row["place"], row["project_code"], str(row["allocated"]), row["remark"]) for row in found
    ] == [
        ("V", "Ruoduo Village", "ROAD", "60.00", "Handed down from C"),
        ("C", "Heishui County", "", "100.00", ""),
        ("V", "Heishui County", "", "-60.00", "Handed on to Ruoduo Village, counted there"),
    ]
    assert added(found) == total("funding-ledger", everything)
    assert BY_SLUG["funding-ledger"].number(everything) == 3


def test_the_ledger_of_a_village_has_what_it_received_alone(chain, everything, clerk, ruoduo):
    for query in (area_query(everything, ruoduo), Query(user=clerk), replace(everything, project_code="ROAD")):
        assert [(row["voucher"], str(row["allocated"])) for row in rows("funding-ledger", query)] == [("V", "60.00")]
        assert total("funding-ledger", query)["allocated"] == D("60.00")


def test_what_was_given_back_and_passed_up_counts_where_it_began(everything, heishui, ruoduo):
    facts = {"source": FundingSourceFactory(), "kind": EntryKind.REFUND, "amount": D("10.00")}
    LedgerEntryFactory(**facts, division=ruoduo, voucher="V")
    LedgerEntryFactory(**facts, division=heishui, voucher="C", handed_down_from="V")

    found = rows("funding-ledger", everything)

    assert [(row["voucher"], row["place"], str(row["refunded"]), row["remark"]) for row in found] == [
        ("C", "Heishui County", "10.00", "Handed down from V"),
        ("V", "Ruoduo Village", "10.00", ""),
        ("C", "Heishui County", "-10.00", "Counted where it was given back first: V"),
    ]
    assert total("funding-ledger", everything)["refunded"] == D("10.00")


@pytest.mark.parametrize(
    "slug", ["funding-ledger", "annual-funding", "pledges-and-funding", "received-without-upstream"]
)
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.slow
def test_rows_of_any_ledger_add_up_to_the_total(slug, seed, everything, clerk, heishui, zhawo, ruoduo, erniunai):
    rng, sources = random.Random(seed), [FundingSourceFactory(), FundingSourceFactory(code="firm", level="enterprise")]
    places, projects = [heishui, zhawo, ruoduo, erniunai], [ProjectFactory(division=ruoduo, kind="road")]
    random_ledger(rng, places=places, sources=sources, projects=projects, years=[2018, 2019], number=80)
    asked = [everything, Query(user=clerk), *(area_query(everything, place) for place in places)]

    for query in (*asked, replace(everything, project_kind="road"), replace(everything, first_year=2019)):
        assert added(rows(slug, query)) == total(slug, query)


def test_drafts_are_in_no_report(everything, ruoduo):
    for state in ("draft", "submitted", "returned"):
        LedgerEntryFactory(division=ruoduo, state=state, kind="disbursement")

    for slug in ("funding-ledger", "annual-funding", "pledges-and-funding", "received-without-upstream"):
        assert (rows(slug, everything), BY_SLUG[slug].number(everything)) == ([], 0)


def test_promised_and_booked_stand_side_by_side_by_the_finest_cells(everything, ruoduo):
    firm = FundingSourceFactory(code="firm", name="Firm", level="enterprise")
    road = ProjectFactory(code="ROAD", name="Road", division=ruoduo)
    facts = {"source": firm, "division": ruoduo, "project": road}
    PledgeFactory(**facts, basis="per_year", first_year=2020, last_year=2021, low=D("50.00"))
    LedgerEntryFactory(**facts, year=2020, amount=D("40.00"))
    LedgerEntryFactory(**facts, year=2020, amount=D("10.00"), kind="expenditure")

    found = rows("pledges-and-funding", everything)

    keys = ("year", "plan", "source", "project", "place", "allocated", "spent", "execution_rate")
    assert [tuple(str(row.get(key, "-")) for key in (*keys, "pledged")) for row in found] == [
        (*_PLAN_13, "Firm", "Road", "Ruoduo Village", "40.00", "10.00", "0.25", "50"),
        (*_PLAN_14, "Firm", "Road", "Ruoduo Village", "-", "-", "-", "50"),
    ]
    whole = BY_SLUG["pledges-and-funding"].total(everything)
    assert (str(whole["pledged"]), str(whole["allocated"]), str(whole["execution_rate"])) == ("100", "40.00", "0.25")


_PLAN_13, _PLAN_14 = ("2020", "13th Five-Year Plan (2016-2020)"), ("2021", "14th Five-Year Plan (2021-2025)")


def test_a_foreign_project_is_not_named(clerk, ruoduo, erniunai):
    LedgerEntryFactory(division=ruoduo, project=ProjectFactory(code="FOREIGN", name="Foreign", division=erniunai))

    for slug in ("pledges-and-funding", "funding-ledger", "received-without-upstream"):
        told = [(row["project_code"], row["project"]) for row in rows(slug, Query(user=clerk))]
        assert told == [("", "")]


def test_money_from_nowhere_says_what_is_missing(everything, ruoduo, heishui):
    LedgerEntryFactory(division=ruoduo, voucher="V", kind="disbursement", amount=D("3.00"))
    LedgerEntryFactory(division=heishui, voucher="C")

    found = rows("received-without-upstream", everything)

    missing = "no allocation it is paid out of; no entry it was handed down from"
    assert [(row["voucher"], str(row["disbursed"]), row["missing"]) for row in found] == [("V", "3.00", missing)]
    assert total("received-without-upstream", everything)["disbursed"] == D("3.00")
    assert BY_SLUG["received-without-upstream"].number(everything) == 1


@pytest.mark.parametrize(
    ("slug", "queries"),
    [
        # The entries; what was handed on, its places, projects and their places, sources; the total.
        ("funding-ledger", 7),
        # The cells, pledges and revisions, sources, projects and their places; places; the total:
        # a sum, pledges and revisions.
        ("pledges-and-funding", 10),
        ("received-without-upstream", 2),
    ],
)
@pytest.mark.slow
def test_a_report_asks_the_same_for_more_rows(slug, queries, everything, heishui, ruoduo, django_assert_num_queries):
    source = FundingSourceFactory()
    for number in (1, 3, 30):
        for one in range(number):
            project, voucher = ProjectFactory(division=ruoduo), f"C-{number}-{one}"
            LedgerEntryFactory(source=source, division=heishui, project=project, voucher=voucher)
            LedgerEntryFactory(source=source, division=ruoduo, project=project, handed_down_from=voucher)
            PledgeFactory(source=source, division=ruoduo, project=project, first_year=2018)
            LedgerEntryFactory(source=source, division=ruoduo, kind="disbursement")

        with django_assert_num_queries(queries):
            list(BY_SLUG[slug].table(everything).rows)


def test_the_catalogue_offers_a_past_day_for_each_report_of_figures(auditor):
    for slug in ("annual-funding", "pledges-and-funding", "funding-ledger", "received-without-upstream"):
        assert "as_of" in BY_SLUG[slug].filters
    response = signed_in(auditor).get("/reports/per-capita-income/", {"as_of": "2024-03-01"})

    assert "As of 2024-03-01:" in response.content.decode()


def test_funding_by_project_has_a_row_for_what_is_tied_to_none(heishui, ruoduo, erniunai, manager, clerk):
    golden_money(heishui, ruoduo, erniunai)
    keys = ("project_code", "project", "allocated", "spent")

    found = [tuple(row.get(key) for key in keys) for row in rows("funding-by-project", Query(user=manager))]
    seen = [tuple(row.get(key) for key in keys) for row in rows("funding-by-project", Query(user=clerk))]

    assert found == [
        ("PV", "Power station", D("1500.30"), D("300.00")),
        ("ROAD", "Road", D("200.00"), D("50.05")),
        (None, "Not tied to a project", D("99.70"), D("0.00")),
    ]
    assert seen == found[:1]


def test_funding_by_area_is_that_of_the_places_right_below(heishui, ruoduo, erniunai, manager):
    golden_money(heishui, ruoduo, erniunai)
    county = Query(user=manager, area_code=heishui.code, prefixes=("513228",))
    village = Query(user=manager, area_code=ruoduo.code, prefixes=(ruoduo.code,))

    found = [(row["place_code"], row["place"], row["allocated"]) for row in rows("funding-by-area", county)]

    assert found == [
        ("513228212000", "Zhawo Countryside", D("1500.30")),
        ("513228213000", "Qinglang Countryside", D("200.00")),
        ("", "Not tied to a smaller place", D("99.70")),
    ]
    assert total("funding-by-area", county)["allocated"] == D("1800.00")
    assert (rows("funding-by-area", village), BY_SLUG["funding-by-area"].total(village)) == ([], {})

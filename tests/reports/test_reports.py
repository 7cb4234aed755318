"""The rows and totals of each report over the golden county, added up by hand there."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest
from django.utils import translation

from alleviation.accounts.rights import Right
from alleviation.common.figures import Figure, FigureSum
from alleviation.common.query import Query
from alleviation.reports.catalogue import BY_SLUG, CATALOGUE
from beneficiaries.filters import HOUSEHOLD_FIELDS
from projects.filters import FIELDS, QueryForm
from projects.models import AllianceActivity, AllianceParty, AlliancePledge
from projects.rollups import area_query, funding_total
from tests.factories import (
    AllianceFactory,
    AwardFactory,
    ClaimFactory,
    DocumentFactory,
    FundingSourceFactory,
    IncomeRecordFactory,
    LedgerEntryFactory,
    OfficialFactory,
    OrganisationFactory,
    PartyBranchFactory,
    PledgeFactory,
    ProjectFactory,
)
from tests.golden import golden_incomes, golden_money

MONEY = ("allocated", "disbursed", "spent", "refunded")


@pytest.fixture
def money(heishui, ruoduo, erniunai) -> None:
    golden_money(heishui, ruoduo, erniunai)


@pytest.fixture
def incomes(ruoduo, erniunai) -> None:
    golden_incomes(ruoduo, erniunai)


def rows(slug: str, query: Query) -> list[dict]:
    return list(BY_SLUG[slug].rows(query))


def cells(row: dict, *keys: str) -> tuple:
    return tuple(row.get(key) for key in keys)


def test_the_catalogue_has_the_reports_in_their_order():
    assert [report.slug for report in CATALOGUE] == [
        "annual-funding",
        "pledges-and-funding",
        "funding-by-project",
        "funding-by-area",
        "funding-ledger",
        "received-without-upstream",
        "per-capita-income",
        "per-capita-income-public",
        "income-cuts",
        "income-changes",
        "incomes",
        "household-register",
        "monitored-households",
        "early-warnings",
        "reach-by-project",
        "benefits-by-project",
        "claims",
        "reconciliation",
        "alliances",
        "awards",
        "red-flags",
        "audit-trail",
    ]


@pytest.mark.parametrize("report", CATALOGUE, ids=lambda report: report.slug)
def test_a_report_names_a_right_and_filters_that_there_are(report):
    assert Right(report.permission) in Right
    assert set(report.filters) <= {*FIELDS, *HOUSEHOLD_FIELDS}
    assert len({column.key for column in report.columns}) == len(report.columns)


@pytest.mark.parametrize("report", CATALOGUE, ids=lambda report: report.slug)
def test_an_empty_house_has_no_rows(report, everything):
    assert list(report.rows(everything)) == []
    assert report.number(everything) == 0


# --- funding-ledger ---------------------------------------------------------------------------------------------


def test_the_ledger_has_each_amount_in_the_column_of_its_kind(money, everything):
    found = rows("funding-ledger", everything)

    assert {cells(row, "year", *MONEY) for row in found if row["project_code"] == "PV"} == {
        (2018, D("1000.10"), None, None, None),
        (2018, D("500.20"), None, None, None),
        (2018, None, D("400.00"), None, None),
        (2018, None, None, D("300.00"), None),
    }


def test_the_ledgers_total_is_the_pages(money, everything):
    total = BY_SLUG["funding-ledger"].total(everything)

    assert cells(total, *MONEY) == (D("1800.00"), D("400.00"), D("350.05"), D("10.00"))
    assert cells(total, *MONEY) == tuple(getattr(funding_total(everything), key) for key in MONEY)


@pytest.mark.parametrize("slug", ["funding-ledger", "annual-funding"])
@pytest.mark.parametrize(
    "asked", [{}, {"year": 2018}, {"year": 2019}, {"plan": "13"}, {"kind": "road"}, {"source": "county"}]
)
@pytest.mark.slow
def test_the_rows_of_money_add_up_to_the_total_row(money, manager, slug, asked):
    query = QueryForm(asked, user=manager).query()

    found, total = rows(slug, query), BY_SLUG[slug].total(query)

    assert found != []
    for key in MONEY:
        assert sum((row.get(key) or D(0) for row in found), D("0.00")) == total[key]


def test_the_ledger_names_what_an_entry_belongs_to(money, everything):
    row = next(row for row in rows("funding-ledger", everything) if row.get("refunded"))

    assert cells(row, "year", "date", "kind", "project_code", "project", "source", "place_code", "place") == (
        2019,
        date(2019, 6, 30),
        "refund",
        "ROAD",
        "Road",
        "County budget",
        "513228213201",
        "Erniunai Village",
    )


def test_an_entry_without_a_project_leaves_its_cells_empty(money, everything):
    row = next(row for row in rows("funding-ledger", everything) if row.get("allocated") == D("99.70"))

    assert cells(row, "project_code", "project", "place") == ("", "", "Heishui County")


def test_the_ledger_marks_what_is_made_up(everything, ruoduo):
    LedgerEntryFactory(voucher="A", division=ruoduo, is_made_up=True)
    LedgerEntryFactory(voucher="B", division=ruoduo)

    found = {row["voucher"]: cells(row, "made_up", "_made_up") for row in rows("funding-ledger", everything)}

    assert found == {"A": ("made up", True), "B": ("", False)}
    assert cells(BY_SLUG["funding-ledger"].total(everything), "made_up", "_made_up") == ("partly made up", "partly")


def test_a_report_is_in_the_readers_language(everything, ruoduo):
    LedgerEntryFactory(division=ruoduo, project=ProjectFactory(division=ruoduo, name="Road", name_zh="公路"))

    with translation.override("zh-hans"):
        (row,) = rows("funding-ledger", everything)

    assert cells(row, "project", "place") == ("公路", "若多村")


def test_the_ledger_counts_its_rows_without_reading_them(money, everything, django_assert_num_queries):
    with django_assert_num_queries(2):  # of entries, and of what was handed on
        assert BY_SLUG["funding-ledger"].number(everything) == 8


@pytest.mark.parametrize("name", ["clerk", "stranger", "administrator"])
def test_the_ledger_holds_the_readers_area_alone(money, request, manager, name):
    expected = {"clerk": 4, "stranger": 0, "administrator": 0}  # PV in Ruoduo; nothing in Hezhou; no business data

    assert len(rows("funding-ledger", Query(user=manager))) == 8
    assert len(rows("funding-ledger", Query(user=request.getfixturevalue(name)))) == expected[name]


# --- annual-funding ---------------------------------------------------------------------------------------------


def test_annual_funding_by_year_and_source(money, everything):
    found = [cells(row, "year", "source_code", *MONEY, "execution_rate") for row in rows("annual-funding", everything)]

    assert found == [
        (2018, "company", D("1000.10"), D("0.00"), D("0.00"), D("0.00"), D("0")),
        (2018, "county", D("500.20"), D("400.00"), D("300.00"), D("0.00"), D("300.00") / D("500.20")),
        (2019, "county", D("299.70"), D("0.00"), D("50.05"), D("10.00"), D("50.05") / D("299.70")),
    ]


def test_the_total_execution_rate_is_the_ratio_of_the_sums(money, everything):
    total = BY_SLUG["annual-funding"].total(everything)

    assert total["execution_rate"] == D("350.05") / D("1800.00")


def test_where_nothing_was_allocated_there_is_no_rate(everything, ruoduo):
    LedgerEntryFactory(division=ruoduo, kind="expenditure")

    (row,) = rows("annual-funding", everything)

    assert cells(row, "allocated", "spent", "execution_rate") == (D("0.00"), D("100.00"), None)


def test_what_is_pledged_stands_beside_what_is_booked(money, everything, ruoduo):
    company = FundingSourceFactory(code="company")
    PledgeFactory(source=company, division=ruoduo, low=D("5000.00"), first_year=2018)
    PledgeFactory(source=company, division=ruoduo, qualifier="over", low=D("300.00"), high=None, first_year=2018)
    PledgeFactory(source=company, division=ruoduo, qualifier="unstated", low=None, high=None, first_year=2018)

    row = next(row for row in rows("annual-funding", everything) if row["source_code"] == "company")
    total = BY_SLUG["annual-funding"].total(everything)

    assert cells(row, "year", "allocated", "pledged", "pledged_not_stated") == (
        2018,
        D("1000.10"),
        FigureSum(Figure.over("5300.00"), 1),
        1,
    )
    assert cells(total, "allocated", "pledged") == (D("1800.00"), FigureSum(Figure.over("5300.00"), 1))


def test_a_pledge_of_a_year_without_entries_has_a_row(everything, ruoduo):
    PledgeFactory(division=ruoduo, low=D("5000.00"), first_year=2017)

    (row,) = rows("annual-funding", everything)

    assert cells(row, "year", "allocated", "pledged") == (2017, None, FigureSum(Figure.exact("5000.00"), 0))


@pytest.mark.parametrize("what", ["entry", "pledge"])
def test_a_sum_in_which_something_is_made_up_is_marked(everything, ruoduo, what):
    LedgerEntryFactory(division=ruoduo, year=2018, is_made_up=what == "entry")
    PledgeFactory(division=ruoduo, first_year=2018, is_made_up=what == "pledge")
    LedgerEntryFactory(division=ruoduo, year=2019)

    assert [cells(row, "year", "made_up", "_made_up") for row in rows("annual-funding", everything)] == [
        (2018, "partly made up", "partly"),
        (2019, "", False),
    ]
    assert cells(BY_SLUG["annual-funding"].total(everything), "made_up", "_made_up") == ("partly made up", "partly")


def test_an_income_in_which_something_is_made_up_is_marked(everything, ruoduo):
    IncomeRecordFactory(household__village=ruoduo, household__is_made_up=True, year=2018)
    IncomeRecordFactory(household__village=ruoduo, year=2019)

    assert [cells(row, "year", "made_up", "_made_up") for row in rows("per-capita-income", everything)] == [
        (2018, "made up", True),
        (2019, "", False),
    ]
    total = BY_SLUG["per-capita-income"].total(everything)
    assert cells(total, "made_up", "_made_up") == ("partly made up", "partly")


def test_a_year_without_pledges_says_nothing_of_pledges(money, everything):
    assert {cells(row, "pledged", "pledged_not_stated") for row in rows("annual-funding", everything)} == {
        (None, None)
    }


@pytest.mark.slow
def test_annual_funding_asks_the_database_the_same_for_more_rows(everything, ruoduo, django_assert_num_queries):
    report = BY_SLUG["annual-funding"]
    for wanted in (1, 3, 30):
        for number in range(LedgerEntryFactory._meta.model.objects.count(), wanted):
            LedgerEntryFactory(division=ruoduo, year=1990 + number)
            PledgeFactory(division=ruoduo, first_year=1990 + number)

        # Sums by source, sources; the total; pledges and revisions twice.
        with django_assert_num_queries(7):
            assert len(list(report.rows(everything))) == wanted
            report.total(everything)


# --- per-capita-income ------------------------------------------------------------------------------------------


def test_income_by_year_and_the_places_below(incomes, manager, heishui):
    query = area_query(Query(user=manager), heishui)

    found = [
        cells(row, "year", "place", "households", "persons", "net_income") for row in rows("per-capita-income", query)
    ]

    assert found == [
        (2018, "Zhawo Countryside", 2, 6, D("13500.00")),
        (2018, "Qinglang Countryside", 1, 3, D("6000.00")),
        (2019, "Zhawo Countryside", 1, 4, D("12000.00")),
    ]


def test_per_capita_is_the_ratio_of_sums_with_the_line_beside_it(incomes, everything):
    found = [
        cells(row, "year", "place_code", "per_capita", "line", "concept")
        for row in rows("per-capita-income", everything)
    ]

    assert found == [
        (2018, "510000000000", D("19500.00") / 9, Figure.exact("2800.00"), "disposable income"),
        (2019, "510000000000", D("3000"), None, ""),
    ]


def test_a_village_is_its_own_only_row_of_each_year(incomes, manager, ruoduo):
    found = rows("per-capita-income", area_query(Query(user=manager), ruoduo))

    assert [cells(row, "year", "place_code", "persons", "per_capita") for row in found] == [
        (2018, "513228212205", 6, D("2250")),
        (2019, "513228212205", 4, D("3000")),
    ]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("area", ["", "513228000000", "513228212000", "513228212205"])
@pytest.mark.parametrize("year", ["", "2018", "2019"])
def test_the_rows_of_incomes_add_up_to_the_total_row(incomes, manager, area, year):
    query = QueryForm({"area": area, "year": year}, user=manager).query()

    found, total = rows("per-capita-income", query), BY_SLUG["per-capita-income"].total(query)

    assert found != []
    for key in ("households", "persons", "wage_income", "property_income", "expenses", "net_income"):
        assert sum(row[key] for row in found) == total[key]


def test_a_household_counts_once_in_each_year(incomes, everything):
    total = BY_SLUG["per-capita-income"].total(everything)

    assert cells(total, "households", "persons", "net_income", "per_capita") == (
        4,  # three in 2018, one in 2019
        13,
        D("31500.00"),
        D("31500.00") / 13,
    )


def test_incomes_hold_the_readers_area_alone(incomes, clerk, stranger, administrator):
    totals = [BY_SLUG["per-capita-income"].total(Query(user=user)) for user in (clerk, stranger, administrator)]

    assert [total.get("persons") for total in totals] == [10, None, None]


# --- claims -----------------------------------------------------------------------------------------------------


def test_a_claim_has_its_bounds_its_words_and_its_place_in_the_text(everything):
    document = DocumentFactory(title="The road", text="A road of over 3 km.", published_on=date(2018, 5, 1))
    claim = ClaimFactory(
        code="F-01",
        document=document,
        start=7,
        end=19,
        subject="Xili Village",
        attribute="has a road",
        measure="I",
        qualifier="over",
        low=D("3.0000"),
        unit="km",
        basis="once",
        status="happened",
        period="2017",
    )

    (row,) = rows("claims", everything)

    assert {key: value for key, value in row.items() if not key.startswith("_")} == {
        "code": claim.code,
        "subject": "Xili Village",
        "fact": "has a road",
        "measure": "infrastructure spend",
        "figure": Figure.over("3.0000"),
        "unit": "km",
        "unit_code": "km",
        "basis": "once",
        "period": "2017",
        "status": "happened",
        "adopted_by": "",
        "adoption_reason": "",
        "document": "The road",
        "published_on": date(2018, 5, 1),
        "start": 7,
        "end": 19,
        "quote": "of over 3 km",
        "made_up": "",
    }


def test_a_claim_without_figure_or_text_leaves_them_empty(everything):
    ClaimFactory()

    (row,) = rows("claims", everything)

    assert cells(row, "figure", "unit", "quote", "status") == (None, "", "", "")


def test_claims_are_never_added_up(everything):
    ClaimFactory(qualifier="exact", low=D("1"), high=D("1"))

    assert BY_SLUG["claims"].total(everything) is None


def test_claims_by_measure_and_status(manager):
    ClaimFactory(code="A", measure="F", status="pledged")
    ClaimFactory(code="B", measure="F", status="spent")
    ClaimFactory(code="C", measure="P", status="spent")

    def codes(**asked: str) -> list[str]:
        return sorted(row["code"] for row in rows("claims", Query(user=manager, **asked)))

    assert codes(measure="F") == ["A", "B"]
    assert codes(status="spent") == ["B", "C"]
    assert codes(measure="F", status="spent") == ["B"]


def test_claims_read_each_text_once(everything, django_assert_num_queries):
    for wanted in (1, 3, 30):
        for _n in range(len(rows("claims", everything)), wanted):
            ClaimFactory()

        with django_assert_num_queries(2):  # the claims; their documents, a text of five megabytes not once for each
            assert len(rows("claims", everything)) == wanted


# --- alliances, awards ------------------------------------------------------------------------------------------


def an_alliance(place):
    alliance = AllianceFactory(division=place, title="Alliance", title_zh="联建", signed_on=date(2018, 6, 1))
    for name in ("Company branch", "Village branch"):
        AllianceParty.objects.create(alliance=alliance, branch=PartyBranchFactory(name=name))
    AllianceActivity.objects.create(alliance=alliance, kind="visit", title="A visit")
    for done_on in (date(2019, 1, 1), date(2019, 2, 1), None):
        AlliancePledge.objects.create(alliance=alliance, undertaking="A road", done_on=done_on)
    return alliance


def test_an_alliance_has_its_parties_and_counts(everything, ruoduo):
    an_alliance(ruoduo)

    (row,) = rows("alliances", everything)

    assert cells(row, "title", "place_code", "place", "parties", "signed_on", "activities", "done", "open") == (
        "Alliance",
        "513228212205",
        "Ruoduo Village",
        "Company branch; Village branch",
        date(2018, 6, 1),
        1,
        2,
        1,
    )


def test_alliances_add_up_to_the_total_row_of_the_area(manager, ruoduo, hezhou, heishui):
    an_alliance(ruoduo)
    AllianceActivity.objects.create(alliance=AllianceFactory(division=hezhou), kind="visit", title="Elsewhere")
    report = BY_SLUG["alliances"]

    everywhere, here = Query(user=manager), area_query(Query(user=manager), heishui)

    assert report.total(everywhere) == {"activities": 2, "done": 2, "open": 1}
    assert report.total(here) == {"activities": 1, "done": 2, "open": 1}
    for query in (everywhere, here):
        found = rows("alliances", query)
        assert {key: sum(row[key] for row in found) for key in ("activities", "done", "open")} == report.total(query)


def test_alliances_hold_the_readers_area_alone(clerk, stranger, ruoduo):
    an_alliance(ruoduo)

    assert [len(rows("alliances", Query(user=user))) for user in (clerk, stranger)] == [1, 0]
    assert BY_SLUG["alliances"].total(Query(user=stranger)) == {"activities": 0, "done": 0, "open": 0}


def test_an_award_goes_to_a_person_or_to_an_organisation(everything):
    AwardFactory(
        title="Model", level="national", official=OfficialFactory(name="Zhang"), conferred_on=date(2021, 2, 25)
    )
    AwardFactory(title="Advanced", official=None, organisation=OrganisationFactory(name="Company", name_zh="公司"))

    found = [cells(row, "title", "level", "winner", "conferred_on") for row in rows("awards", everything)]
    with translation.override("zh-hans"):
        in_chinese = [row["winner"] for row in rows("awards", everything)]

    assert found == [
        ("Model", "national", "Zhang", date(2021, 2, 25)),
        ("Advanced", "not stated", "Company", None),
    ]
    assert in_chinese == ["Zhang", "公司"]


@pytest.mark.parametrize("slug", ["funding-ledger", "alliances", "awards", "per-capita-income"])
def test_a_report_asks_the_database_the_same_for_more_rows(slug, everything, ruoduo, django_assert_max_num_queries):
    makers = {
        "funding-ledger": lambda n: LedgerEntryFactory(division=ruoduo),
        "alliances": lambda n: AllianceFactory(division=ruoduo),
        "awards": lambda n: AwardFactory(),
        "per-capita-income": lambda n: golden_year(ruoduo, 1990 + n),
    }
    asked = []
    for first, wanted in ((0, 1), (1, 3), (3, 30)):
        for number in range(first, wanted):
            makers[slug](number)
        with django_assert_max_num_queries(12) as queries:
            assert len(rows(slug, replace(everything, memory={}))) == wanted
        asked.append(len(queries))

    assert asked == [asked[0]] * 3


def golden_year(place, year: int) -> None:
    IncomeRecordFactory(household__village=place, year=year)

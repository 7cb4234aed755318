"""The funding page against the golden county, added up by hand in tests/golden.py."""

from decimal import Decimal
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.audit.models import AuditEvent, Verb
from alleviation.common.query import Query
from alleviation.dashboards.figures.ledger_tables import SHOWN
from projects.choices import PledgeBasis
from projects.models import Division, Succession
from projects.rollups import funding_by_year_and_source
from tests.conftest import signed_in
from tests.factories import (
    ClaimFactory,
    DocumentFactory,
    FundingSourceFactory,
    LedgerEntryFactory,
    PledgeFactory,
    place,
)
from tests.golden import golden_money

SUMS = ("allocated", "disbursed", "spent", "refunded")


@pytest.fixture
def county(heishui: Division, ruoduo: Division, erniunai: Division) -> Division:
    golden_money(heishui, ruoduo, erniunai)
    return heishui


def table(user: User, slug: str, **filters: Any) -> Any:
    response = signed_in(user).get("/funding/", filters)
    return response.context["tables"][slug].table


def sums(row: dict[str, Any]) -> list[str]:
    return [str(row[name]) for name in SUMS]


def test_by_year_is_the_sum_by_hand(manager: User, county: Division) -> None:
    found = table(manager, "annual_funding")

    assert [(row["year"], *sums(row)) for row in found.rows] == [
        (2018, "1500.30", "400.00", "300.00", "0.00"),
        (2019, "299.70", "0.00", "50.05", "10.00"),
    ]
    assert sums(found.total) == ["1800.00", "400.00", "350.05", "10.00"]


def test_execution_rate_is_spent_by_allocated(manager: User, county: Division) -> None:
    rows = table(manager, "annual_funding").rows

    assert rows[0]["execution_rate"] == Decimal("300.00") / Decimal("1500.30")


@pytest.mark.slow
def test_by_plan_gathers_the_years_of_a_plan(manager: User, county: Division, ruoduo: Division) -> None:
    LedgerEntryFactory(year=2021, division=ruoduo, amount=Decimal("7.00"))
    LedgerEntryFactory(year=2005, division=ruoduo, amount=Decimal("3.00"))

    rows = table(manager, "funding_by_plan").rows

    assert [(row["plan"], str(row["allocated"])) for row in rows] == [
        ("13th Five-Year Plan (2016-2020)", "1800.00"),
        ("14th Five-Year Plan (2021-2025)", "7.00"),
        ("Other years", "3.00"),
    ]


def test_by_source_gathers_the_years_of_a_source(manager: User, county: Division) -> None:
    rows = table(manager, "funding_by_source").rows

    assert [(row["source"], row["level"], str(row["allocated"])) for row in rows] == [
        ("Power company", "enterprise", "1000.10"),
        ("County budget", "county government", "799.90"),
    ]


def test_year_and_source_are_kept_apart_for_the_report(everything: Query, county: Division) -> None:
    sums = funding_by_year_and_source(everything)

    assert [(one.key[:2], str(one.allocated)) for one in sums] == [
        ((2018, "company"), "1000.10"),
        ((2018, "county"), "500.20"),
        ((2019, "county"), "299.70"),
    ]


def test_by_project_shows_what_is_tied_to_none(manager: User, county: Division) -> None:
    rows = table(manager, "funding_by_project").rows

    assert {row["project"]: str(row["allocated"]) for row in rows} == {
        "PV Power station": "1500.30",
        "ROAD Road": "200.00",
        "Not tied to a project": "99.70",
    }


def test_by_kind_shows_what_is_tied_to_none(manager: User, county: Division) -> None:
    rows = table(manager, "funding_by_kind").rows

    assert {row["kind"]: str(row["allocated"]) for row in rows} == {
        "photovoltaic, centralised": "1500.30",
        "road": "200.00",
        "Not tied to a project": "99.70",
    }


def test_by_area_adds_up_to_the_county_and_names_what_lies_in_no_countryside(manager: User, county: Division) -> None:
    found = table(manager, "funding_by_area", area=county.code)

    assert [(row["area"], str(row["allocated"])) for row in found.rows] == [
        ("Zhawo Countryside", "1500.30"),
        ("Qinglang Countryside", "200.00"),
        ("Not tied to a smaller place", "99.70"),
    ]
    assert str(found.total["allocated"]) == "1800.00"


@pytest.mark.slow
def test_by_area_gathers_a_former_village_in_its_successor(manager: User, county: Division, ruoduo: Division) -> None:
    today = place("513228107205", "若多村民委员会", vintage=2023, name_en="Ruoduo Village")
    town = place("513228107", "扎窝镇", vintage=2023, name_en="Zhawo Town")
    Succession.objects.create(predecessor=ruoduo, successor=today, kind="recoded", source="both lists")
    LedgerEntryFactory(year=2023, division=today, amount=Decimal("5.00"))

    rows = table(manager, "funding_by_area", area=town.code).rows

    assert [(row["area"], str(row["allocated"])) for row in rows] == [("Ruoduo Village", "5.00")]
    village = table(manager, "annual_funding", area=today.code)
    assert str(village.total["allocated"]) == "1505.30"


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("filters", "allocated"),
    [
        ({"year": "2018"}, "1500.30"),
        ({"plan": "13"}, "1800.00"),
        ({"kind": "road"}, "200.00"),
        ({"source": "enterprise"}, "1000.10"),
        ({"area": "513228213201"}, "200.00"),
        ({"year": "2018", "source": "county"}, "500.20"),
    ],
)
def test_every_total_follows_the_filter(
    manager: User, county: Division, filters: dict[str, str], allocated: str
) -> None:
    response = signed_in(manager).get("/funding/", filters)

    tables = {slug: panel.table for slug, panel in response.context["tables"].items()}
    # What came from nowhere is a list of some entries.
    totals = {slug: one.total for slug, one in tables.items() if one.total and slug != "received_without_upstream"}
    # The table by area has no row below a village, and so no total.
    assert len(totals) == (8 if "area" in filters else 10)
    assert {str(total.get("allocated", total.get("whole"))) for total in totals.values()} == {allocated}


def test_years_without_an_entry_have_no_total_rather_than_zero(manager: User, county: Division) -> None:
    found = table(manager, "annual_funding", plan="14")

    assert (found.rows, found.total.get("allocated")) == ([], None)


def test_a_clerk_sees_the_sums_of_their_area_alone(clerk: User, county: Division) -> None:
    found = table(clerk, "annual_funding")

    assert sums(found.total) == ["1500.30", "400.00", "300.00", "0.00"]


def test_a_foreign_area_is_not_found(stranger: User, county: Division, hezhou: Division) -> None:
    client = signed_in(stranger)

    assert client.get("/funding/", {"area": hezhou.code}).status_code == 200
    assert client.get("/funding/", {"area": county.code}).status_code == 404


def test_a_wrong_filter_shows_its_error_and_no_figure(manager: User, county: Division) -> None:
    response = signed_in(manager).get("/funding/", {"year": "nineteen"})

    assert response.context["form"].errors == {"year": ["Enter a whole number."]}
    assert response.context["tables"] == {}


@pytest.mark.slow
def test_pledge_without_a_start_is_shown_from_its_document_and_not_added(manager: User, county: Division) -> None:
    document = DocumentFactory(event_on="2018-11-23")
    PledgeFactory(
        division=county,
        basis=PledgeBasis.PER_YEAR,
        low=Decimal("4032000.00"),
        last_year=2019,
        stated_in=document,
        source=FundingSourceFactory(code="company"),
    )

    found = table(manager, "annual_funding")

    assert [(row["year"], row["pledged"].words("CNY")) for row in found.rows] == [
        (2018, "RMB 4,032,000"),
        (2019, "RMB 4,032,000"),
    ]
    assert found.total["pledged"].words("CNY") == "RMB 8,064,000"
    assert str(found.total["allocated"]) == "1800.00"
    assert table(manager, "pledges").rows[0]["years"] == "start not stated, shown from 2018 to 2019"


@pytest.mark.slow
def test_money_that_a_document_states_is_listed_and_enters_no_total(manager: User, county: Division) -> None:
    ClaimFactory(code="B21", measure="F", qualifier="over", low=Decimal("200000000"), unit="CNY", division=county)

    rows = table(manager, "stated_money").rows

    assert [(row["code"], row["figure"].words("CNY")) for row in rows] == [("B21", "over RMB 200,000,000")]
    assert str(table(manager, "annual_funding").total["allocated"]) == "1800.00"


def test_csv_of_a_table_adds_up_and_leaves_an_event(auditor: User, county: Division) -> None:
    response = signed_in(auditor).get("/funding/", {"csv": "annual-funding", "year": "2018"})

    lines = response.getvalue().decode("utf-8-sig").split("\r\n")
    assert lines[1] == "2018,,,,1500.30,400.00,300.00,0.00,20.0"
    assert lines[2] == "Total,,,,1500.30,400.00,300.00,0.00,20.0"
    event = AuditEvent.objects.get(verb=Verb.DOWNLOADED)
    assert (event.actor, event.subject) == ("auditor", "annual-funding")
    assert event.after == {"page": "/funding/", "year": "2018"}


def test_csv_of_an_unknown_table_is_not_found(manager: User, county: Division) -> None:
    assert signed_in(manager).get("/funding/", {"csv": "secrets"}).status_code == 404


def test_an_administrator_sees_no_money(administrator: User, county: Division) -> None:
    assert signed_in(administrator).get("/funding/").status_code == 403


def test_an_empty_ledger_says_what_to_do(manager: User) -> None:
    response = signed_in(manager).get("/funding/")

    assert response.context["tables"]["annual_funding"].table.rows == []
    assert (
        "No money is booked for this filter. Widen the filter, or enter a ledger entry." in response.content.decode()
    )


@pytest.mark.parametrize("entries", [1, 3, 30])
@pytest.mark.slow
def test_the_page_costs_the_same_with_more_rows(
    manager: User, ruoduo: Division, entries: int, django_assert_num_queries: Any
) -> None:
    for number in range(entries):
        LedgerEntryFactory(division=ruoduo, year=2010 + number % 9)
    client = signed_in(manager)
    client.get("/funding/")

    # Session, user, versions; total, years, plans, sources, kinds, projects and areas; the names of sources;
    # successions, latest list and names of areas; by year and level with the sources, and kind; by year and area, and
    # by source, kind and area, both with what areas became; pledges twice; what waits; what has no upstream, rows and
    # sum; claims of money; banner; the form's latest list and provinces. Of what has no upstream and is more than a
    # page shows there is no sum.
    with django_assert_num_queries(30 if entries > SHOWN else 31):
        client.get("/funding/")


def test_sums_say_whether_all_or_some_of_them_is_made_up(manager: User, ruoduo: Division) -> None:
    LedgerEntryFactory(division=ruoduo, year=2018, is_made_up=True)
    LedgerEntryFactory(division=ruoduo, year=2019, is_made_up=True)
    LedgerEntryFactory(division=ruoduo, year=2019)
    PledgeFactory(division=ruoduo, first_year=2020)

    found = table(manager, "annual_funding")

    assert [(row["year"], row["_made_up"]) for row in found.rows] == [(2018, True), (2019, "partly"), (2020, False)]
    assert found.total["_made_up"] == "partly"
    assert [line.is_partly_made_up for line in found.body()] == [False, True, False]

"""The pages of funding sources and of pledges: who pays what for whom, and what was promised for which years."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from alleviation.accounts.models import User
from projects.choices import EntryKind, PledgeBasis, SourceLevel
from projects.models import Division, FundingSource, Pledge
from tests.conftest import signed_in
from tests.factories import (
    DocumentFactory,
    FundingSourceFactory,
    LedgerEntryFactory,
    PledgeFactory,
    ProjectFactory,
)


@pytest.fixture
def firm(db: None) -> FundingSource:
    return FundingSourceFactory(
        code="firm", name="Power firm", name_zh="电力公司", level=SourceLevel.ENTERPRISE, is_made_up=False
    )


@pytest.fixture
def money(firm: FundingSource, ruoduo: Division, erniunai: Division) -> FundingSource:
    """The firm pays 100.10 for a road, 20.02 for a dam elsewhere, 3.00 for nothing named; the county pays 500.00."""
    road = ProjectFactory(code="ROAD", name="Road", division=ruoduo)
    dam = ProjectFactory(code="DAM", name="Dam", division=erniunai)
    LedgerEntryFactory(source=firm, division=ruoduo, project=road, year=2018, amount=Decimal("100.10"))
    LedgerEntryFactory(source=firm, division=ruoduo, project=dam, year=2019, amount=Decimal("20.02"))
    LedgerEntryFactory(source=firm, division=ruoduo, year=2019, amount=Decimal("3.00"), kind=EntryKind.EXPENDITURE)
    LedgerEntryFactory(division=ruoduo, project=road, year=2018, amount=Decimal("500.00"))
    PledgeFactory(source=firm, division=ruoduo, project=dam, low=Decimal("7.00"), first_year=2020)
    PledgeFactory(division=ruoduo, low=Decimal("9.00"), first_year=2020)
    return firm


@pytest.fixture
def promise(firm: FundingSource, ruoduo: Division) -> Pledge:
    """Over 4,032,000 yuan a year for a station, until 2020; a document of 2018 states it."""
    station = ProjectFactory(code="PV", name="Station", division=ruoduo)
    return PledgeFactory(
        source=firm,
        division=ruoduo,
        project=station,
        basis=PledgeBasis.PER_YEAR,
        qualifier="over",
        low=Decimal("4032000.00"),
        high=None,
        last_year=2020,
        stated_in=DocumentFactory(title="Report", event_on=date(2018, 11, 23)),
        note="as the report has it",
    )


def context(user: User, path: str, **asked: str) -> Any:
    return signed_in(user).get(path, asked).context


def facts(user: User, path: str) -> dict[str, list[tuple[str, str]]]:
    found = context(user, path)["facts"]
    return {str(one.label): [(link.text, link.url) for link in one.links] for one in found}


def test_list_shows_every_source_with_its_level_and_money(manager: User, money: FundingSource) -> None:
    FundingSourceFactory(code="idle", name="Idle fund", level=SourceLevel.COUNTY, is_made_up=True)

    table = context(manager, "/sources/")["tables"]["sources"].table

    keys = ("name", "level", "allocated", "disbursed", "spent", "_url", "_made_up")
    nothing = Decimal("0.00")
    assert [tuple(row.get(key) for key in keys) for row in table.rows] == [
        ("County budget", "county government", Decimal("500.00"), nothing, nothing, "/sources/county/", False),
        ("Power firm (电力公司)", "enterprise", Decimal("120.12"), nothing, Decimal("3.00"), "/sources/firm/", False),
        ("Idle fund", "county government", None, None, None, "/sources/idle/", True),
    ]  # fmt: skip
    assert (table.total["allocated"], table.total["spent"]) == (Decimal("620.12"), Decimal("3.00"))


def test_list_without_any_entry_has_no_total(manager: User, firm: FundingSource) -> None:
    table = context(manager, "/sources/")["tables"]["sources"].table

    assert ([row["name"] for row in table.rows], table.total) == (["Power firm (电力公司)"], None)


def test_list_follows_its_filter_and_the_readers_area(
    manager: User, stranger: User, money: FundingSource, hezhou: Division
) -> None:
    filtered = context(manager, "/sources/", source="enterprise", year="2018")["tables"]["sources"].table
    foreign = context(stranger, "/sources/")["tables"]["sources"].table

    assert [(row["name"], str(row["allocated"])) for row in filtered.rows] == [("Power firm (电力公司)", "100.10")]
    assert [(row["name"], row.get("allocated")) for row in foreign.rows] == [
        ("County budget", None),
        ("Power firm (电力公司)", None),
    ]


def test_page_shows_the_money_of_one_source_alone(manager: User, money: FundingSource) -> None:
    found = context(manager, "/sources/firm/")
    years, projects, pledges = (
        found["tables"][slug].table for slug in ("annual_funding", "funding_by_project", "pledges")
    )

    assert found["title"] == "Power firm (电力公司)"
    assert facts(manager, "/sources/firm/") == {"Code": [("firm", "")], "Level": [("enterprise", "")]}
    assert [(row["year"], str(row.get("allocated"))) for row in years.rows] == [
        (2018, "100.10"),
        (2019, "20.02"),
        (2020, "None"),
    ]
    assert (str(years.total["allocated"]), str(years.total["spent"])) == ("120.12", "3.00")
    assert [(row["project"], str(row["allocated"])) for row in projects.rows] == [
        ("ROAD Road", "100.10"),
        ("DAM Dam", "20.02"),
        ("Not tied to a project", "0.00"),
    ]
    assert [row["amount"].words("CNY") for row in pledges.rows] == ["RMB 7"]


def test_page_of_a_source_names_no_foreign_project(clerk: User, money: FundingSource) -> None:
    response = signed_in(clerk).get("/sources/firm/")
    rows = response.context["tables"]["funding_by_project"].table.rows

    assert sorted((row["project"], row.get("_url", "")) for row in rows) == [
        ("A project outside your area", ""),
        ("Not tied to a project", ""),
        ("ROAD Road", "/projects/ROAD/"),
    ]
    assert [row["project"] for row in response.context["tables"]["pledges"].table.rows] == [""]
    assert "Dam" not in response.content.decode()


@pytest.mark.slow
def test_funding_page_leads_to_sources_and_pledges(manager: User, promise: Pledge) -> None:
    LedgerEntryFactory(source=promise.source, division=promise.division)

    found = context(manager, "/funding/")["tables"]

    assert [row["_url"] for row in found["funding_by_source"].table.rows] == ["?source_code=firm"]
    assert [row["_url"] for row in found["pledges"].table.rows] == [f"/pledges/{promise.pk}/"]
    assert 'href="/sources/"' in signed_in(manager).get("/funding/").content.decode()


def test_a_code_that_cannot_stand_in_an_address_is_asked_for_instead(manager: User, ruoduo: Division) -> None:
    LedgerEntryFactory(source=FundingSourceFactory(code="a/b ü"), division=ruoduo)

    rows = context(manager, "/funding/")["tables"]["funding_by_source"].table.rows

    assert [row["_url"] for row in rows] == ["?source_code=a%2Fb+%C3%BC"]


def test_pledge_shows_what_is_stated_and_where(manager: User, promise: Pledge) -> None:
    found = facts(manager, f"/pledges/{promise.pk}/")

    assert found == {
        "Amount": [("over RMB 4,032,000", f"/explain/pledge/?of={promise.pk}")],
        "Paid": [("per year", "")],
        "Years": [("start not stated, shown from 2018 to 2020", "")],
        "Pledged by": [("Power firm (电力公司)", "/sources/firm/")],
        "For": [("Ruoduo Village (若多村) 513228212205", "/areas/513228212205/")],
        "Project": [("PV Station", "/projects/PV/")],
        "Stated in": [("Report", f"/documents/{promise.stated_in_id}/")],
        "Note": [("as the report has it", "")],
    }


def test_pledge_shows_the_years_it_is_shown_in(manager: User, promise: Pledge) -> None:
    table = context(manager, f"/pledges/{promise.pk}/")["tables"]["pledged_years"].table

    assert [(row["year"], row["pledged"].words("CNY")) for row in table.rows] == [
        (2018, "over RMB 4,032,000"),
        (2019, "over RMB 4,032,000"),
        (2020, "over RMB 4,032,000"),
    ]
    assert table.total["pledged"].words("CNY") == "over RMB 12,096,000"


def test_pledge_is_shown_in_stated_years_to_come(manager: User, ruoduo: Division) -> None:
    pledge = PledgeFactory(division=ruoduo, basis=PledgeBasis.PER_YEAR, first_year=2098, last_year=2100)

    table = context(manager, f"/pledges/{pledge.pk}/")["tables"]["pledged_years"].table

    assert [row["year"] for row in table.rows] == [2098, 2099, 2100]


@pytest.mark.parametrize("years", [{}, {"first_year": 2100, "basis": PledgeBasis.PER_YEAR}])
def test_pledge_that_has_no_year_or_has_not_begun_is_in_no_year(
    manager: User, ruoduo: Division, years: dict[str, Any]
) -> None:
    pledge = PledgeFactory(division=ruoduo, **years)

    table = context(manager, f"/pledges/{pledge.pk}/")["tables"]["pledged_years"].table

    assert (table.rows, table.total) == ([], None)


def test_pledge_says_what_is_not_stated(manager: User, ruoduo: Division) -> None:
    pledge = PledgeFactory(division=ruoduo, qualifier="unstated", low=None, high=None)

    found = facts(manager, f"/pledges/{pledge.pk}/")

    assert [found[label][0][0] for label in ("Amount", "Years", "Project", "Stated in")] == [
        "not stated",
        "start not stated",
        "Not tied to a project",
        "not stated",
    ]


def test_pledge_names_no_foreign_project(clerk: User, promise: Pledge, erniunai: Division) -> None:
    promise.project = ProjectFactory(code="DAM", name="Dam", division=erniunai)
    promise.save()

    response = signed_in(clerk).get(f"/pledges/{promise.pk}/")

    assert facts(clerk, f"/pledges/{promise.pk}/")["Project"] == [("A project outside your area", "")]
    assert "Dam" not in response.content.decode()


def test_foreign_pledge_is_not_found(clerk: User, stranger: User, promise: Pledge) -> None:
    assert signed_in(clerk).get(f"/pledges/{promise.pk}/").status_code == 200

    assert signed_in(stranger).get(f"/pledges/{promise.pk}/").status_code == 404


@pytest.mark.parametrize("path", ["/sources/nobody/", "/pledges/0/", f"/pledges/{10**30}/"])
def test_what_is_not_there_is_not_found(manager: User, promise: Pledge, path: str) -> None:
    assert signed_in(manager).get(path).status_code == 404


@pytest.mark.parametrize("path", ["/sources/", "/sources/firm/", "/pledges/{pk}/"])
def test_administrator_sees_no_source_and_no_pledge(administrator: User, promise: Pledge, path: str) -> None:
    assert signed_in(administrator).get(path.format(pk=promise.pk)).status_code == 403


def test_made_up_source_and_pledge_are_marked(manager: User, ruoduo: Division) -> None:
    pledge = PledgeFactory(division=ruoduo, first_year=2019, is_made_up=True)
    FundingSourceFactory(code="invented", is_made_up=True)

    contents = [
        signed_in(manager).get(path).content.decode() for path in ("/sources/invented/", f"/pledges/{pledge.pk}/")
    ]

    # The source: its heading. The pledge: its heading, its one version, its one year, the total.
    assert [content.count("badge-made-up") for content in contents] == [1, 4]


@pytest.mark.parametrize(
    ("path", "slug", "lines"),
    [
        ("/sources/", "sources", ["Power firm (电力公司),enterprise,,,"]),
        (
            "/pledges/{pk}/",
            "pledged-years",
            [f"{year},over,4032000.00," for year in (2018, 2019, 2020)] + ["Total,over,12096000.00,"],
        ),
    ],
)
def test_tables_can_be_taken_away(manager: User, promise: Pledge, path: str, slug: str, lines: list[str]) -> None:
    response = signed_in(manager).get(path.format(pk=promise.pk), {"csv": slug})

    assert response.getvalue().decode("utf-8-sig").split("\r\n")[1:-1] == lines


@pytest.mark.parametrize("number", [1, 3, 30])
def test_list_costs_the_same_for_any_number_of_sources(
    manager: User, ruoduo: Division, number: int, django_assert_num_queries: Any
) -> None:
    for one in range(number):
        LedgerEntryFactory(source=FundingSourceFactory(code=f"S{one}"), division=ruoduo)
    client = signed_in(manager)

    # session, user, versions; sums by source, names; sources; whether the example is loaded; the
    # form's latest list and provinces
    with django_assert_num_queries(9):
        client.get("/sources/")


@pytest.mark.parametrize("number", [1, 3, 30])
def test_page_costs_the_same_for_any_number_of_entries(
    manager: User, firm: FundingSource, ruoduo: Division, number: int, django_assert_num_queries: Any
) -> None:
    for one in range(number):
        project = ProjectFactory(division=ruoduo)
        LedgerEntryFactory(source=firm, division=ruoduo, project=project, year=2000 + one % 20)
        PledgeFactory(source=firm, division=ruoduo, project=project, first_year=2019)
    client = signed_in(manager)

    # session, user; the source; total, years, kinds, places and projects; pledges and revisions twice;
    # what waits; the kinds of projects; the level of the places, what they are today and their names; projects and
    # their places, of money and of pledges; the projects seen; whether the example is loaded
    with django_assert_num_queries(27):
        client.get("/sources/firm/")


@pytest.mark.parametrize("number", [1, 3, 30])
def test_pledge_costs_the_same_for_any_number_of_years(
    manager: User, promise: Pledge, number: int, django_assert_num_queries: Any
) -> None:
    promise.first_year = 2020 - number + 1
    promise.save()
    client = signed_in(manager)

    # session, user; the pledge; the promises and their revisions; who entered them; whether its project is seen;
    # whether the example is loaded
    with django_assert_num_queries(8):
        client.get(f"/pledges/{promise.pk}/")

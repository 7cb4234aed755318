"""The pages of projects: what is booked for each, and one screen with all that is known and missing."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.common.figures import Figure
from projects.choices import EntryKind, ProjectKind, ProjectStatus, Unit
from projects.models import AllianceActivity, Division, Milestone, Project, ProjectSite
from tests.conftest import signed_in
from tests.factories import (
    AllianceFactory,
    ClaimFactory,
    DivisionFactory,
    DocumentFactory,
    LedgerEntryFactory,
    OrganisationFactory,
    PledgeFactory,
    ProjectFactory,
)


@pytest.fixture
def station(ruoduo: Division) -> Project:
    """A power station at Ruoduo: 30 MW, allocated 1,000.10 in 2018 and 0.20 in 2019, spent 300.00 in 2018."""
    station = ProjectFactory(
        code="PV",
        name="Power station",
        name_zh="光伏电站",
        kind=ProjectKind.PV_CENTRALISED,
        status=ProjectStatus.OPERATING,
        division=ruoduo,
        capacity=Decimal(30),
        capacity_unit=Unit.MW,
    )
    for kind, year, amount in (
        (EntryKind.ALLOCATION, 2018, "1000.10"),
        (EntryKind.ALLOCATION, 2019, "0.20"),
        (EntryKind.EXPENDITURE, 2018, "300.00"),
    ):
        LedgerEntryFactory(kind=kind, year=year, amount=Decimal(amount), project=station, division=ruoduo)
    ClaimFactory(project=station)
    return station


def table(user: User, **filters: Any) -> Any:
    return signed_in(user).get("/projects/", filters).context["tables"]["projects"].table


def told(row: dict[str, Any]) -> dict[str, Any]:
    """What a row says, without what explains it."""
    return {name: value for name, value in row.items() if name not in ("_asked", "_asked_of")}


def page_of(user: User, project: Project) -> Any:
    return signed_in(user).get(f"/projects/{project.code}/").context


def test_list_shows_each_project_with_its_money(manager: User, station: Project) -> None:
    ProjectFactory(code="ROAD", name="Road", division=None, is_made_up=True)

    found = table(manager)

    assert [told(row) for row in found.rows] == [
        {
            "code": "PV",
            "name": "Power station",
            "kind": "photovoltaic, centralised",
            "status": "operating",
            "place": "Ruoduo Village (若多村)",
            "capacity": "30 MW",
            "claims": 1,
            "allocated": Decimal("1000.30"),
            "disbursed": Decimal("0.00"),
            "spent": Decimal("300.00"),
            "_url": "/projects/PV/",
            "_urls": {"name": "/projects/PV/", "place": "/areas/513228212205/"},
            "_made_up": False,
        },
        {
            "code": "ROAD",
            "name": "Road",
            "kind": "road",
            "status": "planned",
            "place": "",
            "capacity": "",
            "claims": 0,
            "_url": "/projects/ROAD/",
            "_urls": {"name": "/projects/ROAD/", "place": ""},
            "_made_up": True,
        },
    ]


def test_projects_without_an_entry_have_no_total(manager: User) -> None:
    ProjectFactory()

    assert table(manager).total is None


def test_total_is_the_sum_of_the_projects_shown(manager: User, station: Project, erniunai: Division) -> None:
    road = ProjectFactory(division=erniunai)
    LedgerEntryFactory(project=road, division=erniunai, amount=Decimal("0.03"))
    LedgerEntryFactory(project=None, division=erniunai, amount=Decimal("99.00"))

    total = table(manager).total

    # 1,000.10 + 0.20 + 0.03; the 99.00 are tied to no project.
    assert {name: str(value) for name, value in told(total).items()} == {
        "allocated": "1000.33",
        "disbursed": "0.00",
        "spent": "300.00",
        "_made_up": "False",
    }


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"year": 2019}, [("PV", "0.20"), ("ROAD", "None")]),
        ({"kind": "road"}, [("ROAD", "None")]),
        ({"area": "513228212000"}, [("PV", "1000.30")]),
        ({"area": "513228213000"}, [("ROAD", "None")]),
    ],
)
def test_list_filters_by_year_kind_and_area(
    manager: User, station: Project, erniunai: Division, filters: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    ProjectFactory(code="ROAD", division=erniunai)

    assert [(row["code"], str(row.get("allocated"))) for row in table(manager, **filters).rows] == expected


def test_area_lists_projects_with_a_site_or_money_there_and_that_areas_money_alone(
    manager: User, heishui: Division, ruoduo: Division, erniunai: Division
) -> None:
    by_site, by_money = (ProjectFactory(code=code, division=heishui) for code in ("BY-SITE", "BY-MONEY"))
    ProjectFactory(code="ELSEWHERE", division=heishui)
    ProjectSite.objects.create(project=by_site, division=ruoduo)
    LedgerEntryFactory(project=by_money, division=ruoduo, amount=Decimal("5.00"))
    LedgerEntryFactory(project=by_money, division=erniunai, amount=Decimal("7.00"))

    rows = table(manager, area=ruoduo.code).rows

    assert [(row["code"], row.get("allocated")) for row in rows] == [("BY-MONEY", Decimal("5.00")), ("BY-SITE", None)]


def test_list_holds_the_readers_area_alone(
    clerk: User, county_clerk: User, station: Project, erniunai: Division
) -> None:
    ProjectFactory(code="ROAD", division=erniunai)

    assert [row["code"] for row in table(clerk).rows] == ["PV"]
    assert [row["code"] for row in table(county_clerk).rows] == ["PV", "ROAD"]


def test_page_shows_the_facts(manager: User, station: Project, ruoduo: Division, xili: Division) -> None:
    firm = OrganisationFactory(name="Firm", name_zh="公司")
    Project.objects.filter(pk=station.pk).update(operator=firm, started_on=date(2016, 5, 1))
    ProjectSite.objects.create(project=station, division=xili)

    context = page_of(manager, station)

    assert context["title"] == "Power station (光伏电站)"
    assert {str(one.label): [(link.text, link.url) for link in one.links] for one in context["facts"]} == {
        "Code": [("PV", "")],
        "Sites": [("Xili Village (西里村) 513228212200", "/areas/513228212200/")],
    }
    story = context["story"]
    assert [(clause.link.text + clause.after, clause.link.url) for clause in story.sentence] == [
        ("Photovoltaic, centralised, ", ""),
        ("in Ruoduo Village (若多村), ", "/areas/513228212205/"),
        ("30 MW, ", f"/explain/capacity/?of={station.pk}"),
        ("operating, ", ""),
        ("since 2016-05-01.", ""),
    ]
    assert [(str(one.label), one.links[0].text, one.links[0].url) for one in story.people] == [
        ("Run by", "Firm (公司)", f"/organisations/{firm.pk}/")
    ]


def test_page_shows_money_by_year_with_its_chart(manager: User, station: Project) -> None:
    context = page_of(manager, station)

    rows = context["tables"]["annual_funding"].table.rows
    assert [(row["year"], str(row["allocated"]), str(row["spent"])) for row in rows] == [
        (2018, "1000.10", "300.00"),
        (2019, "0.20", "0.00"),
    ]
    assert context["drawings"][0].drawing.svg.startswith("<svg")


def test_page_shows_pledges_apart_from_what_is_booked(manager: User, station: Project, ruoduo: Division) -> None:
    document = DocumentFactory(published_on=date(2018, 11, 28))
    PledgeFactory(project=station, division=ruoduo, basis="per_year", low=Decimal("4032000"), stated_in=document)

    (row,) = page_of(manager, station)["tables"]["pledges"].table.rows

    assert (row["amount"], row["basis"]) == (Figure.exact("4032000.00"), "per year")
    assert row["years"] == "start not stated, shown from 2018 to end not stated"


def test_page_shows_milestones_claims_and_activities(manager: User, station: Project, ruoduo: Division) -> None:
    Milestone.objects.create(project=station, title="Connected", due_on=date(2018, 6, 1), reached_on=date(2018, 7, 2))
    Milestone.objects.create(project=station, title="Extended", due_on=date(2020, 6, 1))
    alliance = AllianceFactory(title="Alliance of Ruoduo", division=ruoduo)
    AllianceActivity.objects.create(alliance=alliance, kind="co_built", title="Built it together", project=station)

    tables = page_of(manager, station)["tables"]

    steps = tables["milestones"].table.rows
    assert [(one["title"], one["state"]) for one in steps] == [("Connected", "reached"), ("Extended", "open")]
    assert [row["fact"] for row in tables["claims"].table.rows] == ["A village: has a road"]
    assert [(row["title"], row["alliance"]) for row in tables["activities"].table.rows] == [
        ("Built it together", "Alliance of Ruoduo")
    ]


def test_page_hides_activities_of_foreign_alliances(
    clerk: User, county_clerk: User, station: Project, erniunai: Division
) -> None:
    alliance = AllianceFactory(title="Alliance of Erniunai", division=erniunai)
    AllianceActivity.objects.create(alliance=alliance, kind="visit", title="Came to see it", project=station)

    def activities(user: User) -> list[str]:
        return [row["title"] for row in page_of(user, station)["tables"]["activities"].table.rows]

    assert activities(county_clerk) == ["Came to see it"]
    assert activities(clerk) == []


def test_page_of_a_bare_project_says_what_is_missing_and_where_to_enter_it(clerk: User, manager: User) -> None:
    bare = ProjectFactory(code="BARE")

    entering, reading = page_of(clerk, bare)["story"].gaps, page_of(manager, bare)["story"].gaps

    change = f"/admin/projects/project/{bare.pk}/change/"
    assert [(gap.text, gap.url) for gap in entering] == [
        ("No ledger entry yet.", f"/admin/projects/ledgerentry/add/?project={bare.pk}"),
        ("The Chinese name is not recorded.", change),
        ("Who runs it is not recorded.", change),
        ("The day it started is not stated.", change),
        ("No milestone is recorded.", change),
    ]
    assert [(gap.text, gap.url) for gap in reading] == [(gap.text, "") for gap in entering]


def test_made_up_project_is_marked(manager: User) -> None:
    project = ProjectFactory(is_made_up=True)

    content = signed_in(manager).get(project.get_absolute_url()).content.decode()

    assert content.count("badge-made-up") == 1


def test_foreign_and_missing_projects_are_not_found_alike(clerk: User, county_clerk: User, erniunai: Division) -> None:
    ProjectFactory(code="ROAD", division=erniunai)

    assert signed_in(county_clerk).get("/projects/ROAD/").status_code == 200
    foreign, missing = (signed_in(clerk).get(f"/projects/{code}/") for code in ("ROAD", "NONE"))

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert signed_in(clerk).get("/projects/ROAD%00/").status_code == 404


@pytest.mark.parametrize("path", ["/projects/", "/projects/PV/"])
def test_administrator_sees_no_project(administrator: User, station: Project, path: str) -> None:
    response = signed_in(administrator).get(path)

    assert response.status_code == 403
    assert "Power station" not in response.content.decode()


@pytest.mark.parametrize("number", [1, 3, 30])
@pytest.mark.slow
def test_list_costs_the_same_for_any_number_of_projects(
    manager: User, number: int, django_assert_num_queries: Any
) -> None:
    client = signed_in(manager)
    for n in range(number):
        village = DivisionFactory(code=f"5132282122{n:02}")
        project = ProjectFactory(division=village, operator=OrganisationFactory())
        LedgerEntryFactory(project=project, division=village)
        ClaimFactory(project=project)

    # session, user, versions, money by project, projects with money and their places, claims by
    # project, projects, whether the example is loaded;
    # the filter's places: the year of the latest list and its provinces
    with django_assert_num_queries(11):
        client.get("/projects/")


@pytest.mark.parametrize("number", [1, 3, 30])
@pytest.mark.slow
def test_page_costs_the_same_for_any_number_of_parts(
    manager: User, station: Project, ruoduo: Division, number: int, django_assert_num_queries: Any
) -> None:
    client = signed_in(manager)
    for n in range(number):
        LedgerEntryFactory(project=station, division=ruoduo)
        ClaimFactory(project=station)
        Milestone.objects.create(project=station, title="Step")
        PledgeFactory(project=station, division=ruoduo, stated_in=DocumentFactory(published_on=date(2018, 1, 1)))
        AllianceActivity.objects.create(alliance=AllianceFactory(), kind="visit", title="Visit", project=station)
        ProjectSite.objects.create(project=station, division=DivisionFactory(code=f"5132282122{n:02}"))

    # session, user, whether the example is loaded, the project, its sum, pledges by year, sums by year, pledges
    # and which of their projects may be named, milestones, claims, their
    # documents, activities, sites, whether there is a milestone; what follows from the claims, and from their incomes;
    # whom it reaches, and what they received
    with django_assert_num_queries(25):
        client.get(station.get_absolute_url())


@pytest.mark.parametrize(
    ("project", "entry", "mark", "told"),
    [(True, True, True, "made up"), (True, False, "partly", ""), (False, True, "partly", "made up")],
)
@pytest.mark.slow
def test_real_money_of_a_made_up_project_is_not_called_made_up_nor_the_other_way_round(
    manager: User, ruoduo: Division, project: bool, entry: bool, mark: bool | str, told: str
) -> None:
    LedgerEntryFactory(
        project=ProjectFactory(code="P", division=ruoduo, is_made_up=project), division=ruoduo, is_made_up=entry
    )

    found = table(manager)
    by_project = signed_in(manager).get("/funding/").context["tables"]["funding_by_project"].table
    file = signed_in(manager).get("/projects/", {"csv": "projects"}).getvalue().decode()

    assert [row["_made_up"] for row in (*found.rows, *by_project.rows)] == [mark, mark]
    assert found.total["_made_up"] == by_project.total["_made_up"] == entry
    assert file.splitlines()[-1].rpartition(",")[2] == told

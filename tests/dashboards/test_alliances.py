"""The pages of alliances: who joined whom, for how long, what was done and what is still open."""

from datetime import date
from typing import Any

import pytest

from alleviation.accounts.models import User
from projects.models import Alliance, AllianceActivity, AllianceParty, AlliancePledge, Division
from tests.conftest import signed_in
from tests.factories import (
    AllianceFactory,
    ClaimFactory,
    DivisionFactory,
    PartyBranchFactory,
    ProjectFactory,
)


@pytest.fixture
def alliance(erniunai: Division) -> Alliance:
    """Two branches joined at Erniunai: one activity, one undertaking done, two open, one claim."""
    alliance = AllianceFactory(
        title="Alliance of Erniunai",
        title_zh="二牛奶村联建",
        agreement="Joint Construction Agreement",
        division=erniunai,
        signed_on=date(2018, 11, 23),
    )
    firms = PartyBranchFactory(name="Second Branch", name_zh="第二党支部", organisation__name="Power firm")
    villages = PartyBranchFactory(name="Village Branch", organisation=None, village=erniunai)
    for branch in (firms, villages):
        AllianceParty.objects.create(alliance=alliance, branch=branch)
    AllianceActivity.objects.create(
        alliance=alliance, kind="nameplate", title="Nameplates", held_on=date(2018, 11, 23)
    )
    AlliancePledge.objects.create(alliance=alliance, undertaking="Build a site", done_on=date(2019, 5, 1))
    AlliancePledge.objects.create(alliance=alliance, undertaking="Visit each year", due_on=date(2019, 12, 31))
    AlliancePledge.objects.create(alliance=alliance, undertaking="Teach")
    ClaimFactory(alliance=alliance, code="A09")
    return alliance


def rows(user: User, **filters: Any) -> Any:
    return signed_in(user).get("/alliances/", filters).context["tables"]["alliances"].table.rows


def page_of(user: User, alliance: Alliance) -> Any:
    return signed_in(user).get(alliance.get_absolute_url()).context


def test_list_shows_parties_term_and_counts(manager: User, alliance: Alliance) -> None:
    found = rows(manager)

    assert found == [
        {
            "title": "Alliance of Erniunai",
            "parties": "Second Branch (第二党支部); Village Branch",
            "place": "Erniunai Village (二牛奶村)",
            "signed_on": date(2018, 11, 23),
            "term": "not stated",
            "activities": 1,
            "done": 1,
            "open": 2,
            "claims": 1,
            "_asked": {"of": f"alliance:{alliance.pk}"},
            "_url": f"/alliances/{alliance.pk}/",
            "_urls": {"place": "/areas/513228213201/"},
            "_made_up": False,
        }
    ]


def test_list_says_of_a_term_what_is_stated(manager: User) -> None:
    AllianceFactory(term_from=date(2018, 1, 1))

    assert [row["term"] for row in rows(manager)] == ["2018-01-01 to not stated"]


def test_list_holds_the_readers_area_alone(
    clerk: User, county_clerk: User, alliance: Alliance, ruoduo: Division
) -> None:
    AllianceFactory(title="Alliance of Ruoduo", division=ruoduo)

    assert [row["title"] for row in rows(clerk)] == ["Alliance of Ruoduo"]
    assert [row["title"] for row in rows(county_clerk)] == ["Alliance of Erniunai", "Alliance of Ruoduo"]


def test_list_filters_by_area(manager: User, alliance: Alliance, ruoduo: Division) -> None:
    AllianceFactory(title="Alliance of Ruoduo", division=ruoduo)

    assert [row["title"] for row in rows(manager, area="513228212000")] == ["Alliance of Ruoduo"]


def test_page_shows_facts_parties_and_claims(manager: User, alliance: Alliance) -> None:
    context = page_of(manager, alliance)

    assert {str(one.label): [(link.text, link.url) for link in one.links] for one in context["facts"]} == {
        "Serves": [("Erniunai Village (二牛奶村) 513228213201", "/areas/513228213201/")],
        "Agreement": [("Joint Construction Agreement", "")],
        "Signed on": [("2018-11-23", "")],
        "Term": [("not stated", "")],
    }
    assert [(row["branch"], row["home"]) for row in context["tables"]["parties"].table.rows] == [
        ("Second Branch (第二党支部)", "Power firm"),
        ("Village Branch", "Erniunai Village (二牛奶村)"),
    ]
    assert [row["code"] for row in context["tables"]["claims"].table.rows] == ["A09"]


def test_page_shows_undertakings_as_done_or_open(manager: User, alliance: Alliance) -> None:
    found = page_of(manager, alliance)["tables"]["undertakings"].table.rows

    assert [(row["undertaking"], row["state"]) for row in found] == [
        ("Visit each year", "open"),
        ("Build a site", "done"),
        ("Teach", "open"),
    ]


def test_page_names_a_project_of_an_activity_only_to_those_who_see_it(
    clerk: User, county_clerk: User, ruoduo: Division, erniunai: Division
) -> None:
    alliance = AllianceFactory(division=ruoduo)
    for division, code in ((ruoduo, "OURS"), (erniunai, "THEIRS")):
        project = ProjectFactory(code=code, name=f"Project {code}", division=division)
        AllianceActivity.objects.create(alliance=alliance, kind="co_built", title=code, project=project)

    def projects(user: User) -> list[tuple[str, str]]:
        found = page_of(user, alliance)["tables"]["activities"].table.rows
        return [(row["project"], row["_urls"]["project"]) for row in found]

    assert projects(county_clerk) == [("Project OURS", "/projects/OURS/"), ("Project THEIRS", "/projects/THEIRS/")]
    assert projects(clerk) == [("Project OURS", "/projects/OURS/"), ("", "")]


def test_page_offers_the_form_to_those_who_enter_records(
    county_clerk: User, manager: User, alliance: Alliance
) -> None:
    assert page_of(county_clerk, alliance)["change_url"] == f"/admin/projects/alliance/{alliance.pk}/change/"
    assert page_of(manager, alliance)["change_url"] == ""


def test_page_is_titled_in_both_languages_the_readers_first(manager: User, alliance: Alliance) -> None:
    client = signed_in(manager)

    response = client.get(alliance.get_absolute_url(), headers={"accept-language": "zh-hans"})

    assert response.context["title"] == "二牛奶村联建 (Alliance of Erniunai)"
    assert response.context["facts"][0].links[0].text == "二牛奶村 (Erniunai Village) 513228213201"


def test_foreign_and_missing_alliances_are_not_found_alike(
    clerk: User, county_clerk: User, alliance: Alliance
) -> None:
    assert signed_in(county_clerk).get(alliance.get_absolute_url()).status_code == 200

    foreign, missing = (signed_in(clerk).get(f"/alliances/{pk}/") for pk in (alliance.pk, 10**30))

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert "Erniunai" not in foreign.content.decode()


def test_administrator_sees_no_alliance(administrator: User, alliance: Alliance) -> None:
    for path in ("/alliances/", alliance.get_absolute_url()):
        response = signed_in(administrator).get(path)

        assert response.status_code == 403
        assert "Erniunai" not in response.content.decode()


def test_made_up_alliance_is_marked(manager: User) -> None:
    alliance = AllianceFactory(is_made_up=True)

    content = signed_in(manager).get(alliance.get_absolute_url()).content.decode()

    assert content.count("badge-made-up") == 1
    assert [row["_made_up"] for row in rows(manager)] == [True]


@pytest.mark.parametrize("number", [1, 3, 30])
def test_list_costs_the_same_for_any_number_of_alliances(
    manager: User, number: int, django_assert_num_queries: Any
) -> None:
    client = signed_in(manager)
    for n in range(number):
        alliance = AllianceFactory(division=DivisionFactory(code=f"5132282122{n:02}"))
        AllianceParty.objects.create(alliance=alliance, branch=PartyBranchFactory())
        ClaimFactory(alliance=alliance)

    # session, user, versions, activities, undertakings done, undertakings open, claims, alliances, their parties, the
    # branches of these, whether the example is loaded; the filter's places: the year of the latest list and its
    # provinces
    with django_assert_num_queries(13):
        client.get("/alliances/")


@pytest.mark.parametrize("number", [1, 3, 30])
@pytest.mark.slow
def test_page_costs_the_same_for_any_number_of_parts(
    manager: User, number: int, django_assert_num_queries: Any
) -> None:
    client = signed_in(manager)
    alliance = AllianceFactory()
    for n in range(number):
        place = DivisionFactory(code=f"5132282122{n:02}")
        AllianceParty.objects.create(alliance=alliance, branch=PartyBranchFactory())
        project = ProjectFactory(division=place)
        AllianceActivity.objects.create(alliance=alliance, kind="visit", title="Visit", place=place, project=project)
        AlliancePledge.objects.create(alliance=alliance, undertaking="Visit")
        ClaimFactory(alliance=alliance)

    # session, user, the alliance, parties, activities, the projects that this person sees, undertakings,
    # claims, their documents, who holds posts with the parties, whether the example is loaded
    with django_assert_num_queries(11):
        client.get(alliance.get_absolute_url())

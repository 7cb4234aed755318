"""The pages of party branches and of awards."""

from datetime import date
from typing import Any

import pytest

from alleviation.accounts.models import User
from projects.choices import AwardLevel
from projects.models import AllianceParty, Award, Division, PartyBranch
from tests.conftest import signed_in
from tests.factories import (
    AllianceFactory,
    AwardFactory,
    OfficialFactory,
    OrganisationFactory,
    PartyBranchFactory,
)


@pytest.fixture
def branch(ruoduo: Division, erniunai: Division) -> PartyBranch:
    """A firm's branch, party to one alliance at Ruoduo and one at Erniunai; a third alliance is without it."""
    branch = PartyBranchFactory(name="Second Branch", name_zh="第二党支部", organisation__name="Power firm")
    for title, village in (("Alliance of Ruoduo", ruoduo), ("Alliance of Erniunai", erniunai)):
        alliance = AllianceFactory(title=title, division=village, signed_on=date(2018, 11, 23))
        AllianceParty.objects.create(alliance=alliance, branch=branch)
    AllianceFactory(title="Another", division=ruoduo)
    return branch


@pytest.fixture
def award(db: None) -> Award:
    return AwardFactory(
        title="Outstanding Individual",
        level=AwardLevel.NATIONAL,
        conferred_by="The State",
        conferred_on=date(2021, 2, 25),
        occasion="Conference",
        official=OfficialFactory(name="Zuo Junjie", name_zh="左俊杰"),
    )


def context(user: User, path: str) -> Any:
    return signed_in(user).get(path).context


def facts(user: User, path: str) -> dict[str, list[tuple[str, str]]]:
    return {str(one.label): [(link.text, link.url) for link in one.links] for one in context(user, path)["facts"]}


def alliances(user: User, branch: PartyBranch) -> Any:
    return context(user, f"/branches/{branch.pk}/")["tables"]["alliances"].table.rows


def test_branch_shows_its_organisation_and_alliances(manager: User, branch: PartyBranch) -> None:
    path = f"/branches/{branch.pk}/"

    assert context(manager, path)["title"] == "Second Branch (第二党支部)"
    assert facts(manager, path) == {"Belongs to": [("Power firm", f"/organisations/{branch.organisation_id}/")]}
    assert [(row["title"], row["place"], row["signed_on"], row["term"]) for row in alliances(manager, branch)] == [
        ("Alliance of Erniunai", "Erniunai Village (二牛奶村)", date(2018, 11, 23), "not stated"),
        ("Alliance of Ruoduo", "Ruoduo Village (若多村)", date(2018, 11, 23), "not stated"),
    ]


def test_branch_shows_no_foreign_alliance(clerk: User, stranger: User, branch: PartyBranch) -> None:
    assert [row["title"] for row in alliances(clerk, branch)] == ["Alliance of Ruoduo"]
    assert alliances(stranger, branch) == []


def test_branch_of_a_village_leads_there_only_those_of_its_area(
    clerk: User, county_clerk: User, erniunai: Division
) -> None:
    path = f"/branches/{PartyBranchFactory(organisation=None, village=erniunai).pk}/"

    assert facts(county_clerk, path) == {
        "Belongs to": [("Erniunai Village (二牛奶村) 513228213201", "/areas/513228213201/")]
    }
    assert facts(clerk, path) == {"Belongs to": [("Erniunai Village (二牛奶村) 513228213201", "")]}


def test_alliance_and_organisation_lead_to_the_branch(manager: User, branch: PartyBranch) -> None:
    alliance = branch.alliance_parties.first().alliance

    parties = context(manager, alliance.get_absolute_url())["tables"]["parties"].table.rows
    branches = context(manager, f"/organisations/{branch.organisation_id}/")["tables"]["branches"].table.rows

    assert [row["_url"] for row in parties] == [f"/branches/{branch.pk}/"]
    assert [row["_url"] for row in branches] == [f"/branches/{branch.pk}/"]


def test_award_shows_what_is_stated(manager: User, award: Award) -> None:
    path = f"/awards/{award.pk}/"

    assert context(manager, path)["title"] == "Outstanding Individual"
    assert facts(manager, path) == {
        "Conferred on whom": [("Zuo Junjie (左俊杰)", f"/people/{award.official_id}/")],
        "Level": [("national", "")],
        "Conferred by": [("The State", "")],
        "Conferred on": [("2021-02-25", "")],
        "Occasion": [("Conference", "")],
    }


def test_award_of_an_organisation_says_what_is_not_stated(manager: User) -> None:
    firm = OrganisationFactory(name="Power firm")
    award = AwardFactory(official=None, organisation=firm)

    assert facts(manager, f"/awards/{award.pk}/") == {
        "Conferred on whom": [("Power firm", f"/organisations/{firm.pk}/")],
        "Level": [("not stated", "")],
        "Conferred by": [("not stated", "")],
        "Conferred on": [("not stated", "")],
        "Occasion": [("not stated", "")],
    }


def test_lists_of_awards_lead_to_the_award(manager: User, award: Award) -> None:
    for path in ("/people/", f"/people/{award.official_id}/"):
        rows = context(manager, path)["tables"]["awards"].table.rows

        assert [row["_url"] for row in rows] == [f"/awards/{award.pk}/"]


@pytest.mark.parametrize("path", ["/branches/0/", f"/branches/{10**30}/", "/awards/0/", f"/awards/{10**30}/"])
def test_what_is_not_there_is_not_found(manager: User, path: str) -> None:
    assert signed_in(manager).get(path).status_code == 404


@pytest.mark.parametrize("path", ["/branches/{branch}/", "/awards/{award}/"])
def test_administrator_sees_neither(
    administrator: User, clerk: User, branch: PartyBranch, award: Award, path: str
) -> None:
    path = path.format(branch=branch.pk, award=award.pk)
    assert signed_in(clerk).get(path).status_code == 200

    assert signed_in(administrator).get(path).status_code == 403


def test_made_up_ones_are_marked(manager: User) -> None:
    made_up = [
        f"/branches/{PartyBranchFactory(is_made_up=True).pk}/",
        f"/awards/{AwardFactory(is_made_up=True).pk}/",
    ]

    assert [signed_in(manager).get(path).content.decode().count("badge-made-up") for path in made_up] == [1, 1]


def test_alliances_of_a_branch_can_be_taken_away(manager: User, branch: PartyBranch) -> None:
    response = signed_in(manager).get(f"/branches/{branch.pk}/", {"csv": "alliances"})

    assert response.getvalue().decode("utf-8-sig").split("\r\n")[1:-1] == [
        "Alliance of Erniunai,Erniunai Village (二牛奶村),2018-11-23,not stated",
        "Alliance of Ruoduo,Ruoduo Village (若多村),2018-11-23,not stated",
    ]


@pytest.mark.parametrize("number", [1, 3, 30])
def test_branch_costs_the_same_for_any_number_of_alliances(
    manager: User, ruoduo: Division, number: int, django_assert_num_queries: Any
) -> None:
    branch = PartyBranchFactory()
    for _ in range(number):
        AllianceParty.objects.create(alliance=AllianceFactory(division=ruoduo), branch=branch)
    client = signed_in(manager)

    # session, user; the branch; its alliances; who holds posts in its organisation; whether the example is loaded
    with django_assert_num_queries(6):
        client.get(f"/branches/{branch.pk}/")


@pytest.mark.parametrize("number", [1, 3, 30])
def test_award_costs_the_same_for_any_number_of_others(
    manager: User, award: Award, number: int, django_assert_num_queries: Any
) -> None:
    AwardFactory.create_batch(number)
    client = signed_in(manager)

    # session, user; the award; whether the example is loaded
    with django_assert_num_queries(4):
        client.get(f"/awards/{award.pk}/")

"""The pages of people and organisations: posts in time, awards, branches."""

from datetime import date
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.dashboards.records.honours import is_former
from projects.choices import AwardLevel
from projects.models import Division, Official, Organisation, Post
from tests.conftest import signed_in
from tests.factories import (
    AwardFactory,
    ClaimFactory,
    OfficialFactory,
    OrganisationFactory,
    PartyBranchFactory,
    ProjectFactory,
)


@pytest.fixture
def firm(db: None) -> Organisation:
    return OrganisationFactory(name="Power firm", name_zh="电力公司")


@pytest.fixture
def manager_of_firm(firm: Organisation) -> Official:
    """Holds one post, held another, was honoured once, is spoken of once."""
    person = OfficialFactory(name="Zuo Junjie", name_zh="左俊杰", note="of the Northeast")
    Post.objects.create(official=person, organisation=firm, title="Deputy", known_on=date(2021, 2, 25))
    Post.objects.create(official=person, organisation=firm, title="Head", is_former=True)
    AwardFactory(
        title="Outstanding Individual",
        level=AwardLevel.NATIONAL,
        conferred_on=date(2021, 2, 25),
        occasion="Conference",
        official=person,
    )
    ClaimFactory(code="B06", official=person)
    return person


def tables(user: User, path: str = "/people/") -> Any:
    return signed_in(user).get(path).context["tables"]


def test_list_shows_people_with_counts_and_both_names(manager: User, manager_of_firm: Official) -> None:
    found = tables(manager)["people"].table.rows

    assert found == [
        {
            "name": "Zuo Junjie (左俊杰)",
            "posts": 2,
            "awards": 1,
            "claims": 1,
            "note": "of the Northeast",
            "_asked": {"of": f"official:{manager_of_firm.pk}"},
            "_url": f"/people/{manager_of_firm.pk}/",
            "_made_up": False,
        }
    ]


def test_list_shows_posts_in_time_with_the_former_marked(manager: User, manager_of_firm: Official) -> None:
    found = tables(manager)["posts"].table.rows

    assert [(row["person"], row["title"], row["organisation"], row["known_on"], row["state"]) for row in found] == [
        ("Zuo Junjie (左俊杰)", "Deputy", "Power firm (电力公司)", date(2021, 2, 25), "end not known"),
        ("Zuo Junjie (左俊杰)", "Head", "Power firm (电力公司)", None, "former"),
    ]


def test_list_shows_awards_of_people_and_of_organisations(
    manager: User, manager_of_firm: Official, firm: Organisation
) -> None:
    AwardFactory(title="Excellent Unit", official=None, organisation=firm, is_made_up=True)

    found = tables(manager)["awards"].table.rows

    assert [
        (row["title"], row["level"], row["conferred_on"], row["person"], row["organisation"], row["_made_up"])
        for row in found
    ] == [
        ("Outstanding Individual", "national", date(2021, 2, 25), "Zuo Junjie (左俊杰)", "", False),
        ("Excellent Unit", "not stated", None, "", "Power firm (电力公司)", True),
    ]


def test_list_shows_organisations(manager: User, firm: Organisation) -> None:
    OrganisationFactory(name="Region", parent=firm)
    PartyBranchFactory(organisation=firm)

    found = tables(manager)["organisations"].table.rows

    assert [(row["name"], row["parent"], row["branches"]) for row in found] == [
        ("Power firm (电力公司)", "", 1),
        ("Region", "Power firm (电力公司)", 0),
    ]


def test_names_lead_with_the_readers_script(manager: User, manager_of_firm: Official) -> None:
    response = signed_in(manager).get(manager_of_firm.get_absolute_url(), headers={"accept-language": "zh-hans"})

    assert response.context["title"] == "左俊杰 (Zuo Junjie)"


def test_person_shows_own_posts_awards_and_claims_alone(manager: User, manager_of_firm: Official) -> None:
    other = OfficialFactory(name="Liu Wei")
    AwardFactory(official=other)
    ClaimFactory(official=other)

    found = tables(manager, manager_of_firm.get_absolute_url())

    assert [(row["title"], row["state"]) for row in found["posts"].table.rows] == [
        ("Deputy", "end not known"),
        ("Head", "former"),
    ]
    assert [row["title"] for row in found["awards"].table.rows] == ["Outstanding Individual"]
    assert [row["code"] for row in found["claims"].table.rows] == ["B06"]


def test_organisation_shows_branches_people_projects_and_awards(
    manager: User, clerk: User, manager_of_firm: Official, firm: Organisation, ruoduo: Division, erniunai: Division
) -> None:
    PartyBranchFactory(name="Second Branch", organisation=firm)
    ProjectFactory(code="OURS", name="Road", division=ruoduo, operator=firm)
    ProjectFactory(code="THEIRS", name="Dam", division=erniunai, operator=firm)
    AwardFactory(title="Excellent Unit", official=None, organisation=firm)
    path = f"/organisations/{firm.pk}/"

    found = tables(manager, path)

    assert [row["name"] for row in found["branches"].table.rows] == ["Second Branch"]
    assert [row["person"] for row in found["posts"].table.rows] == ["Zuo Junjie (左俊杰)"] * 2
    assert [row["name"] for row in found["projects"].table.rows] == ["OURS Road", "THEIRS Dam"]
    assert [row["title"] for row in found["awards"].table.rows] == ["Excellent Unit"]
    assert [row["name"] for row in tables(clerk, path)["projects"].table.rows] == ["OURS Road"]


def test_a_post_is_held_only_up_to_a_stated_end(manager: User, firm: Organisation) -> None:
    person = OfficialFactory()
    for title, until in (("Ended", date(2000, 1, 1)), ("Ends", date(2100, 1, 1)), ("Open", None)):
        Post.objects.create(official=person, organisation=firm, title=title, held_to=until)

    found = tables(manager)["posts"].table.rows

    assert [(row["title"], row["state"]) for row in found] == [
        ("Ended", "former"),
        ("Ends", "held"),
        ("Open", "end not known"),
    ]


@pytest.mark.parametrize(
    ("marked", "held_to", "expected"),
    [
        (False, None, False),
        (True, None, True),
        (False, date(2020, 12, 31), True),
        (False, date(2021, 1, 1), False),
        (False, date(2021, 1, 2), False),
    ],
)
def test_a_post_is_former_when_marked_or_ended_before_the_day(
    marked: bool, held_to: date | None, expected: bool
) -> None:
    assert is_former(Post(is_former=marked, held_to=held_to), date(2021, 1, 1)) is expected


@pytest.mark.parametrize("path", ["/people/", "/people/{person}/", "/organisations/{firm}/"])
def test_administrator_sees_no_people(
    administrator: User, manager: User, manager_of_firm: Official, firm: Organisation, path: str
) -> None:
    path = path.format(person=manager_of_firm.pk, firm=firm.pk)
    assert "Zuo Junjie" in signed_in(manager).get(path).content.decode()

    response = signed_in(administrator).get(path)

    assert response.status_code == 403
    assert "Zuo Junjie" not in response.content.decode()


@pytest.mark.parametrize("path", ["/people/0/", f"/people/{10**30}/", "/organisations/0/"])
def test_who_is_not_there_is_not_found(manager: User, manager_of_firm: Official, path: str) -> None:
    assert signed_in(manager).get(manager_of_firm.get_absolute_url()).status_code == 200

    assert signed_in(manager).get(path).status_code == 404


def test_made_up_people_are_marked(manager: User) -> None:
    person = OfficialFactory(is_made_up=True)

    content = signed_in(manager).get(person.get_absolute_url()).content.decode()

    assert content.count("badge-made-up") == 1


@pytest.mark.parametrize("number", [1, 3, 30])
def test_list_costs_the_same_for_any_number_of_people(
    manager: User, number: int, django_assert_num_queries: Any
) -> None:
    client = signed_in(manager)
    for _ in range(number):
        firm = OrganisationFactory(parent=OrganisationFactory())
        person = OfficialFactory()
        Post.objects.create(official=person, organisation=firm, title="Head")
        AwardFactory(official=person)
        AwardFactory(official=None, organisation=firm)
        ClaimFactory(official=person)

    # session, user; posts, awards and claims by person, people; posts; awards;
    # branches, projects, awards and claims by organisation, organisations; whether the example is loaded
    with django_assert_num_queries(14):
        client.get("/people/")


@pytest.mark.parametrize("number", [1, 3, 30])
def test_page_costs_the_same_for_any_number_of_posts(
    manager: User, number: int, django_assert_num_queries: Any
) -> None:
    client = signed_in(manager)
    person = OfficialFactory()
    for _ in range(number):
        Post.objects.create(official=person, organisation=OrganisationFactory(), title="Head")
        AwardFactory(official=person)
        ClaimFactory(official=person)

    # session, user, the person, posts, awards, claims, their documents, whether the example is loaded
    with django_assert_num_queries(8):
        client.get(person.get_absolute_url())


def test_people_are_counted_and_each_number_opens_to_those_counted(manager: User) -> None:
    award = AwardFactory(official=OfficialFactory())
    OfficialFactory()

    found = signed_in(manager).get("/people/").context["stats"]
    narrowed = signed_in(manager).get("/people/", {"award_level": award.level}).context["stats"]

    assert [(stat.label, stat.value, stat.opens) for stat in found] == [
        ("People", "2", "/explain/people/"),
        ("Posts", "0", "/explain/posts/"),
        ("Awards", "1", "/explain/awards/"),
        ("Organisations", "0", "/explain/organisations/"),
    ]
    assert narrowed == []

"""Area pages: from the nation down to a village, and what became of it."""

import re
from decimal import Decimal
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role
from projects.models import Division, Succession
from tests.conftest import signed_in
from tests.factories import AllianceFactory, LedgerEntryFactory, ProjectFactory, UserFactory, place
from tests.golden import golden_incomes, golden_money


@pytest.fixture
def county(heishui: Division, ruoduo: Division, erniunai: Division) -> Division:
    golden_money(heishui, ruoduo, erniunai)
    golden_incomes(ruoduo, erniunai)
    return heishui


def children(user: User, path: str, **filters: str) -> Any:
    return signed_in(user).get(path, filters).context["tables"]["places"].table


def shown(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["area"], row.get("allocated"), row.get("persons"), row.get("per_capita")


def without_address(response: Any, code: str) -> str:
    """The page without its own address, which the language switch repeats, and without its form token."""
    content = response.content.decode().replace(code, "")
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", content)


def test_the_nation_shows_its_provinces(manager: User, county: Division, hezhou: Division) -> None:
    found = children(manager, "/areas/", year="2018")

    assert [shown(row) for row in found.rows] == [
        ("广西壮族自治区", None, None, None),
        ("Sichuan Province", Decimal("1500.30"), 9, Decimal("19500.00") / 9),
    ]


@pytest.mark.parametrize(
    ("code", "below"),
    [
        ("510000000000", ["Aba Prefecture"]),
        ("513200000000", ["Heishui County"]),
        ("513228000000", ["Zhawo Countryside", "Qinglang Countryside", "Not tied to a smaller place"]),
        ("513228212000", ["Xili Village", "Ruoduo Village"]),
    ],
)
@pytest.mark.slow
def test_each_level_shows_the_places_below(
    manager: User, county: Division, xili: Division, code: str, below: list[str]
) -> None:
    assert [row["area"] for row in children(manager, f"/areas/{code}/").rows] == below


def test_a_village_has_no_table_of_smaller_places(manager: User, county: Division, ruoduo: Division) -> None:
    tables = signed_in(manager).get(f"/areas/{ruoduo.code}/").context["tables"]

    assert list(tables) == [
        "annual_funding",
        "per_capita_income",
        "allocated_per_person",
        "poverty_line_bands",
        "projects",
        "alliances",
    ]


def test_a_county_adds_money_and_incomes_of_its_places(manager: User, county: Division) -> None:
    found = children(manager, f"/areas/{county.code}/", year="2018")

    assert [shown(row) for row in found.rows] == [
        ("Zhawo Countryside", Decimal("1500.30"), 6, Decimal("2250.00")),
        ("Qinglang Countryside", None, 3, Decimal("2000.00")),
    ]
    assert shown(found.total) == ("Total", Decimal("1500.30"), 9, Decimal("19500.00") / 9)


def test_breadcrumbs_lead_up_to_the_nation(manager: User, county: Division, ruoduo: Division) -> None:
    response = signed_in(manager).get(f"/areas/{ruoduo.code}/")

    assert response.context["breadcrumbs"] == [
        ("Nation", "/areas/"),
        ("Sichuan Province", "/areas/510000000000/"),
        ("Aba Prefecture", "/areas/513200000000/"),
        ("Heishui County", "/areas/513228000000/"),
        ("Zhawo Countryside", "/areas/513228212000/"),
        ("Ruoduo Village", ""),
    ]


def test_a_clerk_is_led_to_their_area_and_no_higher(clerk: User, county: Division, ruoduo: Division) -> None:
    client = signed_in(clerk)

    assert client.get("/areas/").headers["Location"] == "/areas/513228212000/"
    assert client.get("/areas/513228212000/").status_code == 200
    assert client.get("/areas/513228000000/").status_code == 404
    crumbs = client.get(f"/areas/{ruoduo.code}/").context["breadcrumbs"]
    assert [url for _, url in crumbs] == ["", "", "", "/areas/513228212000/", ""]


def test_a_foreign_area_and_a_missing_one_look_alike(clerk: User, county: Division, erniunai: Division) -> None:
    client = signed_in(clerk)

    foreign = client.get(f"/areas/{erniunai.code}/")
    missing = client.get("/areas/999999999999/")

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert without_address(foreign, erniunai.code) == without_address(missing, "999999999999")


def test_a_former_village_names_its_successor_and_back(manager: User, county: Division, ruoduo: Division) -> None:
    today = place("513228107205", "若多村民委员会", vintage=2023, name_en="Ruoduo Village")
    Succession.objects.create(predecessor=ruoduo, successor=today, kind="recoded", source="both national lists")
    client = signed_in(manager)

    before = client.get(f"/areas/{ruoduo.code}/")
    after = client.get(f"/areas/{today.code}/")

    assert [(step.successor, url) for step, url in before.context["became"]] == [(today, f"/areas/{today.code}/")]
    assert [(step.predecessor, counted) for step, _url, counted in after.context["former"]] == [(ruoduo, True)]
    assert "its records are counted here" in after.content.decode()
    assert after.context["tables"]["annual_funding"].table.total["allocated"] == Decimal("1500.30")


def test_a_place_merged_into_two_is_counted_in_neither(manager: User, county: Division, ruoduo: Division) -> None:
    both = [place(f"51322810720{n}", f"新{n}村民委员会", vintage=2023) for n in (5, 6)]
    for today in both:
        Succession.objects.create(predecessor=ruoduo, successor=today, kind="merged", source="made up")
    client = signed_in(manager)

    for today in both:
        response = client.get(f"/areas/{today.code}/")
        assert response.context["tables"]["annual_funding"].table.total.get("allocated") is None
        assert "its records are counted here" not in response.content.decode()


def test_a_clerk_of_todays_town_is_not_told_of_records_outside_the_area(
    county: Division, ruoduo: Division, zhawo: Division
) -> None:
    town = place("513228107", "扎窝镇", vintage=2023, name_en="Zhawo Town")
    Succession.objects.create(predecessor=zhawo, successor=town, kind="recoded", source="both lists")
    clerk = UserFactory(role=Role.CLERK, area="513228107")

    response = signed_in(clerk).get(f"/areas/{town.code}/")

    assert [(url, counted) for _step, url, counted in response.context["former"]] == [("", False)]
    assert "its records are counted here" not in response.content.decode()


def test_a_split_village_is_not_counted_in_either_part(manager: User, county: Division, ruoduo: Division) -> None:
    part = place("513228107205", "若多村民委员会", vintage=2023)
    Succession.objects.create(predecessor=ruoduo, successor=part, kind="split", source="made up")

    response = signed_in(manager).get(f"/areas/{part.code}/")

    assert response.context["tables"]["annual_funding"].table.total.get("allocated") is None
    assert "its records are counted here" not in response.content.decode()


def test_a_city_without_counties_is_drilled_to_its_towns(manager: User) -> None:
    place("44", "广东省")
    place("4419", "东莞市")
    place("441900", "东莞市")
    town = place("441900003", "东城街道")
    LedgerEntryFactory(division=town, amount=Decimal("12.00"))

    rows = children(manager, "/areas/441900000000/").rows

    assert [shown(row)[:2] for row in rows] == [("东城街道", Decimal("12.00"))]


def test_projects_and_alliances_of_the_area_are_listed(
    manager: User, heishui: Division, ruoduo: Division, erniunai: Division
) -> None:
    ProjectFactory(code="PV", name="Power station", division=ruoduo)
    ProjectFactory(code="ROAD", name="Road", division=erniunai)
    AllianceFactory(title="Alliance of Ruoduo", division=ruoduo)

    tables = signed_in(manager).get(f"/areas/{ruoduo.code}/").context["tables"]

    assert [row["name"] for row in tables["projects"].table.rows] == ["PV Power station"]
    assert [row["title"] for row in tables["alliances"].table.rows] == ["Alliance of Ruoduo"]


def test_hostile_codes_are_not_found(manager: User, county: Division) -> None:
    client = signed_in(manager)

    answers = [client.get(f"/areas/{code}/").status_code for code in ("1", "x" * 12, "5132%00", "٥" * 12, "9" * 40)]

    assert answers == [404] * 5


@pytest.mark.parametrize("villages", [1, 3, 30])
@pytest.mark.slow
def test_the_page_costs_the_same_with_more_rows(
    manager: User, zhawo: Division, villages: int, django_assert_num_queries: Any
) -> None:
    for number in range(villages):
        village = place(f"5132282122{number:02}")
        LedgerEntryFactory(division=village)
        ProjectFactory(division=village)
        AllianceFactory(division=village)
    client = signed_in(manager)

    # Session, user, what became the place, versions; the place, what became it twice, its ancestors; money by year,
    # by place and twice in total; pledges; what waits; incomes, total, lines; latest year, successions, names, listed
    # places, level; projects; alliances with parties; predecessors, successors; banner; the latest list and its places
    # for the filter.
    with django_assert_num_queries(32):
        client.get(f"/areas/{zhawo.code}/")

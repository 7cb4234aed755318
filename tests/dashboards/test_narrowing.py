"""The way down: rows that narrow the filter of their page, words that widen it again, and the places above."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role
from projects.models import Division
from tests.conftest import signed_in
from tests.factories import FundingSourceFactory, LedgerEntryFactory, ProjectFactory, UserFactory
from tests.golden import golden_incomes, golden_money


@pytest.fixture
def county(heishui: Division, ruoduo: Division, erniunai: Division) -> Division:
    golden_money(heishui, ruoduo, erniunai)
    golden_incomes(ruoduo, erniunai)
    return heishui


def page(user: User, path: str) -> Any:
    response = signed_in(user).get(path)
    assert response.status_code == 200
    return response


def links(response: Any, slug: str) -> list[str]:
    return [row.get("_url", "") for row in response.context["tables"][slug].table.rows]


def asked(link: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("slug", "narrowed"),
    [
        ("annual_funding", [{"year": "2018"}, {"year": "2019"}]),
        ("funding_by_plan", [{"plan": "13"}]),
        ("funding_by_source", [{"source_code": "company"}, {"source_code": "county"}]),
        ("funding_by_kind", [{"kind": "pv_centralised"}, {"kind": "road"}, {}]),
        ("funding_by_project", [{"project": "PV"}, {"project": "ROAD"}, {}]),
        ("funding_by_area", [{"area": "510000000000"}]),
    ],
)
def test_rows_of_money_narrow_the_page_and_keep_the_filter(
    manager: User, county: Division, slug: str, narrowed: list[dict[str, str]]
) -> None:
    found = links(page(manager, "/funding/"), slug)
    kept = links(page(manager, "/funding/?as_of=2026-01-31&category=none"), slug)

    assert [asked(link) for link in found] == narrowed
    assert all(asked(link).get("category") == "none" for link in kept if link)


@pytest.mark.slow
def test_each_narrowed_page_has_the_sum_of_its_row(manager: User, county: Division) -> None:
    response = page(manager, "/funding/")
    tables = [panel.table for slug, panel in response.context["tables"].items() if slug != "funding_flows"]

    sums = {
        row["_url"]: row["allocated"] for table in tables for row in table.rows if {"_narrows", "allocated"} <= {*row}
    }
    asked_for = {link: page(manager, f"/funding/{link}").context["tables"] for link in sums if link}
    narrowed = {link: tables["annual_funding"].table.total["allocated"] for link, tables in asked_for.items()}

    assert len(narrowed) > 8
    assert narrowed == {link: allocated for link, allocated in sums.items() if link}


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    ("path", "slug", "record"),
    [
        ("/funding/?project=PV", "funding_by_project", "/projects/PV/?project=PV"),
        ("/funding/?source_code=company", "funding_by_source", "/sources/company/?source_code=company"),
        ("/funding/?area=510000000000&year=2018", "funding_by_area", "?year=2018&area=513200000000"),
    ],
)
def test_row_that_is_asked_already_leads_to_its_record(
    manager: User, county: Division, path: str, slug: str, record: str
) -> None:
    assert links(page(manager, path), slug) == [record]


def test_rows_of_incomes_narrow_by_how_households_stood(manager: User, county: Division) -> None:
    response = page(manager, "/income/?area=513228000000")

    assert asked(links(response, "per_capita_income")[0]) == {"year": "2018", "area": "513228000000"}
    assert asked(links(response, "income_by_cause")[0]) == {"cause": "none", "area": "513228000000"}
    assert asked(links(response, "income_by_area")[0])["area"] == "513228212000"


def test_drill_down_leads_from_the_nation_to_the_village(manager: User, county: Division, ruoduo: Division) -> None:
    link, places = "", []
    while found := [one for one in links(page(manager, f"/funding/{link}"), "funding_by_area") if one.startswith("?")]:
        link = found[0]
        places.append(asked(link)["area"])

    assert places == ["510000000000", "513200000000", "513228000000", "513228212000", ruoduo.code]


def test_what_is_asked_stands_as_words_that_can_be_taken_away(manager: User, county: Division) -> None:
    form = page(manager, "/funding/?year=2018&plan=13&area=513228000000&kind=road&source=county").context["form"]

    assert [(chip.label, chip.words) for chip in form.chips] == [
        ("Year", "2018"),
        ("Five-year plan", "13th Five-Year Plan (2016-2020)"),
        ("Area", "Heishui County"),
        ("Kind of project", "road"),
        ("Source level", "county government"),
    ]
    assert [set(asked(chip.url)) for chip in form.chips[:2]] == [
        {"plan", "area", "kind", "source"},
        {"year", "area", "kind", "source"},
    ]


def test_project_and_source_stand_by_their_names(manager: User, county: Division) -> None:
    form = page(manager, "/funding/?project=PV&source_code=company").context["form"]

    assert [chip.words for chip in form.chips] == ["PV Power station", "Power company"]


@pytest.mark.parametrize("asked", ["project=NONE", "source_code=none", "project=HEZHOU", "project=P%25", "area=51"])
def test_unknown_project_and_source_show_no_figure(
    stranger: User, manager: User, county: Division, asked: str
) -> None:
    ProjectFactory(code="HEZHOU", division=county)
    stranger_sees = signed_in(stranger).get(f"/funding/?{asked}")

    is_wrong_code = "%" in asked or "area" in asked
    assert stranger_sees.status_code == (200 if is_wrong_code else 404)
    assert not is_wrong_code or stranger_sees.context["tables"] == {}


def test_places_above_the_one_asked_for_lead_to_the_same_page(manager: User, county: Division) -> None:
    crumbs = page(manager, "/income/?year=2018&area=513228000000").context["breadcrumbs"]

    assert crumbs == [
        ("Nation", "?year=2018"),
        ("Sichuan Province", "?year=2018&area=510000000000"),
        ("Aba Prefecture", "?year=2018&area=513200000000"),
        ("Heishui County", ""),
    ]
    assert page(manager, "/income/?year=2018").context["breadcrumbs"] == []


def test_clerk_is_led_to_no_place_above_their_own(clerk: User, county: Division, ruoduo: Division) -> None:
    crumbs = page(clerk, f"/funding/?area={ruoduo.code}").context["breadcrumbs"]

    assert [url for _title, url in crumbs] == ["", "", "", "?area=513228212000", ""]


@pytest.mark.slow
def test_places_beside_one_are_in_its_filter(manager: User, clerk: User, county: Division, xili: Division) -> None:
    def beside(user: User, code: str) -> list[str]:
        content = page(user, f"/funding/?area={code}").content.decode()
        group = re.search(r'<optgroup label="Beside it">(.*?)</optgroup>', content, re.DOTALL)
        return re.findall(r'value="(\d+)"', group[1]) if group else []

    assert beside(manager, "513228212205") == [xili.code]
    assert beside(manager, "513228212000") == ["513228213000"]
    assert beside(clerk, "513228212000") == []


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/areas/?area=513228000000&year=2018", "/areas/513228000000/?year=2018"),
        ("/areas/513228212000/?area=513228000000", "/areas/513228000000/"),
        ("/areas/513228212000/?area=000000000000&plan=13", "/areas/?plan=13"),
        ("/areas/513228212000/?area=", "/areas/"),
    ],
)
def test_area_asked_for_leads_to_the_page_of_that_place(
    manager: User, county: Division, path: str, leads_to: str
) -> None:
    assert signed_in(manager).get(path).headers["Location"] == leads_to


def test_page_of_a_place_does_not_say_that_its_area_is_not_asked(manager: User, county: Division) -> None:
    response = page(manager, "/areas/513228000000/?year=2018&kind=road")

    assert response.context["form"].labels_aside == "Kind of project"
    assert [chip.words for chip in response.context["form"].chips] == ["2018"]
    assert links(response, "places")[0] == "/areas/513228212000/?year=2018&kind=road"


def test_long_list_shows_its_first_rows_and_the_total_of_all(
    manager: User, county: Division, ruoduo: Division
) -> None:
    for number in range(20):
        LedgerEntryFactory(
            project=ProjectFactory(code=f"P{number}", division=ruoduo), division=ruoduo, amount=number + 1
        )
    short, whole = (page(manager, f"/funding/{asked}") for asked in ("?plan=13", "?plan=13&whole=funding-by-project"))
    one, all_of_them = (found.context["tables"]["funding_by_project"].table for found in (short, whole))

    assert (len(one.rows), one.more.rows, one.more.url) == (
        15,
        23,
        "?plan=13&whole=funding-by-project#funding-by-project",
    )
    assert (len(all_of_them.rows), all_of_them.more) == (23, None)
    assert one.total == all_of_them.total
    assert "whole" not in short.context["tables"]["funding_by_project"].csv_url


def test_places_stand_with_both_names(manager: User, county: Division) -> None:
    content = page(manager, "/areas/513228000000/").content.decode()

    assert 'Heishui County <span class="other-name" lang="zh-Hans">黑水县</span></h1>' in content
    assert '<span class="other-name" lang="zh-Hans">扎窝乡</span>' in content


def test_source_of_an_unknown_code_is_asked_of_its_day(manager: User, county: Division) -> None:
    FundingSourceFactory(code="later")

    assert page(manager, "/funding/?source_code=later").context["tables"]["annual_funding"].table.rows == []


@pytest.mark.slow
def test_manager_of_one_area_has_their_own_in_the_heading_where_they_ask_for_it(county: Division) -> None:
    user = UserFactory(role=Role.MANAGER, area="513228")

    assert page(user, "/funding/").context["form"].asked_place is None
    assert page(user, "/funding/?area=513228000000").context["form"].asked_place == county

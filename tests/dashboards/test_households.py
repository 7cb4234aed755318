"""The register of households: what a row tells, what is looked for and what is not, and its pages."""

from datetime import date
from decimal import Decimal as D

import pytest

from alleviation.dashboards.households import index
from tests.acceptance.reading import page
from tests.conftest import signed_in
from tests.factories import (
    HouseholdFactory,
    IncomeRecordFactory,
    MonitoringFactory,
    OfficialFactory,
    PersonFactory,
    ResponsibilityFactory,
)


def numbers(user, **asked) -> list[str]:
    return page(signed_in(user), "/households/", **asked)["households"].column("Household number")


def test_a_row_tells_where_a_household_stands_today(ruoduo, clerk):
    told = {"status": "monitored", "status_since": date(2021, 3, 1), "category": "general", "main_cause": "illness"}
    household = HouseholdFactory(village=ruoduo, number="001", **told)
    PersonFactory(household=household, name="王大明", relation="head")
    PersonFactory(household=household, relation="child")
    PersonFactory(household=household, relation="parent", left_on=date(2020, 1, 1), left_as="death")
    IncomeRecordFactory(household=household, year=2018, wage_income=D("999.00"))
    IncomeRecordFactory(household=household, year=2019, persons=3, wage_income=D("10000.00"))
    ResponsibilityFactory(household=household, from_on=date(2015, 1, 1), until_on=date(2018, 1, 1))
    ResponsibilityFactory(household=household, official=OfficialFactory(name="Wang Wei"))
    MonitoringFactory(household=household)

    table = page(signed_in(clerk), "/households/")["households"]

    assert [list(row.values()) for row in table.rows] == [
        ["001", "Ruoduo Village (若多村)", "王**", "monitored", "2021-03-01", "general", "illness", "2", "2019",
         "3,333.33",
         "Wang Wei", "2021-03-01"],
    ]  # fmt: skip
    assert table.links == [f"/households/{household.pk}/"]


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["009", "001", "002"]),
        ({"area": "513228212200"}, ["009"]),
        ({"household_status": "exited"}, ["002"]),
        ({"category": "none"}, ["009", "001"]),
        ({"cause": "illness"}, ["001"]),
        ({"search": "00"}, ["009", "001", "002"]),
        ({"search": "002"}, ["002"]),
        ({"search": "513228212200"}, ["009"]),
    ],
)
def test_the_register_is_narrowed(asked, expected, ruoduo, xili, erniunai, clerk):
    HouseholdFactory(village=ruoduo, number="001", main_cause="illness")
    HouseholdFactory(village=ruoduo, number="002", status="exited", category="general")
    HouseholdFactory(village=xili, number="009")
    HouseholdFactory(village=erniunai, number="001")

    assert numbers(clerk, **asked) == expected


# A name, an identity number, a bank account, and a number with a space.
@pytest.mark.parametrize("search", ["王大明", "51322819700101001X", "6222020000000000000", "0 0"])
def test_nobody_is_looked_for_by_name_or_number(search, ruoduo, clerk):
    PersonFactory(household=HouseholdFactory(village=ruoduo, number="001"), name="王大明")
    response = signed_in(clerk).get("/households/", {"search": search})

    assert response.context["form"].errors["search"] == ["Enter a household number or a village code, and no name."]
    assert "table" not in response.context


def test_the_pages_of_the_register_hold_each_household_once(ruoduo, xili, clerk, monkeypatch):
    monkeypatch.setattr(index, "PAGE", 2)
    for village, number in ((xili, "1"), (xili, "2"), (ruoduo, "1"), (ruoduo, "2"), (ruoduo, "3")):
        HouseholdFactory(village=village, number=number)
    client, pages, url = signed_in(clerk), [], "/households/"

    while url:
        context = client.get(url).context
        pages.append([row["number"] for row in context["table"].rows])
        last, url = context, context["later"] and f"/households/{context['later']}"

    assert pages == [["1", "2"], ["1", "2"], ["3"]]
    back = client.get(f"/households/{last['earlier']}").context
    assert [row["number"] for row in back["table"].rows] == ["1", "2"]
    first = client.get(f"/households/{back['earlier']}").context
    assert ([row["place"] for row in first["table"].rows], first["earlier"]) == (["Xili Village (西里村)"] * 2, "")


@pytest.mark.parametrize("edge", ["after=x", "before=-1", "after=99999999999999999999", "after=٣", "before={foreign}"])
def test_a_page_begins_at_a_household_of_the_reader_alone(edge, erniunai, clerk):
    foreign = HouseholdFactory(village=erniunai)

    assert signed_in(clerk).get(f"/households/?{edge.format(foreign=foreign.pk)}").status_code == 404


def test_an_empty_register_says_what_to_do_next(ruoduo, clerk):
    text = signed_in(clerk).get("/households/").content.decode()

    assert "No household is recorded in your area yet. A clerk enters households" in text
    assert "/admin/beneficiaries/household/add/" in text


def test_the_file_of_the_register_is_the_report(ruoduo, clerk):
    HouseholdFactory(village=ruoduo, number="001")
    client = signed_in(clerk)
    url = client.get("/households/?cause=none").context["csv_url"]

    assert url == "/reports/household-register.csv?cause=none"
    assert b"001" in b"".join(client.get(url).streaming_content)


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_register_costs_the_same_for_many_households(number, ruoduo, clerk, django_assert_num_queries):
    for household in HouseholdFactory.create_batch(number, village=ruoduo):
        PersonFactory(household=household)
        IncomeRecordFactory(household=household)
        ResponsibilityFactory(household=household)
        MonitoringFactory(household=household)
    client = signed_in(clerk)

    # Session, user; households; heads, persons, incomes, responsible, monitorings; the place asked for, the places
    # above and below it for the filter, the latest list; whether the example is loaded.
    with django_assert_num_queries(14):
        client.get("/households/")

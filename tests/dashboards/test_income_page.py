"""The income page as a manager reads it: lines and bands, breaks, change, cuts, and what is withheld."""

from decimal import Decimal
from typing import Any

import pytest

from alleviation.accounts.models import User
from beneficiaries.rollups import sized
from projects.models import Division
from tests.conftest import signed_in
from tests.factories import EnrolmentFactory, HouseholdFactory, IncomeRecordFactory, PovertyLineFactory
from tests.golden import golden_incomes
from tests.golden_households import golden_households

D = Decimal


@pytest.fixture
def village(heishui: Division, ruoduo: Division) -> Division:
    """Two households in 2013 and 2014, when net income became disposable; a line of 3,000 for 2014 alone.

    2013: 8,000 ÷ 4 = 2,000. 2014: 12,000 ÷ 4 = 3,000: 2,000 each of two is below, 4,000 each of two is near. The rise
    of 1,000 a head is wages of 900 and property of 100, all of which is land rent.
    """
    first, second = (HouseholdFactory(village=ruoduo, number=number) for number in ("001", "002"))
    second.category = "subsistence"
    second.save()
    for household, year, wages, rent in (
        (first, 2013, "4000.00", "0.00"),
        (second, 2013, "4000.00", "0.00"),
        (first, 2014, "4000.00", "0.00"),
        (second, 2014, "7600.00", "400.00"),
    ):
        IncomeRecordFactory(household=household, year=year, persons=2, wage_income=D(wages), property_income=D(rent))
    EnrolmentFactory(household=second, year=2014, role="land_rent", amount=D("400.00"))
    PovertyLineFactory(year=2014, amount=D("3000.00"))
    return ruoduo


def page(user: User, **filters: Any) -> Any:
    response = signed_in(user).get("/income/", filters)
    assert response.status_code == 200
    return response


def rows(user: User, slug: str, **filters: Any) -> list[dict[str, Any]]:
    return list(page(user, **filters).context["tables"][slug].table.rows)


def test_bands_stand_by_year_and_a_year_without_a_line_says_so(manager: User, village: Division) -> None:
    found = rows(manager, "poverty_line_bands")

    keys = ("year", "remark", "below_persons", "share", "near_persons", "above_persons", "apart_households")
    assert [tuple(row.get(key) for key in keys) for row in found] == [
        (2013, "no line is recorded for this year", None, None, None, None, 2),
        (2014, "", 2, D("0.5"), 2, 0, 0),
    ]


@pytest.mark.slow
def test_monitoring_line_has_a_table_where_one_is_recorded(manager: User, village: Division) -> None:
    assert "monitoring_line_bands" not in page(manager).context["tables"]

    PovertyLineFactory(year=2014, kind="monitoring", amount=D("4500.00"))

    assert rows(manager, "monitoring_line_bands")[1]["below_persons"] == 4


@pytest.mark.slow
def test_break_of_the_series_is_marked_in_the_table_and_said_above_it(manager: User, village: Division) -> None:
    response = page(manager)
    found = rows(manager, "per_capita_income")

    assert [(row["year"], row["kept"], row["break"]) for row in found] == [
        (2013, "net income, January to December", ""),
        (2014, "disposable income, January to December", "the series breaks here"),
    ]
    assert response.context["breaks"] == [
        "Break in the series: net income, January to December in 2013; disposable income, January to December in 2014."
    ]
    assert response.context["drawings"][0].drawing.svg.count('class="chart-key"') == 3


@pytest.mark.slow
def test_year_asked_for_alone_still_tells_that_the_series_breaks_there(manager: User, village: Division) -> None:
    assert len(page(manager, year=2014).context["breaks"]) == 1
    assert page(manager, year=2013).context["breaks"] == []


def test_change_is_told_by_component_and_by_what_projects_brought(manager: User, village: Division) -> None:
    change = rows(manager, "income_changes")[1]
    benefits = rows(manager, "benefits_in_change")

    assert [change[key] for key in ("change", "growth", "wage_income", "property_income", "expenses", "same")] == [
        D(1000),
        D("0.5"),
        D(900),
        D(100),
        D(0),
        D(1000),
    ]
    assert change["remark"] == "the series breaks here: not the same is compared"
    assert [(row["year"], row["land_rent"], row["dividend"]) for row in benefits] == [(2014, D(100), None)]


def test_first_year_has_nothing_to_be_compared_with(manager: User, village: Division) -> None:
    first = rows(manager, "income_changes")[0]

    assert (first["change"], first["growth"], first["remark"]) == (
        None,
        None,
        "nothing is recorded for the year before",
    )


def test_cuts_are_those_of_the_latest_year_and_add_up(manager: User, village: Division) -> None:
    table = page(manager).context["tables"]["income_by_category"].table

    found = [(row["cut"], row["persons"], row["net_income"]) for row in table.rows]
    assert found == [("on subsistence allowance", 2, D("8000.00")), ("not recorded", 2, D("4000.00"))]
    assert (table.total["persons"], table.total["net_income"]) == (4, D("12000.00"))
    assert str(table.title) == "Per-capita income by category, 2014"


@pytest.mark.slow
def test_cut_that_the_filter_makes_already_is_left_out(manager: User, village: Division) -> None:
    response = page(manager, category="none")

    assert [row["net_income"] for row in response.context["tables"]["per_capita_income"].table.rows] == [
        D("4000.00"),
        D("4000.00"),
    ]
    assert "income_by_category" not in response.context["tables"]


def test_areas_tell_how_many_are_below_the_line(manager: User, village: Division) -> None:
    found = rows(manager, "income_by_area", area="513228000000")

    assert [(row["below_households"], row["below_persons"], row["share_below"]) for row in found] == [(1, 2, D("0.5"))]


def test_first_figures_are_those_of_the_latest_year(manager: User, village: Division) -> None:
    stats = page(manager).context["stats"]

    assert [(stat.label, stat.value, stat.note) for stat in stats] == [
        ("Per-capita income 2014", "3,000.00", "the series breaks here: not the same is compared"),
        ("Persons below the poverty line 2014", "2", "50.0% of those held against it"),
        ("Incomes of 2014 not verified yet", "2", "they are in every sum as they stand"),
    ]


@pytest.mark.slow
def test_figures_of_few_households_are_withheld_from_a_manager(
    settings: Any, manager: User, auditor: User, village: Division
) -> None:
    settings.SMALLEST_CELL = 5

    (year, *_others) = rows(manager, "income_quantiles", year=2014)
    bands, changes = rows(manager, "poverty_line_bands", year=2014), rows(manager, "income_changes", year=2014)

    assert {"below_persons", "share"} <= set(bands[0]["_withheld"])
    assert {"change", "per_capita"} <= set(changes[0]["_withheld"])
    assert year["_withheld"] == ["p10", "p25", "median", "p75", "p90"]
    assert [stat.value for stat in page(manager).context["stats"]] == ["withheld"] * 3
    assert rows(auditor, "poverty_line_bands", year=2014)[0]["below_persons"] == 2


def test_wrong_filter_shows_no_figure(manager: User, village: Division) -> None:
    response = page(manager, household_status="rich")

    assert response.context["tables"] == {}
    assert list(response.context["form"].errors) == ["household_status"]


# C became part of B on 1 January 2022: on the boundaries of today B has H4, H5, H6 and of C H7, H8 in 2019.
@pytest.mark.slow
def test_villages_as_they_were_then_keep_what_was_recorded_there(
    county_clerk: User, manager: User, heishui: Division, zhawo: Division
) -> None:
    golden_households(county_clerk)
    asked = {"area": zhawo.code, "year": 2019}

    today = page(manager, **asked)
    then = page(manager, **asked, boundaries="recorded")

    def by_village(response: Any) -> list[tuple[str, int]]:
        found = response.context["tables"]["income_by_area"].table.rows
        return [(row["area"].partition("村")[0], row["households"]) for row in found]

    assert by_village(today) == [("A", 3), ("B", 5)]
    assert by_village(then) == [("A", 3), ("B", 3), ("C", 2)]
    assert "Villages are shown as they are today" in today.content.decode()
    assert "Villages are shown as they were then" in then.content.decode()


def test_what_asks_every_household_is_left_out_where_there_are_too_many(manager, village, monkeypatch):
    whole = page(manager).context
    monkeypatch.setattr("beneficiaries.rollups.sized.MOST_AT_ONCE", 3)

    left = page(manager)
    file = signed_in(manager).get("/income/", {"csv": "income-quantiles"})

    asked = {
        *("income_quantiles", "income_distribution", "income_by_status", "income_by_category", "income_by_cause"),
        "benefits_in_change",
    }
    assert set(whole["tables"]) - set(left.context["tables"]) == asked & set(whole["tables"])
    assert "choose a county, or fewer years" in left.content.decode()
    assert len(b"".join(file.streaming_content).splitlines()) == 3


def test_cuts_of_a_place_are_left_to_a_file_where_the_nation_is_large(
    ruoduo, erniunai, manager, clerk, monkeypatch, settings
):
    golden_incomes(ruoduo, erniunai)
    settings.SMALLEST_CELL = 2
    monkeypatch.setattr(sized, "MOST_AT_ONCE", 2)
    place = "/income/?year=2018&area=513228213000"

    shown = signed_in(manager).get(place).context
    own = signed_in(clerk).get("/income/?year=2018&area=513228212000").context
    file = signed_in(manager).get(f"{place}&csv=income-by-cause")

    # There are three incomes of 2018, one of them in Qinglang; whoever sees households is told by no regions.
    assert (shown["is_whole"], "income_by_cause" in shown["tables"]) == (True, False)
    assert (own["is_whole"], "income_by_cause" in own["tables"]) == (True, True)
    assert file["Content-Type"] == "text/csv; charset=utf-8"

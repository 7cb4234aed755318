"""By how much per-capita income rises, what that is made of to the last fraction, and where a series breaks."""

from dataclasses import replace
from decimal import Decimal as D
from fractions import Fraction as F
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.common.query import Query
from alleviation.scrutiny.figures.changes import grown
from beneficiaries.models import Household
from beneficiaries.rollups import (
    COMPONENTS,
    Change,
    in_yuan,
    income_changes,
    line_bands_total,
    per_capita_income,
    series_breaks,
)
from projects.models import Division
from tests.factories import EnrolmentFactory, HouseholdFactory, IncomeRecordFactory, ProjectFactory


@pytest.fixture
def asked(auditor: User) -> Query:
    return Query(user=auditor)


def earned(household: Household, year: int, persons: int, *amounts: str, **values: Any) -> None:
    """Wages, business, property, transfers, expenses; what is not given is nothing."""
    given = dict(zip(COMPONENTS, map(D, (*amounts, *("0.00",) * (5 - len(amounts)))), strict=True))
    IncomeRecordFactory(household=household, year=year, persons=persons, **given, **values)


@pytest.fixture
def county(ruoduo: Division, xili: Division) -> list[Household]:
    """Three households of 2018 to 2020; B moved away after 2018, C came in 2019.

    | year | household | persons | wages | business | property | transfers | expenses | net    |
    | 2018 | A         |       3 | 3,000 |    1,000 |        0 |       600 |      100 |  4,500 |
    | 2018 | B         |       1 |   500 |        0 |        0 |         0 |        0 |    500 |
    | 2019 | A         |       3 | 4,500 |    1,000 |      900 |       600 |      400 |  6,600 |
    | 2019 | C         |       4 | 1,000 |    8,000 |        0 |         0 |    1,600 |  7,400 |
    2018: 5,000 ÷ 4 = 1,250. 2019: 14,000 ÷ 7 = 2,000. The change is 750: wages 5,500/7 − 3,500/4, and so on.
    From projects A gets land rent of 300 and a dividend of 600 in 2019, C a wage nobody knows, B one of 400 in 2018.
    """
    a, b, c = (HouseholdFactory(village=village) for village in (ruoduo, ruoduo, xili))
    earned(a, 2018, 3, "3000.00", "1000.00", "0.00", "600.00", "100.00")
    earned(b, 2018, 1, "500.00")
    earned(a, 2019, 3, "4500.00", "1000.00", "900.00", "600.00", "400.00")
    earned(c, 2019, 4, "1000.00", "8000.00", "0.00", "0.00", "1600.00")
    project = ProjectFactory(division=ruoduo)
    for household, role, year, amount in (
        (a, "land_rent", 2019, D("300.00")),
        (a, "dividend", 2019, D("600.00")),
        (c, "wage", 2019, None),
        (b, "wage", 2018, D("400.00")),
        # Of a year without an income nothing is compared.
        (b, "wage", 2019, D("999.00")),
    ):
        EnrolmentFactory(household=household, project=project, role=role, year=year, amount=amount)
    return [a, b, c]


def of(changes: list[Change]) -> dict[int, Change]:
    return {one.year: one for one in changes}


def test_the_change_is_the_sum_of_its_parts_to_the_last_fraction(asked: Query, county: list[Household]) -> None:
    change = of(income_changes(asked))[2019]

    assert change.change == F(750)
    assert change.parts == {
        "wage_income": F(5500, 7) - F(3500, 4),
        "business_income": F(9000, 7) - F(1000, 4),
        "property_income": F(900, 7),
        "transfer_income": F(600, 7) - F(600, 4),
        "expenses": -(F(2000, 7) - F(100, 4)),
    }
    assert sum(change.parts.values()) == change.change
    assert (in_yuan(change.change), change.growth) == (D(750), F(3, 5))


def test_what_projects_bring_is_a_part_of_its_component(asked: Query, county: list[Household]) -> None:
    change = of(income_changes(asked))[2019]

    assert change.of_which == {"dividend": F(600, 7), "land_rent": F(300, 7), "wage": -F(400, 4)}
    # The rent and the dividend are all of the property income of 900.
    assert change.of_which["dividend"] + change.of_which["land_rent"] == change.parts["property_income"]
    assert (change.received_before.unknown, change.received_after.unknown) == (0, 1)


def test_matched_compares_the_households_of_both_years_alone(asked: Query, county: list[Household]) -> None:
    # A alone: 6,600 ÷ 3 − 4,500 ÷ 3 = 700; wages 500, property 300, expenses −100.
    [change] = income_changes(asked, matched=True)

    assert (change.year, change.change, change.matched, change.after.households) == (2019, F(700), True, 1)
    assert {name: part for name, part in change.parts.items() if part} == {
        "wage_income": F(500),
        "property_income": F(300),
        "expenses": F(-100),
    }
    assert (change.of_which, change.received_after.unknown) == ({"dividend": F(200), "land_rent": F(100)}, 0)


def test_matched_asks_both_years_in_the_place_asked_for(asked: Query, county: list[Household], xili: Division) -> None:
    earned(county[0], 2020, 3, "3000.00", village=xili)

    everywhere = [one.year for one in income_changes(asked, matched=True)]
    in_xili = income_changes(replace(asked, prefixes=(xili.code,)), matched=True)

    assert (everywhere, in_xili) == ([2019, 2020], [])


def test_the_year_before_is_read_though_it_is_not_asked_for(asked: Query, county: list[Household]) -> None:
    assert income_changes(asked.of_years(2019, 2019)) == income_changes(asked)[1:]


def test_nothing_is_compared_with_a_year_without_records(asked: Query, county: list[Household]) -> None:
    earned(county[0], 2021, 3, "3000.00")

    changes = of(income_changes(asked))

    assert list(changes) == [2018, 2019, 2021]
    for year in (2018, 2021):
        one = changes[year]
        assert (one.before, one.change, one.growth, one.parts, one.of_which) == (None, None, None, {}, {})


def test_of_a_loss_no_percentage_is_told(asked: Query, ruoduo: Division) -> None:
    household = HouseholdFactory(village=ruoduo)
    earned(household, 2018, 2, "0.00", "0.00", "0.00", "0.00", "100.00")
    earned(household, 2019, 2, "100.00")

    change = of(income_changes(asked))[2019]

    assert (change.change, change.growth) == (F(100), None)


def test_growth_is_what_the_explained_change_tells(asked: Query, county: list[Household]) -> None:
    per_head = {one.key: one.per_capita for one in per_capita_income(asked)}

    assert in_yuan(of(income_changes(asked))[2019].growth) == grown(per_head[2019], per_head[2018])


def test_changes_ask_the_same_for_more_rows(asked: Query, ruoduo: Division, django_assert_num_queries: Any) -> None:
    for more in (1, 2, 9):
        for number in range(more):
            household = HouseholdFactory(village=ruoduo)
            earned(household, 2010 + number, 2, "1.00")
            EnrolmentFactory(household=household, year=2010 + number, amount=D("1.00"))

        # The sums, what projects brought, and how incomes were counted; of either side where both are matched.
        with django_assert_num_queries(3):
            income_changes(asked)
        with django_assert_num_queries(5):
            income_changes(asked, matched=True)


# --- breaks -----------------------------------------------------------------------------------------------------


def test_the_series_breaks_where_the_definition_changes(asked: Query, ruoduo: Division) -> None:
    household = HouseholdFactory(village=ruoduo)
    for year in (2012, 2013, 2014, 2015):
        earned(household, year, 1, "10.00")

    breaks = series_breaks(asked)
    changes = of(income_changes(asked))

    assert {year: one.words for year, one in breaks.items()} == {
        2014: "Break in the series: net income, January to December in 2013; disposable income, January to December "
        "in 2014."
    }
    assert [one.broken for one in changes.values()] == [None, None, breaks[2014], None]
    # Across the break the figures are told all the same, and marked.
    assert changes[2014].change == F(0)


def test_the_series_breaks_where_the_income_year_changes_over_a_gap(asked: Query, ruoduo: Division) -> None:
    household = HouseholdFactory(village=ruoduo)
    earned(household, 2016, 1, "10.00", income_year="october")
    earned(household, 2019, 1, "10.00")

    [found] = series_breaks(asked).values()

    assert (found.year, found.previous, found.is_mixed) == (2019, 2016, False)
    assert found.words == (
        "Break in the series: disposable income, October of the year before to September in 2016; disposable income, "
        "January to December in 2019."
    )


def test_a_year_that_mixes_definitions_is_a_break_of_its_own(asked: Query, ruoduo: Division) -> None:
    one, other = HouseholdFactory(village=ruoduo), HouseholdFactory(village=ruoduo)
    for year in (2018, 2019):
        earned(one, year, 1, "10.00")
        earned(other, year, 1, "10.00", income_year="october")
    earned(one, 2020, 1, "10.00")

    breaks = series_breaks(asked)

    mixed = "disposable income, January to December; disposable income, October of the year before to September"
    assert {year: found.words for year, found in breaks.items()} == {
        2018: f"2018 mixes what is not the same: {mixed}.",
        2019: f"2019 mixes what is not the same: {mixed}.",
        2020: f"Break in the series: {mixed} in 2019; disposable income, January to December in 2020.",
    }
    assert [found.broken is None for found in income_changes(asked)] == [True, False, False]


def test_a_correction_may_mend_a_break(asked: Query, ruoduo: Division) -> None:
    household = HouseholdFactory(village=ruoduo)
    earned(household, 2018, 1, "10.00")
    IncomeRecordFactory(household=household, year=2019, concept="net", superseded_at="2021-01-01T00:00:00Z")
    earned(household, 2019, 1, "10.00")

    assert series_breaks(asked) == {}
    assert line_bands_total(asked).without_line.households == 2

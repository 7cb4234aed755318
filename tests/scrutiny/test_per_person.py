"""What was allocated for each person counted, as an auditor divides it by hand."""

from decimal import Decimal as D

import pytest

from alleviation.accounts.models import User
from alleviation.common.query import Query
from alleviation.scrutiny.figures.per_person import AllocatedPerPerson
from projects.models import Division
from tests.conftest import signed_in
from tests.factories import HouseholdFactory, IncomeRecordFactory, LedgerEntryFactory
from tests.opening import added_up, question

FIGURE = AllocatedPerPerson()


def asked(user: User, wish: str) -> Query:
    return question(f"/explain/allocated-per-person/?{wish}", user)[1]


@pytest.fixture
def years(heishui: Division, ruoduo: Division, xili: Division) -> None:
    """Money of the county and of one village; persons counted in two.

    | year | Heishui itself | Ruoduo | persons in Ruoduo | in Xili |
    | 2017 |         50.00  |        |                   |         |
    | 2018 |        100.00  |  20.00 |                 4 |       3 |
    | 2019 |                |  10.00 |                 4 |         |
    | 2020 |                |        |                 4 |         |

    All: (120 + 10) ÷ (7 + 4) = 130 ÷ 11; of 2018 alone 120 ÷ 7; of Ruoduo (20 + 10) ÷ (4 + 4) = 3.75.
    """
    for year, place, amount in ((2017, heishui, 50), (2018, heishui, 100), (2018, ruoduo, 20), (2019, ruoduo, 10)):
        LedgerEntryFactory(year=year, division=place, amount=D(amount))
    for village, counted, persons in ((ruoduo, (2018, 2019, 2020), 4), (xili, (2018,), 3)):
        household = HouseholdFactory(village=village)
        for year in counted:
            IncomeRecordFactory(household=household, year=year, persons=persons)


def test_it_is_the_ratio_of_the_sums_over_the_years_that_have_both(auditor: User, years: None) -> None:
    everything, year, village = (asked(auditor, wish) for wish in ("", "year=2018", "area=513228212205"))

    assert [FIGURE.value(query) for query in (everything, year, village)] == [D(130) / 11, D(120) / 7, D("3.75")]
    assert [added_up(FIGURE, query) for query in (everything, year, village)] == [D(130) / 11, D(120) / 7, D("3.75")]
    assert FIGURE.working(everything) == "130.00 yuan ÷ 11 persons = 11.82 yuan per person"
    assert [(row["year"], row["allocated"], row["persons"]) for row in FIGURE.rows(everything)] == [
        (2018, D("120.00"), 7),
        (2019, D("10.00"), 4),
    ]
    assert [one.number for one in FIGURE.left_out(everything)] == [1, 1]


@pytest.mark.parametrize("year", [2016, 2017, 2020])
def test_it_is_not_known_of_a_year_without_money_or_without_persons(auditor: User, years: None, year: int) -> None:
    query = asked(auditor, f"year={year}")

    assert (FIGURE.value(query), FIGURE.working(query), FIGURE.number(query)) == (None, "", 0)


def test_the_page_of_a_place_has_it_by_year_and_each_opens(manager: User, years: None) -> None:
    table = signed_in(manager).get("/areas/513228000000/").context["tables"]["allocated_per_person"].table

    shown = [[cell.text for cell in row.cells] for row in table.body()]
    assert shown == [
        ["2017", "50.00", "—", "—"],
        ["2018", "120.00", "7", "17.14"],
        ["2019", "10.00", "4", "2.50"],
        ["2020", "—", "4", "—"],
    ]
    opened = [row.cells[3].url for row in table.body()]
    assert opened[1] == "/explain/allocated-per-person/?area=513228000000&year=2018"

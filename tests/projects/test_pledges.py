"""Promised money: its years, as far as they are stated, and its sum as a figure beside what is booked."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from alleviation.common.figures import Figure, FigureSum, Qualifier
from alleviation.common.query import Query
from projects.actions import enter
from projects.models import Pledge
from projects.rollups import funding_total, pledged_years
from projects.rollups.pledges import pledged, pledges, years_of
from tests.factories import DocumentFactory, FundingSourceFactory, PledgeFactory, ProjectFactory

UNTIL = 2022


def years(query: Query, until: int = UNTIL) -> list[int]:
    return [one.year for one in pledged_years(query, until=until)]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"basis": "once", "first_year": 2018}, [2018]),
        ({"basis": "once", "first_year": 2018, "last_year": 2020}, [2018]),
        ({"basis": "per_year", "first_year": 2018, "last_year": 2020}, [2018, 2019, 2020]),
        ({"basis": "per_year", "first_year": 2020}, [2020, 2021, 2022]),
        ({"basis": "per_year", "first_year": 2022, "last_year": 2022}, [2022]),
        ({"basis": "per_year", "first_year": 2025}, []),
        ({"basis": "once"}, []),
        ({"basis": "per_year", "last_year": 2020}, []),
    ],
)
def test_the_years_of_a_pledge(db, facts, expected):
    assert list(years_of(PledgeFactory(**facts), until=UNTIL)) == expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"published_on": date(2020, 5, 1)}, [2020, 2021, 2022]),
        ({"event_on": date(2021, 5, 1)}, [2021, 2022]),
        ({"published_on": date(2020, 5, 1), "event_on": date(2019, 5, 1)}, [2020, 2021, 2022]),
        ({}, []),
    ],
)
def test_a_start_that_is_not_stated_is_the_year_of_the_document(everything, document, expected):
    pledge = PledgeFactory(basis="per_year", stated_in=DocumentFactory(**document))

    assert years(everything) == expected
    assert pledge.is_start_stated is False


def test_a_stated_start_goes_before_that_of_the_document(everything):
    pledge = PledgeFactory(first_year=2017, stated_in=DocumentFactory(published_on=date(2020, 5, 1)))

    assert years(everything) == [2017]
    assert pledge.is_start_stated is True


def test_only_the_years_asked_for(manager):
    PledgeFactory(basis="per_year", first_year=2016, last_year=2022)

    assert years(Query(user=manager, first_year=2018, last_year=2019)) == [2018, 2019]
    assert years(Query(user=manager, first_year=2021, last_year=2030), until=2021) == [2021, 2022]


def test_stated_years_to_come_are_shown_and_an_end_that_is_not_stated_is_today(everything):
    PledgeFactory(basis="per_year", first_year=2021, last_year=2024)
    PledgeFactory(basis="per_year", first_year=2021)

    assert years(everything, until=2022) == [2021, 2021, 2022, 2022, 2023, 2024]


def test_pledges_stand_in_the_order_of_their_years(everything):
    later = PledgeFactory(basis="per_year", first_year=2018, last_year=2019)
    first = PledgeFactory(basis="once", first_year=2017)

    found = [(one.year, one.pledge) for one in pledged_years(everything, until=UNTIL)]

    assert found == [(2017, first), (2018, later), (2019, later)]


def test_pledges_of_one_year_add_up_as_figures(everything):
    PledgeFactory(first_year=2018, low=D("4032000.00"))
    PledgeFactory(first_year=2018, qualifier="over", low=D("300000.00"), high=None)
    PledgeFactory(first_year=2018, qualifier="unstated", low=None, high=None)

    total = pledged(pledged_years(everything, until=UNTIL))

    assert total == FigureSum(Figure.over("4332000.00"), 1)


def test_no_pledge_is_no_figure_and_not_zero(everything):
    assert pledged(pledged_years(everything, until=UNTIL)) == FigureSum(None, 0)


def test_a_pledge_is_never_booked_money(everything):
    PledgeFactory(first_year=2018, low=D("4032000.00"))

    assert funding_total(everything).allocated == D("0.00")


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ({"project_kind": "road"}, 1),
        ({"project_kind": "water"}, 0),
        ({"source_level": "enterprise"}, 1),
        ({"project_code": "P"}, 1),
        ({"prefixes": ("513228212",)}, 2),
        ({"prefixes": ("45",)}, 0),
    ],
)
def test_a_question_narrows_pledges(manager, ruoduo, asked, number):
    enterprise = FundingSourceFactory(code="company", level="enterprise")
    PledgeFactory(division=ruoduo, source=enterprise, project=ProjectFactory(code="P", kind="road", division=ruoduo))
    PledgeFactory(division=ruoduo)

    assert len(pledges(Query(user=manager, **asked))) == number


def test_each_sees_the_pledges_of_their_area(ruoduo, clerk, stranger, administrator):
    PledgeFactory(division=ruoduo)

    assert [len(pledges(Query(user=user))) for user in (clerk, stranger, administrator)] == [1, 0, 0]


def test_pledges_ask_the_database_once(everything, ruoduo, django_assert_num_queries):
    for more in (1, 2, 27):
        for _n in range(more):
            PledgeFactory(division=ruoduo, stated_in=DocumentFactory(published_on=date(2020, 5, 1)))

        with django_assert_num_queries(1):  # the pledges with their documents
            pledged_years(everything, until=UNTIL)


def a_pledge(ruoduo, **facts) -> Pledge:
    return Pledge(**{"source": FundingSourceFactory(), "division": ruoduo, "basis": "once", **facts})


def test_one_number_is_enough_for_an_exact_pledge(clerk, ruoduo):
    enter(a_pledge(ruoduo, low=D("100.00")), by=clerk)

    assert Pledge.objects.get().figure == Figure.exact("100.00")


@pytest.mark.parametrize(
    "facts",
    [
        {"low": None},
        {"qualifier": "range", "low": D("100.00")},
        {"qualifier": "over", "low": D("1.00"), "high": D("2.00")},
        {"low": D("1.00"), "first_year": 2020, "last_year": 2019},
        {"low": D("1.00"), "first_year": 1900},
    ],
)
def test_a_pledge_that_contradicts_itself_is_refused(clerk, ruoduo, facts):
    with pytest.raises(ValidationError):
        enter(a_pledge(ruoduo, **facts), by=clerk)

    assert Pledge.objects.count() == 0


BOUNDS = [(None, None), ("5", None), (None, "5"), ("5", "5"), ("5", "6"), ("6", "5")]


@pytest.mark.parametrize("qualifier", Qualifier.values)
@pytest.mark.parametrize(("low", "high"), BOUNDS)
def test_database_takes_the_figures_that_python_takes_and_no_others(ruoduo, qualifier, low, high):
    numbers = {"low": low and D(low), "high": high and D(high)}
    try:
        Figure(**numbers, qualifier=Qualifier(qualifier))
        is_figure = True
    except ValueError:
        is_figure = False

    try:
        with transaction.atomic():
            PledgeFactory(division=ruoduo, qualifier=qualifier, **numbers)
        is_taken = True
    except IntegrityError:
        is_taken = False

    assert is_taken is is_figure

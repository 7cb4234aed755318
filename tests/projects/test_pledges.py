"""Promised money: its years, as far as they are stated, and its sum as a figure beside what is booked."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from alleviation.common.figures import Figure, FigureSum, Qualifier
from alleviation.common.query import Query
from projects.actions import enter, enter_pledge, revise_pledge
from projects.models import Pledge
from projects.rollups import (
    Beside,
    Funding,
    area_query,
    beside_by_area,
    beside_by_kind,
    beside_by_plan,
    beside_by_project,
    beside_by_source,
    beside_by_year,
    beside_cells,
    beside_total,
    funding_total,
    pledged_years,
)
from projects.rollups.pledges import pledged, pledges, years_of
from tests.factories import DocumentFactory, FundingSourceFactory, LedgerEntryFactory, PledgeFactory, ProjectFactory

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


def test_pledges_ask_the_database_the_same_for_more_rows(everything, ruoduo, django_assert_num_queries):
    for more in (1, 2, 27):
        for _n in range(more):
            PledgeFactory(division=ruoduo, stated_in=DocumentFactory(published_on=date(2020, 5, 1)))

        with django_assert_num_queries(2):  # the pledges with their documents, and their revisions
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
@pytest.mark.slow
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


# --- revisions --------------------------------------------------------------------------------------------------

YEARLY = {"basis": "per_year", "first_year": 2018, "last_year": 2020}


def revise(first: Pledge, low: str, **facts) -> Pledge:
    common = {"source": first.source, "division": first.division, "project": first.project, "basis": first.basis}
    return PledgeFactory(**common, revises=first, reason="agreed anew", low=D(low), **facts)


def amounts(query: Query, until: int = UNTIL) -> dict[int, str]:
    """What is promised for each year."""
    return {one.year: str(one.pledge.figure.low) for one in pledged_years(query, until=until)}


@pytest.mark.parametrize(
    ("facts", "named", "expected"),
    [
        # One year of three is revised: the others stand.
        (YEARLY, {"first_year": 2019, "last_year": 2019}, {2018: "100.00", 2019: "7.00", 2020: "100.00"}),
        (YEARLY, {}, {2018: "7.00", 2019: "7.00", 2020: "7.00"}),
        (YEARLY, {"last_year": 2019}, {2018: "7.00", 2019: "7.00", 2020: "100.00"}),
        # From then on, with no end stated: as long as any promise without an end.
        (YEARLY, {"first_year": 2020}, {2018: "100.00", 2019: "100.00", 2020: "7.00", 2021: "7.00", 2022: "7.00"}),
        # Years that were not promised before are added.
        (
            YEARLY,
            {"first_year": 2021, "last_year": 2021},
            {2018: "100.00", 2019: "100.00", 2020: "100.00", 2021: "7.00"},
        ),
        (
            {"basis": "per_year", "first_year": 2020},
            {"last_year": 2020},
            {2020: "7.00", 2021: "100.00", 2022: "100.00"},
        ),
        ({"basis": "once", "first_year": 2018}, {}, {2018: "7.00"}),
        ({"basis": "once", "first_year": 2018}, {"first_year": 2020}, {2020: "7.00"}),
        ({"basis": "once", "first_year": 2018}, {"first_year": 2020, "last_year": 2021}, {2020: "7.00"}),
        ({"basis": "once"}, {}, {}),
        ({"basis": "once"}, {"first_year": 2020}, {2020: "7.00"}),
        ({"basis": "per_year"}, {}, {}),
        ({"basis": "per_year"}, {"last_year": 2020}, {}),
        ({"basis": "per_year"}, {"first_year": 2020, "last_year": 2021}, {2020: "7.00", 2021: "7.00"}),
    ],
)
def test_a_revision_supersedes_the_years_it_names_alone(everything, facts, named, expected):
    revise(PledgeFactory(**facts), "7.00", **named)

    assert amounts(everything, until=2022) == expected


def test_of_versions_that_name_a_year_the_latest_holds(everything):
    first = PledgeFactory(**YEARLY)
    revise(first, "1.00", first_year=2019, last_year=2020)
    revise(first, "2.00", first_year=2018, last_year=2019)

    assert amounts(everything) == {2018: "2.00", 2019: "2.00", 2020: "1.00"}


def test_what_is_taken_back_is_exactly_zero_in_its_years(everything):
    revise(PledgeFactory(**YEARLY), "0.00", first_year=2019)

    assert amounts(everything, until=2020) == {2018: "100.00", 2019: "0.00", 2020: "0.00"}
    assert pledged(pledged_years(everything, until=2020)) == FigureSum(Figure.exact("100.00"), 0)


def test_a_revision_in_words_takes_the_place_of_a_number(everything):
    first = PledgeFactory(**YEARLY)
    revise(first, "7.00", first_year=2019, last_year=2019, qualifier="over", high=None)

    assert pledged(pledged_years(everything, until=UNTIL)) == FigureSum(Figure.over("207.00"), 0)


def test_versions_count_by_the_source_and_place_of_the_first(manager, ruoduo, erniunai):
    first = PledgeFactory(**YEARLY, division=ruoduo)
    PledgeFactory(division=erniunai, revises=first, reason="elsewhere", basis="per_year", low=D("7.00"))

    assert amounts(Query(user=manager, prefixes=("513228212",))) == dict.fromkeys((2018, 2019, 2020), "7.00")
    assert amounts(Query(user=manager, prefixes=("513228213",))) == {}


def test_a_promise_is_revised_by_a_new_version_and_stays(county_clerk, ruoduo):
    first = PledgeFactory(**YEARLY, division=ruoduo, project=ProjectFactory(division=ruoduo))

    made = revise_pledge(first, by=county_clerk, reason=" less rain ", low=D("5.00"), first_year=2019, last_year=2019)
    again = revise_pledge(made, by=county_clerk, reason="more rain", low=D("6.00"))

    assert (made.revises, made.reason, made.figure) == (first, "less rain", Figure.exact("5.00"))
    assert (made.source, made.division, made.project) == (first.source, first.division, first.project)
    assert again.revises == first
    assert Pledge.objects.get(pk=first.pk).figure == Figure.exact("100.00")


def test_a_revision_without_a_reason_is_refused(county_clerk, ruoduo):
    first = PledgeFactory(**YEARLY, division=ruoduo)

    with pytest.raises(ValidationError) as refused:
        revise_pledge(first, by=county_clerk, reason=" ", low=D("5.00"))

    assert refused.value.message_dict == {"reason": ["Say why the promise is revised."]}
    assert Pledge.objects.count() == 1


@pytest.mark.parametrize("field", ["source", "division", "project", "basis"])
def test_a_revision_of_another_promise_is_refused_at_its_field(county_clerk, ruoduo, xili, field):
    first = PledgeFactory(**YEARLY, division=ruoduo)
    other = {
        "source": FundingSourceFactory(code="other"),
        "division": xili,
        "project": ProjectFactory(division=ruoduo),
        "basis": "once",
    }
    common = {name: getattr(first, name) for name in other} | {field: other[field]}

    with pytest.raises(ValidationError) as refused:
        enter_pledge(Pledge(**common, revises=first, reason="agreed anew", low=D("5.00")), by=county_clerk)

    assert list(refused.value.message_dict) == [field]
    assert Pledge.objects.count() == 1


def test_a_revision_names_the_first_version(county_clerk, ruoduo):
    first = PledgeFactory(**YEARLY, division=ruoduo)
    second = revise(first, "7.00")
    common = {name: getattr(first, name) for name in ("source", "division", "basis")}

    with pytest.raises(ValidationError) as refused:
        enter_pledge(Pledge(**common, revises=second, reason="agreed anew", low=D("5.00")), by=county_clerk)

    assert refused.value.message_dict == {"revises": ["Name the first version of the promise, not a revision."]}


def test_what_all_versions_have_in_common_stays_once_it_was_revised(county_clerk, ruoduo):
    first = PledgeFactory(**YEARLY, division=ruoduo)
    first.source = FundingSourceFactory(code="second")
    enter_pledge(first, by=county_clerk)
    revise(first, "7.00")
    first.source = FundingSourceFactory(code="third")

    with pytest.raises(ValidationError) as refused:
        enter_pledge(first, by=county_clerk)

    assert list(refused.value.message_dict) == ["source"]
    assert Pledge.objects.get(pk=first.pk).source.code == "second"


def test_a_foreign_promise_is_not_revised(stranger, ruoduo):
    first = PledgeFactory(**YEARLY, division=ruoduo)

    with pytest.raises(PermissionDenied):
        revise_pledge(first, by=stranger, reason="mine now", low=D("5.00"))

    assert Pledge.objects.count() == 1


# --- side by side -----------------------------------------------------------------------------------------------


@pytest.fixture
def beside(ruoduo, erniunai) -> None:
    """Promised: 100.00 a year from 2019 to 2021 for a road in Ruoduo, over 50.00 once in 2021. Booked: 80.00 in 2019
    for the road, of which 20.00 were spent, and 5.00 in Erniunai."""
    firm = FundingSourceFactory(code="firm", name="Firm", level="enterprise")
    road = ProjectFactory(code="ROAD", name="Road", kind="road", division=ruoduo)
    PledgeFactory(source=firm, division=ruoduo, project=road, basis="per_year", first_year=2019, last_year=2021)
    PledgeFactory(source=firm, division=ruoduo, qualifier="over", low=D("50.00"), high=None, first_year=2021)
    PledgeFactory(source=firm, division=erniunai, qualifier="unstated", low=None, high=None, first_year=2019)
    facts = {"source": firm, "division": ruoduo, "project": road, "year": 2019}
    LedgerEntryFactory(**facts, amount=D("80.00"))
    LedgerEntryFactory(**facts, amount=D("20.00"), kind="expenditure")
    LedgerEntryFactory(division=erniunai, amount=D("5.00"), year=2019)


def told(found: list[Beside], key=lambda one: one.key) -> dict:
    """Promised, allocated and the rate of each key, in words."""
    return {
        key(one): (
            str(one.promised or "-"),
            str(one.funding.allocated) if one.funding else "-",
            str(one.funding.execution_rate) if one.funding else "-",
        )
        for one in found
    }


def test_promised_and_booked_stand_side_by_side_in_every_cut(beside, everything, heishui):
    firm = ("over 350 and 1 not stated", "80.00", "0.25")
    ruoduo, erniunai = ("over 350", "80.00", "0.25"), ("1 not stated", "5.00", "0")
    county = ("-", "5.00", "0")

    assert told([beside_total(everything)]) == {None: ("over 350 and 1 not stated", "85.00", str(D(20) / D(85)))}
    assert told(beside_by_year(everything)) == {
        2019: ("100 and 1 not stated", "85.00", str(D(20) / D(85))),
        2020: ("100", "-", "-"),
        2021: ("over 150", "-", "-"),
    }
    assert told(beside_by_plan(everything), lambda one: one.key.number) == {
        13: ("200 and 1 not stated", "85.00", str(D(20) / D(85))),
        14: ("over 150", "-", "-"),
    }
    assert told(beside_by_source(everything), lambda one: one.key[0]) == {"county": county, "firm": firm}
    assert told(beside_by_kind(everything)) == {
        "road": ("300", "80.00", "0.25"),
        None: ("over 50 and 1 not stated", "5.00", "0"),
    }
    assert told(beside_by_project(everything), lambda one: one.key[0]) == {
        "ROAD": ("300", "80.00", "0.25"),
        None: ("over 50 and 1 not stated", "5.00", "0"),
    }
    assert told(beside_by_area(area_query(everything, heishui), heishui)) == {
        "513228212000": ruoduo,
        "513228213000": erniunai,
    }


def test_the_finest_cells_add_up_to_the_total(beside, everything):
    cells, total = beside_cells(everything), beside_total(everything)

    assert [(one.key[0], one.key[1].code, one.key[2] and one.key[2].code, one.key[3][6:]) for one in cells] == [
        (2019, "county", None, "213201"),
        (2019, "firm", "ROAD", "212205"),
        (2019, "firm", None, "213201"),
        (2020, "firm", "ROAD", "212205"),
        (2021, "firm", "ROAD", "212205"),
        (2021, "firm", None, "212205"),
    ]
    assert sum((one.funding for one in cells if one.funding), Funding()) == total.funding
    assert pledged(year for one in cells for year in one.due) == total.promised

"""What all rules share: how one is declared, where and when its cases are, and how they are told and counted."""

from datetime import date, datetime

import pytest
from django.http import Http404
from django.utils.timezone import make_aware

from alleviation.common.query import Query
from alleviation.scrutiny.figures.flags import FIGURES
from alleviation.scrutiny.flags import telling
from alleviation.scrutiny.flags.base import Case, Flag, day_of, is_asked, shared_area
from alleviation.scrutiny.flags.catalogue import BY_SLUG, FLAGS
from alleviation.scrutiny.flags.found import all_found, find, found_by, unexplained
from tests.factories import HouseholdFactory, LedgerEntryFactory, ProjectFactory, WaiverFactory

FIGURE = {figure.slug: figure for figure in FIGURES}


def case(area="513228212205", year=2019, key="K"):
    return Case(key=key, title="A case", area=area.ljust(12, "0") if area else "", year=year)


# --- a rule -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["slug", "title", "description", "source", "looks_at"])
def test_a_rule_that_leaves_something_out_is_refused(missing):
    whole = {"slug": "s", "title": "t", "description": "d", "source": "o", "looks_at": "rows"}

    with pytest.raises(TypeError, match=f"Half lacks {missing}"):
        type("Half", (Flag,), {name: value for name, value in whole.items() if name != missing})


def test_each_rule_has_a_name_of_its_own():
    assert len(BY_SLUG) == len(FLAGS) == 11


def test_an_empty_house_raises_no_flag(everything):
    assert all_found(everything) == []
    assert {flag.slug: flag.looked_at(everything) for flag in FLAGS} == dict.fromkeys(BY_SLUG, 0)
    assert {flag.slug: flag.not_judged(everything) for flag in FLAGS} == dict.fromkeys(BY_SLUG, "")


def test_who_may_see_no_records_has_no_cases(administrator, ruoduo):
    LedgerEntryFactory(division=ruoduo)

    assert all_found(Query(user=administrator)) == []


# --- where and when -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["513228212205", "513228212205"], "513228212205"),
        (["513228212205", "513228212200"], "513228212000"),
        (["513228212205", "513228213201"], "513228000000"),
        (["513228212205", "513228000000"], "513228000000"),
        (["513228212205", "513300000000"], "510000000000"),
        (["513228212205", "451102100200"], ""),
        (["513228212205", ""], ""),
        ([], ""),
    ],
)
def test_the_area_of_several_places_is_the_smallest_that_holds_them(codes, expected):
    assert shared_area(codes) == expected


@pytest.mark.parametrize(
    ("found", "years", "expected"),
    [
        (case(year=2019), (2019, 2019), True),
        (case(year=2019), (2016, 2020), True),
        (case(year=2019), (2020, 2020), False),
        (case(year=None), (2019, 2019), False),
        (case(year=None), (1949, 2100), True),
    ],
)
def test_a_case_of_no_year_is_asked_for_with_all_years(found, years, expected, manager):
    assert is_asked(found, Query(user=manager).of_years(*years)) is expected


@pytest.mark.parametrize(
    ("area", "expected"),
    [("513228212205", [True, False, True]), ("513228", [False, False, True]), ("", [False, False, True])],
)
def test_a_case_is_seen_where_the_area_holds_all_of_it(area, expected, clerk, stranger, manager):
    asked = [is_asked(case(area=area), Query(user=user)) for user in (clerk, stranger, manager)]

    assert asked == expected


def test_the_day_is_the_offices(manager):
    late = make_aware(datetime(2020, 1, 1, 0, 30))  # noqa: DTZ001

    assert day_of(Query(user=manager, as_of=late)) == date(2020, 1, 1)


# --- what was found -----------------------------------------------------------------------------------------------


def test_cases_come_the_latest_year_first_and_then_by_place(ruoduo, xili, everything):
    for place, year in ((xili, 2017), (ruoduo, 2018), (xili, 2018)):
        LedgerEntryFactory(division=place, year=year)

    found = found_by(BY_SLUG["idle-money"], everything)

    assert [(one.case.year, one.case.area) for one in found] == [
        (2018, xili.code),
        (2018, ruoduo.code),
        (2017, xili.code),
    ]


def test_a_rule_is_run_once_for_a_question(ruoduo, everything, django_assert_num_queries):
    LedgerEntryFactory(division=ruoduo)
    first = all_found(everything)

    with django_assert_num_queries(0):
        again = all_found(everything)

    assert first == again


def test_another_year_is_another_question_though_they_share_their_memory(ruoduo, everything):
    LedgerEntryFactory(division=ruoduo, year=2018)

    found = [len(all_found(everything.of_years(year, year))) for year in (2018, 2019, 2018)]

    assert found == [1, 0, 1]


def test_a_waiver_of_another_area_explains_nothing(ruoduo, hezhou, clerk):
    LedgerEntryFactory(division=ruoduo, voucher="V")
    WaiverFactory(case_key="V", area=hezhou.code)

    assert [one.state for one in unexplained(Query(user=clerk))] == ["open"]


def test_what_is_no_case_is_not_found(ruoduo, everything):
    LedgerEntryFactory(division=ruoduo, voucher="V")

    assert find(BY_SLUG["idle-money"], "V", everything) is not None
    assert find(BY_SLUG["idle-money"], "W", everything) is None


# --- how it is told -----------------------------------------------------------------------------------------------


def test_a_case_tied_to_no_place_says_so(manager, db):
    ProjectFactory(status="approved", division=None)

    (row,) = telling.rows(all_found(Query(user=manager)))

    assert (row["place"], row["place_code"], row["cases"]) == ("Not tied to one place", "", 1)


def test_the_rows_of_each_figure_add_up_to_it(ruoduo, manager, auditor):
    LedgerEntryFactory(division=ruoduo, voucher="V")
    WaiverFactory(case_key="V", area=ruoduo.code)
    for _ in range(3):
        HouseholdFactory(village=ruoduo, status="exited", status_since=date(2020, 5, 1))

    for user, households in ((manager, 0), (auditor, 3)):
        query = Query(user=user)
        sums = {
            slug: (FIGURE[slug].value(query), sum(row["cases"] for row in FIGURE[slug].rows(query)))
            for slug in ("red-flags", "open-red-flags", "waiting-red-flags", "explained-red-flags")
        }
        assert sums == {
            "red-flags": (1 + households, 1 + households),
            "open-red-flags": (households, households),
            "waiting-red-flags": (1, 1),
            "explained-red-flags": (0, 0),
        }


@pytest.mark.parametrize(
    ("of", "named"),
    [("", ""), *dict.fromkeys(["past-due", "past-due:K"], "Project past its date").items()],
)
def test_a_figure_names_the_rule_it_is_of(of, named, manager):
    assert FIGURE["red-flags"].names_it(Query(user=manager, of=of)) == named


def test_a_figure_of_no_rule_is_404(manager):
    with pytest.raises(Http404):
        FIGURE["red-flags"].names_it(Query(user=manager, of="nothing:K"))

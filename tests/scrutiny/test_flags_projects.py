"""Rules about projects: a case just over each threshold and one just under it."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from alleviation.common.query import Query
from alleviation.scrutiny.flags.catalogue import BY_SLUG
from alleviation.scrutiny.flags.found import found_by
from projects.choices import ProjectStatus
from projects.rollups import area_query
from tests.factories import EnrolmentFactory, HouseholdFactory, ProjectFactory

SLUGS = ["without-beneficiaries", "without-publicity", "past-due"]


def told(slug, query):
    return [(case.title.partition(" ")[0], case.details) for case in BY_SLUG[slug].cases(query)]


def codes(slug, query):
    return [code for code, _details in told(slug, query)]


@pytest.fixture
def one_of_each_status(ruoduo):
    """A project of each status, called like it."""
    return {status: ProjectFactory(code=status, status=status, division=ruoduo) for status in ProjectStatus.values}


def test_a_project_that_has_begun_has_beneficiaries(one_of_each_status, ruoduo, everything):
    served = ProjectFactory(code="served", status="under_way", division=ruoduo)
    EnrolmentFactory(project=served, household=HouseholdFactory(village=ruoduo))

    assert codes("without-beneficiaries", everything) == ["accepted", "closed", "operating", "under_way"]


@pytest.mark.parametrize(
    ("first", "last", "details"),
    [
        (date(2019, 3, 1), date(2019, 3, 10), None),
        (date(2019, 3, 1), date(2019, 3, 9), "Put up for 9 days."),
        (date(2019, 3, 1), date(2019, 3, 1), "Put up for 1 day."),
        (date(2019, 3, 1), None, "The last day of its publicity is not recorded."),
        (None, None, "Publicity is not recorded."),
    ],
)
def test_publicity_lasts_ten_days_the_first_and_the_last_included(first, last, details, ruoduo, everything):
    ProjectFactory(code="P", status="approved", division=ruoduo, publicised_from=first, publicised_until=last)

    assert told("without-publicity", everything) == ([("P", details)] if details else [])


def test_publicity_is_asked_for_once_somebody_has_said_yes(one_of_each_status, everything):
    assert codes("without-publicity", everything) == ["accepted", "approved", "closed", "operating", "under_way"]


@pytest.mark.parametrize(("days", "expected"), [(0, []), (1, ["P"])])
def test_a_project_is_late_from_the_day_after(days, expected, ruoduo, everything):
    due = timezone.localdate() - timedelta(days=days)
    ProjectFactory(code="P", status="under_way", division=ruoduo, due_on=due)

    assert codes("past-due", everything) == expected


@pytest.mark.parametrize(
    "facts",
    [{"finished_on": date(2020, 1, 1)}, {"status": "operating"}, {"status": "cancelled"}, {"due_on": None}],
)
def test_what_is_finished_given_up_or_not_due_is_not_late(facts, ruoduo, everything):
    ProjectFactory(code="LATE", status="under_way", division=ruoduo, due_on=date(2019, 12, 31))
    ProjectFactory(**{"code": "P", "status": "under_way", "division": ruoduo, "due_on": date(2019, 12, 31), **facts})

    assert codes("past-due", everything) == ["LATE"]


def test_a_late_project_is_of_the_year_it_was_due_in(ruoduo, everything):
    project = ProjectFactory(status="under_way", division=ruoduo, due_on=date(2019, 12, 31))

    (case,) = BY_SLUG["past-due"].cases(everything)

    assert (case.key, case.year, case.since) == (str(project.pk), 2019, date(2020, 1, 1))
    assert (case.area, case.url) == (ruoduo.code, f"/projects/{project.code}/")


def flagged(**facts):
    return ProjectFactory(status="under_way", started_on=date(2019, 1, 1), due_on=date(2019, 12, 31), **facts)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_rule_stays_in_the_area_of_who_asks_and_of_what_is_asked(slug, ruoduo, hezhou, clerk, stranger, manager):
    flagged(code="OURS", division=ruoduo)
    flagged(code="THEIRS", division=hezhou)
    flagged(code="NOWHERE", division=None)

    found = [
        codes(slug, query)
        for query in (
            Query(user=clerk),
            Query(user=stranger),
            area_query(Query(user=manager), ruoduo),
            Query(user=manager),
        )
    ]

    assert found == [["OURS"], ["THEIRS"], ["OURS"], ["NOWHERE", "OURS", "THEIRS"]]


@pytest.mark.parametrize(("years", "expected"), [((2019, 2019), 1), ((2018, 2018), 0), ((2020, 2024), 0)])
@pytest.mark.parametrize("slug", SLUGS)
def test_a_case_is_of_its_year(slug, years, expected, ruoduo, everything):
    flagged(division=ruoduo)

    assert len(found_by(BY_SLUG[slug], everything.of_years(*years))) == expected


def test_a_case_of_no_year_is_asked_for_with_all_years_alone(ruoduo, everything):
    ProjectFactory(status="under_way", division=ruoduo)

    flag = BY_SLUG["without-publicity"]
    assert [one.case.year for one in found_by(flag, everything)] == [None]
    assert found_by(flag, everything.of_years(2019, 2019)) == []

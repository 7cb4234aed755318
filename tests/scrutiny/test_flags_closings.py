"""The rule about closed years that were reopened, and what is found anew at each change."""

from decimal import Decimal

import pytest

from alleviation.audit import closings
from alleviation.common.query import Query
from alleviation.scrutiny.flags.catalogue import BY_SLUG
from alleviation.scrutiny.flags.found import found_by
from tests.closings import closed
from tests.factories import HouseholdFactory, IncomeRecordFactory, LedgerEntryFactory, UserFactory

FLAG = BY_SLUG["changed-after-closing"]


@pytest.fixture
def reopened(reviewer, ruoduo):
    """2019 of Heishui, closed with an entry and an income in it, and reopened."""
    LedgerEntryFactory(division=ruoduo)
    IncomeRecordFactory(household=HouseholdFactory(village=ruoduo))
    closing = closed(reviewer)
    closings.ask_reopening(closing, by=reviewer, reason="a late bill")
    return closings.reopen_year(closing, by=UserFactory(role="reviewer", area="513228"))


def keys(query):
    return [one.case.key for one in found_by(FLAG, query)]


def test_a_year_that_was_reopened_and_left_alone_is_no_case(reopened, everything):
    assert (keys(everything), FLAG.looked_at(everything)) == ([], 1)


def test_what_is_posted_or_recorded_since_is_a_case(reopened, ruoduo, manager):
    LedgerEntryFactory(division=ruoduo, amount=Decimal("1.00"))
    first = keys(Query(user=manager))
    IncomeRecordFactory(household=HouseholdFactory(village=ruoduo))

    second = keys(Query(user=manager))

    # What changes after it was explained has a key of its own, and has not been explained.
    assert (first, second) == ([f"{reopened.pk}-1-0"], [f"{reopened.pk}-1-1"])


def test_what_is_of_another_year_or_place_is_not_counted(reopened, ruoduo, hezhou, everything):
    LedgerEntryFactory(division=ruoduo, year=2018)
    LedgerEntryFactory(division=hezhou, year=2019)

    assert keys(everything) == []


def test_a_case_leads_to_its_closing(reopened, ruoduo, heishui, everything):
    LedgerEntryFactory(division=ruoduo)

    (found,) = found_by(FLAG, everything)

    case = found.case
    assert (case.title, case.area, case.year) == ("2019 of 513228", heishui.code, 2019)
    assert case.url == f"/closings/{reopened.pk}/"
    assert case.details == "Entries posted since it was closed: 1; incomes recorded: 0."


def test_a_year_that_is_closed_is_no_case(reviewer, ruoduo, everything):
    closed(reviewer)

    assert (keys(everything), FLAG.looked_at(everything)) == ([], 0)


def test_a_closing_of_another_area_is_not_seen(reopened, ruoduo, clerk, county_clerk, stranger):
    LedgerEntryFactory(division=ruoduo)

    assert [len(keys(Query(user=user))) for user in (clerk, stranger, county_clerk)] == [0, 0, 1]

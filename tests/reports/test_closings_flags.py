"""A year is closed when each of its red flags is explained: shown beside the proposal, checked when it is closed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alleviation.accounts.rights import Role
from alleviation.audit import closings
from alleviation.audit.models import FrozenReport, YearClosing
from alleviation.reports.closings.freezing import yearly_reports
from alleviation.scrutiny.models import Waiver
from tests.admin_pages import shown
from tests.closings import explain
from tests.conftest import signed_in
from tests.factories import HouseholdFactory, LedgerEntryFactory, UserFactory, WaiverFactory
from tests.reports.test_closings_pages import address, send

AREA, YEAR = "513228", 2018


@pytest.fixture
def idle(ruoduo):
    """Money of 2018 that still lies in Ruoduo."""
    return LedgerEntryFactory(division=ruoduo, year=YEAR, voucher="V")


@pytest.fixture
def proposed(idle, county_clerk):
    return closings.propose_closing(AREA, YEAR, by=county_clerk)


def listed(response):
    table = response.context["flags"]
    return [row["case"] for row in table.rows] if table else None


def test_who_proposes_sees_what_stands_in_the_way(idle, county_clerk):
    response = signed_in(county_clerk).post("/closings/", {"area": AREA, "year": YEAR}, follow=True)

    assert listed(response) == ["Allocation V"]
    said = shown(response)
    assert "Red flags that nobody has explained" in said
    assert 'href="/red-flags/?year=2018&amp;area=513228000000"' in response.content.decode()


@pytest.mark.slow
def test_a_year_with_an_open_flag_is_not_closed(proposed, reviewer):
    response = send(signed_in(reviewer), proposed, "close")

    assert "1 red flag of the year is not explained. Explain it first:" in shown(response)
    assert '<a href="/red-flags/?year=2018&amp;area=513228000000">Red flags</a>' in response.content.decode()
    assert YearClosing.objects.get().state == "proposed"
    assert FrozenReport.objects.count() == 0


@pytest.mark.slow
def test_a_year_with_a_flag_that_waits_is_not_closed(proposed, ruoduo, reviewer):
    WaiverFactory(case_key="V", area=ruoduo.code)

    response = send(signed_in(reviewer), proposed, "close")

    assert "1 red flag of the year is not explained." in shown(response)
    assert YearClosing.objects.get().state == "proposed"


@pytest.mark.slow
def test_a_year_whose_flags_are_explained_is_closed(proposed, county_clerk, reviewer):
    explain(county_clerk, YEAR)
    client = signed_in(reviewer)

    before = client.get(address(proposed))
    send(client, proposed, "close")

    assert listed(before) is None
    assert YearClosing.objects.get().state == "closed"


@pytest.mark.slow
def test_an_explanation_that_has_expired_stops_the_closing_again(proposed, ruoduo, reviewer):
    waiver = WaiverFactory(case_key="V", area=ruoduo.code, expires_on=timezone.localdate() - timedelta(days=1))
    approved = {"state": "approved", "decided_by": "a-reviewer", "decided_at": timezone.now()}
    Waiver.objects.filter(pk=waiver.pk).update(**approved)

    response = send(signed_in(reviewer), proposed, "close")

    assert "1 red flag of the year is not explained." in shown(response)


@pytest.mark.slow
def test_flags_of_another_year_or_area_do_not_stop_it(ruoduo, hezhou, county_clerk, reviewer):
    LedgerEntryFactory(division=ruoduo, year=YEAR + 1)
    LedgerEntryFactory(division=hezhou, year=YEAR)
    proposed = closings.propose_closing(AREA, YEAR, by=county_clerk)

    send(signed_in(reviewer), proposed, "close")

    assert YearClosing.objects.get().state == "closed"


@pytest.mark.slow
def test_a_household_stops_it_for_everybody_and_is_named_to_who_may_see_it(ruoduo, county_clerk, reviewer, manager):
    HouseholdFactory(village=ruoduo, number="SECRET", status="exited", status_since=f"{YEAR}-12-31")
    proposed = closings.propose_closing(AREA, YEAR, by=county_clerk)

    pages = [signed_in(user).get(address(proposed)) for user in (reviewer, manager)]
    refused = send(signed_in(reviewer), proposed, "close")

    assert [listed(page) for page in pages] == [["Household SECRET, Ruoduo Village"], None]
    assert "SECRET" not in pages[1].content.decode()
    assert "1 red flag of the year is not explained." in shown(refused)


@pytest.mark.slow
def test_what_changed_since_is_explained_before_the_year_is_closed_again(ruoduo, county_clerk, reviewer):
    second = UserFactory(username="second-reviewer", role=Role.REVIEWER, area=AREA)
    one, other = signed_in(reviewer), signed_in(second)
    first = closings.propose_closing(AREA, YEAR, by=county_clerk)
    send(one, first, "close")
    send(one, first, "ask", reason="A late bill")
    send(other, first, "reopen")
    LedgerEntryFactory(division=ruoduo, year=YEAR, kind="expenditure", project=None)
    again = closings.propose_closing(AREA, YEAR, by=county_clerk)

    page = one.get(address(again))

    assert listed(page) == ["no project, County budget", "2018 of 513228"]


@pytest.mark.slow
def test_red_flags_are_not_frozen(proposed, county_clerk, reviewer):
    explain(county_clerk, YEAR)

    send(signed_in(reviewer), proposed, "close")

    assert "red-flags" not in {report.slug for report in yearly_reports()}
    assert FrozenReport.objects.filter(slug="red-flags").count() == 0


@pytest.mark.slow
def test_the_page_asks_as_much_for_many_flags_as_for_few(ruoduo, county_clerk, reviewer):
    client, numbers = signed_in(reviewer), []
    for year, entries in ((2016, 3), (2017, 30)):
        for _ in range(entries):
            LedgerEntryFactory(division=ruoduo, year=year)
        proposed = closings.propose_closing(AREA, year, by=county_clerk)

        with CaptureQueriesContext(connection) as found:
            client.get(address(proposed))
        numbers.append(len(found))

    # session, user, closing, its history, names; what each rule asks; the banner
    assert numbers[0] == numbers[1]

"""Files of many households: one person asks, another approves, and just that file is given out for a week."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from alleviation.audit.models import AuditEvent
from alleviation.scrutiny.bulk_downloads import approve_download, decline_download
from alleviation.scrutiny.models import BulkDownload
from tests.conftest import signed_in
from tests.factories import BulkDownloadFactory, HouseholdFactory, UserFactory

FILE = "/reports/household-register.csv"
ASK = "/approvals/ask/household-register/"


@pytest.fixture(autouse=True)
def two_at_once(settings, ruoduo):
    """Three households, where two may be taken away without asking."""
    settings.BULK_HOUSEHOLDS = 2
    HouseholdFactory.create_batch(3, village=ruoduo)


def answers(user, address=FILE):
    return int(signed_in(user).get(address).status_code)


def asked_for(user, address=ASK):
    signed_in(user).post(address, {"reason": "the yearly check"})
    return BulkDownload.objects.latest("id")


def decide(user, asked, **sent):
    return int(signed_in(user).post(f"/approvals/{asked.pk}/", sent).status_code)


# --- the file -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [FILE, *(f"/reports/household-register.{end}" for end in ("xlsx", "zip", "datapackage.json")), "/reports/all.zip"],
)
def test_file_of_many_households_is_not_given_out_without_leave(address, county_clerk):
    response = signed_in(county_clerk).get(address)

    assert response.status_code == 403
    assert "/reports/household-register/?area=513228000000#approval" in response.content.decode()
    assert not AuditEvent.objects.filter(verb="downloaded").exists()


@pytest.mark.parametrize("kind", ["households", "incomes", "enrolments"])
def test_what_is_recorded_of_many_households_needs_the_same_leave(kind, county_clerk):
    before = answers(county_clerk, f"/imports/{kind}/recorded.csv")
    report = "incomes" if kind == "incomes" else "household-register"
    leave = BulkDownloadFactory(report=report, filter="area=513228000000", asked_by=county_clerk.username)
    approve_download(leave, by=UserFactory(role="reviewer", area="51"))

    assert (before, answers(county_clerk, f"/imports/{kind}/recorded.csv")) == (403, 200)


def test_few_households_are_taken_away_as_ever(settings, county_clerk):
    settings.BULK_HOUSEHOLDS = 3

    assert answers(county_clerk) == 200
    assert "approval-title" not in signed_in(county_clerk).get("/reports/household-register/").content.decode()


def test_approved_file_is_given_out_and_the_trail_names_who_approved(county_clerk, reviewer):
    page = signed_in(county_clerk).get("/reports/household-register/").content.decode()
    asked = asked_for(county_clerk)
    decided = decide(reviewer, asked, step="approve")

    assert (ASK in page, FILE in page, decided) == (True, False, 302)
    assert (asked.rows, asked.area, asked.reason) == (3, "513228000000", "the yearly check")
    assert answers(county_clerk) == 200
    event = AuditEvent.objects.filter(verb="downloaded").latest("id")
    assert (event.actor, event.after["leave"], event.after["approved_by"]) == (
        county_clerk.username,
        asked.pk,
        reviewer.username,
    )


def test_leave_is_for_one_person_and_one_filter_and_a_week(county_clerk, reviewer, ruoduo):
    somebody = UserFactory(role="clerk", area="513228")
    leave = approve_download(asked_for(county_clerk), by=reviewer)
    other_filter = f"{FILE}?area={ruoduo.code}"

    assert leave.expires_on == timezone.localdate() + timedelta(days=7)
    assert [answers(somebody), answers(county_clerk, other_filter), answers(county_clerk)] == [403, 403, 200]
    late = {"state": "approved", "decided_by": "r", "decided_at": timezone.now()}
    expired = BulkDownloadFactory(asked_by=somebody.username, rows=3)
    BulkDownload.objects.filter(pk=expired.pk).update(**late, expires_on=timezone.localdate() - timedelta(days=1))
    assert answers(somebody) == 403


def test_leave_does_not_grow_with_the_register(county_clerk, reviewer, ruoduo):
    approve_download(asked_for(county_clerk), by=reviewer)
    HouseholdFactory(village=ruoduo)

    assert answers(county_clerk) == 403


# --- the decision -------------------------------------------------------------------------------------------------


def test_nobody_decides_on_what_they_asked_for(reviewer):
    asked = asked_for(reviewer)

    with pytest.raises(PermissionDenied):
        approve_download(asked, by=reviewer)
    assert decide(reviewer, asked, step="approve") == 403
    assert BulkDownload.objects.get().state == "asked"


def test_request_of_another_area_is_as_if_it_did_not_exist(county_clerk):
    asked = asked_for(county_clerk)
    strangers = [UserFactory(role=role, area="5401") for role in ("clerk", "reviewer")]
    colleague = UserFactory(role="clerk", area="513228")

    assert [answers(one, f"/approvals/{asked.pk}/") for one in (*strangers, colleague)] == [404] * 3
    with pytest.raises(PermissionDenied):
        approve_download(asked, by=strangers[1])


def test_clerk_and_manager_decide_on_nothing(county_clerk, manager):
    asked = asked_for(UserFactory(role="auditor", area=""))

    assert decide(county_clerk, asked, step="approve") == 404
    assert answers(manager, "/approvals/") == 403


def test_declined_request_says_why_and_can_be_made_anew(county_clerk, reviewer):
    asked = asked_for(county_clerk)

    without_note = decide(reviewer, asked, step="decline", note="  ")
    decide(reviewer, asked, step="decline", note="Take one township")

    assert without_note == 200
    page = signed_in(county_clerk).get(f"/approvals/{asked.pk}/").content.decode()
    assert "Take one township" in page
    assert asked_for(county_clerk).pk != asked.pk


def test_request_is_decided_once(county_clerk, reviewer):
    asked = asked_for(county_clerk)
    decline_download(asked, by=reviewer, note="No")

    with pytest.raises(ValidationError) as refused:
        approve_download(asked, by=UserFactory(role="reviewer", area="51"))

    assert refused.value.messages == ["reviewer-of-heishui has decided this meanwhile: declined."]


def test_request_is_made_once_at_a_time_and_with_a_reason(county_clerk):
    client = signed_in(county_clerk)
    silent = client.post(ASK, {"reason": "  "})
    asked_for(county_clerk)
    again = client.post(ASK, {"reason": "once more"})

    assert "This field is required." in silent.content.decode()
    assert "You have asked for this already" in again.content.decode()
    assert BulkDownload.objects.count() == 1


@pytest.mark.parametrize("sql", ["UPDATE {} SET rows = 9", "DELETE FROM {}", "UPDATE {} SET state = 'asked'"])
def test_database_keeps_what_was_asked_and_decided(sql, county_clerk, reviewer):
    approve_download(asked_for(county_clerk), by=reviewer)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format("scrutiny_bulkdownload"))

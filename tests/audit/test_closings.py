"""A year is closed by two people and reopened by two; from then on no way of writing changes it."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from alleviation.audit import closings, trail
from alleviation.audit.models import AuditEvent, ClosingState, FrozenReport, TrailHead, YearClosing
from alleviation.audit.versions import ChangedMeanwhile, version_of
from tests.closings import close, closed, one_file
from tests.factories import (
    LedgerEntryFactory,
)

sqlite_only = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no INSERT OR REPLACE")
CLOSED = "The year 2019 of 513228 is closed. Book a late correction in an open year with its reason, or ask "


def messages(refused) -> list[str]:
    return refused.value.messages


# --- two people -------------------------------------------------------------------------------------------------


def test_a_clerk_proposes_and_a_reviewer_closes(county_clerk, reviewer, heishui):
    proposed = closings.propose_closing("513228", 2019, by=county_clerk, note=" Accounts are in ")

    done = close(proposed, reviewer)

    done.refresh_from_db()
    assert (proposed.note, done.state) == ("Accounts are in", ClosingState.CLOSED)
    assert (done.proposed_by, done.decided_by) == ("clerk-of-heishui", "reviewer-of-heishui")
    assert done.decided_at is not None
    assert closings.is_closed("513228212205", 2019)


def test_of_two_reviewers_one_proposes_and_the_other_closes(reviewer, second_reviewer, heishui):
    proposed = closings.propose_closing("513228", 2019, by=reviewer)

    with pytest.raises(PermissionDenied, match="somebody else has to decide it"):
        close(proposed, reviewer)
    with pytest.raises(PermissionDenied, match="somebody else has to decide it"):
        closings.decline_closing(proposed, by=reviewer, note="No")
    done = close(proposed, second_reviewer)

    assert (done.state, done.decided_by) == ("closed", "second-reviewer")


@pytest.mark.parametrize("name", ["county_clerk", "manager", "auditor", "administrator"])
def test_only_a_reviewer_closes_declines_and_reopens(name, request, reviewer, second_reviewer):
    user = request.getfixturevalue(name)
    proposed = closings.propose_closing("513228", 2018, by="a-clerk")
    asked = closings.ask_reopening(closed(reviewer), by=reviewer, reason="A late bill")

    for act in (
        lambda: close(proposed, user),
        lambda: closings.decline_closing(proposed, by=user, note="No"),
        lambda: closings.reopen_year(asked, by=user),
        lambda: closings.decline_reopening(asked, by=user, note="No"),
    ):
        with pytest.raises(PermissionDenied, match="Your role does not cover this"):
            act()

    assert sorted(YearClosing.objects.values_list("year", "state")) == [(2018, "proposed"), (2019, "reopening")]


@pytest.mark.parametrize("name", ["manager", "auditor", "administrator"])
def test_readers_propose_nothing_and_ask_for_nothing(name, request, reviewer):
    user, done = request.getfixturevalue(name), closed(reviewer)

    with pytest.raises(PermissionDenied):
        closings.propose_closing("513228", 2018, by=user)
    with pytest.raises(PermissionDenied):
        closings.ask_reopening(done, by=user, reason="A late bill")

    assert YearClosing.objects.get().state == "closed"


def test_a_command_neither_closes_nor_reopens(reviewer):
    proposed = closings.propose_closing("513228", 2018, by="a command")
    asked = closings.ask_reopening(closed(reviewer), by="a command", reason="A late bill")

    with pytest.raises(PermissionDenied, match="decided by a person"):
        close(proposed, "another command")
    with pytest.raises(PermissionDenied, match="decided by a person"):
        closings.reopen_year(asked, by="another command")


def test_a_stranger_and_a_clerk_below_close_nothing_of_the_county(stranger, clerk, reviewer):
    for user in (stranger, clerk):
        with pytest.raises(PermissionDenied, match="outside your area"):
            closings.propose_closing("513228", 2019, by=user)
    done = closed(reviewer)
    with pytest.raises(PermissionDenied, match="outside your area"):
        closings.ask_reopening(done, by=stranger, reason="Mine")

    assert YearClosing.objects.get().state == "closed"


def test_a_clerk_proposes_a_year_of_the_own_countryside(clerk):
    assert closings.propose_closing("513228212", 2019, by=clerk).state == "proposed"


@pytest.mark.parametrize("years_to_come", [0, 1])
def test_a_year_that_has_not_ended_is_not_proposed(years_to_come, county_clerk):
    year = timezone.localdate().year + years_to_come

    with pytest.raises(ValidationError) as refused:
        closings.propose_closing("513228", year, by=county_clerk)

    assert refused.value.message_dict == {"year": [f"The year {year} has not ended; it is closed when it has."]}


def test_a_year_is_proposed_once_and_again_when_it_was_declined(county_clerk, reviewer):
    first = closings.propose_closing("513228", 2019, by=county_clerk)
    with pytest.raises(ValidationError, match="closed already, or its closing is proposed"):
        closings.propose_closing("513228", 2019, by=county_clerk)

    closings.decline_closing(first, by=reviewer, note="A bill is missing")
    again = closings.propose_closing("513228", 2019, by=county_clerk)

    first.refresh_from_db()
    assert (first.state, first.note, first.decided_by) == ("declined", "A bill is missing", "reviewer-of-heishui")
    assert again.state == "proposed"


def test_a_part_of_what_is_closed_is_not_proposed(clerk, reviewer):
    closed(reviewer)

    with pytest.raises(ValidationError) as refused:
        closings.propose_closing("513228212", 2019, by=clerk)

    assert messages(refused) == ["The year 2019 is closed already with the whole of 513228."]


def test_a_year_with_open_entries_stays_open_and_names_them(reviewer):
    proposed = closings.propose_closing("513228", 2019, by="a-clerk")

    with pytest.raises(ValidationError) as refused:
        close(proposed, reviewer, open_entries=lambda _closing: [f"#{number}" for number in range(12)])

    assert messages(refused) == [
        "Entries of the year that are not decided yet: 12. Post or withdraw them first: "
        "#0; #1; #2; #3; #4; #5; #6; #7; #8; #9 …"
    ]
    assert YearClosing.objects.get().state == "proposed"


def test_a_year_that_cannot_be_frozen_stays_open(reviewer):
    proposed = closings.propose_closing("513228", 2019, by="a-clerk")

    def broken(closing: YearClosing) -> list[FrozenReport]:
        assert closings.is_closed("513228", 2019)
        raise RuntimeError("no report")

    with pytest.raises(RuntimeError, match="no report"):
        close(proposed, reviewer, freeze=broken)

    assert YearClosing.objects.get().state == "proposed"
    assert AuditEvent.objects.count() == 1


def test_a_closing_keeps_the_last_event_before_it_and_its_files(reviewer):
    proposed = closings.propose_closing("513228", 2019, by="a-clerk")
    before = TrailHead.objects.get().number

    done = close(proposed, reviewer, freeze=one_file)

    events = AuditEvent.objects.filter(id__gt=done.event_number).order_by("id")
    assert done.event_number == before == 1
    assert [event.subject_type for event in events] == ["audit.yearclosing", "audit.frozenreport"]
    assert [bytes(one.content) for one in done.reports.all()] == [b"a"]


# --- reopening --------------------------------------------------------------------------------------------------


def test_a_year_is_reopened_by_another_person_and_with_a_reason(county_clerk, reviewer, ruoduo):
    asked = closings.ask_reopening(closed(reviewer), by=county_clerk, reason="A bill of December")
    still_closed = closings.is_closed(ruoduo.code, 2019)

    done = closings.reopen_year(asked, by=reviewer)

    assert (still_closed, closings.is_closed(ruoduo.code, 2019)) == (True, False)
    assert (done.reopening_asked_by, done.reason) == ("clerk-of-heishui", "A bill of December")
    assert done.reopened_by == "reviewer-of-heishui"
    LedgerEntryFactory(division=ruoduo, year=2019)


def test_whoever_asks_for_the_reopening_does_not_reopen(reviewer, second_reviewer):
    asked = closings.ask_reopening(closed(second_reviewer), by=reviewer, reason="A late bill")

    for act in (closings.reopen_year, lambda one, by: closings.decline_reopening(one, by=by, note="No")):
        with pytest.raises(PermissionDenied, match="somebody else has to decide it"):
            act(asked, by=reviewer)

    assert closings.reopen_year(asked, by=second_reviewer).state == "reopened"


@pytest.mark.parametrize("text", ["", "  "])
def test_a_reason_and_a_note_are_asked_for(text, reviewer, second_reviewer):
    proposed, done = closings.propose_closing("513228", 2018, by="a-clerk"), closed(reviewer)

    with pytest.raises(ValidationError) as not_closed:
        closings.decline_closing(proposed, by=reviewer, note=text)
    with pytest.raises(ValidationError) as not_asked:
        closings.ask_reopening(done, by=reviewer, reason=text)
    asked = closings.ask_reopening(done, by=reviewer, reason="A late bill")
    with pytest.raises(ValidationError) as not_declined:
        closings.decline_reopening(asked, by=second_reviewer, note=text)

    assert not_closed.value.message_dict == {"note": ["Say why the year is not closed."]}
    assert not_asked.value.message_dict == {"reason": ["Say why the year has to be reopened."]}
    assert not_declined.value.message_dict == {"note": ["Say why the year stays closed."]}


def test_a_declined_reopening_leaves_the_year_closed_and_can_be_asked_for_again(county_clerk, reviewer):
    asked = closings.ask_reopening(closed(reviewer), by=county_clerk, reason="A late bill")

    kept = closings.decline_reopening(asked, by=reviewer, note="Book it this year")
    again = closings.ask_reopening(kept, by=county_clerk, reason="The auditor wants it there")

    assert (kept.note, again.state, again.reason) == ("Book it this year", "reopening", "The auditor wants it there")
    assert closings.is_closed("513228", 2019)


def test_a_reopened_year_is_closed_anew_and_both_closings_stay(county_clerk, reviewer):
    asked = closings.ask_reopening(closed(reviewer), by=county_clerk, reason="A late bill")
    closings.reopen_year(asked, by=reviewer)

    closed(reviewer)

    assert list(YearClosing.objects.order_by("id").values_list("state", flat=True)) == ["reopened", "closed"]


def test_a_step_that_is_not_due_is_refused(reviewer, county_clerk):
    done = closed(reviewer)

    with pytest.raises(ValidationError) as refused:
        close(done, reviewer)
    with pytest.raises(ValidationError):
        closings.reopen_year(done, by=reviewer)
    with pytest.raises(ValidationError):
        closings.decline_closing(done, by=reviewer, note="No")

    assert messages(refused) == ["The year 2019 of 513228 is “closed”: this cannot be done with it now."]


def test_a_closing_that_somebody_changed_meanwhile_is_not_decided_unseen(county_clerk, reviewer):
    proposed = closings.propose_closing("513228", 2019, by=county_clerk)
    seen = version_of(proposed)
    YearClosing.objects.filter(pk=proposed.pk).update(note="One bill is missing")
    changed = YearClosing.objects.get()
    trail.record(
        verb="changed", subject=changed, by="clerk-of-heishui", before={"note": ""}, after={"note": changed.note}
    )
    proposed.seen_version = seen

    with pytest.raises(ChangedMeanwhile, match=r"clerk-of-heishui changed this .* One bill is missing"):
        close(proposed, reviewer)

    assert YearClosing.objects.get().state == "proposed"


# --- no way around the two people -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"state": "declined"}, "step by step"),
        (
            {"state": "reopened", "reopened_by": "x", "reopening_asked_by": "y", "reason": "z"},
            "step|asked",
        ),
        ({"area": "51"}, "keeps its area"),
        ({"year": 2018}, "keeps its area"),
        ({"decided_by": "somebody-else"}, "keeps its area"),
        ({"proposed_by": "somebody-else"}, "keeps its area"),
    ],
)
def test_the_database_lets_a_closed_year_only_be_reopened_step_by_step(fields, message, reviewer):
    closed(reviewer)
    stamps = {name.replace("_by", "_at"): timezone.now() for name in fields if name.startswith("reopen")}

    with pytest.raises(IntegrityError, match=message), transaction.atomic():
        YearClosing.objects.update(**fields, **stamps)

    assert closings.is_closed("513228", 2019)


def test_the_database_takes_no_year_that_is_born_closed(db):
    people = {"proposed_by": "a", "proposed_at": timezone.now(), "decided_by": "b", "decided_at": timezone.now()}

    with pytest.raises(IntegrityError, match="begins as a proposal"), transaction.atomic():
        YearClosing.objects.create(area="513228", year=2019, state="closed", **people)


def test_the_database_lets_nobody_close_what_they_proposed(reviewer):
    closings.propose_closing("513228", 2019, by=reviewer)

    with pytest.raises(IntegrityError, match="closing_by_two"), transaction.atomic():
        YearClosing.objects.update(state="closed", decided_by="reviewer-of-heishui", decided_at=timezone.now())


def test_the_database_lets_nobody_reopen_in_anothers_name(reviewer, county_clerk):
    closings.ask_reopening(closed(reviewer), by=reviewer, reason="A late bill")
    changes = {"state": "reopened", "reopened_by": "reviewer-of-heishui", "reopened_at": timezone.now()}

    with pytest.raises(IntegrityError, match="closing_reopened_by_two"), transaction.atomic():
        YearClosing.objects.update(**changes)
    with pytest.raises(IntegrityError, match="as it was asked for"), transaction.atomic():
        YearClosing.objects.update(reopening_asked_by="somebody", **changes)


@pytest.mark.parametrize("table", ["audit_yearclosing", "audit_frozenreport"])
def test_closings_and_frozen_reports_are_never_deleted(table, reviewer):
    close(closings.propose_closing("513228", 2019, by="a-clerk"), reviewer, freeze=one_file)

    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{table}"')
    with pytest.raises(IntegrityError), transaction.atomic():
        FrozenReport.objects.all().delete()

    assert (YearClosing.objects.count(), FrozenReport.objects.count()) == (1, 1)


def test_a_frozen_report_is_never_changed(reviewer):
    close(closings.propose_closing("513228", 2019, by="a-clerk"), reviewer, freeze=one_file)
    report = FrozenReport.objects.get()
    report.content = b"b"

    for act in (
        report.save,
        lambda: FrozenReport.objects.update(content=b"b"),
        lambda: FrozenReport.objects.bulk_update([report], ["content"]),
        lambda: trail.write(report, by="somebody"),
    ):
        with pytest.raises(IntegrityError, match="a frozen report is never changed"), transaction.atomic():
            act()

    assert bytes(FrozenReport.objects.get().content) == b"a"


@sqlite_only
@pytest.mark.parametrize("table", ["audit_yearclosing", "audit_frozenreport"])
def test_nothing_is_written_over_a_closing(table, reviewer):
    close(closings.propose_closing("513228", 2019, by="a-clerk"), reviewer, freeze=one_file)

    with (
        pytest.raises(IntegrityError, match=r"never|begins"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}"')

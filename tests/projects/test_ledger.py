"""The life of an entry: drafted by one person, posted by another, numbered without gap, and never changed again."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from alleviation.accounts.rights import Role
from alleviation.audit.models import AuditEvent, ImportBatch, YearClosing
from alleviation.audit.versions import ChangedMeanwhile, version_of
from projects import actions
from projects.actions import next_vouchers
from projects.choices import EntryState
from projects.models import Division, LedgerEntry, VoucherSeries
from tests.factories import FundingSourceFactory, LedgerEntryFactory, UserFactory


def an_entry(place: Division, **facts) -> LedgerEntry:
    year = facts.get("year", 2019)
    return LedgerEntry(
        **{
            "kind": "allocation",
            "year": year,
            "booked_on": date(year, 6, 30),
            "amount": Decimal("100.00"),
            "source": FundingSourceFactory(),
            "division": place,
            **facts,
        }
    )


@pytest.fixture
def batch(db) -> ImportBatch:
    return ImportBatch.objects.create(kind=ImportBatch.Kind.FILE, title="a file", created_by="someone")


@pytest.fixture
def other_clerk(db):
    return UserFactory(username="other-clerk", role=Role.CLERK, area="513228")


@pytest.fixture
def submitted(county_clerk, ruoduo) -> LedgerEntry:
    """An entry of Ruoduo that waits to be checked."""
    return submit(an_entry(ruoduo), by=county_clerk)


@pytest.fixture
def book(county_clerk, reviewer):
    """Draft, submit and post an entry; gives its voucher."""
    return lambda place, **facts: post(submit(an_entry(place, **facts), by=county_clerk), by=reviewer)


def submit(entry: LedgerEntry, *, by) -> LedgerEntry:
    actions.draft_entry(entry, by=by)
    actions.submit_entry(entry, by=by)
    entry.refresh_from_db()
    return entry


def post(entry: LedgerEntry, *, by) -> str:
    return actions.post_entry(entry, by=by).voucher


# --- one person makes, another checks -----------------------------------------------------------------------------


def test_an_entry_is_drafted_submitted_and_posted(county_clerk, reviewer, ruoduo):
    entry = an_entry(ruoduo)

    actions.draft_entry(entry, by=county_clerk)
    drafted = (entry.state, entry.voucher, entry.drafted_by)
    actions.submit_entry(entry, by=county_clerk)
    entry.refresh_from_db()
    waiting = (entry.state, entry.voucher, entry.submitted_by)
    actions.post_entry(entry, by=reviewer)
    entry.refresh_from_db()

    assert drafted == ("draft", "", "clerk-of-heishui")
    assert waiting == ("submitted", "", "clerk-of-heishui")
    assert (entry.state, entry.voucher, entry.checked_by) == ("posted", "513228-2019-00001", "reviewer-of-heishui")
    assert [event.after["state"] for event in AuditEvent.objects.order_by("id")] == ["draft", "submitted", "posted"]


def test_only_a_posted_entry_counts(submitted, reviewer):
    before = list(LedgerEntry.objects.posted())

    actions.post_entry(submitted, by=reviewer)

    assert (before, list(LedgerEntry.objects.posted())) == ([], [submitted])


@pytest.mark.parametrize("name", ["county_clerk", "manager", "auditor", "administrator", "stranger"])
@pytest.mark.slow
def test_nobody_without_the_right_posts(name, request, submitted):
    with pytest.raises(PermissionDenied):
        actions.post_entry(submitted, by=request.getfixturevalue(name))

    assert LedgerEntry.objects.get().state == EntryState.SUBMITTED


def test_a_reviewer_drafts_nothing(reviewer, ruoduo):
    with pytest.raises(PermissionDenied):
        actions.draft_entry(an_entry(ruoduo), by=reviewer)

    assert LedgerEntry.objects.count() == 0


def test_a_command_checks_nothing(submitted):
    with pytest.raises(PermissionDenied):
        actions.post_entry(submitted, by="manage.py something")

    assert LedgerEntry.objects.get().state == EntryState.SUBMITTED


def test_whoever_made_it_does_not_post_it_in_another_role(submitted, county_clerk):
    county_clerk.role = Role.REVIEWER
    county_clerk.save()

    with pytest.raises(PermissionDenied) as refused:
        actions.post_entry(submitted, by=county_clerk)

    assert str(refused.value) == "You made, imported or submitted this entry; somebody else has to check it."


def test_whoever_had_a_hand_in_an_earlier_version_does_not_post_it(county_clerk, other_clerk, ruoduo):
    entry = an_entry(ruoduo)
    actions.draft_entry(entry, by=other_clerk)
    submit(entry, by=county_clerk)
    other_clerk.role = Role.REVIEWER
    other_clerk.save()

    with pytest.raises(PermissionDenied):
        actions.post_entry(entry, by=other_clerk)

    assert (entry.makers, LedgerEntry.objects.get().state) == ({"clerk-of-heishui"}, "submitted")


@pytest.mark.parametrize("maker", ["drafted_by", "submitted_by", "imported_by"])
def test_the_database_keeps_maker_and_checker_apart(maker, submitted):
    LedgerEntry.objects.update(**{maker: "one-person"})
    checked = {"state": "posted", "voucher": "V-1", "checked_by": "one-person", "checked_at": submitted.submitted_at}

    with pytest.raises(IntegrityError, match="entry_maker_is_not_checker"), transaction.atomic():
        LedgerEntry.objects.update(**checked)

    assert LedgerEntry.objects.get().state == "submitted"


def test_a_returned_entry_is_mended_submitted_and_posted_by_the_same_two(submitted, county_clerk, reviewer):
    actions.return_entry(submitted, by=reviewer, note="Which road?")
    submitted.refresh_from_db()
    returned = (submitted.state, submitted.return_note, submitted.checked_by)
    submitted.note = "The upper road"
    submit(submitted, by=county_clerk)

    voucher = post(submitted, by=reviewer)

    assert returned == ("returned", "Which road?", "reviewer-of-heishui")
    assert voucher == "513228-2019-00001"


def test_it_is_returned_with_a_note_or_not_at_all(submitted, reviewer):
    with pytest.raises(ValidationError) as refused:
        actions.return_entry(submitted, by=reviewer, note="  ")

    assert refused.value.message_dict == {"return_note": ["Say why the entry is returned."]}


def test_what_was_taken_back_is_not_posted(submitted, county_clerk, reviewer):
    actions.take_back_entry(submitted, by=county_clerk)

    with pytest.raises(ValidationError) as refused:
        actions.post_entry(submitted, by=reviewer)

    assert refused.value.messages == [f"#{submitted.pk} allocation is “draft”: this cannot be done with it now."]


def test_a_withdrawn_draft_stays_and_is_changed_no_more(submitted, county_clerk):
    actions.withdraw_entry(submitted, by=county_clerk)
    submitted.refresh_from_db()

    with pytest.raises(ValidationError):
        actions.draft_entry(submitted, by=county_clerk)

    assert LedgerEntry.objects.get().state == "withdrawn"
    assert not LedgerEntry.objects.pending().exists()


def test_a_draft_saved_without_a_change_leaves_no_event(county_clerk, ruoduo):
    entry = an_entry(ruoduo)
    actions.draft_entry(entry, by=county_clerk)

    actions.draft_entry(LedgerEntry.objects.get(), by=county_clerk)

    assert AuditEvent.objects.count() == 1


def test_a_posted_entry_is_not_drafted_anew(book, county_clerk, ruoduo):
    book(ruoduo)
    entry = LedgerEntry.objects.get()
    entry.amount = Decimal("1.00")

    with pytest.raises(ValidationError) as refused:
        actions.draft_entry(entry, by=county_clerk)

    assert refused.value.messages == [
        "513228-2019-00001 allocation is posted and never changes. Reverse it, and book it anew."
    ]
    assert LedgerEntry.objects.get().amount == Decimal("100.00")


def test_what_changed_after_it_was_looked_at_is_not_posted(submitted, county_clerk, reviewer):
    seen = LedgerEntry.objects.get()
    seen.seen_version = version_of(seen)
    actions.take_back_entry(submitted, by=county_clerk)
    submitted.refresh_from_db()
    submitted.amount = Decimal("999.00")
    submit(submitted, by=county_clerk)

    with pytest.raises(ChangedMeanwhile):
        actions.post_entry(seen, by=reviewer)

    assert LedgerEntry.objects.get().state == "submitted"


@pytest.mark.slow
def test_several_are_posted_all_or_none(submitted, county_clerk, reviewer, ruoduo, hezhou):
    foreign = submit(an_entry(hezhou), by="manage.py test")

    with pytest.raises(PermissionDenied):
        actions.post_entries([submitted, foreign], by=reviewer)

    assert set(LedgerEntry.objects.values_list("state", flat=True)) == {"submitted"}
    assert not VoucherSeries.objects.filter(last__gt=0).exists()


# --- vouchers -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_vouchers_count_up_within_a_county_and_year(book, ruoduo, xili, erniunai):
    vouchers = [book(ruoduo), book(erniunai), book(xili)]

    assert vouchers == ["513228-2019-00001", "513228-2019-00002", "513228-2019-00003"]


@pytest.mark.slow
def test_each_county_and_each_year_has_a_series_of_its_own(book, ruoduo, hezhou):
    local = [book(ruoduo), book(ruoduo, year=2020)]
    clerk = UserFactory(role=Role.CLERK, area="451102")
    far = post(submit(an_entry(hezhou), by=clerk), by=UserFactory(role=Role.REVIEWER, area="45"))

    assert [*local, far, book(ruoduo)] == [
        "513228-2019-00001",
        "513228-2020-00001",
        "451102-2019-00001",
        "513228-2019-00002",
    ]


@pytest.mark.slow
def test_drafts_and_refused_postings_leave_no_gap(book, submitted, county_clerk, reviewer, ruoduo):
    first = book(ruoduo)
    actions.draft_entry(an_entry(ruoduo), by=county_clerk)
    with pytest.raises(PermissionDenied):
        actions.post_entry(submitted, by=county_clerk)

    assert (first, book(ruoduo)) == ("513228-2019-00001", "513228-2019-00002")


def test_a_number_that_stands_from_before_is_passed_over(ruoduo):
    LedgerEntryFactory(voucher="513228-2019-00002", division=ruoduo)

    with transaction.atomic():
        given = next_vouchers("513228", 2019, 3)

    assert given == ["513228-2019-00001", "513228-2019-00003", "513228-2019-00004"]


# --- the example --------------------------------------------------------------------------------------------------


def test_what_is_made_up_comes_in_posted(batch, ruoduo, xili):
    entries = [an_entry(ruoduo, is_made_up=True), an_entry(xili, is_made_up=True)]

    actions.book_made_up(entries, by="load_example", batch=batch)

    assert list(LedgerEntry.objects.posted().order_by("id").values_list("voucher", "checked_by")) == [
        ("EX513228-2019-00001", "(example reviewer)"),
        ("EX513228-2019-00002", "(example reviewer)"),
    ]


def test_real_money_is_not_posted_by_one(batch, ruoduo):
    with pytest.raises(ValueError, match="only what is made up"):
        actions.book_made_up([an_entry(ruoduo)], by="load_example", batch=batch)

    assert LedgerEntry.objects.count() == 0


# --- what is refused ----------------------------------------------------------------------------------------------


OTHER_YEAR = "The date is not in the year 2019. Correct one of them, or leave the year empty."


@pytest.mark.parametrize(
    ("facts", "field", "message"),
    [
        ({"amount": Decimal("0.00")}, "__all__", "An amount is above zero; only a reversal is below."),
        ({"amount": Decimal("-1.00")}, "__all__", "An amount is above zero; only a reversal is below."),
        ({"amount": "1.005"}, "amount", "At most 2 decimals; the number is not rounded for you."),
        (
            {"amount": Decimal("10000000000.00")},
            "amount",
            "Ensure this value is less than or equal to 9999999999.99.",
        ),
        ({"booked_on": date(2018, 6, 30)}, "booked_on", OTHER_YEAR),
        ({"booked_on": date(2101, 1, 1), "year": 2101}, "year", "Ensure this value is less than or equal to 2100."),
        ({"kind": "gift"}, "kind", "Value 'gift' is not a valid choice."),
    ],
)  # fmt: skip
def test_an_entry_that_cannot_be_is_refused(facts, field, message, county_clerk, ruoduo):
    with pytest.raises(ValidationError) as refused:
        actions.draft_entry(an_entry(ruoduo, **facts), by=county_clerk)

    assert message in refused.value.message_dict[field]
    assert (LedgerEntry.objects.count(), AuditEvent.objects.count()) == (0, 0)


def test_a_foreign_area_is_refused(clerk, erniunai):
    with pytest.raises(PermissionDenied):
        actions.draft_entry(an_entry(erniunai), by=clerk)

    assert (LedgerEntry.objects.count(), AuditEvent.objects.count()) == (0, 0)


def close(area: str, year: int) -> None:
    """As the database lets it be: proposed by one, closed by another."""
    now = timezone.now()
    closing = YearClosing.objects.create(area=area, year=year, proposed_by="one", proposed_at=now)
    YearClosing.objects.filter(pk=closing.pk).update(state="closed", decided_by="another", decided_at=now)


@pytest.mark.parametrize("area", ["51", "513228", "513228212205"])
@pytest.mark.slow
def test_a_closed_year_takes_no_entry(area, submitted, county_clerk, reviewer, ruoduo):
    close(area, 2019)

    for act in (
        lambda: actions.draft_entry(an_entry(ruoduo), by=county_clerk),
        lambda: actions.post_entry(submitted, by=reviewer),
    ):
        with pytest.raises(ValidationError) as refused:
            act()
        assert refused.value.message_dict == {
            "booked_on": [
                f"The year 2019 of {area} is closed. Book a late correction in an open year with its reason, or ask "
                "for the year to be reopened."
            ]
        }

    assert LedgerEntry.objects.get().state == "submitted"


def test_another_year_and_another_place_stay_open(submitted, reviewer, book, ruoduo):
    close("513228", 2018)
    close("513228212200", 2019)

    assert post(submitted, by=reviewer) == "513228-2019-00001"


def test_an_entry_is_not_entered_past_its_steps(county_clerk, ruoduo):
    forged = an_entry(ruoduo, state="posted", checked_by="somebody", drafted_by="somebody else")

    with pytest.raises(TypeError):
        actions.enter(forged, by=county_clerk)

    assert LedgerEntry.objects.count() == 0


def test_a_place_keeps_its_code_and_so_its_closed_years(ruoduo):
    with pytest.raises(IntegrityError, match="a place keeps its code"), transaction.atomic():
        Division.objects.filter(pk=ruoduo.pk).update(code="513229212205")

"""Correcting what is posted: by its reversal and a new entry, which name each other and never hide what was."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from projects import actions
from projects.models import LedgerEntry
from tests.factories import LedgerEntryFactory
from tests.projects.test_ledger import an_entry, close


@pytest.fixture
def posted(ruoduo) -> LedgerEntry:
    """An allocation of 100 yuan to Ruoduo in 2019."""
    return LedgerEntryFactory(division=ruoduo, voucher="513228-2019-00001")


def sum_of(entries) -> Decimal:
    return sum((entry.amount for entry in entries), Decimal(0))


def test_an_entry_and_its_reversal_sum_to_zero(posted, county_clerk, reviewer):
    correction = actions.correct_entry(posted, by=county_clerk, reason="Booked twice")
    before = sum_of(LedgerEntry.objects.posted())

    reversal = actions.post_entry(correction.reversal, by=reviewer)

    assert (before, sum_of(LedgerEntry.objects.posted())) == (Decimal("100.00"), Decimal("0.00"))
    assert (reversal.reverses, reversal.reason, reversal.amount) == (
        "513228-2019-00001",
        "Booked twice",
        Decimal("-100.00"),
    )
    assert (reversal.kind, reversal.source, reversal.division, reversal.year) == (
        posted.kind,
        posted.source,
        posted.division,
        2019,
    )
    assert not LedgerEntry.objects.posted().not_reversed().exists()


@pytest.mark.slow
def test_a_correction_names_what_it_replaces(posted, county_clerk, reviewer, ruoduo):
    right = an_entry(ruoduo, amount=Decimal("70.00"))

    correction = actions.correct_entry(posted, by=county_clerk, reason="A digit was wrong", replacement=right)
    actions.post_entries([correction.reversal, correction.replacement], by=reviewer)

    assert list(LedgerEntry.objects.order_by("id").values_list("reverses", "replaces", "amount", "state")) == [
        ("", "", Decimal("100.00"), "posted"),
        ("513228-2019-00001", "", Decimal("-100.00"), "posted"),
        ("", "513228-2019-00001", Decimal("70.00"), "posted"),
    ]
    assert sum_of(LedgerEntry.objects.posted()) == Decimal("70.00")


def test_reversing_twice_is_refused_by_the_action_and_by_the_database(posted, county_clerk):
    reversal = actions.correct_entry(posted, by=county_clerk, reason="Booked twice").reversal

    with pytest.raises(ValidationError) as refused:
        actions.correct_entry(posted, by=county_clerk, reason="Once more")
    reversal.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        reversal.save()

    assert refused.value.messages == [f"It is reversed already: #{posted.pk + 1} allocation, submitted."]
    assert LedgerEntry.objects.count() == 2


def test_a_withdrawn_reversal_makes_room_for_another(posted, county_clerk):
    reversal = actions.correct_entry(posted, by=county_clerk, reason="A slip").reversal
    actions.withdraw_entry(reversal, by=county_clerk)

    again = actions.correct_entry(posted, by=county_clerk, reason="After all").reversal

    assert (again.state, LedgerEntry.objects.count()) == ("submitted", 3)


def test_a_reversal_is_not_reversed(posted, county_clerk, reviewer):
    reversal = actions.correct_entry(posted, by=county_clerk, reason="Booked twice").reversal
    reversal = actions.post_entry(reversal, by=reviewer)

    with pytest.raises(ValidationError) as refused:
        actions.correct_entry(reversal, by=county_clerk, reason="It was right")

    assert refused.value.messages == ["This is a reversal. Book the money anew instead."]


@pytest.mark.parametrize("name", ["stranger", "reviewer", "manager", "auditor"])
def test_who_may_not_enter_it_may_not_reverse_it(name, request, posted):
    with pytest.raises(PermissionDenied):
        actions.correct_entry(posted, by=request.getfixturevalue(name), reason="No")

    assert LedgerEntry.objects.count() == 1


def test_a_correction_needs_its_reason(posted, county_clerk):
    with pytest.raises(ValidationError) as refused:
        actions.correct_entry(posted, by=county_clerk, reason=" ")

    assert refused.value.message_dict == {"reason": ["Say why the entry is corrected."]}


def test_a_draft_is_changed_and_not_reversed(ruoduo, county_clerk):
    entry = LedgerEntryFactory(division=ruoduo, state="draft")

    with pytest.raises(ValidationError) as refused:
        actions.correct_entry(entry, by=county_clerk, reason="Wrong")

    assert refused.value.messages == ["Only a posted entry is reversed; a draft is changed or withdrawn."]


def test_where_the_new_entry_is_refused_nothing_is_reversed(posted, county_clerk, ruoduo):
    wrong = an_entry(ruoduo, amount=Decimal("0.00"))

    with pytest.raises(ValidationError):
        actions.correct_entry(posted, by=county_clerk, reason="A digit was wrong", replacement=wrong)

    assert LedgerEntry.objects.count() == 1


def test_what_is_closed_is_corrected_in_an_open_year(posted, county_clerk):
    close("513228", 2019)

    reversal = actions.correct_entry(posted, by=county_clerk, reason="Found by the audit").reversal

    assert (reversal.year, reversal.booked_on) == (timezone.localdate().year, timezone.localdate())


def test_what_is_open_is_corrected_in_its_own_year(posted, county_clerk):
    assert actions.correct_entry(posted, by=county_clerk, reason="A slip").reversal.booked_on == date(2019, 12, 31)


def test_a_reversal_is_not_booked_before_what_it_reverses(posted, county_clerk):
    with pytest.raises(ValidationError) as refused:
        actions.correct_entry(posted, by=county_clerk, reason="A slip", booked_on=date(2019, 6, 29))

    assert refused.value.message_dict == {
        "booked_on": ["A reversal is not booked before what it reverses: 2019-06-30."]
    }


def test_an_entry_that_others_were_paid_out_of_stands_until_those_are_reversed(posted, county_clerk, ruoduo):
    paid = LedgerEntryFactory(division=ruoduo, kind="disbursement", allocation=posted.voucher, voucher="D-1")

    with pytest.raises(ValidationError) as refused:
        actions.correct_entry(posted, by=county_clerk, reason="Wrong place")

    assert refused.value.messages == [f"Its money was passed on. Reverse these first: {paid.voucher}"]


def test_a_reversal_waits_no_longer_when_somebody_is_paid_meanwhile(posted, county_clerk, reviewer, ruoduo):
    reversal = actions.correct_entry(posted, by=county_clerk, reason="Wrong place").reversal
    LedgerEntryFactory(division=ruoduo, kind="disbursement", allocation=posted.voucher, voucher="D-1")

    with pytest.raises(ValidationError) as refused:
        actions.post_entry(reversal, by=reviewer)

    assert refused.value.messages == ["Money of 513228-2019-00001 was passed on. Reverse these first: D-1"]
    assert LedgerEntry.objects.get(pk=reversal.pk).state == "submitted"


@pytest.mark.parametrize(
    "other",
    [{"amount": Decimal("-99.00")}, {"kind": "refund"}, {"project": True}, {"division": True}, {"source": True}],
)
@pytest.mark.slow
def test_the_database_takes_no_reversal_of_something_else(other, posted, county_clerk, xili):
    from tests.factories import FundingSourceFactory, ProjectFactory

    makers = {
        "project": ProjectFactory,
        "source": lambda: FundingSourceFactory(code="other"),
        "division": lambda: xili,
    }
    facts = {name: makers[name]() if value is True else value for name, value in other.items()}
    reversal = actions.correct_entry(posted, by=county_clerk, reason="A slip").reversal

    with pytest.raises(IntegrityError, match="a reversal takes back a posted entry, whole"), transaction.atomic():
        LedgerEntry.objects.filter(pk=reversal.pk).update(**facts)


def test_what_replaces_an_entry_is_posted_after_its_reversal(posted, county_clerk, reviewer, ruoduo):
    right = an_entry(ruoduo, amount=Decimal("70.00"))
    correction = actions.correct_entry(posted, by=county_clerk, reason="A digit was wrong", replacement=right)

    with pytest.raises(ValidationError) as refused:
        actions.post_entry(correction.replacement, by=reviewer)
    with pytest.raises(IntegrityError, match="stands for another once that is reversed"), transaction.atomic():
        LedgerEntry.objects.filter(pk=correction.replacement.pk).update(
            state="posted", voucher="V-2", checked_by="b", checked_at=timezone.now()
        )

    assert refused.value.messages == [
        "It stands for 513228-2019-00001, which is not reversed yet. Post the reversal first, or both together."
    ]
    assert sum_of(LedgerEntry.objects.posted()) == Decimal("100.00")


@pytest.mark.slow
def test_an_entry_is_replaced_once(posted, county_clerk, reviewer, ruoduo):
    correction = actions.correct_entry(
        posted, by=county_clerk, reason="A digit was wrong", replacement=an_entry(ruoduo, amount=Decimal("70.00"))
    )
    actions.post_entries(correction, by=reviewer)
    again = an_entry(ruoduo, replaces=posted.voucher, reason="Once more")

    with pytest.raises(ValidationError) as refused:
        actions.draft_entry(again, by=county_clerk)

    assert "This entry is replaced already." in refused.value.messages


def test_a_returned_reversal_is_not_dated_before_what_it_reverses(posted, county_clerk, reviewer):
    reversal = actions.correct_entry(posted, by=county_clerk, reason="A slip").reversal
    actions.return_entry(reversal, by=reviewer, note="Which day?")
    reversal.refresh_from_db()
    reversal.booked_on, reversal.year = date(2015, 1, 1), 2015

    with pytest.raises(ValidationError) as refused:
        actions.draft_entry(reversal, by=county_clerk)

    assert list(refused.value.message_dict) == ["booked_on"]

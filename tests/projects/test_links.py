"""Where money came from: which allocation pays a disbursement, and which entry a place received its share from."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from projects import actions
from projects.models import LedgerEntry
from tests.factories import FundingSourceFactory, LedgerEntryFactory, ProjectFactory
from tests.projects.test_ledger import an_entry


@pytest.fixture
def received(heishui) -> LedgerEntry:
    """What the county received from the province: 1,000 yuan."""
    return LedgerEntryFactory(
        division=heishui, voucher="A-1", amount=Decimal("1000.00"), source__code="province", source__level="provincial"
    )


def refusal(entry: LedgerEntry, by) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        actions.draft_entry(entry, by=by)
    return refused.value.message_dict


def test_a_disbursement_names_the_allocation_it_is_paid_out_of(received, ruoduo, county_clerk):
    entry = an_entry(ruoduo, kind="disbursement", allocation="A-1", source=received.source)

    actions.draft_entry(entry, by=county_clerk)

    assert LedgerEntry.objects.get(pk=entry.pk).allocation == "A-1"


def test_a_village_receives_its_share_from_the_county(received, ruoduo, county_clerk):
    entry = an_entry(ruoduo, handed_down_from="A-1", source=received.source)

    actions.draft_entry(entry, by=county_clerk)

    assert LedgerEntry.objects.get(pk=entry.pk).handed_down_from == "A-1"


@pytest.mark.parametrize("field", ["allocation", "handed_down_from"])
def test_no_more_is_passed_on_than_there_is(field, received, ruoduo, county_clerk):
    kind = "disbursement" if field == "allocation" else "allocation"
    shared = {"kind": kind, "source": received.source, field: "A-1", "division": ruoduo}
    LedgerEntryFactory(**shared, amount=Decimal("900.01"))

    said = refusal(an_entry(ruoduo, **shared, amount=Decimal("100.00")), county_clerk)

    assert said == {field: ["Of its 1,000.00 yuan only 99.99 are left."]}


def test_what_was_reversed_is_left_again(received, ruoduo, county_clerk, reviewer):
    shared = {"kind": "disbursement", "source": received.source, "allocation": "A-1", "division": ruoduo}
    paid = LedgerEntryFactory(**shared, voucher="D-1", amount=Decimal("1000.00"))
    actions.post_entry(actions.correct_entry(paid, by=county_clerk, reason="A slip").reversal, by=reviewer)

    entry = an_entry(ruoduo, **shared, amount=Decimal("1000.00"))
    actions.draft_entry(entry, by=county_clerk)

    assert entry.state == "draft"


def test_the_last_yuan_is_posted_once(received, ruoduo, county_clerk, reviewer):
    shared = {"kind": "disbursement", "source": received.source, "allocation": "A-1", "amount": Decimal("600.00")}
    entries = [an_entry(ruoduo, **shared), an_entry(ruoduo, **shared)]
    for entry in entries:
        actions.draft_entry(entry, by=county_clerk)
        actions.submit_entry(entry, by=county_clerk)

    actions.post_entry(entries[0], by=reviewer)
    with pytest.raises(ValidationError) as refused:
        actions.post_entry(entries[1], by=reviewer)

    assert refused.value.message_dict == {"allocation": ["Of its 1,000.00 yuan only 400.00 are left."]}


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"allocation": "A-2"}, "There is no posted entry with this voucher in your area."),
        ({"allocation": "A-1", "source": "county"}, "That money is of another source: County budget."),
        ({"allocation": "A-1", "booked_on": date(2019, 6, 29)}, "That entry is of a later day: 2019-06-30."),
        ({"allocation": "D-1"}, "That is an entry of the kind “disbursement”; it must be “allocation”."),
        ({"allocation": "P-1"}, "That money is for another project."),
        ({"allocation": "X-1"}, "That money was allocated to another place."),
    ],
)
def test_money_that_cannot_come_from_there_is_refused(facts, message, received, ruoduo, xili, county_clerk):
    LedgerEntryFactory(division=ruoduo, voucher="D-1", kind="disbursement", source=received.source)
    LedgerEntryFactory(division=ruoduo, voucher="P-1", project=ProjectFactory(), source=received.source)
    LedgerEntryFactory(division=xili, voucher="X-1", source=received.source)
    if facts.get("source"):
        facts = facts | {"source": FundingSourceFactory(code="other")}
        message = "That money is of another source: County budget."
    shared = {"kind": "disbursement", "source": received.source}

    said = refusal(an_entry(ruoduo, **{**shared, **facts}), county_clerk)

    assert said == {"allocation": [message]}


def test_money_comes_down_and_not_sideways(received, ruoduo, xili, heishui, county_clerk):
    LedgerEntryFactory(division=xili, voucher="X-1", source=received.source)
    sideways = an_entry(ruoduo, handed_down_from="X-1", source=received.source)
    upwards = an_entry(heishui, handed_down_from="X-1", source=received.source)
    to_itself = an_entry(heishui, handed_down_from="A-1", source=received.source)

    said = [refusal(entry, county_clerk) for entry in (sideways, upwards, to_itself)]

    assert said == [{"handed_down_from": ["Money is handed down from a place that this one lies in."]}] * 3


def test_what_is_given_back_goes_up(ruoduo, heishui, county_clerk):
    source = FundingSourceFactory()
    LedgerEntryFactory(division=ruoduo, voucher="R-1", kind="refund", source=source)
    LedgerEntryFactory(division=heishui, voucher="R-2", kind="refund", source=source)
    upwards = an_entry(heishui, kind="refund", handed_down_from="R-1", source=source)

    actions.draft_entry(upwards, by=county_clerk)
    said = refusal(an_entry(ruoduo, kind="refund", handed_down_from="R-2", source=source), county_clerk)

    assert upwards.state == "draft"
    assert said == {"handed_down_from": ["What is refunded is handed on from a place inside this one."]}


def test_a_foreign_entry_is_as_if_it_were_not(hezhou, ruoduo, county_clerk):
    foreign = LedgerEntryFactory(division=hezhou, voucher="F-1")

    said = refusal(an_entry(ruoduo, kind="disbursement", allocation="F-1", source=foreign.source), county_clerk)

    assert said == {"allocation": ["There is no posted entry with this voucher in your area."]}


def test_a_county_names_the_voucher_of_the_province_and_learns_nothing_of_it(heishui, county_clerk):
    province = heishui.ancestors[0]
    source = FundingSourceFactory(code="province", level="provincial")
    LedgerEntryFactory(division=province, voucher="P-1", source=source, amount=Decimal("150.00"))
    received = an_entry(heishui, handed_down_from="P-1", source=source)

    actions.draft_entry(received, by=county_clerk)
    too_much = refusal(
        an_entry(heishui, handed_down_from="P-1", source=source, amount=Decimal("151.00")), county_clerk
    )
    other = refusal(an_entry(heishui, handed_down_from="P-1"), county_clerk)

    assert received.state == "draft"
    assert too_much == {"handed_down_from": ["So much is not left of it."]}
    assert other == {"handed_down_from": ["There is no posted entry with this voucher in your area."]}


@pytest.mark.parametrize(
    ("level", "place", "is_taken"),
    [
        ("county", "heishui", True),
        ("county", "prefecture", False),
        ("municipal", "prefecture", True),
        ("collective", "heishui", False),
        ("collective", "ruoduo", True),
        ("central", "prefecture", True),
        ("enterprise", "prefecture", True),
    ],
)
@pytest.mark.slow
def test_a_source_pays_for_no_place_above_its_own(level, place, is_taken, request, heishui):
    division = heishui.parent or heishui.ancestors[-1] if place == "prefecture" else request.getfixturevalue(place)
    entry = an_entry(division, source=FundingSourceFactory(code=f"source-{level}", level=level))

    if is_taken:
        actions.draft_entry(entry, by="manage.py test")
        assert entry.pk is not None
    else:
        with pytest.raises(ValidationError) as refused:
            actions.draft_entry(entry, by="manage.py test")
        assert list(refused.value.message_dict) == ["source"]

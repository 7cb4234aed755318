"""What verify says of the ledger, its vouchers and links, its sums, promises, claims and documents."""

from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256

import pytest

from alleviation.audit import trail
from alleviation.audit.models import Verb, YearClosing
from projects.models import LedgerEntry, Pledge, VoucherSeries
from projects.rollups import Funding
from projects.verification import documents, ledger, links, pledges, sums, vouchers
from tests.audit.tampering import change, checks_away, rules_away, without_unique
from tests.factories import (
    ClaimFactory,
    DocumentFactory,
    FundingSourceFactory,
    LedgerEntryFactory,
    PledgeFactory,
    ProjectFactory,
)
from tests.golden import golden_money

LEDGER = "projects_ledgerentry"


def at(year: int, month: int = 1) -> datetime:
    return datetime(year, month, 1, tzinfo=UTC)


# --- each entry by itself ---------------------------------------------------------------------------------------


def test_an_entry_of_its_year_is_no_fault(ruoduo):
    LedgerEntryFactory(division=ruoduo, booked_on=date(2019, 1, 1))
    LedgerEntryFactory(division=ruoduo, booked_on=date(2019, 12, 31))

    assert list(ledger.entries_of_another_year()) == []
    assert list(ledger.entries_of_nothing()) == []
    assert list(ledger.entries_checked_by_their_maker()) == []


def test_an_entry_of_zero_is_named_by_its_number_before_it_has_a_voucher(ruoduo):
    entry = LedgerEntryFactory(division=ruoduo, state="draft")
    with checks_away(LEDGER):
        change(LEDGER, entry.pk, "amount", 0)

    assert list(ledger.entries_of_nothing()) == [f"#{entry.pk}: the amount is zero"]


@pytest.mark.parametrize("maker", ["drafted_by", "submitted_by", "imported_by"])
def test_an_entry_checked_by_its_maker_is_named(ruoduo, maker):
    entry = LedgerEntryFactory(division=ruoduo, voucher="V")
    with checks_away(LEDGER):
        change(LEDGER, entry.pk, maker, "a-reviewer")

    assert list(ledger.entries_checked_by_their_maker()) == ["V: made and checked by a-reviewer"]


CLOSINGS = [
    ("closed", "513228", 2019, True),
    ("reopening", "513228212", 2019, True),
    ("proposed", "513228", 2019, False),
    ("closed", "513228", 2018, False),
    ("closed", "451102", 2019, False),
]


@pytest.mark.parametrize(("state", "area", "year", "is_wrong"), CLOSINGS)
def test_an_entry_posted_in_a_closed_year_is_named(ruoduo, state, area, year, is_wrong):
    entry = LedgerEntryFactory(division=ruoduo, voucher="V", checked_at=at(2021))
    closing_in_state(state, area=area, year=year)

    found = list(ledger.entries_posted_after_closing())

    midnight = "01-01T00:00:00.000000+00:00"
    told = f"V: posted at 2021-{midnight}, but {area} {year} was closed at 2020-{midnight}"
    assert found == ([told] if is_wrong else [])
    assert LedgerEntry.objects.get().pk == entry.pk


def closing_in_state(state: str, **facts: object) -> YearClosing:
    asked = {"reopening_asked_by": "c", "reopening_asked_at": at(2020), "reason": "x"} if state != "closed" else {}
    decided = {"decided_by": "b", "decided_at": at(2020)} | asked if state != "proposed" else {}
    with rules_away():
        return YearClosing.objects.create(proposed_by="a", proposed_at=at(2020), state=state, **decided, **facts)


def test_an_entry_posted_before_a_year_was_closed_or_after_it_was_reopened_is_no_fault(ruoduo):
    for moment in (at(2019, 6), at(2023)):
        LedgerEntryFactory(division=ruoduo, checked_at=moment)
    LedgerEntryFactory(division=ruoduo, checked_at=at(2021), voucher="V")
    closing = closing_in_state("reopening", area="513228", year=2019)
    with rules_away():
        YearClosing.objects.filter(pk=closing.pk).update(state="reopened", reopened_by="d", reopened_at=at(2022))

    assert [fault.partition(":")[0] for fault in ledger.entries_posted_after_closing()] == ["V"]


# --- vouchers ---------------------------------------------------------------------------------------------------


def posted(place, *numbers: str, **facts: object) -> None:
    for number in numbers:
        LedgerEntryFactory(division=place, voucher=number, **facts)


def test_a_series_without_gap_is_no_fault(ruoduo, erniunai):
    posted(ruoduo, "513228-2019-00001", "513228-2019-00003")
    posted(erniunai, "513228-2019-00002")
    VoucherSeries.objects.create(area="513228", year=2019, last=3)

    assert list(vouchers.vouchers_that_do_not_fit()) == []


def test_a_gap_and_a_cut_series_are_named_with_their_numbers(ruoduo):
    posted(ruoduo, "513228-2019-00001", "513228-2019-00004", "513228-2019-00006")
    VoucherSeries.objects.create(area="513228", year=2019, last=9)

    assert list(vouchers.vouchers_that_do_not_fit()) == ["513228-2019: missing: 2-3, 5, 7-9"]


@pytest.mark.parametrize(("last", "told"), [(1, "1"), (None, "—")])
def test_a_series_that_says_less_than_there_is_is_named(ruoduo, last, told):
    posted(ruoduo, "513228-2019-00001", "513228-2019-00002")
    if last:
        VoucherSeries.objects.create(area="513228", year=2019, last=last)

    assert list(vouchers.vouchers_that_do_not_fit()) == [
        f"513228-2019: the series says {told} was the last, but there is 2"
    ]


@pytest.mark.parametrize(
    "voucher", ["V-1", "513228-2018-00001", "451102-2019-00001", "513228-2019-1", "EX513228-2019-00001"]
)
def test_a_voucher_of_no_series_of_its_place_and_year_is_named(ruoduo, voucher):
    posted(ruoduo, voucher)

    assert list(vouchers.vouchers_that_do_not_fit()) == [f"{voucher}: this is no voucher of 513228 in 2019"]


def test_a_made_up_entry_is_numbered_apart(ruoduo):
    posted(ruoduo, "EX513228-2019-00001", is_made_up=True)
    VoucherSeries.objects.create(area="EX513228", year=2019, last=1)

    assert list(vouchers.vouchers_that_do_not_fit()) == []


def test_a_number_typed_before_there_were_series_is_no_fault_and_fills_its_gap(ruoduo):
    posted(ruoduo, "扎财-17", "513228-2019-00002", drafted_by="(before posting)")
    posted(ruoduo, "513228-2019-00001", "513228-2019-00003")
    VoucherSeries.objects.create(area="513228", year=2019, last=3)

    assert list(vouchers.vouchers_that_do_not_fit()) == []


@pytest.mark.parametrize(("made_up", "faults"), [(True, []), (False, ["513228-2019: missing: 1"])])
def test_a_removed_entry_is_no_gap_where_it_was_made_up(ruoduo, made_up, faults):
    entry = LedgerEntryFactory.build(pk=7, division=ruoduo, source=FundingSourceFactory())
    before = {"voucher": "513228-2019-00001", "is_made_up": made_up}
    trail.record(verb=Verb.REMOVED, subject=entry, by="x", before=before)
    VoucherSeries.objects.create(area="513228", year=2019, last=1)

    assert list(vouchers.vouchers_that_do_not_fit()) == faults


def test_a_number_given_twice_is_named():
    assert list(vouchers.series_faults("S", vouchers.Given([1, 2, 2]), 2)) == ["S: given twice: 2"]


# --- links ------------------------------------------------------------------------------------------------------


@pytest.fixture
def reversed_entry(ruoduo) -> LedgerEntry:
    """V, and R which takes it back."""
    project = ProjectFactory(division=ruoduo)
    LedgerEntryFactory(division=ruoduo, voucher="V", project=project)
    facts = {"reverses": "V", "reason": "x", "amount": Decimal("-100.00"), "project": project}
    return LedgerEntryFactory(division=ruoduo, voucher="R", **facts)


def test_a_reversal_that_takes_back_the_whole_is_no_fault(reversed_entry):
    assert list(links.reversals_that_do_not_fit()) == []


@pytest.mark.parametrize(
    ("column", "value", "fault"),
    [
        ("amount", -9900, "R: sums to 1.00 with V, not to zero"),
        ("reverses", "W", "R: reverses W, which is not posted"),
        ("kind", "expenditure", "R: differs from V, which it reverses: kind"),
        ("project_id", None, "R: differs from V, which it reverses: project"),
        ("reverses", "R", "R: reverses R, which is a reversal"),
    ],
)
def test_a_reversal_that_does_not_fit_is_named(reversed_entry, column, value, fault):
    change(LEDGER, reversed_entry.pk, column, value)

    assert fault in list(links.reversals_that_do_not_fit())


def test_an_entry_reversed_twice_is_named(reversed_entry, ruoduo):
    second = LedgerEntryFactory(division=ruoduo, voucher="S", project=reversed_entry.project)
    with checks_away(LEDGER):
        change(LEDGER, second.pk, "amount", -10000)
        without_unique(LEDGER, "entry_reversed_once")
        change(LEDGER, second.pk, "reverses", "V")

    assert list(links.reversals_that_do_not_fit()) == ["V: reversed more than once"]


def test_links_to_what_is_not_posted_or_another_kind_are_named(ruoduo):
    LedgerEntryFactory(division=ruoduo, voucher="SPENT", kind="expenditure")
    facts = {"kind": "disbursement", "division": ruoduo}
    LedgerEntryFactory(voucher="A", allocation="NONE", **facts)
    LedgerEntryFactory(voucher="B", allocation="SPENT", **facts)
    LedgerEntryFactory(voucher="C", handed_down_from="SPENT", **facts)
    with rules_away():
        LedgerEntryFactory(voucher="D", replaces="NONE", reason="x", **facts)

    assert list(links.links_that_lead_nowhere()) == [
        "A: allocation: NONE is not posted",
        "B: allocation: SPENT is of another kind or source",
        "C: handed down from: SPENT is of another kind or source",
        "D: replaces: NONE is not posted",
    ]


def test_more_than_an_allocation_has_is_named(ruoduo):
    LedgerEntryFactory(division=ruoduo, voucher="A", amount=Decimal("100.00"))
    for amount in ("60.00", "40.00"):
        LedgerEntryFactory(division=ruoduo, kind="disbursement", allocation="A", amount=Decimal(amount))
    within = list(links.drawn_beyond())
    LedgerEntryFactory(division=ruoduo, kind="disbursement", allocation="A", amount=Decimal("0.01"))

    assert within == []
    assert list(links.drawn_beyond()) == ["A: has 100.00 yuan, 100.01 yuan were drawn on it"]


# --- sums -------------------------------------------------------------------------------------------------------


def test_golden_sums_hold(heishui, ruoduo, erniunai):
    golden_money(heishui, ruoduo, erniunai)

    assert list(sums.funding_that_does_not_add_up()) == []


@pytest.mark.parametrize("kind", ["allocation", "disbursement", "refund"])
@pytest.mark.slow
def test_sums_with_money_that_was_handed_on_hold(heishui, zhawo, ruoduo, kind):
    upper, lower = (ruoduo, heishui) if kind == "refund" else (heishui, ruoduo)
    LedgerEntryFactory(division=upper, voucher="UP", kind=kind)
    LedgerEntryFactory(division=lower, voucher="DOWN", kind=kind, handed_down_from="UP", amount=Decimal("60.00"))

    assert list(sums.funding_that_does_not_add_up()) == []


def test_the_slow_way_counts_handed_down_money_once(heishui, ruoduo):
    LedgerEntryFactory(division=heishui, voucher="UP")
    LedgerEntryFactory(division=ruoduo, handed_down_from="UP", amount=Decimal("60.00"))

    found = list(sums.contributions(sums.rows(sums.ROWS)))

    allocated = [(cell.place, one["allocated"]) for cell, one in found]
    assert sorted(allocated) == [("513228000000", -6000), ("513228000000", 10000), ("513228212205", 6000)]


def test_drafts_are_in_no_sum(ruoduo):
    LedgerEntryFactory(division=ruoduo, state="submitted")

    assert list(sums.contributions(sums.rows(sums.ROWS))) == []


def test_a_sum_that_is_not_that_of_its_rows_is_named(monkeypatch, ruoduo):
    LedgerEntryFactory(division=ruoduo, amount=Decimal("100.00"))
    wrong = [Funding(Decimal("99.99"), entries=1, key=2019)]
    monkeypatch.setattr(sums, "funding_by_year", lambda query: wrong)

    assert list(sums.funding_that_does_not_add_up()) == [
        "by year, 2019, allocated: the rows add up to 10000, the roll-up says 9999"
    ]


def test_a_sum_of_a_place_that_is_not_that_of_its_rows_is_named(monkeypatch, ruoduo):
    LedgerEntryFactory(division=ruoduo, amount=Decimal("100.00"))
    monkeypatch.setattr(sums, "funding_by_area", lambda query, place: [])

    found = list(sums.funding_that_does_not_add_up())

    assert found[:2] == [
        "all areas, 510000000000, allocated: the rows add up to 10000, the roll-up says 0",
        "all areas, 510000000000, entries: the rows add up to 1, the roll-up says 0",
    ]
    assert len(found) == 10


# --- promises ---------------------------------------------------------------------------------------------------


def test_promises_of_every_shape_hold(ruoduo):
    stated = DocumentFactory(published_on=date(2019, 1, 1))
    PledgeFactory(division=ruoduo, basis="once", first_year=2018)
    PledgeFactory(division=ruoduo, basis="per_year", first_year=2017, last_year=2019)
    PledgeFactory(division=ruoduo, basis="per_year", stated_in=stated)
    PledgeFactory(division=ruoduo, basis="per_year")
    first = PledgeFactory(division=ruoduo, basis="per_year", first_year=2016)
    for years in ({"first_year": 2018, "last_year": 2018}, {"last_year": 2016}, {"first_year": 2021}, {}):
        PledgeFactory(division=ruoduo, basis="per_year", revises=first, reason="x", low=Decimal("5.00"), **years)
    once = PledgeFactory(division=ruoduo, basis="once", first_year=2018)
    PledgeFactory(division=ruoduo, basis="once", revises=once, reason="x", first_year=2020)

    assert list(pledges.pledges_that_do_not_add_up()) == []


def version(number: int, first: int | None, last: int | None, basis: str = "per_year") -> pledges.Version:
    return pledges.Version(1, number, basis, first, last, number, number, None)


def test_a_revision_holds_in_the_years_that_it_names():
    held = pledges.due([version(1, 2018, None), version(2, 2019, 2019), version(3, 2021, None)], 2022)

    assert {year: one.number for year, one in held.items()} == {2018: 1, 2019: 2, 2020: 1, 2021: 3, 2022: 3}


def test_a_promised_sum_that_is_another_is_named(monkeypatch, ruoduo):
    PledgeFactory(division=ruoduo, basis="once", first_year=2018, low=Decimal("7.00"))
    monkeypatch.setattr(pledges, "pledged_years", lambda query, until: [])

    assert Pledge.objects.count() == 1
    assert list(pledges.pledges_that_do_not_add_up()) == [
        "promised, 2018, high: the rows add up to 700, the roll-up says 0",
        "promised, 2018, low: the rows add up to 700, the roll-up says 0",
        "promised, 2018, promises: the rows add up to 1, the roll-up says 0",
    ]


# --- documents --------------------------------------------------------------------------------------------------


def test_a_claim_outside_its_text_is_named(db):
    document = DocumentFactory(text="0123456789", length=10, sha256=sha256(b"0123456789").hexdigest())
    ClaimFactory(document=document, code="A", start=0, end=10)
    ClaimFactory(document=document, code="B", start=5, end=11)

    assert list(documents.spans_outside_their_text()) == ["claim B: characters 5 to 11 of a text of 10"]


@pytest.mark.parametrize(
    "facts",
    [
        {"text": "another text", "length": 12, "sha256": sha256(b"the text").hexdigest()},
        {"text": "the text", "length": 9, "sha256": sha256(b"the text").hexdigest()},
    ],
)
def test_a_text_that_is_not_the_one_recorded_is_named(db, facts):
    wrong = DocumentFactory(**facts)

    (fault,) = documents.texts_that_are_not_theirs()

    assert fault.startswith(f"document {wrong.pk}: its text of {len(facts['text'])} characters has the SHA-256 ")


def test_a_document_whose_text_is_missing_is_no_fault(db):
    DocumentFactory(sha256=sha256(b"x").hexdigest(), length=1)

    assert list(documents.texts_that_are_not_theirs()) == []

"""Booking money: vouchers without gap or repeat, and what is refused."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from alleviation.audit.models import AuditEvent, ImportBatch
from projects.actions import book_entries, book_entry, next_vouchers
from projects.models import Division, LedgerEntry, VoucherSeries
from tests.factories import FundingSourceFactory, LedgerEntryFactory


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


def book(place: Division, **facts) -> str:
    entry = an_entry(place, **facts)
    book_entry(entry, by="manage.py test")
    return entry.voucher


@pytest.fixture
def batch(db) -> ImportBatch:
    return ImportBatch.objects.create(kind=ImportBatch.Kind.FILE, title="a file", created_by="someone")


def test_vouchers_count_up_within_a_county_and_year(ruoduo, xili, erniunai):
    vouchers = [book(ruoduo), book(erniunai), book(xili)]

    assert vouchers == ["513228-2019-00001", "513228-2019-00002", "513228-2019-00003"]


def test_each_county_and_each_year_has_a_series_of_its_own(ruoduo, hezhou):
    vouchers = [book(ruoduo), book(ruoduo, year=2020), book(hezhou), book(ruoduo)]

    assert vouchers == ["513228-2019-00001", "513228-2020-00001", "451102-2019-00001", "513228-2019-00002"]


def test_a_refused_entry_leaves_no_gap(ruoduo):
    book(ruoduo)
    with pytest.raises(ValidationError):
        book_entry(an_entry(ruoduo, amount=Decimal("0.00")), by="manage.py test")

    assert book(ruoduo) == "513228-2019-00002"


def test_a_booking_that_is_rolled_back_leaves_no_gap(ruoduo):
    def fails_late() -> None:
        with transaction.atomic():
            book(ruoduo)
            raise RuntimeError

    book(ruoduo)
    with pytest.raises(RuntimeError):
        fails_late()

    assert book(ruoduo) == "513228-2019-00002"
    assert VoucherSeries.objects.get().last == 2


def test_a_clerks_refused_entry_leaves_no_gap(clerk, ruoduo, erniunai):
    with pytest.raises(PermissionDenied):
        book_entry(an_entry(erniunai), by=clerk)

    entry = an_entry(ruoduo)
    book_entry(entry, by=clerk)

    assert entry.voucher == "513228-2019-00001"
    assert LedgerEntry.objects.count() == 1


def test_an_own_voucher_is_kept_and_uses_no_number(ruoduo):
    assert [book(ruoduo, voucher="记-2019-17"), book(ruoduo)] == ["记-2019-17", "513228-2019-00001"]


def test_a_voucher_is_booked_once(ruoduo):
    book(ruoduo, voucher="V-1")

    with pytest.raises(ValidationError, match="in the ledger already"):
        book(ruoduo, voucher="V-1")

    assert LedgerEntry.objects.count() == 1


def test_a_number_typed_by_hand_is_passed_over(ruoduo):
    book(ruoduo, voucher="513228-2019-00001")
    book(ruoduo, voucher="513228-2019-00003")

    assert [book(ruoduo), book(ruoduo)] == ["513228-2019-00002", "513228-2019-00004"]


def test_many_numbers_pass_over_those_typed_by_hand(ruoduo):
    LedgerEntryFactory(division=ruoduo, voucher="513228-2019-00002")

    with transaction.atomic():
        given = next_vouchers("513228", 2019, 600)

    assert (len(given), given[:2], given[-1]) == (
        600,
        ["513228-2019-00001", "513228-2019-00003"],
        "513228-2019-00601",
    )


def test_changing_an_entry_keeps_its_voucher(ruoduo):
    entry = an_entry(ruoduo)
    book_entry(entry, by="manage.py test")

    entry.note = "corrected"
    book_entry(entry, by="manage.py test")

    assert (entry.voucher, VoucherSeries.objects.get().last) == ("513228-2019-00001", 1)


def test_many_entries_take_their_numbers_in_the_order_given(ruoduo, hezhou, batch):
    book(ruoduo)
    entries = [an_entry(ruoduo), an_entry(hezhou), an_entry(ruoduo), an_entry(ruoduo, year=2020)]

    book_entries(entries, by="manage.py test", batch=batch)

    assert [entry.voucher for entry in entries] == [
        "513228-2019-00002",
        "451102-2019-00001",
        "513228-2019-00003",
        "513228-2020-00001",
    ]
    assert AuditEvent.objects.filter(batch=batch).count() == 4


def test_many_entries_are_all_or_none(ruoduo, batch):
    with pytest.raises(ValidationError):
        book_entries([an_entry(ruoduo), an_entry(ruoduo, year=2101)], by="manage.py test", batch=batch)

    assert (LedgerEntry.objects.count(), VoucherSeries.objects.count()) == (0, 0)
    assert AuditEvent.objects.count() == 0


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"amount": Decimal("0.00")}, "__all__"),
        ({"amount": Decimal("0.001")}, "amount"),
        ({"amount": None}, "amount"),
        ({"year": 1948}, "year"),
        ({"year": 2101}, "year"),
        ({"booked_on": date(2018, 12, 31)}, "booked_on"),
        ({"booked_on": date(2020, 1, 1)}, "booked_on"),
        ({"kind": "gift"}, "kind"),
    ],
)
def test_an_entry_that_books_nothing_rightly_is_refused(ruoduo, facts, fault):
    with pytest.raises(ValidationError) as refused:
        book_entry(an_entry(ruoduo, **facts), by="manage.py test")

    assert fault in refused.value.error_dict
    assert LedgerEntry.objects.count() == 0


def test_money_as_a_float_is_refused(ruoduo):
    with pytest.raises((ValidationError, TypeError, ValueError)):
        book_entry(an_entry(ruoduo, amount=0.1 + 0.2), by="manage.py test")

    assert LedgerEntry.objects.count() == 0


@pytest.mark.parametrize("amount", ["0.01", "-0.01", "9999999999.99", "-9999999999.99"])
def test_an_amount_comes_back_to_the_fen(ruoduo, amount):
    book(ruoduo, amount=Decimal(amount))

    assert str(LedgerEntry.objects.get().amount) == amount


@pytest.mark.parametrize("facts", [{"amount": Decimal("0.00")}, {"year": 1948, "booked_on": date(1948, 1, 1)}])
def test_the_database_refuses_it_too(ruoduo, facts):
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntryFactory(division=ruoduo, **facts)


def test_the_first_and_the_last_day_belong_to_their_year(ruoduo):
    vouchers = [book(ruoduo, booked_on=date(2019, 1, 1)), book(ruoduo, booked_on=date(2019, 12, 31))]

    assert LedgerEntry.objects.of_years(2019, 2019).filter(voucher__in=vouchers).count() == 2


def test_words_for_asking_the_ledger(ruoduo):
    for year, kind in [(2018, "allocation"), (2019, "allocation"), (2019, "refund"), (2020, "expenditure")]:
        LedgerEntryFactory(division=ruoduo, year=year, kind=kind)
    ledger = LedgerEntry.objects

    assert ledger.of_years(2018, 2019).count() == 3
    assert [entry.year for entry in ledger.all()] == [2020, 2019, 2019, 2018]

"""Booking money, and the voucher numbers that go with it."""

from collections import Counter
from collections.abc import Sequence

from django.db import transaction

from alleviation.audit import entry as guarded
from alleviation.audit.models import ImportBatch
from alleviation.audit.trail import Actor
from projects.models import LedgerEntry, VoucherSeries

# SQLite takes a limited number of values in one statement.
BATCH = 500


def book_entry(entry: LedgerEntry, *, by: Actor, batch: ImportBatch | None = None) -> None:
    """Book money in yuan. An entry without a voucher gets the next number of its county and year.

    Raises ValidationError (amount zero or finer than fen, date outside the year), PermissionDenied.
    """
    with transaction.atomic():
        if not entry.voucher and entry.division_id and entry.year:
            entry.voucher = next_vouchers(entry.division.code[:6], entry.year, 1)[0]
        guarded.enter(entry, by=by, batch=batch)


def book_entries(entries: Sequence[LedgerEntry], *, by: str, batch: ImportBatch) -> None:
    """Book many entries at once, all or none; vouchers follow the order given. Only commands do this so far."""
    with transaction.atomic():
        wanted = Counter((entry.division.code[:6], entry.year) for entry in entries)
        given = {key: iter(next_vouchers(*key, number)) for key, number in sorted(wanted.items())}
        for entry in entries:
            entry.voucher = next(given[entry.division.code[:6], entry.year])
        guarded.enter_many(entries, by=by, batch=batch)


def next_vouchers(area: str, year: int, number: int) -> list[str]:
    """The next voucher numbers of an area and year, as 513228-2024-00001. Call it inside a transaction.

    The series' row stays locked until the transaction ends, so numbers neither repeat nor leave a gap. A number that
    someone typed by hand is passed over; it would stand in the way of the series for ever.
    """
    VoucherSeries.objects.get_or_create(area=area, year=year)
    series = VoucherSeries.objects.select_for_update().get(area=area, year=year)
    given: list[str] = []
    while len(given) < number:
        first, series.last = series.last + 1, series.last + min(number - len(given), BATCH)
        given += _free([f"{area}-{year}-{n:05}" for n in range(first, series.last + 1)])
    series.save(update_fields=["last"])
    return given


def _free(vouchers: list[str]) -> list[str]:
    taken = set(LedgerEntry.objects.filter(voucher__in=vouchers).values_list("voucher", flat=True))
    return [voucher for voucher in vouchers if voucher not in taken]

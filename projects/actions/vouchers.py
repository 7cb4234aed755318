"""Voucher numbers, given when an entry is posted: for each county and year 1, 2, 3 … without a gap."""

from projects.models import LedgerEntry, VoucherSeries

# SQLite takes a limited number of values in one statement.
BATCH = 500
# Before the county's code in the vouchers of what is made up.
MADE_UP = "EX"


def next_vouchers(area: str, year: int, number: int) -> list[str]:
    """The next voucher numbers of an area and year, as 513228-2024-00001. Call it inside a transaction.

    The series' row stays locked until the transaction ends, so numbers neither repeat nor leave a gap. A number that
    stands in the ledger from before is passed over; it would stand in the way of the series for ever.
    """
    VoucherSeries.objects.get_or_create(area=area, year=year)
    series = VoucherSeries.objects.select_for_update().get(area=area, year=year)
    given: list[str] = []
    while len(given) < number:
        first, series.last = series.last + 1, series.last + min(number - len(given), BATCH)
        given += _free([f"{area}-{year}-{n:05}" for n in range(first, series.last + 1)])
    series.save(update_fields=["last"])
    return given


def series_of(entry: LedgerEntry) -> tuple[str, int]:
    """The area and year in whose series an entry is numbered.

    What is made up has a series of its own: it goes again, and may leave no gap among real vouchers.
    """
    county = entry.division.code[:6]
    return (f"{MADE_UP}{county}" if entry.is_made_up else county), entry.year


def _free(vouchers: list[str]) -> list[str]:
    taken = set(LedgerEntry.objects.with_voucher(*vouchers).values_list("voucher", flat=True))
    return [voucher for voucher in vouchers if voucher not in taken]

"""What has to be true at the end of a history, whatever it was."""

from dataclasses import replace

from alleviation.audit.replay import states_of
from alleviation.audit.values import values_of
from alleviation.common.guard import audited_models
from alleviation.common.query import Query
from projects.models import LedgerEntry, VoucherSeries
from projects.rollups.funding import Funding, funding_by_area, funding_by_source, funding_by_year, funding_total
from tests.faults.truth import chain_faults, replay, replay_faults, voucher_faults
from tests.stateful.book import KINDS, Book
from tests.stateful.world import PLACES, SOURCES, VILLAGES, fen

# What is cut by year and source too: everywhere, a county, and a village in it.
CUT = ("", PLACES[1], VILLAGES[0])
AREAS = (*CUT, "5132", "513228212", *PLACES)


def fen_by_kind(sums: Funding) -> dict[str, int]:
    amounts = (sums.allocated, sums.disbursed, sums.spent, sums.refunded)
    return dict(zip(KINDS, map(fen, amounts), strict=True))


def check_sums(book: Book, query: Query) -> None:
    """Every sum of the ledger is that of the book, to the fen: by area, year and source."""
    years = sorted({line.year for line in book.posted()})
    for area in AREAS:
        assert fen_by_kind(funding_total(within(query, area))) == book.sums(area)
    for area in CUT:
        asked = within(query, area)
        assert nonzero(funding_by_year(asked)) == kept({year: book.sums(area, year) for year in years})
        by_source = {source: book.sums(area, source=source) for source in SOURCES}
        assert nonzero([replace(one, key=one.key[0]) for one in funding_by_source(asked)]) == kept(by_source)
    provinces = {one.key: fen_by_kind(one) for one in funding_by_area(query, None)}
    assert sum_up(provinces) == book.sums()


def within(query: Query, area: str) -> Query:
    return replace(query, prefixes=(area,) if area else None)


def nonzero(sums: list[Funding]) -> dict[object, dict[str, int]]:
    return kept({one.key: fen_by_kind(one) for one in sums})


def kept(sums: dict[object, dict[str, int]]) -> dict[object, dict[str, int]]:
    """Those in which there is anything but zero."""
    return {key: one for key, one in sums.items() if any(one.values())}


def sum_up(sums: dict[object, dict[str, int]]) -> dict[str, int]:
    return {kind: sum(one[kind] for one in sums.values()) for kind in KINDS}


def check_posted(book: Book) -> None:
    """What was posted is what it was, each reversal takes back all of one entry, and vouchers run from 1."""
    rows = {row.voucher: row for row in LedgerEntry.objects.posted()}
    assert {voucher: values_of(row) for voucher, row in rows.items()} == {
        line.voucher: line.posted_as for line in book.posted()
    }
    reversals = [row for row in rows.values() if row.reverses]
    assert len({row.reverses for row in reversals}) == len(reversals)
    assert [row.amount + rows[row.reverses].amount for row in reversals] == [0] * len(reversals)
    assert voucher_faults() == []
    series = VoucherSeries.objects.filter(last__gt=0)
    assert {(one.area, one.year): one.last for one in series} == book.vouchers()


def check_trail() -> None:
    """The chain fits, and what the events say is what the tables hold, row by row and column by column."""
    assert chain_faults() == 0
    assert list(replay_faults()) == []
    for model in audited_models():
        assert dict(states_of(model)) == replay(model._meta.label_lower)

"""Ledgers that nobody thought of, and what they add up to in plain Python."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from projects.choices import EntryKind
from projects.models import Division, LedgerEntry
from tests.factories import LedgerEntryFactory

LARGEST = 999_999_999_999
PASSED_ON = [EntryKind.ALLOCATION, EntryKind.DISBURSEMENT, EntryKind.REFUND]


@dataclass(frozen=True)
class Part:
    """What an entry contributes to the figures at one place."""

    amount: Decimal
    year: int
    kind: str
    source: Any
    place: str
    project: Any


def random_ledger(
    rng: random.Random,
    *,
    places: list[Division],
    sources: list[Any],
    projects: list[Any],
    years: list[int],
    number: int,
    moment_of: Callable[[int], datetime] | None = None,
) -> list[LedgerEntry]:
    """A posted ledger: money received, handed down over several levels, given back, and reversed.

    `moment_of` tells when an entry was posted, by its number; without it, now.
    """
    entries: list[LedgerEntry] = []
    left: dict[str, Decimal] = {}
    for count in range(number):
        facts: dict[str, Any] = {"voucher": f"EX-{count}", "year": rng.choice(years), "is_made_up": True}
        if moment_of:
            facts["checked_at"] = moment_of(count)
        chosen = rng.random()
        entry = None
        if entries and chosen < 0.5:
            entry = _handed_on(rng, rng.choice(entries), places, projects, left, facts)
        elif entries and chosen < 0.65:
            entry = _reversal(rng.choice(entries), entries, facts)
        entry = entry or LedgerEntryFactory.build(
            **facts,
            kind=rng.choice(list(EntryKind)),
            amount=Decimal(rng.randint(1, rng.choice([1, 100, LARGEST]))) / 100,
            division=rng.choice(places),
            source=rng.choice(sources),
            project=rng.choice([None, *projects]),
        )
        left[entry.voucher] = entry.amount
        entries.append(entry)
    # A reversal finds what it takes back; what is made up may come in posted.
    LedgerEntry.objects.bulk_create(one for one in entries if not one.reverses)
    LedgerEntry.objects.bulk_create(one for one in entries if one.reverses)
    return entries


def parts_of(entries: Iterable[LedgerEntry]) -> list[Part]:
    """Each entry at its own place; and what was handed on, off the upper of the two places."""
    found = list(entries)
    by_voucher = {entry.voucher: entry for entry in found}
    parts = [_part(entry, entry, entry.amount) for entry in found]
    for entry in found:
        if entry.handed_down_from:
            earlier = by_voucher[entry.handed_down_from]
            parts.append(_part(entry, entry if entry.kind == EntryKind.REFUND else earlier, -entry.amount))
    return parts


def grouped(parts: Iterable[Part], key: Callable[[Part], Any]) -> dict[Any, dict[str, Decimal]]:
    """The four sums by a key."""
    sums: dict[Any, dict[str, Decimal]] = defaultdict(lambda: dict.fromkeys(EntryKind.values, Decimal("0.00")))
    for part in parts:
        sums[key(part)][part.kind] += part.amount
    return dict(sums)


def _part(entry: LedgerEntry, at: LedgerEntry, amount: Decimal) -> Part:
    return Part(amount, entry.year, str(entry.kind), entry.source, at.division.code, at.project)


def _handed_on(rng, earlier, places, projects, left, facts) -> LedgerEntry | None:
    """Money of an earlier entry at a place below; of a refund, at a place above."""
    if earlier.kind == EntryKind.REFUND:
        fitting = [one for one in places if _lies_below(one, earlier.division)]
    else:
        fitting = [one for one in places if _lies_below(earlier.division, one)]
    if earlier.kind not in PASSED_ON or earlier.reverses or not fitting or left[earlier.voucher] <= 0:
        return None
    amount = min(left[earlier.voucher], Decimal(rng.randint(1, LARGEST)) / 100)
    left[earlier.voucher] -= amount
    return LedgerEntryFactory.build(
        **facts,
        kind=earlier.kind,
        amount=amount,
        division=rng.choice(fitting),
        source=earlier.source,
        project=earlier.project or rng.choice([None, *projects]),
        handed_down_from=earlier.voucher,
    )


def _reversal(entry, entries, facts) -> LedgerEntry | None:
    """The reversal of an entry that was neither reversed nor handed on."""
    if entry.reverses or any(entry.voucher in (one.reverses, one.handed_down_from) for one in entries):
        return None
    copied = {name: getattr(entry, name) for name in ("kind", "division", "source", "project", "handed_down_from")}
    return LedgerEntryFactory.build(
        **{**facts, **copied}, amount=-entry.amount, reverses=entry.voucher, reason="taken back"
    )


def _lies_below(above: Division, below: Division) -> bool:
    return above.code != below.code and below.code.startswith(above.prefix)

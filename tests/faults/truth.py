"""What must be true of the whole database, asked in the simplest way: by reading it from its beginning."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from alleviation.audit.chain import COLUMNS, START, digest_of, mac_of
from alleviation.audit.models import AuditEvent, TrailHead, Verb
from alleviation.audit.values import values_of
from alleviation.common.guard import audited_models
from projects.models import LedgerEntry, VoucherSeries

Event = dict[str, Any]


@dataclass
class Chain:
    """How far the chain was read, and what did not fit."""

    number: int = 0
    digest: str = START
    faults: int = 0

    def read_on(self) -> list[Event]:
        """The events since the last reading; each has to be the next number and bound to the one before."""
        events = list(AuditEvent.objects.filter(pk__gt=self.number).order_by("pk").values(*COLUMNS, "digest", "mac"))
        for event in events:
            fits = event["id"] == self.number + 1 and event["digest"] == digest_of(event, self.digest)
            self.faults += not (fits and event["mac"] == mac_of(event["digest"]))
            self.number, self.digest = event["id"], event["digest"]
        head = TrailHead.objects.filter(pk=1).first()
        self.faults += (head.number, head.digest or START) != (self.number, self.digest) if head else self.number != 0
        return events


def chain_faults() -> int:
    """How many events do not fit into the chain, its head counted as one."""
    chain = Chain()
    chain.read_on()
    return chain.faults


def replay_faults() -> Iterator[str]:
    """Rows of audited tables that are not what their events make of them, and the other way round."""
    for model in audited_models():
        replayed = sorted(replay(model._meta.label_lower).items())
        rows = ((row.pk, values_of(row)) for row in model._default_manager.order_by("pk").iterator())
        for told, kept in zip_longest(replayed, rows):
            if told != kept:
                yield f"{model._meta.label_lower}: the trail says {told}, the table {kept}"


def replay(kind: str) -> dict[int, dict[str, Any]]:
    """The records of a kind, each the overlay of its events."""
    records: dict[int, dict[str, Any]] = {}
    events = AuditEvent.objects.filter(subject_type=kind, verb__in=Verb.WRITES).order_by("pk")
    for told, verb, before, after in events.values_list("subject_id", "verb", "before", "after").iterator():
        number = told or 0
        if verb == Verb.CREATED:
            assert number not in records, f"{kind} {number} was created twice"
            records[number] = after
        elif verb == Verb.CHANGED:
            assert {name: records[number][name] for name in before} == before, f"{kind} {number} was something else"
            records[number] = records[number] | after
        else:
            assert records.pop(number) == before
    return records


def voucher_faults() -> list[str]:
    """Where the vouchers of an area and year are not 1, 2, 3 … up to the last of their series."""
    given: dict[tuple[str, int], list[str]] = defaultdict(list)
    for voucher, code, year in LedgerEntry.objects.posted().values_list("voucher", "division__code", "year"):
        given[code[:6], year].append(voucher)
    series = {(one.area, one.year): one.last for one in VoucherSeries.objects.all() if one.last}
    faults = []
    for area, year in sorted(given.keys() | series.keys()):
        wanted = [f"{area}-{year}-{number:05}" for number in range(1, series.get((area, year), 0) + 1)]
        if sorted(given[area, year]) != wanted:
            faults.append(f"{area}-{year}: {len(given[area, year])} vouchers, the series says {len(wanted)}")
    return faults

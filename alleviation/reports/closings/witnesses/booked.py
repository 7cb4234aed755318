"""The events of booked money."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from alleviation.audit.models import AuditEvent, Verb
from alleviation.common.query import Query
from alleviation.reports.closings.witnesses.named import entries_of, names
from alleviation.reports.closings.witnesses.traces import ZERO, Trace, Trail
from projects.choices import EntryState
from projects.models import FundingSource, LedgerEntry, Project
from projects.rollups.funding import SUMS
from projects.rollups.ledger import handed_on

KEY_OF: dict[str, str] = {kind: key for key, kind in SUMS.items()}
MONEY = frozenset(SUMS)


@dataclass(frozen=True)
class Booked:
    """An event of a posted entry, what it booked in yuan, and the cells it stands in: (source, project, place) codes.

    `above` is the cell that had the money before, where that lies inside the area too: there it is taken off, so that
    it counts once. Only the posting books; a removal takes back what was posted. `is_placed` is False where the cell
    is not told to readers of the area, since the project lies outside of it, or is not known any more.
    """

    event: AuditEvent
    entry: Mapping[str, Any]
    amount: Decimal
    cell: tuple[str, str, str]
    above: tuple[str, str, str] | None = None
    is_placed: bool = True

    @property
    def moved(self) -> dict[str, Decimal]:
        """What it adds to the sum of its kind, at its own place."""
        return {KEY_OF[self.entry["kind"]]: self.amount} if self.amount else {}

    @property
    def taken_off(self) -> dict[str, Decimal]:
        """What it takes off the place that had the money before."""
        return {name: -amount for name, amount in self.moved.items()} if self.above else {}

    @property
    def counted(self) -> dict[str, Decimal]:
        """What it adds to the sum over the whole area."""
        return {} if self.above else self.moved


def booked_events(trail: Trail, query: Query) -> list[Booked]:
    """The events of the posted entries of the question, in their order."""
    entries = entries_of(query)
    columns = (
        "id",
        "voucher",
        "reverses",
        "replaces",
        "kind",
        "amount",
        "project_id",
        "division__code",
        "source__code",
    )
    facts = {entry["id"]: entry for entry in entries.values(*columns)}
    handed: Any = handed_on(query).order_by()
    above = {one["pk"]: one for one in handed.values("pk", "above_code", "above_project")}
    told = {one["project_id"] for one in facts.values()} | {one["above_project"] for one in above.values()}
    # Of a project elsewhere nothing is told but that it is.
    named = Project.objects.beyond("whether the project of one's own money lies in one's area")
    projects = named.select_related("division").in_bulk(told - {None})
    found: list[Booked] = []
    for event in trail.of(LedgerEntry, entries.values("id")):
        if event.verb == Verb.REMOVED:
            found += _removed(event, query)
        elif event.subject_id in facts:
            found.append(_posted(event, facts[event.subject_id], above.get(event.subject_id), projects, query))
    return found


def _posted(event: AuditEvent, entry: Any, above: Any, projects: dict[int, Project], query: Query) -> Booked:
    area, source = query.user.area, entry["source__code"]
    named = [projects.get(entry["project_id"])] + ([projects.get(above["above_project"])] if above else [])
    codes = [one.code if one and one.lies_in(area) else "" for one in named]
    return Booked(
        event,
        entry,
        entry["amount"] if event.after.get("state") == EntryState.POSTED else ZERO,
        (source, codes[0], entry["division__code"]),
        (source, codes[1], above["above_code"]) if above else None,
        is_placed=all(one is None or one.lies_in(area) for one in named),
    )


def _removed(event: AuditEvent, query: Query) -> Iterable[Booked]:
    """Of an entry that is gone, as its event kept it. Only the example goes, and nothing of it was handed down."""
    entry = event.before
    if entry.get("year") == query.year and entry.get("state") == EntryState.POSTED:
        code = FundingSource.objects.filter(pk=entry["source_id"]).values_list("code", flat=True).first() or ""
        yield Booked(event, entry, -Decimal(entry["amount"]), (code, "", ""), is_placed=False)


def of_ledger(trail: Trail, query: Query) -> Iterable[Trace]:
    """A row is an entry, or what one takes off above: told by its events, by those of its project and its source."""
    for one in booked_events(trail, query):
        voucher = one.entry["voucher"]
        yield Trace(one.event, frozenset({(voucher,)}), None, MONEY, one.moved, one.counted)
        yield Trace(one.event, frozenset({(voucher, "(2)")}), None, MONEY, one.taken_off)
        # Told beside the entry that it takes back or stands for, whose own figures it does not explain.
        others = {(one.entry[name],) for name in ("reverses", "replaces") if one.entry[name]}
        yield Trace(one.event, frozenset(others), columns=frozenset())
    yield from names(trail, query)


def of_unsourced(trail: Trail, query: Query) -> Iterable[Trace]:
    """A row is an entry that names no upstream: its posting brings it, and its reversal takes it away."""
    for one in booked_events(trail, query):
        keys = {(one.entry["voucher"],), (one.entry["reverses"],)}
        yield Trace(one.event, frozenset(keys))
    yield from names(trail, query)

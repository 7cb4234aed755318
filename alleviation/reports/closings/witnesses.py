"""Which events of the trail made a frozen figure another today; what none of them accounts for is said so."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Model, Q, QuerySet

from alleviation.audit.models import AuditEvent, Verb, YearClosing
from alleviation.common.query import Query
from alleviation.reports.closings.compare import CellChange, Change, Comparison, Key, RowChange
from beneficiaries.models import Household, IncomeRecord, PovertyLine
from beneficiaries.rollups import COMPONENTS
from projects.choices import EntryState
from projects.models import Division, Document, FundingSource, LedgerEntry, Pledge, Project
from projects.rollups.funding import SUMS
from projects.rollups.ledger import handed_on
from projects.rollups.places import child_level, child_of, fold_former

KEY_OF: dict[str, str] = {kind: key for key, kind in SUMS.items()}
# The names of places come with the lists of places, whose loading is no event of a record.
FROM_LISTS = frozenset({"place"})
ZERO = Decimal(0)
MONEY = frozenset(SUMS)
EARNED = frozenset({"households", "persons", *COMPONENTS, "net_income"})
NET = {**dict.fromkeys(COMPONENTS, 1), "expenses": -1}


@dataclass(frozen=True)
class Trace:
    """An event, the rows and columns that it may have changed, and by how much it moved the sums in them.

    `keys` None is every row. `columns` None is every column; without any the event is told, and explains nothing. Of
    the columns in `sums` it is known exactly by how much: `moved` in its rows, `total` in the total row, which counts
    money that was handed down once.
    """

    event: AuditEvent
    keys: frozenset[Key] | None = None
    columns: frozenset[str] | None = None
    sums: frozenset[str] = frozenset()
    moved: Mapping[str, Decimal] = field(default_factory=dict)
    total: Mapping[str, Decimal] = field(default_factory=dict)

    def touches(self, row: RowChange) -> bool:
        return row.is_total or self.keys is None or row.key in self.keys

    def covers(self, column: str) -> bool:
        return self.columns is None or column in self.columns

    def moves(self, column: str, row: RowChange) -> Decimal:
        return (self.total if row.is_total else self.moved).get(column, ZERO)


@dataclass(frozen=True)
class Unexplained:
    """A cell that no event accounts for, or only in part: `explained` of its difference is what events add up to."""

    cell: CellChange
    explained: Decimal | None = None


@dataclass(frozen=True)
class Explained:
    """A changed row with the events that explain it, and the cells that they do not."""

    row: RowChange
    events: tuple[AuditEvent, ...]
    unexplained: tuple[Unexplained, ...]
    is_from_lists: bool = False


Witness = Callable[["Trail", Query], Iterable[Trace]]


class Trail:
    """The events after a closing that write records."""

    def __init__(self, closing: YearClosing) -> None:
        # Its own events are among them; they are of no record that a report is made of.
        self.events = AuditEvent.objects.filter(id__gt=closing.event_number or 0, verb__in=sorted(Verb.WRITES))

    def of(self, model: type[Model], numbers: QuerySet[Any]) -> list[AuditEvent]:
        """The events of these records, and of all records of the kind that are gone, in their order."""
        mine = Q(subject_id__in=numbers) | Q(verb=Verb.REMOVED)
        return list(self.events.filter(mine, subject_type=model._meta.label_lower).order_by("id"))


def explain(slug: str, closing: YearClosing, query: Query, comparison: Comparison) -> list[Explained]:
    """Each changed row of a report with its events. A report without a witness of its own asks all of them."""
    if not comparison.rows:
        return []
    traces = list(WITNESSES.get(slug, anything)(Trail(closing), query))
    return [_explained(row, [trace for trace in traces if trace.touches(row)]) for row in comparison.rows]


def _explained(row: RowChange, traces: list[Trace]) -> Explained:
    named = {cell.column.key for cell in row.cells}
    telling = [trace for trace in traces if trace.columns == frozenset() or any(map(trace.covers, named))]
    events = {trace.event.pk: trace.event for trace in telling}
    cells = [cell for cell in row.cells if row.change is Change.CHANGED or cell.column.key not in FROM_LISTS]
    unexplained = [found for cell in cells if (found := _unexplained(cell, row, telling)) is not None]
    listed = [one for one in unexplained if one.cell.column.key in FROM_LISTS]
    return Explained(
        row,
        tuple(events[number] for number in sorted(events)),
        tuple(one for one in unexplained if one not in listed),
        is_from_lists=bool(listed),
    )


def _unexplained(cell: CellChange, row: RowChange, traces: list[Trace]) -> Unexplained | None:
    column = cell.column.key
    covering = [trace for trace in traces if trace.covers(column)]
    if not covering:
        # What stands in a row that came or went as a whole is told by whatever made it come or go.
        return None if row.change in Change.WHOLE and traces else Unexplained(cell)
    if not any(column in trace.sums for trace in covering):
        return None
    moved = sum((trace.moves(column, row) for trace in covering), ZERO)
    return None if moved == cell.moved else Unexplained(cell, moved)


# --- the ledger -------------------------------------------------------------------------------------------------


def _entries(query: Query) -> QuerySet[LedgerEntry]:
    entries = LedgerEntry.objects.posted().of_years(query.first_year, query.last_year)
    return entries.in_any_area(list(query.prefixes or ()))


def _booked(trail: Trail, query: Query) -> list[tuple[AuditEvent, dict[str, Any], Decimal, Decimal]]:
    """The events of the posted entries of the question, each with the entry's facts and what it booked, in yuan.

    First as it stands in the ledger, then as it counts: money that was handed down inside the area counts once. Only
    the posting books; a removal takes back what was posted.
    """
    repeated = set(handed_on(query).order_by().values_list("pk", flat=True))
    entries = _entries(query)
    facts = {
        entry["id"]: entry
        for entry in entries.order_by().values(
            "id", "voucher", "reverses", "replaces", "kind", "amount", "source_id", "project_id"
        )
    }
    found = []
    for event in trail.of(LedgerEntry, entries.order_by().values("id")):
        if event.verb == Verb.REMOVED:
            entry = event.before
            if entry.get("year") == query.year and entry.get("state") == EntryState.POSTED:
                amount = -Decimal(entry["amount"])
                found.append((event, entry, amount, ZERO if entry["handed_down_from"] else amount))
        elif event.subject_id in facts:
            entry = facts[event.subject_id]
            amount = entry["amount"] if event.after.get("state") == EntryState.POSTED else ZERO
            found.append((event, entry, amount, ZERO if entry["id"] in repeated else amount))
    return found


def _moved(entry: Mapping[str, Any], amount: Decimal) -> dict[str, Decimal]:
    return {KEY_OF[entry["kind"]]: amount} if amount else {}


def of_ledger(trail: Trail, query: Query) -> Iterable[Trace]:
    """A row is an entry: told by its own events, by those of its project and its source."""
    for event, entry, amount, counted in _booked(trail, query):
        yield Trace(
            event, frozenset({(entry["voucher"],)}), None, MONEY, _moved(entry, amount), _moved(entry, counted)
        )
        # Told beside the entry that it takes back or stands for, whose own figures it does not explain.
        others = {(entry[name],) for name in ("reverses", "replaces") if entry[name]}
        yield Trace(event, frozenset(others), columns=frozenset())
    entries = _entries(query).order_by()
    by_project: dict[int, set[Key]] = {}
    by_source: dict[int, set[Key]] = {}
    for voucher, project, source in entries.values_list("voucher", "project_id", "source_id"):
        by_project.setdefault(project, set()).add((voucher,))
        by_source.setdefault(source, set()).add((voucher,))
    for event in trail.of(Project, entries.filter(project__isnull=False).values("project_id")):
        columns = frozenset({"project", "project_code"})
        yield Trace(event, frozenset(by_project.get(event.subject_id or 0, ())), columns)
    for event in trail.of(FundingSource, entries.values("source_id")):
        yield Trace(event, frozenset(by_source.get(event.subject_id or 0, ())), frozenset({"source"}))


def of_annual_funding(trail: Trail, query: Query) -> Iterable[Trace]:
    """A row is a year and a source: told by the entries and pledges of that source, and by the source itself."""
    codes = dict(FundingSource.objects.order_by().values_list("id", "code"))

    def row(source: int | None) -> frozenset[Key]:
        return frozenset({(str(query.year), codes.get(source or 0, ""))})

    booked = frozenset({*SUMS, "execution_rate", "made_up"})
    promised = frozenset({"pledged", "pledged_not_stated", "made_up"})
    for event, entry, _amount, counted in _booked(trail, query):
        moved = _moved(entry, counted)
        yield Trace(event, row(entry["source_id"]), booked, MONEY, moved, moved)
    pledges = Pledge.objects.in_any_area(list(query.prefixes or ())).order_by()
    sources = dict(pledges.values_list("id", "source_id"))
    documents: dict[int, set[Key]] = {}
    for document, source in pledges.filter(stated_in__isnull=False).values_list("stated_in_id", "source_id"):
        documents.setdefault(document, set()).update(row(source))
    for event in trail.of(Pledge, pledges.values("id")):
        yield Trace(event, row(sources.get(event.subject_id or 0, event.before.get("source_id"))), promised)
    for event in trail.of(Document, pledges.filter(stated_in__isnull=False).values("stated_in_id")):
        yield Trace(event, frozenset(documents.get(event.subject_id or 0, ())), promised)
    for event in trail.of(FundingSource, FundingSource.objects.order_by().values("id")):
        yield Trace(event, row(event.subject_id), frozenset({"source", "source_code", "level"}))


# --- incomes ----------------------------------------------------------------------------------------------------


def of_incomes(trail: Trail, query: Query) -> Iterable[Trace]:
    """A row is a year and a place: told by the incomes recorded there, by their households, and by poverty lines."""
    place = Division.objects.latest_of(query.area_code)
    level = child_level(place) or (place.level if place else 1)
    records = IncomeRecord.objects.of_years(query.first_year, query.last_year)
    records = records.in_any_area(list(query.prefixes or ())).order_by()
    villages = dict(records.values_list("village_id", "village__code"))
    homes = {code: child_of(code, level) for code in villages.values()}
    today = fold_former(home for home in homes.values() if home)

    def row(village: int | None) -> frozenset[Key]:
        home = homes.get(villages.get(village or 0, ""), "")
        return frozenset({(str(query.year), today.get(home, home))})

    facts = {one.pk: one for one in records}
    sums = frozenset({"households", "persons", *COMPONENTS, "net_income", "per_capita", "made_up"})
    for event in trail.of(IncomeRecord, records.values("id")):
        if event.subject_id in facts:
            income = facts[event.subject_id]
            moved = _earned(event, income)
            yield Trace(event, row(income.village_id), sums, EARNED, moved, moved)
        elif event.verb == Verb.REMOVED and event.before.get("year") == query.year:
            moved = _gone(event.before)
            yield Trace(event, row(event.before.get("village_id")), sums, EARNED, moved, moved)
    households = dict(records.values_list("household_id", "village_id"))
    for event in trail.of(Household, records.values("household_id")):
        yield Trace(event, row(households.get(event.subject_id or 0)), frozenset({"made_up"}))
    lines = PovertyLine.objects.filter(year__gte=query.first_year, year__lte=query.last_year)
    for event in trail.of(PovertyLine, lines.order_by().values("id")):
        yield Trace(event, None, frozenset({"line", "concept"}))


def _earned(event: AuditEvent, income: IncomeRecord) -> dict[str, Decimal]:
    """By how much an event of a record moved the sums: up when it was recorded, down when another took its place."""
    if event.verb == Verb.CREATED:
        sign = 1
    elif event.before.get("superseded_at", True) is None and event.after.get("superseded_at"):
        sign = -1
    else:
        return {}
    cells = {name: sign * getattr(income, name) for name in COMPONENTS}
    return {
        "households": Decimal(sign),
        "persons": Decimal(sign * income.persons),
        "net_income": sign * income.net_income,
        **cells,
    }


def _gone(values: Mapping[str, Any]) -> dict[str, Decimal]:
    """What a removed record, as its event kept it, takes from the sums; one that was corrected is in none."""
    if values.get("superseded_at"):
        return {}
    cells = {name: -Decimal(values[name]) for name in COMPONENTS}
    net = sum((NET[name] * cells[name] for name in COMPONENTS), Decimal(0))
    return {"households": Decimal(-1), "persons": -Decimal(values["persons"]), "net_income": net, **cells}


# --- any other report -------------------------------------------------------------------------------------------


def anything(trail: Trail, query: Query) -> Iterable[Trace]:
    """For a report that nobody wrote a witness for: whatever happened to money and incomes of the area and year."""
    for event, *_rest in _booked(trail, query):
        yield Trace(event)
    area = list(query.prefixes or ())
    entries = _entries(query).order_by()
    records = IncomeRecord.objects.of_years(query.first_year, query.last_year).in_any_area(area).order_by()
    named: tuple[tuple[type[Model], QuerySet[Any]], ...] = (
        (Pledge, Pledge.objects.in_any_area(area).order_by().values("id")),
        (IncomeRecord, records.values("id")),
        (Household, records.values("household_id")),
        (Project, entries.filter(project__isnull=False).values("project_id")),
        (FundingSource, entries.values("source_id")),
    )
    for model, numbers in named:
        yield from (Trace(event) for event in trail.of(model, numbers))


WITNESSES: dict[str, Witness] = {
    "funding-ledger": of_ledger,
    "annual-funding": of_annual_funding,
    "per-capita-income": of_incomes,
}

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

    def covers(self, cell: CellChange) -> bool:
        """Whether it may have made the cell what it is."""
        return self.columns is None or cell.column.key in self.columns

    def moves(self, column: str, row: RowChange) -> Decimal:
        return (self.total if row.is_total else self.moved).get(column, ZERO)


@dataclass(frozen=True)
class Naming(Trace):
    """An event of a record that rows name, such as their source: it changes words that it speaks of, never sums."""

    def touches(self, row: RowChange) -> bool:
        return row.change is Change.CHANGED

    def covers(self, cell: CellChange) -> bool:
        before, after = self.event.before, self.event.after
        is_told = cell.frozen in before.values() or cell.today in after.values()
        return super().covers(cell) and (is_told or cell.column.key in after or "division_id" in after)


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
    telling = [trace for trace in traces if trace.columns == frozenset() or any(map(trace.covers, row.cells))]
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
    covering = [trace for trace in traces if trace.covers(cell)]
    if not covering:
        # What stands in a row that came or went as a whole is told by whatever made it come or go.
        return None if row.change in Change.WHOLE and traces else Unexplained(cell)
    if not any(column in trace.sums for trace in covering):
        return None
    moved = sum((trace.moves(column, row) for trace in covering), ZERO)
    return None if moved == cell.moved else Unexplained(cell, moved)


# --- the ledger -------------------------------------------------------------------------------------------------


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


def _entries(query: Query) -> QuerySet[LedgerEntry]:
    entries = LedgerEntry.objects.posted().of_years(query.first_year, query.last_year)
    return entries.in_any_area(list(query.prefixes or ())).order_by()


def _booked(trail: Trail, query: Query) -> list[Booked]:
    """The events of the posted entries of the question, in their order."""
    entries = _entries(query)
    names = ("id", "voucher", "reverses", "replaces", "kind", "amount", "project_id", "division__code", "source__code")
    facts = {entry["id"]: entry for entry in entries.values(*names)}
    handed: Any = handed_on(query).order_by()
    above = {one["pk"]: one for one in handed.values("pk", "above_code", "above_project")}
    told = {one["project_id"] for one in facts.values()} | {one["above_project"] for one in above.values()}
    projects = Project.objects.select_related("division").in_bulk(told - {None})
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
    for one in _booked(trail, query):
        voucher = one.entry["voucher"]
        yield Trace(one.event, frozenset({(voucher,)}), None, MONEY, one.moved, one.counted)
        yield Trace(one.event, frozenset({(voucher, "(2)")}), None, MONEY, one.taken_off)
        # Told beside the entry that it takes back or stands for, whose own figures it does not explain.
        others = {(one.entry[name],) for name in ("reverses", "replaces") if one.entry[name]}
        yield Trace(one.event, frozenset(others), columns=frozenset())
    yield from _names(trail, query)


def of_unsourced(trail: Trail, query: Query) -> Iterable[Trace]:
    """A row is an entry that names no upstream: its posting brings it, and its reversal takes it away."""
    for one in _booked(trail, query):
        keys = {(one.entry["voucher"],), (one.entry["reverses"],)}
        yield Trace(one.event, frozenset(keys))
    yield from _names(trail, query)


def _names(trail: Trail, query: Query) -> Iterable[Trace]:
    """Events of the projects and sources that entries and pledges name: they change words, never sums."""
    entries, pledges = _entries(query), _pledges(query)
    projects = entries.filter(project__isnull=False).values("project_id")
    projects = projects.union(pledges.filter(project__isnull=False).values("project_id"))
    for event in trail.of(Project, projects):
        yield Naming(event, columns=frozenset({"project", "project_code"}))
    for event in trail.of(FundingSource, entries.values("source_id").union(pledges.values("source_id"))):
        yield Naming(event, columns=frozenset({"source", "source_code", "level"}))


# --- promised and booked ----------------------------------------------------------------------------------------

BOOKED = frozenset({*SUMS, "execution_rate", "made_up"})
PROMISED = frozenset({"pledged", "pledged_not_stated", "made_up"})


def of_annual_funding(trail: Trail, query: Query) -> Iterable[Trace]:
    """A row is a year and a source: told by the entries and pledges of that source, and by the source itself."""
    year = str(query.year)
    for one in _booked(trail, query):
        yield Trace(one.event, frozenset({(year, one.cell[0])}), BOOKED, MONEY, one.counted, one.counted)
    sources = dict(_pledges(query).values_list("id", "source__code"))
    yield from _promises(trail, query, {number: (year, code) for number, code in sources.items()})
    yield from _names(trail, query)


def of_cells(trail: Trail, query: Query) -> Iterable[Trace]:
    """A row is a year, a source, a project and a place: told by the entries and pledges there."""
    year = str(query.year)
    for one in _booked(trail, query):
        if not one.is_placed:
            yield Trace(one.event, None, BOOKED, total=one.counted)
            continue
        if one.above == one.cell:
            yield Trace(one.event, frozenset({(year, *one.cell)}), BOOKED, MONEY)
            continue
        yield Trace(one.event, frozenset({(year, *one.cell)}), BOOKED, MONEY, one.moved, one.counted)
        if one.above:
            yield Trace(one.event, frozenset({(year, *one.above)}), BOOKED, MONEY, one.taken_off)
    pledges = _pledges(query).select_related("source", "project__division", "division")
    cells = {
        one.pk: (year, one.source.code, one.project.code if one.project else "", one.division.code) for one in pledges
    }
    yield from _promises(trail, query, cells)
    yield from _names(trail, query)


def _pledges(query: Query) -> QuerySet[Pledge]:
    return Pledge.objects.in_any_area(list(query.prefixes or ())).order_by()


def _promises(trail: Trail, query: Query, rows: Mapping[int, Key]) -> Iterable[Trace]:
    """Events of pledges in their rows; of their documents, and of pledges that are gone, in any row."""
    pledges = _pledges(query)
    for event in trail.of(Pledge, pledges.values("id")):
        row = rows.get(event.subject_id or 0)
        yield Trace(event, frozenset({row}) if row else None, PROMISED)
    for event in trail.of(Document, pledges.filter(stated_in__isnull=False).values("stated_in_id")):
        yield Trace(event, None, PROMISED)


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
    for one in _booked(trail, query):
        yield Trace(one.event)
    area = list(query.prefixes or ())
    entries = _entries(query)
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
    "received-without-upstream": of_unsourced,
    "annual-funding": of_annual_funding,
    "pledges-and-funding": of_cells,
    "per-capita-income": of_incomes,
}

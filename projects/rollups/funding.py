"""Booked money, added up. Source of the kinds: the ledger's own words (下达, 拨付, 支出, 退回).

Today's sums are read from the cells that the ledger keeps (projects/models/cells.py), those of a past date are added
up from its entries: the same figures by another way, as `verify` checks.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Substr

from alleviation.common.areas import LEVEL_LENGTHS
from alleviation.common.query import Query
from alleviation.common.years import PlanPeriod, plan_period_of
from projects.choices import EntryKind, EntryState
from projects.models import Division, FundingSource, LedgerEntry, Project
from projects.models.cells import MoneyQuerySet
from projects.rollups.cells import CALLED, cells_of
from projects.rollups.ledger import HANDED_ON, booked, handed_on
from projects.rollups.past import projects_of, records
from projects.rollups.places import child_level, child_of, fold_former

ZERO = Decimal("0.00")
Cells = dict[tuple[Any, ...], "Funding"]
SUMS = {
    "allocated": EntryKind.ALLOCATION,
    "disbursed": EntryKind.DISBURSEMENT,
    "spent": EntryKind.EXPENDITURE,
    "refunded": EntryKind.REFUND,
}


@dataclass(frozen=True)
class Funding:
    """Four sums in yuan that are never added together: allocated, disbursed, spent, refunded.

    `entries` are the rows summed, what was handed on being a row of its own; `made_up` those among them that belong
    to the made-up example.
    """

    allocated: Decimal = ZERO
    disbursed: Decimal = ZERO
    spent: Decimal = ZERO
    refunded: Decimal = ZERO
    entries: int = 0
    made_up: int = 0
    key: Any = field(default=None, compare=False)

    @property
    def execution_rate(self) -> Decimal | None:
        """Expenditure ÷ allocation (预算执行率); None where nothing was allocated."""
        return self.spent / self.allocated if self.allocated else None

    def __add__(self, other: "Funding") -> "Funding":
        names = [f.name for f in fields(self) if f.name != "key"]
        return Funding(**{name: getattr(self, name) + getattr(other, name) for name in names})


def funding_total(query: Query) -> Funding:
    """Σ amount by kind, in yuan, over all posted entries asked for.

    In: with and without a project; money that was handed down, once: at the lowest place that had it.
    Out: what nobody has checked yet, pledges.
    """
    return _cells(query).get((), Funding())


def pending_funding(query: Query) -> list[Funding]:
    """Σ amount by kind, in yuan, over what waits to be checked; `key` is the EntryState, in the order of its life.

    In: drafts, submissions and what was returned, each at its own place. Out: what is posted or withdrawn. Shown
    beside official figures and never added to them. Empty for a past date.
    """
    cells = cells_of(query)
    if cells is None:
        return []
    found = {state: one for (state,), one in _kept(cells.pending(), ("state",)).items()}
    return [replace(found[state], key=EntryState(state)) for state in EntryState.values if state in found]


def funding_of_entries(entries: QuerySet[LedgerEntry]) -> Funding:
    """Σ amount by kind, in yuan, over just these entries, each as it is booked."""
    return _funding(entries.order_by().aggregate(**_sums()))


def latest_booked_year(query: Query) -> int | None:
    """The last of the years asked for in which money was booked; None where none was."""
    cells = cells_of(query)
    found: Any = booked(query) if cells is None else cells.posted().booked()
    latest: int | None = found.aggregate(year=Max("year"))["year"]
    return latest


def funding_by_year(query: Query) -> list[Funding]:
    """funding_total for each year that has an entry; `key` is the year."""
    return _keyed(_cells(query, "year"), lambda cell: cell[0])


def funding_by_plan(query: Query) -> list[Funding]:
    """funding_by_year added up over five-year plans; `key` is the PlanPeriod, None for years outside all of them."""
    return in_order_of_plans(added(funding_by_year(query), lambda one: plan_period_of(one.key)))


def funding_by_source(query: Query) -> list[Funding]:
    """funding_total by funding source; `key` is (source code, its names, level)."""
    cells = _cells(query, "source_id")
    sources = records(query, FundingSource, (number for (number,) in cells))
    return _keyed(cells, lambda cell: source_key(sources[cell[0]]))


def funding_by_year_and_source(query: Query) -> list[Funding]:
    """funding_total by year and funding source; `key` is (year, source code, source's names, level)."""
    cells = _cells(query, "year", "source_id")
    sources = records(query, FundingSource, (number for _year, number in cells))
    return _keyed(cells, lambda cell: (cell[0], *source_key(sources[cell[1]])))


def funding_by_project(query: Query) -> list[Funding]:
    """funding_total by project; `key` is (code, names, mark, division code, id), all None where tied to none."""
    cells = _cells(query, "project_id")
    projects = projects_of(query, (number for (number,) in cells))
    return _keyed(cells, lambda cell: project_key(projects.get(cell[0])))


def sources_by_project(query: Query) -> dict[int | None, list[FundingSource]]:
    """Whose money is booked for each project, by its id, None for no project: sources in the order of their codes."""
    cells = _cells(query, "project_id", "source_id")
    sources = records(query, FundingSource, (source for _project, source in cells))
    found: dict[int | None, list[FundingSource]] = {}
    for project, source in sorted(cells, key=lambda cell: sources[cell[1]].code):
        found.setdefault(project, []).append(sources[source])
    return found


def funding_by_kind(query: Query) -> list[Funding]:
    """funding_total by kind of project; `key` None: entries not tied to a project."""
    cells = _cells(query, "project_id")
    kinds = _kinds(query, {number for (number,) in cells} - {None})
    return _keyed(cells, lambda cell: kinds.get(cell[0]))


def funding_by_area(query: Query, division: Division | None) -> list[Funding]:
    """funding_total by the places right below a place; `key` is their code, "" for the upper place's own entries.

    What the upper place handed down counts below it alone. A place that a source says lives on whole under another
    code is gathered there. Empty for a village.
    """
    level = child_level(division)
    if level is None:
        return []
    return gather(_keyed(_cells(query, "division__code", level=level), lambda cell: cell[0]), level)


def funding_by_year_and_level(query: Query) -> list[Funding]:
    """funding_total by year and level of the source; `key` is (year, level)."""
    return _added_by(funding_by_year_and_source(query), lambda key: (key[0], key[-1]))


def funding_by_year_and_kind(query: Query) -> list[Funding]:
    """funding_total by year and kind of project; `key` is (year, kind), None for what is tied to no project."""
    return _keyed(_crossed(query, "year", "kind"), lambda cell: cell)


def funding_by_year_and_area(query: Query, division: Division | None) -> list[Funding]:
    """funding_total by year and place right below a place; `key` is (year, code), the code as in funding_by_area."""
    level = child_level(division)
    if level is None:
        return []
    cells = _crossed(query, "year", "place", level=level)
    home = homes((code for _year, code in cells), level)
    return _keyed(cells, lambda cell: (cell[0], home[cell[1]]))


def funding_flows(query: Query, division: Division | None) -> list[Funding]:
    """funding_total by source, kind of project and place right below a place; `key` is (source key, kind, code).

    The kind is None for what is tied to no project; the code is as in funding_by_area, of a village "".
    """
    level = child_level(division)
    cells = _crossed(query, "source_id", "kind", *(["place"] if level else []), level=level)
    sources = records(query, FundingSource, (cell[0] for cell in cells))
    home = homes((cell[2] for cell in cells), level) if level else {}
    return _keyed(cells, lambda cell: (source_key(sources[cell[0]]), cell[1], home[cell[2]] if level else ""))


def funding_cells(query: Query) -> list[Funding]:
    """funding_total by the finest cells; `key` is (year, source id, project id or None, division code)."""
    return _keyed(_cells(query, "year", "source_id", "project_id", "division__code"), lambda cell: cell)


def gather(sums: Iterable[Any], level: int) -> list[Any]:
    """Add up sums keyed by division code into sums keyed by the place of one level, in the order of the codes."""
    found = list(sums)
    home = homes((one.key for one in found), level)
    # "" sorts first; what belongs to no smaller place is shown last.
    gathered = added(found, lambda one: home[one.key])
    return [replace(gathered[code], key=code) for code in sorted(gathered, key=lambda code: (code == "", code))]


def homes(codes: Iterable[str], level: int, *, today: bool = True) -> dict[str, str]:
    """For each code the place of one level that holds it, "" for a code above that level.

    `today`: under the code that a place has today, where it lives on whole; else under the code that is spelt out.
    """
    held = {code: child_of(code, level) for code in set(codes)}
    if not today:
        return held
    kept = fold_former(code for code in held.values() if code)
    return {code: kept.get(holder, holder) for code, holder in held.items()}


def added(sums: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, Any]:
    """Sums added up by another key."""
    gathered: dict[Any, Any] = {}
    for one in sums:
        new = key(one)
        gathered[new] = gathered[new] + one if new in gathered else one
    return gathered


def in_order(keys: Iterable[Any]) -> list[Any]:
    """Keys, or tuples of them, in order, what is missing last. Not by the database: how it collates is its own."""
    return sorted(keys, key=lambda key: [(part is None, part) for part in (key if isinstance(key, tuple) else (key,))])


def in_order_of_plans(sums: dict[PlanPeriod | None, Any]) -> list[Any]:
    """Sums in the order of their plans, the years outside all of them last."""
    plans = sorted(sums, key=lambda plan: plan.number if plan else 99)
    return [replace(sums[plan], key=plan) for plan in plans]


def source_key(source: FundingSource) -> tuple[str, ...]:
    """What a source is told by: its code, its names, its level."""
    return source.code, source.name, source.name_zh, source.level


def project_key(project: Project | None) -> tuple[Any, ...]:
    """What a project is told by: code, names, mark, the code of its place, its id; all None for no project."""
    if project is None:
        return (None,) * 6
    place = project.division.code if project.division else None
    return project.code, project.name, project.name_zh, project.is_made_up, place, project.pk


def _kinds(query: Query, projects: set[int | None]) -> dict[int | None, str]:
    """The kind of each of these projects, as it was at the moment asked about."""
    if query.as_of is None and projects:
        # Of all there are, since to ask for each by its number would take longer.
        all_there_are = Project.objects.beyond("only kinds are read, for those that sums in view name")
        return dict(all_there_are.order_by().values_list("pk", "kind"))
    return {number: one.kind for number, one in records(query, Project, projects).items()}


def _keyed(cells: Cells, key: Callable[[tuple[Any, ...]], Any]) -> list[Funding]:
    """Cells added up by what their ids stand for, in order."""
    sums = added((replace(one, key=cell) for cell, one in cells.items()), lambda one: key(one.key))
    return [replace(sums[name], key=name) for name in in_order(sums)]


def _crossed(query: Query, *names: str, level: int | None = None) -> Cells:
    """The sums by columns among which may be the `kind` of the project, and the `place` of a level, by any code in it.

    Grouped by the database, so that there are as many as kinds and places make, however many projects there are.
    """
    of_cells = {"kind": "project_id", "place": "division__code"}
    columns = [of_cells.get(name, name) for name in names]
    kept = cells_of(query, *columns, level=level)
    if kept is None:
        return _crossed_then(query, names, columns)
    kind = Project.objects.filter(pk=OuterRef("project_id")).order_by().values("kind")
    found = kept.posted().annotate(kind=Subquery(kind[:1])) if "kind" in names else kept.posted()
    if level is None or "place" not in names:
        return _kept(found, names)
    cells = _kept(found.annotate(place=Substr("area", 1, LEVEL_LENGTHS[level - 1])), names)
    number = names.index("place")
    return {(*cell[:number], cell[number].ljust(12, "0"), *cell[number + 1 :]): one for cell, one in cells.items()}


def _crossed_then(query: Query, names: tuple[str, ...], columns: list[str]) -> Cells:
    """The same of a past date, when projects may have been of other kinds."""
    cells = raw_cells(query, *columns)
    if "kind" not in names:
        return cells
    number = names.index("kind")
    kinds = _kinds(query, {cell[number] for cell in cells} - {None})
    told = (
        replace(one, key=(*cell[:number], kinds.get(cell[number]), *cell[number + 1 :])) for cell, one in cells.items()
    )
    return added(told, lambda one: one.key)


def _added_by(sums: Iterable[Funding], key: Callable[[Any], Any]) -> list[Funding]:
    """Sums added up by what their keys make, in order."""
    gathered = added(sums, lambda one: key(one.key))
    return [replace(gathered[name], key=name) for name in in_order(gathered)]


def _cells(query: Query, *names: str, level: int | None = None) -> Cells:
    """The sums by these columns, `level` being that of the places if these are gathered."""
    kept = cells_of(query, *names, level=level)
    return raw_cells(query, *names) if kept is None else _kept(kept.posted(), names)


def raw_cells(query: Query, *names: str) -> Cells:
    """The same from the entries: each at its own place, and off the place above what that had handed on."""
    cells: Cells = {}
    above = tuple(HANDED_ON.get(name, name) for name in names)
    for row in _summed(booked(query), names):
        cells[tuple(row[name] for name in names)] = _funding(row)
    for row in _summed(handed_on(query), above):
        cell = tuple(row[name] for name in above)
        cells[cell] = cells.get(cell, Funding()) + _taken_off(_funding(row))
    return {cell: one for cell, one in cells.items() if one.entries}


def _kept(cells: MoneyQuerySet, names: tuple[str, ...]) -> Cells:
    """The sums of cells by these columns."""
    columns = [CALLED.get(name, name) for name in names]
    sums = [Sum(name) for name in (*SUMS, "entries", "taken_off", "made_up")]
    found = cells.order_by()
    rows: Any = found.values_list(*columns).annotate(*sums) if names else [found.aggregate(*sums).values()]
    told = {}
    for *cell, allocated, disbursed, spent, refunded, entries, taken_off, made_up in rows:
        if entries is not None:
            key = tuple(part or None for part in cell)
            told[key] = Funding(allocated, disbursed, spent, refunded, entries + taken_off, made_up)
    return told


def _summed(entries: QuerySet[LedgerEntry], names: tuple[str, ...]) -> Iterable[dict[str, Any]]:
    """The sums of entries by these columns; by none: over all."""
    found = entries.order_by()
    return found.values(*names).annotate(**_sums()) if names else [found.aggregate(**_sums())]


def _taken_off(funding: Funding) -> Funding:
    """The same with its amounts below zero; its rows are rows all the same."""
    return replace(funding, **{name: -getattr(funding, name) for name in SUMS})


def _sums() -> dict[str, Any]:
    by_kind = {name: Sum("amount", filter=Q(kind=kind)) for name, kind in SUMS.items()}
    return by_kind | {"entries": Count("id"), "made_up": Count("id", filter=Q(is_made_up=True))}


def _funding(row: dict[str, Any]) -> Funding:
    return Funding(**{name: row[name] or ZERO for name in SUMS}, entries=row["entries"], made_up=row["made_up"])

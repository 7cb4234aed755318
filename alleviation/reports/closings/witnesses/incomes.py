"""The events of incomes."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from alleviation.audit.models import AuditEvent, Verb
from alleviation.common.query import Query
from alleviation.reports.closings.compare import Key
from alleviation.reports.closings.witnesses.traces import Trace, Trail
from beneficiaries.models import Household, IncomeRecord, PovertyLine
from beneficiaries.reports.incomes import BELOW_KEYS
from beneficiaries.rollups import COMPONENTS
from projects.models import Division
from projects.rollups.places import child_level, child_of, fold_former

EARNED = frozenset({"households", "persons", *COMPONENTS, "net_income"})
NET = {**dict.fromkeys(COMPONENTS, 1), "expenses": -1}


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
    sums = frozenset({*EARNED, "per_capita", "made_up", "kept", "break", *BELOW_KEYS})
    for event in trail.of(IncomeRecord, records.values("id")):
        if event.subject_id in facts:
            income = facts[event.subject_id]
            moved = _earned(event, income)
            yield Trace(event, row(income.village_id), sums, EARNED, moved, moved)
        elif event.verb == Verb.REMOVED and event.before.get("year") == query.year:
            moved = _gone(event.before)
            yield Trace(event, row(event.before.get("village_id")), sums, EARNED, moved, moved)
    for event, village, moved in of_files(trail, records):
        yield Trace(event, row(village), sums, EARNED, moved, moved)
    households = dict(records.values_list("household_id", "village_id"))
    for event in trail.of(Household, records.values("household_id")):
        yield Trace(event, row(households.get(event.subject_id or 0)), frozenset({"made_up"}))
    lines = PovertyLine.objects.filter(year__gte=query.first_year, year__lte=query.last_year)
    for event in trail.of(PovertyLine, lines.order_by().values("id")):
        yield Trace(event, None, frozenset({"line", "concept", "monitoring", *BELOW_KEYS}))


def of_files(trail: Trail, records: QuerySet[IncomeRecord]) -> Iterator[tuple[AuditEvent, int, dict[str, Decimal]]]:
    """Files and what took them back, village by village: by how much what came with one, or ended, moved the sums."""
    added: dict[str, Any] = {"households": Count("pk")}
    added |= {name: Sum(name) for name in ("persons", *COMPONENTS)}
    for event in trail.of_many(IncomeRecord):
        is_new = event.verb == Verb.CREATED
        at = {"recorded_at" if is_new else "superseded_at": datetime.fromisoformat(event.after["at"])}
        sign = 1 if is_new else -1
        rows: Any = records.filter(**at).values("village_id").annotate(**added)
        for found in rows:
            moved = {name: sign * Decimal(found[name]) for name in added}
            net = sum((NET[name] * moved[name] for name in COMPONENTS), Decimal(0))
            yield event, found["village_id"], {**moved, "net_income": net}


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

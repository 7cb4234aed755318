"""Keeps the cells of booked money exact: in the transaction that writes an entry, whatever way it is written.

The touched cells are locked in the order of their keys, those of places before those of counties, then added up from
their rows: places from the ledger, counties from places. An emptied cell goes. Two writers to one county wait for each
other at its cells for the end of a transaction, nobody for the nation.
"""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext

from alleviation.audit.kept import keep
from alleviation.common.batches import in_parts
from projects.choices import EntryKind, EntryState
from projects.models import Division, LedgerEntry
from projects.models.cells import (
    COUNTY,
    MONEY_CELLS,
    NO_PROJECT,
    PREFECTURE,
    VERSION_BITS,
    MoneyCell,
    PlaceMoney,
    county_code_of,
)

SUMS = ("allocated", "disbursed", "spent", "refunded", "entries", "taken_off", "made_up")
# Keys at a time: a statement takes a limited number of values.
CHUNK = 200
# As many faults as are told of each kind of cell.
TOLD = 100

# What each entry adds where it was booked, and takes off where its money was before (projects/rollups/ledger.py).
CONTRIBUTIONS = """
    SELECT d.code AS area, e.state, e.year, e.source_id, COALESCE(e.project_id, 0) AS project_id,
    e.kind, e.amount, 1 AS entries, 0 AS taken_off, e.is_made_up
    FROM projects_ledgerentry e JOIN projects_division d ON d.id = e.division_id
    WHERE e.state <> 'withdrawn' {booked}
    UNION ALL
    SELECT d.code, e.state, e.year, e.source_id, COALESCE(e.project_id, 0), e.kind, -e.amount, 0, 1, e.is_made_up
    FROM projects_ledgerentry e JOIN projects_division d ON d.id = e.division_id
    WHERE e.state = 'posted' AND NOT (e.handed_down_from = '') AND e.kind = 'refund' {booked}
    UNION ALL
    SELECT d.code, e.state, e.year, e.source_id, COALESCE(a.project_id, 0), e.kind, -e.amount, 0, 1, e.is_made_up
    FROM projects_ledgerentry e
    JOIN projects_ledgerentry a ON a.voucher = e.handed_down_from AND NOT (a.voucher = '')
    JOIN projects_division d ON d.id = a.division_id
    WHERE e.state = 'posted' AND NOT (e.handed_down_from = '') AND e.kind <> 'refund' {booked}"""
ADDED = """
    SELECT area, state, year, source_id, project_id,
    CAST(SUM(CASE WHEN kind = 'allocation' THEN amount ELSE 0 END) AS bigint) AS allocated,
    CAST(SUM(CASE WHEN kind = 'disbursement' THEN amount ELSE 0 END) AS bigint) AS disbursed,
    CAST(SUM(CASE WHEN kind = 'expenditure' THEN amount ELSE 0 END) AS bigint) AS spent,
    CAST(SUM(CASE WHEN kind = 'refund' THEN amount ELSE 0 END) AS bigint) AS refunded,
    CAST(SUM(entries) AS bigint) AS entries, CAST(SUM(taken_off) AS bigint) AS taken_off,
    CAST(SUM(CASE WHEN is_made_up THEN 1 ELSE 0 END) AS bigint) AS made_up
    FROM ({contributions}) c GROUP BY area, state, year, source_id, project_id"""
COUNTY_OF = "CASE WHEN substr(area, 5, 2) = '00' THEN area ELSE substr(area, 1, 6) || '000000' END"


class Key(NamedTuple):
    """What tells one cell of a place apart."""

    area: str
    state: str
    year: int
    source_id: int
    project_id: int


def touched(entries: Sequence[LedgerEntry]) -> set[Key]:
    """The cells that entries count in as they are: each at its place, and off the place that had its money before."""
    standing = [one for one in entries if one.state != EntryState.WITHDRAWN]
    codes = dict(Division.objects.filter(pk__in={one.division_id for one in standing}).values_list("pk", "code"))
    before = _before(standing)
    found = {_key(one, codes[one.division_id], one.project_id) for one in standing}
    return found | {_key(one, *before[one.handed_down_from]) for one in standing if one.handed_down_from in before}


def refresh_cells(keys: set[Key]) -> None:
    """Add up anew these cells of places, and those of their counties, at the end of the transaction of the write."""
    ordered = sorted(keys)
    version = secrets.randbits(VERSION_BITS)
    with transaction.atomic():
        for some in in_parts(ordered, CHUNK):
            _lock(PlaceMoney, some, version)
        for some in in_parts(ordered, CHUNK):
            _update(PlaceMoney, *_added_at(some), version)
        _drop_empty(PlaceMoney, ordered, version)
        for model, below in zip(MONEY_CELLS[1:], MONEY_CELLS, strict=False):
            _refresh_counties(model, below, ordered, version)


def rebuild() -> int:
    """Add up every cell anew from the ledger, while nobody else refreshes one; the number of cells of places."""
    version, now = secrets.randbits(VERSION_BITS), timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        tables = [model._meta.db_table for model in MONEY_CELLS]
        if connection.vendor == "postgresql":
            cursor.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE")
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")
        for model in MONEY_CELLS:
            columns = ", ".join((*model.key, *SUMS))
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({columns}, version, updated_at) "
                f"SELECT {columns}, %s, %s FROM ({_all_added(model)}) s",
                [version, now],
            )
    return PlaceMoney.objects.count()


def faults() -> Iterator[str]:
    """Where a cell says something else than its rows add up to: "…PlaceMoney 513228212205 posted 2019 3 0"."""
    for model in MONEY_CELLS:
        columns = ", ".join((*model.key, *SUMS))
        added, kept = (f"SELECT {columns} FROM {rows}" for rows in (f"({_all_added(model)}) s", model._meta.db_table))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM ({added} EXCEPT {kept}) missing ORDER BY 1, 2, 3, 4, 5 LIMIT {TOLD}")
            rows = cursor.fetchall()
            cursor.execute(f"SELECT * FROM ({kept} EXCEPT {added}) wrong ORDER BY 1, 2, 3, 4, 5 LIMIT {TOLD}")
            rows += cursor.fetchall()
        for key in sorted({row[: len(model.key)] for row in rows}):
            words = {"kind": model._meta.verbose_name, "cell": " ".join(map(str, key))}
            yield gettext("%(kind)s, %(cell)s: the cell is not what its rows add up to") % words


def keep_cells() -> None:
    """Have every write to the ledger refresh the cells it touches."""
    keep(LedgerEntry, touched=touched, refresh=refresh_cells)


def _before(entries: Iterable[LedgerEntry]) -> dict[str, tuple[str, int | None]]:
    """The place and project of the entries whose money was handed down, by voucher; a refund takes off its own."""
    named = {
        one.handed_down_from
        for one in entries
        if one.handed_down_from and one.is_posted and one.kind != EntryKind.REFUND
    }
    if not named:
        return {}
    found = LedgerEntry.objects.with_voucher(*named).order_by().values_list("voucher", "division__code", "project_id")
    return {voucher: (code, project) for voucher, code, project in found}


def _key(entry: LedgerEntry, code: str, project: int | None) -> Key:
    return Key(code, str(entry.state), entry.year, entry.source_id, project or NO_PROJECT)


def _lock(model: type[MoneyCell], keys: Iterable[Sequence[Any]], version: int) -> None:
    """Lock these cells one after another, or make those that are missing, all of them empty until they are added up.

    One statement does both for each cell: nobody can come between, and all who come take them in the same order.
    """
    now = timezone.now()
    cells = [model(**dict(zip(model.key, key, strict=True)), version=version, updated_at=now) for key in keys]
    model._default_manager.bulk_create(
        cells, update_conflicts=True, unique_fields=model.key, update_fields=[*SUMS, "version", "updated_at"]
    )


def _added_at(keys: Sequence[Key]) -> tuple[str, list[Any]]:
    """SQL: what the ledger adds up to at the places of these keys, and its values."""
    columns = ([key.area for key in keys], [key.year for key in keys], [key.source_id for key in keys])
    wanted: list[list[Any]] = [sorted(set(values)) for values in columns]
    names = ("d.code", "e.year", "e.source_id")
    booked = " ".join(f"AND {name} IN ({_marks(values)})" for name, values in zip(names, wanted, strict=True))
    contributions = CONTRIBUTIONS.format(booked=booked)
    return ADDED.format(contributions=contributions), [value for values in wanted for value in values] * 3


def _refresh_counties(model: type[MoneyCell], below: type[MoneyCell], places: Sequence[Key], version: int) -> None:
    """Add up anew the cells of counties that hold these cells of places, from the kind of cell below."""
    keys = sorted({(county_code_of(key.area), *key[1 : len(model.key)]) for key in places})
    for some in in_parts(keys, CHUNK):
        _lock(model, some, version)
    for area in sorted({key[0] for key in keys}):
        held = [key for key in keys if key[0] == area]
        _update(model, *_added_below(model, below, held), version)
    _drop_empty(model, keys, version)


def _added_below(
    model: type[MoneyCell], below: type[MoneyCell], keys: Sequence[tuple[Any, ...]]
) -> tuple[str, list[Any]]:
    """SQL: what the cells below add up to in one county, and its values."""
    area = keys[0][0]
    last = area[:COUNTY] + "9" * (12 - COUNTY) if area[PREFECTURE:COUNTY].strip("0") else area
    years, sources = sorted({key[2] for key in keys}), sorted({key[3] for key in keys})
    parts = ", ".join(model.key[1:])
    sql = (
        f"SELECT CAST(%s AS varchar(12)) AS area, {parts}, {_summed()} FROM {below._meta.db_table} "
        f"WHERE area >= %s AND area <= %s AND year IN ({_marks(years)}) AND source_id IN ({_marks(sources)}) "
        f"GROUP BY {parts}"
    )
    return sql, [area, area, last, *years, *sources]


def _all_added(model: type[MoneyCell]) -> str:
    """SQL: what all cells of a kind are to be; those of counties from those below."""
    if model is PlaceMoney:
        return ADDED.format(contributions=CONTRIBUTIONS.format(booked=""))
    below = MONEY_CELLS[MONEY_CELLS.index(model) - 1]
    parts = ", ".join(model.key[1:])
    area = COUNTY_OF if below is PlaceMoney else "area"
    return f"SELECT {area} AS area, {parts}, {_summed()} FROM {below._meta.db_table} GROUP BY {area}, {parts}"


def _summed() -> str:
    return ", ".join(f"CAST(SUM({name}) AS bigint) AS {name}" for name in SUMS)


def _update(model: type[MoneyCell], added: str, values: list[Any], version: int) -> None:
    """Give the cells that this write has locked what was added up for them."""
    table = model._meta.db_table
    sums = ", ".join(f"{name} = s.{name}" for name in SUMS)
    same = " AND ".join(f"{table}.{name} = s.{name}" for name in model.key)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {sums} FROM ({added}) s WHERE {same} AND {table}.version = %s", [*values, version]
        )


def _drop_empty(model: type[MoneyCell], keys: Iterable[Sequence[Any]], version: int) -> None:
    """Take away the cells that nothing was added up for."""
    for some in in_parts(sorted({key[0] for key in keys}), CHUNK):
        rows = model._default_manager.filter(area__in=some, version=version, entries=0, taken_off=0).order_by()
        rows._raw_delete(rows.db)


def _marks(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))

"""Keeps the sums of incomes by village and county exact: added up anew at the end of whatever wrote to their rows.

Each touched cell is locked, or made, in the order of the keys, villages before counties, so that two writers who wait
for each other do so in no ring. Only then are its rows read, by a statement of its own, which sees what others
committed while it waited. An emptied cell goes. Nothing above a county is kept, so an import holds up nobody else.
docs/rollups.md.
"""

import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.base import Model
from django.utils import timezone

from alleviation.audit.kept import keep, touch_keys
from alleviation.audit.rules import YEAR_LOCK
from alleviation.common.areas import prefix_of, within
from alleviation.common.batches import in_parts
from alleviation.common.guard import writing
from beneficiaries.actions.cell_sums import (
    COUNTY_COLUMNS,
    OF_COUNTY,
    OF_VILLAGE,
    VILLAGE_COLUMNS,
    CountyKey,
    Key,
    summed_counties,
    summed_villages,
)
from beneficiaries.choices import LineKind, MoveReason
from beneficiaries.models import (
    CountyYear,
    HouseholdMove,
    IncomeRecord,
    MergedYear,
    PovertyLine,
    VillageYear,
)
from beneficiaries.models.bands import in_bands
from beneficiaries.models.cells import (
    HOMES_IN_BANDS,
    band_column,
    county_of,
)
from beneficiaries.models.histories import with_village_then
from projects.models import Division
from projects.models.cells import VERSION_BITS

# A year, and the first digits of the codes in an area.
Area = tuple[int, str]
# Keys at a time: a statement takes a limited number of values.
CHUNK = 200
MERGED = ("households", *HOMES_IN_BANDS)
OF_MERGED = ("village_number", "year", "former")
BAND_NAMES = tuple(f"{kind}_band" for kind in LineKind.values)


def refresh_cells(touched: Iterable[Key], *, counties: Iterable[CountyKey] = ()) -> None:
    """Add up anew the cells of these villages and years and those of their counties, in the caller's transaction.

    Call it last, with all keys at once: it holds the cells until the transaction ends. `counties` are others that lost
    a village.
    """
    keys, lost = sorted(set(touched)), set(counties)
    version = secrets.randbits(VERSION_BITS)
    with transaction.atomic(savepoint=False), writing():
        for some in in_parts(keys, CHUNK):
            lost |= _refresh_villages(some, version)
        for held in in_parts(sorted(lost), CHUNK):
            refresh_counties(held, version)


def rebuild(progress: Callable[[int], None] = lambda _cells: None) -> int:
    """Add up every cell anew, county by county, each in a transaction of its own; the number of cells of villages."""
    done = 0
    for county, villages in villages_by_county().items():
        known = VillageYear.objects.filter(county=county).order_by()
        keys = {*known.values_list("village_number", "year"), *_keys_of(villages)}
        years = CountyYear.objects.filter(county=county).order_by().values_list("county", "year")
        refresh_cells(keys, counties=years)
        done += len(keys)
        progress(len(keys))
    return done


def add_up_where_missing(using: str = DEFAULT_DB_ALIAS, **_rest: Any) -> None:
    """After an upgrade that brought the tables of cells: add up what is recorded already."""
    is_there = VillageYear._meta.db_table in connections[using].introspection.table_names()
    if is_there and not VillageYear.objects.exists() and IncomeRecord.objects.standing().exists():
        rebuild()


def keep_cells() -> None:
    """Have every write that sums of incomes rest on refresh the cells it touches; a place never changes its code."""
    keep(IncomeRecord, touched=_of_incomes, refresh=refresh_cells)
    keep(HouseholdMove, touched=_of_moves, refresh=refresh_cells)
    keep(PovertyLine, touched=_of_lines, refresh=_refresh_areas)


def _of_incomes(incomes: Sequence[IncomeRecord]) -> set[Key]:
    return {(income.village_id, income.year) for income in incomes}


def _of_moves(moves: Sequence[HouseholdMove]) -> set[Key]:
    """A merger tells which village the incomes of its household were of: they are refreshed among the incomes."""
    rows = IncomeRecord.objects.standing().filter(household__in={move.household_id for move in moves}).order_by()
    touch_keys(IncomeRecord, set(rows.values_list("village_id", "year")))
    return set()


def _of_lines(lines: Sequence[PovertyLine]) -> set[Area]:
    return {(line.year, prefix_of(line.division.code) if line.division else "") for line in lines}


def _refresh_areas(areas: Iterable[Area]) -> None:
    """Add up anew all cells of these years and areas, of which a line has changed.

    Whoever writes an income of such a year is waited for, and waits: their cells are held against the line, too.
    """
    asked, found = sorted(set(areas)), Q(pk__in=[])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for year in sorted({year for year, _area in asked}):
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [YEAR_LOCK, year])
    for year, area in asked:
        found |= Q(within(area), year=year)
    refresh_cells(VillageYear.objects.filter(found).order_by().values_list("village_number", "year"))


def _refresh_villages(keys: Sequence[Key], version: int) -> set[CountyKey]:
    """Add up the cells of these villages and years, once nobody else does; the counties that they are in."""
    _lock(VillageYear, OF_VILLAGE, keys)
    # After the lock, the lines as well: whoever changed one held these cells until it stood.
    if added := summed_villages(keys):
        _put(VillageYear, OF_VILLAGE, VILLAGE_COLUMNS, *added, version)
    _refresh_merged(keys)
    asked = _among(keys, "village_number")
    stored = VillageYear.objects.filter(asked).order_by().values_list("county", "year", "households")
    found = {(county, year, households > 0) for county, year, households in stored}
    if any(not is_full for _county, _year, is_full in found):
        VillageYear.objects.filter(asked, households=0).delete()
    return {(county, year) for county, year, _is_full in found if county}


def refresh_counties(keys: Sequence[CountyKey], version: int) -> None:
    """Add up the cells of these counties and years from their villages, once nobody else does."""
    _lock(CountyYear, OF_COUNTY, keys)
    if _put(CountyYear, OF_COUNTY, COUNTY_COLUMNS, *summed_counties(keys), version) < len(keys):
        CountyYear.objects.filter(_among(keys, "county"), households=0).delete()


def _refresh_merged(keys: Sequence[Key]) -> None:
    """Count anew the households that came with a village that was merged into one of these."""
    if not _may_be_merged(sorted({village for village, _year in keys})):
        return
    MergedYear.objects.filter(_among(keys, "village_number")).delete()
    came = HouseholdMove.objects.filter(
        reason=MoveReason.VILLAGE_MERGER, household=OuterRef("household_id"), to_village=OuterRef("village_id")
    )
    rows = _in_bands(keys).filter(Exists(came.order_by()))
    elsewhere = with_village_then(rows).exclude(village_then=F("village__code"))
    counted = elsewhere.values_list("village_id", "year", "village_then", *BAND_NAMES).annotate(number=Count("pk"))
    MergedYear.objects.bulk_create(_merged(counted))


def _may_be_merged(villages: Sequence[int]) -> bool:
    """Whether a merger led into one of these villages, or had when they were added up last."""
    marks = ", ".join(["%s"] * len(villages))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM beneficiaries_householdmove WHERE to_village_id IN ({marks}) AND reason = %s UNION ALL "
            f"SELECT 1 FROM beneficiaries_mergedyear WHERE village_number IN ({marks}) LIMIT 1",
            [*villages, MoveReason.VILLAGE_MERGER, *villages],
        )
        return cursor.fetchone() is not None


def _merged(rows: Iterable[tuple[Any, ...]]) -> list[MergedYear]:
    cells: dict[tuple[Any, ...], MergedYear] = {}
    for village, year, former, *bands, number in rows:
        key = village, year, former
        if key not in cells:
            cells[key] = MergedYear(**dict(zip(OF_MERGED, key, strict=True)), **dict.fromkeys(MERGED, 0))
        columns = [band_column(kind, band, "households") for kind, band in zip(LineKind.values, bands, strict=True)]
        for column in ("households", *columns):
            setattr(cells[key], column, getattr(cells[key], column) + number)
    return [cells[key] for key in sorted(cells)]


def villages_by_county() -> dict[str, list[int]]:
    """The records of the villages with an income or a cell, by county; of counties that have a cell alone, none."""
    found: dict[str, list[int]] = {county: [] for county in CountyYear.objects.values_list("county", flat=True)}
    # From the incomes inwards: no machine has those of every household.
    incomes = IncomeRecord.objects.standing().order_by().values("village").distinct()
    villages = Division.objects.filter(pk__in=incomes).order_by("code", "pk")
    for number, code in villages.values_list("pk", "code"):
        found.setdefault(county_of(code), []).append(number)
    for number, county in VillageYear.objects.order_by("county").values_list("village_number", "county").distinct():
        found.setdefault(county, []).append(number)
    return found


def _keys_of(villages: Sequence[int]) -> set[Key]:
    rows = IncomeRecord.objects.standing().order_by()
    asked = (rows.filter(village__in=some) for some in in_parts(villages, CHUNK))
    return {key for some in asked for key in some.values_list("village_id", "year").distinct()}


def _in_bands(keys: Sequence[Key]) -> QuerySet[Any]:
    """The incomes that hold of these villages and years, each with its band around either line."""
    rows: QuerySet[Any] = IncomeRecord.objects.standing().filter(_among(keys, "village_id")).order_by()
    lines = PovertyLine.objects.filter(year__in={year for _village, year in keys}).select_related("division")
    for kind in LineKind.values:
        rows = in_bands(rows, [line for line in lines if line.kind == kind], f"{kind}_")
    return rows


def _lock(model: type[Model], names: tuple[str, str], keys: Sequence[tuple[Any, int]]) -> None:
    """Lock these cells one after another, or make those that are missing; all are empty until they are added up.

    One statement does both for each: nobody takes a cell away between, and all who come take them in the same order.
    """
    marks = ", ".join(["(%s, %s)"] * len(keys))
    columns = ", ".join(names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({columns}) VALUES {marks} "
            f"ON CONFLICT ({columns}) DO UPDATE SET households = 0",
            [value for key in keys for value in key],
        )


def _put(
    model: type[Model], key: Sequence[str], columns: Sequence[str], sql: str, params: Sequence[Any], version: int
) -> int:
    """Give the cells that are locked what was added up for them; how many that were."""
    names = (*columns, "version", "updated_at")
    changed = ", ".join(f"{name} = excluded.{name}" for name in names if name not in key)
    now = CountyYear._meta.get_field("updated_at").get_db_prep_value(timezone.now(), connection)
    with connection.cursor() as cursor:
        cursor.execute(
            # Without a condition SQLite would take ON for that of a join.
            f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) "
            f"SELECT added.*, %s, %s FROM ({sql}) added WHERE 1 = 1 "
            f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changed}",
            [version, now, *params],
        )
        return cursor.rowcount


def _among(keys: Iterable[tuple[Any, int]], name: str) -> Q:
    """A filter for the rows of these keys: the places of each year."""
    by_year: dict[int, list[Any]] = {}
    for place, year in keys:
        by_year.setdefault(year, []).append(place)
    found = Q(pk__in=[])
    for year, places in by_year.items():
        found |= Q(year=year, **{f"{name}__in": places})
    return found

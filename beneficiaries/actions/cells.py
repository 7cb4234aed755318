"""Keeps the sums of incomes by village and county exact: added up anew at the end of whatever wrote to their rows.

Each touched cell is locked, or made, in the order of the keys, villages before counties, so that two writers who wait
for each other do so in no ring. Only then are its rows read, by a statement of its own, which sees what others
committed while it waited. An emptied cell goes. Nothing above a county is kept, so an import holds up nobody else.
docs/rollups.md.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.base import Model
from django.utils import timezone

from alleviation.audit.kept import keep, touch_keys
from alleviation.audit.rules import YEAR_LOCK
from alleviation.common.areas import prefix_of, within
from alleviation.common.guard import writing
from beneficiaries.choices import CheckState, IncomeStatus, LineKind, MoveReason
from beneficiaries.models import (
    CountyYear,
    HouseholdMove,
    IncomeRecord,
    MergedYear,
    PovertyLine,
    VillageYear,
)
from beneficiaries.models.bands import BANDS, in_bands
from beneficiaries.models.cells import (
    COMPONENTS,
    HOMES_IN_BANDS,
    MEASURES,
    VERSION_BITS,
    WAYS,
    band_column,
    county_of,
)
from beneficiaries.models.histories import with_village_then
from projects.models import Division

# A village's record and a year; the digits of a county and a year.
Key = tuple[int, int]
CountyKey = tuple[str, int]
# A year, and the first digits of the codes in an area.
Area = tuple[int, str]
# Keys at a time: a statement takes a limited number of values.
CHUNK = 200
MERGED = ("households", *HOMES_IN_BANDS)
OF_VILLAGE, OF_COUNTY, OF_MERGED = ("village_number", "year"), ("county", "year"), ("village_number", "year", "former")
PLACE = ("village_number", "code", "county")
# What incomes have in common that are counted together before they are added up to a cell.
ALIKE = ("year", "concept", "income_year", "status", "state")
BAND_NAMES = tuple(f"{kind}_band" for kind in LineKind.values)


def refresh_cells(touched: Iterable[Key], *, counties: Iterable[CountyKey] = ()) -> None:
    """Add up anew the cells of these villages and years and those of their counties, in the caller's transaction.

    Call it last, with all keys at once: it holds the cells until the transaction ends. `counties` are others that lost
    a village.
    """
    keys, lost = sorted(set(touched)), set(counties)
    version = secrets.randbits(VERSION_BITS)
    with transaction.atomic(), writing():
        for some in _chunks(keys):
            lost |= _refresh_villages(some, version)
        for held in _chunks(sorted(lost)):
            _refresh_counties(held, version)


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
    # After the lock: whoever changed a line held these cells until it stood.
    rows, asked = _in_bands(keys), _among(keys, "village_number")
    _put(VillageYear, OF_VILLAGE, (*PLACE, "year", *MEASURES), *_summed(rows), version)
    _refresh_merged(keys, rows)
    stored = VillageYear.objects.filter(asked).order_by().values_list("county", "year", "households")
    found = {(county, year, households > 0) for county, year, households in stored}
    if any(not is_full for _county, _year, is_full in found):
        VillageYear.objects.filter(asked, households=0).delete()
    return {(county, year) for county, year, _is_full in found if county}


def _refresh_counties(keys: Sequence[CountyKey], version: int) -> None:
    _lock(CountyYear, OF_COUNTY, keys)
    rows = VillageYear.objects.filter(_among(keys, "county"), households__gt=0).order_by()
    sql, params = _sql(rows.values(*OF_COUNTY).annotate(**{f"sum_{name}": Sum(name) for name in MEASURES}))
    if _put(CountyYear, OF_COUNTY, (*OF_COUNTY, *MEASURES), sql, params, version) < len(keys):
        CountyYear.objects.filter(_among(keys, "county"), households=0).delete()


def _refresh_merged(keys: Sequence[Key], rows: QuerySet[Any]) -> None:
    """Count anew the households that came with a village that was merged into one of these."""
    asked, of_number = _among(keys, "village_number"), OuterRef("village_number")
    mergers = HouseholdMove.objects.filter(reason=MoveReason.VILLAGE_MERGER).order_by()
    stored = MergedYear.objects.filter(village_number=of_number, year=OuterRef("year"))
    if not VillageYear.objects.filter(asked, Exists(mergers.filter(to_village=of_number)) | Exists(stored)).exists():
        return
    MergedYear.objects.filter(asked).delete()
    came = mergers.filter(household=OuterRef("household_id"), to_village=OuterRef("village_id"))
    elsewhere = with_village_then(rows.filter(Exists(came))).exclude(village_then=F("village__code"))
    counted = elsewhere.values_list("village_id", "year", "village_then", *BAND_NAMES).annotate(number=Count("pk"))
    MergedYear.objects.bulk_create(_merged(counted))


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
    incomes = IncomeRecord.objects.standing().filter(village=OuterRef("pk")).order_by()
    villages = Division.objects.filter(Exists(incomes)).order_by("code", "pk")
    for number, code in villages.values_list("pk", "code"):
        found.setdefault(county_of(code), []).append(number)
    for number, county in VillageYear.objects.order_by("county").values_list("village_number", "county").distinct():
        found.setdefault(county, []).append(number)
    return found


def _keys_of(villages: Sequence[int]) -> set[Key]:
    rows = IncomeRecord.objects.standing().order_by()
    asked = (rows.filter(village__in=some) for some in _chunks(villages))
    return {key for some in asked for key in some.values_list("village_id", "year").distinct()}


def _summed(rows: QuerySet[Any]) -> tuple[str, list[Any]]:
    """SQL: what these incomes add up to by village and year, in the order of the columns of a cell.

    Incomes that are alike in all that cells tell apart are counted together first: each meets its lines once.
    """
    made_up, place = F("household__is_made_up"), F("village__code")
    alike = rows.values(*ALIKE, *BAND_NAMES, number=F("village_id"), place=place, made_up=made_up)
    sums = {f"sum_{name}": Sum(name) for name in COMPONENTS}
    sql, params = _sql(alike.annotate(homes=Count("pk"), heads=Sum("persons"), **sums))
    county = "CASE WHEN substr(place, 7) = '000000' THEN place ELSE substr(place, 1, 6) END"
    added = f"number, place, {county}, year, {', '.join(_sums())}"
    return f"SELECT {added} FROM ({sql}) alike GROUP BY number, place, year", params


def _sums() -> Iterator[str]:
    """SQL of each of MEASURES over incomes that were counted together."""
    yield from ("SUM(homes)", "SUM(heads)", _where("made_up"))
    yield from (f"SUM(sum_{name})" for name in COMPONENTS)
    expected = f"status = '{IncomeStatus.EXPECTED}'"
    yield from (_where(f"state <> '{CheckState.VERIFIED}'"), _where(f"state = '{CheckState.RETURNED}'"))
    yield from (_where(expected), _where(expected, "heads"))
    for kind in LineKind.values:
        for band in BANDS:
            found = f"{kind}_band = '{band}'"
            yield from (_where(found), _where(found, "heads"), _where(f"{found} AND made_up"))
    yield from (_where(f"concept = '{concept}' AND income_year = '{months}'") for concept, months in WAYS.values())


def _where(condition: str, column: str = "homes") -> str:
    return f"SUM(CASE WHEN {condition} THEN {column} ELSE 0 END)"


def _in_bands(keys: Sequence[Key]) -> QuerySet[Any]:
    """The incomes that hold of these villages and years, each with its band around either line."""
    rows: QuerySet[Any] = IncomeRecord.objects.standing().filter(_among(keys, "village_id")).order_by()
    lines = _lines(keys)
    for kind in LineKind.values:
        rows = in_bands(rows, [line for line in lines if line.kind == kind], f"{kind}_")
    return rows


def _lines(keys: Sequence[Key]) -> list[PovertyLine]:
    """The lines that may hold in these villages and years."""
    lines = list(PovertyLine.objects.filter(year__in={year for _village, year in keys}).select_related("division"))
    if all(line.division is None for line in lines):
        return lines
    codes = Division.objects.filter(pk__in={village for village, _year in keys}).values_list("code", flat=True)
    held = set(codes)
    areas = {line: prefix_of(line.division.code) if line.division else "" for line in lines}
    return [line for line in lines if any(code.startswith(areas[line]) for code in held)]


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
    now = model._meta.get_field("updated_at").get_db_prep_value(timezone.now(), connection)
    with connection.cursor() as cursor:
        cursor.execute(
            # Without a condition SQLite would take ON for that of a join.
            f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) "
            f"SELECT added.*, %s, %s FROM ({sql}) added WHERE 1 = 1 "
            f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changed}",
            [version, now, *params],
        )
        return cursor.rowcount


def _sql(rows: QuerySet[Any]) -> tuple[str, list[Any]]:
    sql, params = rows.query.sql_with_params()
    return sql, list(params)


def _among(keys: Iterable[tuple[Any, int]], name: str) -> Q:
    """A filter for the rows of these keys: the places of each year."""
    by_year: dict[int, list[Any]] = {}
    for place, year in keys:
        by_year.setdefault(year, []).append(place)
    found = Q(pk__in=[])
    for year, places in by_year.items():
        found |= Q(year=year, **{f"{name}__in": places})
    return found


def _chunks(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (keys[first : first + CHUNK] for first in range(0, len(keys), CHUNK))

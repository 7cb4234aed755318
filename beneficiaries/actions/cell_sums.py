"""The SQL that adds up cells of incomes from their rows; one statement for many cells, the same on each database."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings

from alleviation.common.areas import LEVEL_LENGTHS, prefix_of
from beneficiaries.choices import CheckState, IncomeStatus, LineKind
from beneficiaries.models import PovertyLine
from beneficiaries.models.bands import ABOVE, BANDS, BELOW, NEAR, OTHER_CONCEPT, WITHOUT_LINE
from beneficiaries.models.cells import BESIDE, BESIDE_ABOVE, COMPONENTS, MEASURES, WAYS, band_column, county_of
from projects.models import Division

# A village's record and a year; the digits of a county and a year.
Key = tuple[int, int]
CountyKey = tuple[str, int]
OF_VILLAGE, OF_COUNTY = ("village_number", "year"), ("county", "year")
VILLAGE_COLUMNS = ("village_number", "code", "county", "year", *MEASURES)
COUNTY_COLUMNS = (*OF_COUNTY, *MEASURES, *BESIDE, "told_from")
# A village of a year as its incomes are held against the lines: its places, and either line that holds there, in fen.
HELD = "CAST(%s AS bigint), CAST(%s AS varchar(12)), CAST(%s AS varchar(12)), CAST(%s AS smallint)" + (
    ", CAST(%s AS bigint), CAST(%s AS varchar(16))" * len(LineKind.values)
)
HELD_NAMES = ", ".join(
    (
        "village_id",
        "place",
        "county",
        "year",
        *(f"{kind}_{part}" for kind in LineKind.values for part in ("amount", "concept")),
    )
)
NET = "(i.wage_income + i.business_income + i.property_income + i.transfer_income - i.expenses)"


def summed_villages(keys: Sequence[Key]) -> tuple[str, list[Any]] | None:
    """SQL: what the incomes of these villages and years add up to, as VILLAGE_COLUMNS; None where no village is left.

    Incomes that are alike in all that cells tell apart are counted together first: each meets its lines once.
    The bands are those of models/bands.py.
    """
    held = _held(keys)
    if not held:
        return None
    bands = ", ".join(f"{_band(kind)} AS {kind}_band" for kind in LineKind.values)
    sums = ", ".join(f"SUM(i.{name}) AS sum_{name}" for name in COMPONENTS)
    # SQLite reads tables that are joined so in this order: from the few cells to their rows.
    sql = f"""
        WITH held ({HELD_NAMES}) AS (VALUES {", ".join([f"({HELD})"] * len(held))}),
        alike AS (
            SELECT c.village_id, c.place, c.county, c.year, i.concept, i.income_year, i.status, i.state,
            h.is_made_up AS made_up, {bands}, COUNT(*) AS homes, SUM(i.persons) AS heads, {sums}
            FROM held c CROSS JOIN beneficiaries_incomerecord i CROSS JOIN beneficiaries_household h
            WHERE i.village_id = c.village_id AND i.year = c.year AND i.superseded_at IS NULL AND h.id = i.household_id
            GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        )
        SELECT village_id, place, county, year, {", ".join(_sums())} FROM alike GROUP BY 1, 2, 3, 4"""  # noqa: S608
    return sql, [value for row in held for value in row]


def summed_counties(keys: Sequence[CountyKey]) -> tuple[str, list[Any]]:
    """SQL: what the villages of these counties and years add up to, as COUNTY_COLUMNS."""
    marks = ", ".join(["(CAST(%s AS varchar(12)), CAST(%s AS smallint))"] * len(keys))
    limit = settings.SMALLEST_CELL
    sums = [f"SUM(v.{name})" for name in MEASURES]
    for kind in LineKind.values:
        large = f"v.{band_column(kind, ABOVE, 'households')} >= {limit:d} AND NOT v.is_split"
        others = (band_column(kind, band, "households") for band in BESIDE_ABOVE)
        sums += [f"SUM(CASE WHEN {large} THEN v.{name} ELSE 0 END)" for name in others]
    sql = f"""
        WITH held (county, year) AS (VALUES {marks}),
        villages AS (
            SELECT v.*, EXISTS (SELECT 1 FROM beneficiaries_mergedyear m
            WHERE m.village_number = v.village_number AND m.year = v.year) AS is_split
            FROM held c CROSS JOIN beneficiaries_villageyear v
            WHERE v.county = c.county AND v.year = c.year AND v.households > 0
        )
        SELECT county, year, {", ".join(sums)}, {limit:d} FROM villages v GROUP BY county, year"""  # noqa: S608
    return sql, [value for key in keys for value in key]


def _band(kind: str) -> str:
    """SQL: in which band around the line of a kind an income is."""
    at_line = f"(c.{kind}_amount * i.persons)"
    return (
        f"CASE WHEN c.{kind}_amount IS NULL THEN '{WITHOUT_LINE}' WHEN i.concept <> c.{kind}_concept "
        f"THEN '{OTHER_CONCEPT}' WHEN {NET} < {at_line} THEN '{BELOW}' WHEN {NET} * 2 < {at_line} * 3 THEN '{NEAR}' "
        f"ELSE '{ABOVE}' END"
    )


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


def _held(keys: Sequence[Key]) -> list[tuple[Any, ...]]:
    """The values of HELD for these villages and years; of a village that is no more, which has no income, none."""
    codes = dict(Division.objects.filter(pk__in={village for village, _year in keys}).values_list("pk", "code"))
    lines = _lines({year for _village, year in keys})
    return [
        (
            village,
            code,
            county_of(code),
            year,
            *(part for kind in LineKind.values for part in _line(lines, kind, year, code)),
        )
        for village, year in keys
        if (code := codes.get(village, ""))
    ]


def _lines(years: set[int]) -> dict[tuple[str, int, str], tuple[int, str]]:
    """The lines of some years in fen, with their concept, by kind, year and area; of two, that of the later list."""
    names = ("kind", "year", "division__code", "division__vintage", "pk", "amount", "concept")
    found = PovertyLine.objects.filter(year__in=years).order_by("division__vintage", "pk").values_list(*names)
    return {
        (kind, year, prefix_of(code) if code else ""): (int(amount * 100), concept)
        for kind, year, code, _vintage, _number, amount, concept in found
    }


def _line(
    lines: dict[tuple[str, int, str], tuple[int, str]], kind: str, year: int, code: str
) -> tuple[int | None, str | None]:
    """The line of the smallest area around a village; nothing where none is recorded."""
    areas = (code[:length] for length in (*reversed(LEVEL_LENGTHS), 0))
    return next((lines[kind, year, area] for area in areas if (kind, year, area) in lines), (None, None))

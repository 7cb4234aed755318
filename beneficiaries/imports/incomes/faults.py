"""What is wrong with rows that are right by themselves: against each other, the register, and the closed years."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from alleviation.audit.models import YearClosing
from alleviation.common.areas import covers
from alleviation.common.reading import Fault
from alleviation.intake import staging
from alleviation.intake.kinds import Sheet
from beneficiaries.imports.incomes.held import FILE, HELD, Past, Place
from projects.models import Division

Found = Iterator[Fault]


def within_file() -> Found:
    """Rows of one household and year; persons who head two households, households that two persons head."""
    yield from _each(
        _repeated("village_code, household_no, year", "count(*) > 1", "household_no"),
        "household_no",
        "duplicate",
        _("This household and year stand in the file more than once. Keep one of the rows."),
    )
    yield from _each(
        _repeated("id_number", _differ("village_code || ' ' || household_no"), "id_number"),
        "id_number",
        "duplicate",
        _("This person heads two households of the file. Check the number and the household."),
    )
    yield from _each(
        # Of a row that stands there twice that is told already.
        _repeated(
            "village_code, household_no", f"{_differ('id_tail')} AND count(*) = count(DISTINCT year)", "id_number"
        ),
        "id_number",
        "other_person",
        _("The file names two heads for this household. Check the number."),
    )


def of_places(places: dict[str, Place | None], sheet: Sheet) -> Found:
    """Villages that are none, or none of the importer's: of those outside nothing is told."""
    told = _("There is no such village in your area. Check the 12 digits of its code.")
    for code, place in sorted(places.items()):
        if place is None or not covers(sheet.by.area, code) or not covers(sheet.area, code):
            rows = staging.rows_of(
                f"SELECT file_row FROM {FILE} WHERE village_code = %s",  # noqa: S608
                [code],
            )
            yield from (Fault(row, "village_code", code, "out_of_scope", told) for (row,) in rows)


def against_register() -> Found:
    """Heads other than those of the register, and households of which the register has two."""
    rows, different = staging.one_row(f"SELECT count(*), count(DISTINCT file_row) FROM {HELD}")  # noqa: S608
    if rows > different:
        yield from _each(
            f"SELECT f.file_row, f.household_no FROM {FILE} f JOIN {HELD} k ON k.file_row = f.file_row "  # noqa: S608
            "GROUP BY f.file_row, f.household_no HAVING count(*) > 1",
            "household_no",
            "ambiguous",
            _("The register has two households of this number, or two heads of it. Correct the register first."),
        )
    yield from _each(
        _flagged("name_fault"),
        "head_name",
        "other_head",
        _("The register has another name for the head of this household. Check both."),
    )
    yield from _each(
        _flagged("number_fault"),
        "id_number",
        "other_person",
        _("The register has another identity number for the head of this household. Check both."),
    )


def of_years(pasts: Iterable[Past]) -> Found:
    """Years before the household was split from another, and after it ended."""
    for past in pasts:
        if past.ended_on is not None and past.year > past.ended_on.year:
            told = _("The household ended on %(day)s.") % {"day": past.ended_on}
            yield Fault(past.file_row, "year", str(past.year), "ended", told)
        if past.began_on is not None and past.year < past.began_on.year:
            told = _("The household was split from another on %(day)s.") % {"day": past.began_on}
            yield Fault(past.file_row, "year", str(past.year), "not_begun", told)


def of_closed_years() -> Found:
    """Rows that would change a year that is closed; such that change nothing are let through."""
    years = [year for (year,) in staging.rows_of(f"SELECT DISTINCT year FROM {FILE}")]  # noqa: S608
    for area, year in YearClosing.objects.in_force().filter(year__in=years).values_list("area", "year"):
        told = _("The year %(year)s of %(area)s is closed: ask for it to be reopened.") % {"year": year, "area": area}
        for row in _rows_inside(area, year):
            yield Fault(row, "year", str(year), "closed", told)


def _rows_inside(area: str, year: int) -> list[int]:
    """The rows of a year that would be written inside an area: in the home of the year, or a new one's village."""
    length = len(area)
    known = (
        f"SELECT k.file_row FROM {HELD} k JOIN {Division._meta.db_table} d ON d.id = k.village_id "  # noqa: S608
        "WHERE k.year = %s AND k.fate <> 'same' AND substr(d.code, 1, %s) = %s"
    )
    new = (
        f"SELECT file_row FROM {FILE} WHERE year = %s AND substr(village_code, 1, %s) = %s "  # noqa: S608
        f"AND file_row NOT IN (SELECT file_row FROM {HELD})"
    )
    return sorted({row for sql in (known, new) for (row,) in staging.rows_of(sql, [year, length, area])})


def _repeated(key: str, having: str, shown: str) -> str:
    """SQL: the rows of the groups by these columns that the condition finds, with the cell to show."""
    names = key.split(", ")
    same = " AND ".join(f"g.{name} = f.{name}" for name in names)
    groups = f"SELECT {key} FROM {FILE} GROUP BY {key} HAVING {having}"  # noqa: S608
    return f"SELECT f.file_row, f.{shown} FROM {FILE} f JOIN ({groups}) g ON {same}"  # noqa: S608


def _differ(value: str) -> str:
    return f"min({value}) <> max({value})"


def _flagged(flag: str) -> str:
    return f"SELECT file_row, '' FROM {HELD} WHERE {flag} = 1"  # noqa: S608


def _each(sql: str, column: str, code: str, told: str) -> Found:
    for row, value in sorted(set(staging.rows_of(sql))):
        yield Fault(row, column, value or "", code, told)

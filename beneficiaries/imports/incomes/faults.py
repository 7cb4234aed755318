"""What is wrong with rows that are right by themselves: against each other, the register, and the closed years."""

from collections.abc import Iterable, Iterator
from itertools import chain

from django.utils.translation import gettext as _

from alleviation.audit.models import YearClosing
from alleviation.common.areas import covers
from alleviation.common.reading import Fault
from alleviation.intake import staging
from alleviation.intake.kinds import Sheet
from beneficiaries.imports.incomes.held import FILE, HELD, UNKNOWN, Past, Place, masked, rows_of_villages, years
from projects.models import Division

Found = Iterator[Fault]
# A name that is not masked.
FULL_NAME = "CASE WHEN replace(head_name, '*', '') = head_name THEN head_name END"
DIVISIONS = Division._meta.db_table


def outside(places: dict[str, Place | None], sheet: Sheet) -> list[str]:
    """The codes of the file that are no villages, or none of the importer's."""
    return [code for code, place in places.items() if place is None or not _is_theirs(code, sheet)]


def of_places(codes: Iterable[str]) -> Found:
    """Rows of villages that are outside: of what is recorded there nothing is told."""
    told = _("There is no such village in your area. Check the 12 digits of its code.")
    for row, code in sorted(rows_of_villages(codes)):
        yield Fault(row, "village_code", code, "out_of_scope", told)


def within_file() -> Found:
    """Persons who head two households of the file. It needs no look at the register."""
    yield from _each(
        _repeated(FILE, "id_number", _differ("village_code || ' ' || household_no"), "id_number"),
        "id_number",
        "duplicate",
        _("This person heads two households of the file. Check the number and the household."),
    )


def of_households() -> Found:
    """Rows of one household and year, and new households for which two heads are named."""
    known = (
        f"SELECT f.file_row, f.household_no FROM {FILE} f JOIN {HELD} k ON k.file_row = f.file_row "  # noqa: S608
        # One that the register has twice meets each of its rows twice.
        f"JOIN (SELECT household_id, year FROM {HELD} GROUP BY household_id, year "
        "HAVING min(file_row) <> max(file_row)) g ON g.household_id = k.household_id AND g.year = k.year"
    )
    new = _repeated(UNKNOWN, "village_code, household_no, year", _differ("file_row"), "household_no")
    yield from _each(
        f"{known} UNION {new}",
        "household_no",
        "duplicate",
        _("This household and year stand in the file more than once. Keep one of the rows."),
    )
    # Of a row that stands there twice that is told already.
    once = "count(*) = count(DISTINCT year)"
    yield from _each(
        _repeated(
            UNKNOWN,
            "village_code, household_no",
            f"({_differ('id_tail')} OR {_differ('id_number')}) AND {once}",
            "id_number",
        ),
        "id_number",
        "other_person",
        _("The file names two heads for this household. Check the number."),
    )
    yield from _each(
        _two_names(once), "head_name", "other_head", _("The file names two heads for this household. Check the name.")
    )


def against_register() -> Found:
    """Heads other than those of the register, and households of which the register has two."""
    ambiguous = list(
        _each(
            f"SELECT f.file_row, f.household_no FROM {FILE} f JOIN "  # noqa: S608
            f"(SELECT file_row FROM {HELD} GROUP BY file_row HAVING count(*) > 1) k ON k.file_row = f.file_row",
            "household_no",
            "ambiguous",
            _("The register has two households of this number, or two heads of it. Correct the register first."),
        )
    )
    yield from ambiguous
    others = chain(
        _each(
            _flagged("name_fault"),
            "head_name",
            "other_head",
            _("The register has another name for the head of this household. Check both."),
        ),
        _each(
            _flagged("number_fault"),
            "id_number",
            "other_person",
            _("The register has another identity number for the head of this household. Check both."),
        ),
    )
    # With which of the two a row would have to agree nobody can say.
    rows = {fault.row for fault in ambiguous}
    yield from (fault for fault in others if fault.row not in rows)


def of_years(pasts: Iterable[Past]) -> Found:
    """Years before the household was split from another, and after it ended."""
    for past in pasts:
        if past.ended_on is not None and past.year > int(past.ended_on[:4]):
            told = _("The household ended on %(day)s.") % {"day": past.ended_on}
            yield Fault(past.file_row, "year", str(past.year), "ended", told)
        if past.began_on is not None and past.year < int(past.began_on[:4]):
            told = _("The household was split from another on %(day)s.") % {"day": past.began_on}
            yield Fault(past.file_row, "year", str(past.year), "not_begun", told)


def of_homes(sheet: Sheet) -> Found:
    """Years in which a household belonged to a village outside: its incomes of then are not the importer's."""
    told = _("In this year the household belonged to a village outside your area, which records its income.")
    homes = (
        f"SELECT DISTINCT d.id, d.code FROM {HELD} k JOIN {DIVISIONS} d ON d.id = k.village_id "  # noqa: S608
        "WHERE k.has_past = 1"
    )
    foreign = [number for number, code in staging.rows_of(homes) if not _is_theirs(code, sheet)]
    for part in staging.parted(foreign):
        rows = f"SELECT file_row, year FROM {HELD} WHERE has_past = 1 AND village_id IN ({_marks(part)})"  # noqa: S608
        for row, year in sorted(set(staging.rows_of(rows, part))):
            yield Fault(row, "year", str(year), "out_of_scope", told)


def of_closed_years() -> Found:
    """Rows that would change a year that is closed; such that change nothing are let through."""
    areas: dict[int, set[str]] = {}
    for area, year in YearClosing.objects.in_force().filter(year__in=years()).values_list("area", "year"):
        areas.setdefault(year, set()).add(area)
    for year in sorted(areas):
        told = _("The year %(year)s of %(area)s is closed: ask for it to be reopened.")
        for area, row in _rows_inside(areas[year], year):
            yield Fault(row, "year", str(year), "closed", told % {"year": year, "area": area})


def _rows_inside(areas: set[str], year: int) -> Iterator[tuple[str, int]]:
    """(area, row) of a year that would be written inside an area: in the home of the year, or a new one's village."""
    homes = (
        f"SELECT DISTINCT d.code, d.id FROM {HELD} k JOIN {DIVISIONS} d ON d.id = k.village_id "  # noqa: S608
        "WHERE k.year = %s AND k.fate <> 'same'"
    )
    new = f"SELECT DISTINCT village_code, village_code FROM {UNKNOWN} WHERE household_id IS NULL AND year = %s"  # noqa: S608
    of_homes = f"SELECT DISTINCT file_row FROM {HELD} WHERE fate <> 'same' AND year = %s AND village_id IN"  # noqa: S608
    of_new = f"SELECT file_row FROM {UNKNOWN} WHERE household_id IS NULL AND year = %s AND village_code IN"  # noqa: S608
    for villages, rows in ((homes, of_homes), (new, of_new)):
        inside: dict[str, list[int | str]] = {}
        for code, village in staging.rows_of(villages, [year]):
            if found := [area for area in areas if code.startswith(area)]:
                inside.setdefault(min(found, key=len), []).append(village)
        for area in sorted(inside):
            for part in staging.parted(inside[area]):
                found_rows = staging.rows_of(f"{rows} ({_marks(part)})", [year, *part])
                yield from ((area, row) for (row,) in found_rows)


def _is_theirs(code: str, sheet: Sheet) -> bool:
    return covers(sheet.by.area, code) and covers(sheet.area, code)


def _two_names(condition: str) -> str:
    """SQL: the rows of households that are named with two heads; a masked name is that of the one in full."""
    key = "village_code, household_no"
    full = f"SELECT {key}, max({FULL_NAME}) AS name FROM {UNKNOWN} GROUP BY {key} HAVING {condition}"  # noqa: S608
    others = (
        f"SELECT DISTINCT g.village_code, g.household_no FROM {UNKNOWN} o JOIN ({full}) g "  # noqa: S608
        "ON g.village_code = o.village_code AND g.household_no = o.household_no "
        f"WHERE o.head_name <> g.name AND o.head_name <> {masked('g.name')}"
    )
    return (
        f"SELECT f.file_row, f.head_name FROM {UNKNOWN} f JOIN ({others}) b "  # noqa: S608
        "ON b.village_code = f.village_code AND b.household_no = f.household_no"
    )


def _repeated(table: str, key: str, having: str, shown: str) -> str:
    """SQL: the rows of the groups by these columns that the condition finds, with the cell to show."""
    names = key.split(", ")
    same = " AND ".join(f"g.{name} = f.{name}" for name in names)
    groups = f"SELECT {key} FROM {table} WHERE {names[0]} IS NOT NULL GROUP BY {key} HAVING {having}"  # noqa: S608
    return f"SELECT f.file_row, f.{shown} FROM {table} f JOIN ({groups}) g ON {same}"  # noqa: S608


def _differ(value: str) -> str:
    return f"min({value}) <> max({value})"


def _flagged(flag: str) -> str:
    return f"SELECT file_row, '' FROM {HELD} WHERE {flag} = 1"  # noqa: S608


def _marks(part: Iterable[object]) -> str:
    return ", ".join("%s" for _one in part)


def _each(sql: str, column: str, code: str, told: str) -> Found:
    found = {(row, value or "") for row, value in staging.rows_of(sql)}
    for row, value in sorted(found):
        yield Fault(row, column, value, code, told)

"""The poverty and monitoring lines of a question."""

from alleviation.common.query import Query
from beneficiaries.choices import LineKind
from beneficiaries.models import PovertyLine
from projects.choices import Level
from projects.rollups.past import as_they_were, placed


def line_of(query: Query, number: int) -> PovertyLine | None:
    """One line by its id, of whatever year; None where there is none."""
    return next((line for line in lines_of(query) if line.pk == number), None)


def asked_of_line(line: PovertyLine) -> dict[str, str]:
    """The question that opens a line: the same in every table, whatever else the table asks."""
    return {**dict.fromkeys(("year", "first", "last", "area", "inside", "above"), ""), "of": str(line.pk)}


def all_lines(query: Query) -> list[PovertyLine]:
    """The lines of the years asked for that this person may see, of every area and kind."""
    return [line for line in lines_of(query) if query.first_year <= line.year <= query.last_year]


def poverty_lines(query: Query) -> dict[int, PovertyLine]:
    """The poverty line of each year: that of the province asked about, else the national one. No year is invented."""
    province = query.area_code[:2].ljust(12, "0") if query.area_code else ""
    found = [line for line in all_lines(query) if line.kind == LineKind.POVERTY]
    national = {line.year: line for line in found if line.division is None}
    provincial = [line for line in found if line.division and line.division.level == Level.PROVINCE]
    return national | {one.year: one for one in provincial if one.division and one.division.code == province}


def lines_of(query: Query) -> list[PovertyLine]:
    """Every line, by kind, year and area; as of a past date as the trail tells it, the places as they are today."""
    if query.as_of is None:
        return list(PovertyLine.objects.visible_to(query.user).select_related("division"))
    found = placed(as_they_were(query, PovertyLine)).values() if query.user.is_active else []
    return sorted(found, key=lambda one: (one.kind, one.year, one.division.code if one.division else "", one.pk))

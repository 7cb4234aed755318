"""The poverty and monitoring lines of a question."""

from alleviation.common.areas import covers, prefix_of
from alleviation.common.query import Query
from beneficiaries.choices import LineKind
from beneficiaries.models import PovertyLine
from beneficiaries.models.bands import narrowness
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


def poverty_lines(query: Query, kind: LineKind = LineKind.POVERTY) -> dict[int, PovertyLine]:
    """The line of each year for the area asked about: that of the smallest area that holds all of it.

    A village's line goes before its township's, county's, prefecture's, province's and the nation's. No year is
    invented. A household inside the area may be held against the line of a smaller one: bands.py.
    """
    found = [line for line in all_lines(query) if line.kind == kind and _holds_for(line, query.area_code)]
    return {line.year: line for line in sorted(found, key=narrowness)}


def _holds_for(line: PovertyLine, area: str) -> bool:
    return line.division is None or (bool(area) and covers(prefix_of(line.division.code), area))


def lines_of(query: Query) -> list[PovertyLine]:
    """Every line, by kind, year and area; as of a past date as the trail tells it, the places as they are today."""
    key = ("lines", query.user.pk, query.as_of)
    if key not in query.memory:
        query.memory[key] = _lines(query)
    found: list[PovertyLine] = query.memory[key]
    return found


def _lines(query: Query) -> list[PovertyLine]:
    if query.as_of is None:
        return list(PovertyLine.objects.visible_to(query.user).select_related("division"))
    found = placed(as_they_were(query, PovertyLine)).values() if query.user.is_active else []
    return sorted(found, key=lambda one: (one.kind, one.year, one.division.code if one.division else "", one.pk))

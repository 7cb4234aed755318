"""Against which lines the incomes of kept sums were held: that of the smallest area around each village."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import cached_property

from alleviation.common.areas import LEVEL_LENGTHS, covers, prefix_of
from alleviation.common.query import Query
from beneficiaries.choices import LineKind
from beneficiaries.models import PovertyLine, VillageYear
from beneficiaries.models.bands import ABOVE, BELOW, NEAR, narrowness
from beneficiaries.models.cells import COUNTY_DIGITS, band_column
from beneficiaries.rollups.stored import PLACE, YEAR, added_up, digits_of, is_of_counties
from projects.choices import Level

Met = frozenset[PovertyLine]
NONE: Met = frozenset()


class Lines:
    """The lines of one kind, as the incomes of a question meet them.

    Where all lines of a year hold for the whole place asked about, the narrowest holds there, and no cell is read.
    """

    def __init__(self, query: Query, kind: LineKind, lines: Iterable[PovertyLine], by: int | None) -> None:
        self.query, self.kind, self.by = query, kind, by
        self.digits = digits_of(query, by)
        scope = _scope(query)
        self.of_area: dict[tuple[int, str], PovertyLine] = {}
        self.inside: set[int] = set()
        for line in sorted(lines, key=narrowness):
            area = prefix_of(line.division.code) if line.division else ""
            if any(covers(area, one) or covers(one, area) for one in scope):
                self.of_area[line.year, area] = line
                self.inside |= set() if all(covers(area, one) for one in scope) else {line.year}
        self.everywhere = {year: line for (year, _area), line in self.of_area.items() if year not in self.inside}

    def met(self, year: int, place: str | None = None) -> Met:
        """The lines that incomes of a year met, in all that is asked for or in one place of it."""
        if year not in self.inside:
            return _only(self.everywhere.get(year))
        if place is not None and not self._several(year, place):
            return _only(self.around(year, place))
        places = self.places[year]
        larger = "" if place is None else place[: self.digits]
        if place is None or larger:
            return NONE.union(*(met for code, met in places.items() if covers(larger, code)))
        return places.get(place, NONE)

    def _several(self, year: int, place: str) -> bool:
        """Whether places that were read as one may have met several lines: those of smaller ones."""
        if not self.digits:
            return bool(self._below_counties(year, place))
        larger = place[: self.digits]
        return any(when == year and len(area) > self.digits and covers(larger, area) for when, area in self.of_area)

    def around(self, year: int, code: str) -> PovertyLine | None:
        """The line of the smallest area around a place."""
        areas = (code[:length] for length in (*reversed(LEVEL_LENGTHS), 0))
        return next((self.of_area[year, area] for area in areas if (year, area) in self.of_area), None)

    @cached_property
    def places(self) -> dict[int, dict[str, Met]]:
        """For each year with a line of a smaller place: the lines that each village or county met."""
        compared = [band_column(self.kind, band, "households") for band in (BELOW, NEAR, ABOVE)]
        rows = added_up(self.query, compared, YEAR, PLACE, by=Level.COUNTY if self.digits else self.by)
        held = [key for key, row in rows.items() if key[0] in self.inside and any(row.values())]
        several = {key: county for key in held if (county := self._below_counties(*key))}
        of_counties = self._of_villages(set(several.values()), compared) if several else {}
        found: dict[int, dict[str, Met]] = defaultdict(dict)
        for year, code in held:
            within = several.get((year, code))
            found[year][code] = of_counties[year, within] if within else _only(self.around(year, code))
        return found

    def _below_counties(self, year: int, place: str) -> str:
        """The county, where its villages meet several lines and only the county's own sums were read; else ""."""
        county = place[:COUNTY_DIGITS]
        smaller = any(
            when == year and len(area) > COUNTY_DIGITS and covers(county, area) for when, area in self.of_area
        )
        return county if smaller and is_of_counties(self.query, self.by) else ""

    def _of_villages(self, counties: Collection[str], compared: Collection[str]) -> dict[tuple[int, str], Met]:
        """The lines that the villages of these counties met in each year."""
        villages = VillageYear.objects.filter(county__in=counties, year__in=self.inside).order_by()
        found: dict[tuple[int, str], Met] = defaultdict(frozenset)
        for year, county, code, *numbers in villages.values_list("year", "county", "code", *compared):
            if any(numbers):
                found[year, county] |= _only(self.around(year, code))
        return found


def _only(line: PovertyLine | None) -> Met:
    return frozenset({line}) if line else NONE


def _scope(query: Query) -> tuple[str, ...]:
    """The areas that all that is asked for lies in."""
    if query.place_code:
        return (query.place_code,)
    if query.inside_code:
        return query.inside or ("",)
    return query.prefixes or (query.user.area,)

"""Which villages are told together, read from the kept sums: of the counties that a question touches, and no others.

The blocks of a county are found in it alone (blocks.py), but where a county has too few households itself. Such ones
are put together as villages are, up the tree of places, and where they are too few still, with the smallest county
beside them: they go to its smallest block. So all that is read of the rest of the nation is who has few.
docs/disclosure.md.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.db.models import Q, QuerySet

from beneficiaries.models import CountyYear, MergedYear, VillageYear
from beneficiaries.models.cells import COUNTY_DIGITS, county_of
from beneficiaries.rollups.blocks import Part, Path, blocks_of, joined, size_of
from beneficiaries.rollups.stored import ANY_VILLAGE
from projects.choices import Level
from projects.models import Succession
from projects.rollups.places import NOT_ATTRIBUTED, child_of, fold_former

# A year, a village of today and what that village was when rows were recorded; of a whole county, any village and "".
Atom = tuple[int, str, str]
Counts = Mapping[Atom, Sequence[int]]
WHOLE_COUNTY = ""
HOMES = ("households",)
UPPER = (Level.PROVINCE, Level.PREFECTURE, Level.COUNTY)
# More than so many counties are asked for without naming each.
NAMED = 200


@dataclass(frozen=True)
class Whole:
    """Villages and years that are told together or not at all, how many households are in them, and untold codes."""

    atoms: frozenset[Atom]
    households: int
    untold: frozenset[str] = frozenset()


def county_atom(year: int, county: str) -> Atom:
    """All of a county in a year."""
    return year, county + ANY_VILLAGE if len(county) == COUNTY_DIGITS else county, WHOLE_COUNTY


def county_in(atom: Atom) -> str:
    """The county of an atom."""
    return county_of(atom[1])


class Wholes:
    """What is told together in a span of years; the same for whoever asks."""

    def __init__(self, first: int, last: int) -> None:
        self.span = Q(year__gte=first, year__lte=last)
        self._today: dict[str, str] = {}
        self._nodes: dict[str, Path] = {}
        self._groups: dict[frozenset[str] | None, dict[int, list[dict[str, int]]]] = {}

    def of_counties(self, atoms: Collection[Atom]) -> dict[Atom, Whole]:
        """What each of these whole counties is told with: itself, but where a county of few is put to it."""
        found: dict[Atom, Whole] = {}
        for year, parts in self.groups({county_in(atom) for atom in atoms}).items():
            for counties in parts:
                held = frozenset(county_atom(year, county) for county in counties)
                found |= dict.fromkeys(held, Whole(held, sum(counties.values())))
        return found

    def of_villages(self, atoms: Collection[Atom]) -> dict[Atom, Whole]:
        """What each of these villages is told with, as far as its county and those of few beside it tell."""
        return by_atom(self.blocks({county_in(atom) for atom in atoms}))

    def blocks(self, counties: Collection[str] | None = None) -> dict[int, list[Part]]:
        """The blocks of each year, of these counties and of those that are told with them; without: of the nation."""
        parts = self.groups(counties)
        wanted = {county for of_year in parts.values() for part in of_year for county in part}
        counts = self.counts(HOMES, wanted if counties is not None else None)
        paths = self._paths(counts)
        cells: dict[tuple[int, str], dict[Path, int]] = defaultdict(dict)
        for (year, code, then), (households,) in counts.items():
            cells[year, county_of(code)][paths[code, then]] = households
        return {
            year: [block for part in of_year for block in _blocks([cells[year, county] for county in part])]
            for year, of_year in parts.items()
        }

    def counts(self, columns: Sequence[str], counties: Collection[str] | None = None) -> dict[Atom, list[int]]:
        """The numbers in some columns of the villages of these counties, or of the nation."""
        villages = VillageYear.objects.filter(self.span, *([] if counties is None else [Q(county__in=counties)]))
        return counts_of(villages.order_by(), columns)

    @cached_property
    def few(self) -> list[int]:
        """The years in which some county has fewer households than may be told."""
        small = CountyYear.objects.filter(self.span, households__lt=settings.SMALLEST_CELL).order_by()
        return list(small.values_list("year", flat=True).distinct())

    @cached_property
    def is_plain(self) -> bool:
        """Whether each county is told by itself: none has few, and none of them is another one today."""
        upper = Succession.objects.whole().filter(predecessor__level__lte=Level.COUNTY).order_by()
        former = [code[:COUNTY_DIGITS] for code in upper.values_list("predecessor__code", flat=True)]
        return not self.few and not CountyYear.objects.filter(self.span, county__in=former).exists()

    def of_counties_named(self, counties: Collection[str] | None) -> QuerySet[CountyYear]:
        """The cells of these counties, or of all."""
        found = CountyYear.objects.filter(self.span).order_by()
        return found if counties is None else found.filter(county__in=counties)

    def lies_in(self, part: Part, counties: Collection[str]) -> bool:
        """Whether a block is made of villages of these counties."""
        return all(county_of(path[-2]) in counties for path in part.paths)

    def groups(self, counties: Collection[str] | None) -> dict[int, list[dict[str, int]]]:
        """The counties of each year in groups that are told together, with their households; those that are asked for.

        Counties that a source says live on in one are one.
        """
        asked = None if counties is None else frozenset(counties)
        if asked not in self._groups:
            self._groups[asked] = self._grouped(asked)
        return self._groups[asked]

    def _grouped(self, counties: frozenset[str] | None) -> dict[int, list[dict[str, int]]]:
        found: dict[int, list[dict[str, int]]] = {}
        for year, households in self._households(counties).items():
            nodes: dict[Path, dict[str, int]] = defaultdict(dict)
            for county, number in households.items():
                nodes[self.node(county)][county] = number
            groups = [[node] for node in nodes]
            if year in self.few:
                totals = {node: sum(held.values()) for node, held in nodes.items()}
                groups = [sorted(part.paths) for part in blocks_of(totals, settings.SMALLEST_CELL)]
            parts = [{county: n for node in group for county, n in nodes[node].items()} for group in groups]
            found[year] = [part for part in parts if counties is None or not part.keys().isdisjoint(counties)]
        return found

    def _households(self, counties: Collection[str] | None) -> dict[int, dict[str, int]]:
        """The households of each county by year: of these and their former ones; where some have few, of all."""
        rows = CountyYear.objects.filter(self.span).order_by()
        if counties is not None and len(counties) <= NAMED:
            rows = rows.filter(Q(county__in={*counties, *self._namesakes(counties)}) | Q(year__in=self.few))
        found: dict[int, dict[str, int]] = defaultdict(dict)
        for year, county, households in rows.values_list("year", "county", "households"):
            found[year][county] = households
        self._learn({county for of_year in found.values() for county in of_year})
        return found

    def _namesakes(self, counties: Collection[str]) -> set[str]:
        """Other counties that may be one with some of these today."""
        self._learn(counties)
        today = {self.node(county)[-1] for county in counties}
        former = Succession.objects.whole().filter(successor__code__in=today)
        codes = {*today, *former.values_list("predecessor__code", flat=True)}
        return {county_of(code)[:COUNTY_DIGITS] for code in codes if code}

    def node(self, county: str) -> Path:
        """The places around a county that was read, and itself, under the codes that they have today."""
        return self._nodes[county]

    def _learn(self, counties: Collection[str]) -> None:
        held = {one: _held(county_atom(0, one)[1], UPPER) for one in counties if one not in self._nodes}
        codes = {code for places in held.values() for code in places}
        if unknown := codes - self._today.keys() - {NOT_ATTRIBUTED}:
            self._today |= fold_former(unknown)
        self._nodes |= {one: tuple(self._today.get(code, code) for code in places) for one, places in held.items()}

    def _paths(self, atoms: Iterable[Atom]) -> dict[tuple[str, str], Path]:
        """The way down to each village: its places of each level as sums gather them today, then its own codes."""
        villages = {(code, then) for _year, code, then in atoms}
        held = {code: _held(code, Level.values) for code, _then in villages}
        if unknown := {one for codes in held.values() for one in codes} - self._today.keys() - {NOT_ATTRIBUTED}:
            self._today |= fold_former(unknown)
        return {
            (code, then): (*(self._today.get(one, one) for one in held[code]), code, then) for code, then in villages
        }


def counts_of(villages: QuerySet[VillageYear], columns: Sequence[str]) -> dict[Atom, list[int]]:
    """The numbers in some columns of cells, by year, village of today and what that was when rows were recorded."""
    found: dict[Atom, list[int]] = {}
    codes: dict[tuple[int, int], str] = {}
    for number, year, code, *numbers in villages.values_list("village_number", "year", "code", *columns):
        codes[number, year] = code
        _add(found, (year, code, code), numbers)
    merged = MergedYear.objects.filter(village_number__in=villages.values("village_number")).order_by()
    for number, year, former, *numbers in merged.values_list("village_number", "year", "former", *columns):
        if code := codes.get((number, year)):
            _add(found, (year, code, former), numbers)
            _add(found, (year, code, code), [-one for one in numbers])
    return {atom: numbers for atom, numbers in found.items() if any(numbers)}


def over_counties(wholes: Mapping[Atom, Whole | None]) -> dict[Atom, Whole | None]:
    """What whole counties are told with, where villages are told so: all that hangs together by any of them.

    A county with a village that is told with none is told with none.
    """
    groups: dict[Atom, list[Atom]] = {}
    told = [one for one in set(wholes.values()) if one]
    alone = {_county(atom) for atom, whole in wholes.items() if whole is None}
    for counties in (*({_county(atom) for atom in one.atoms} for one in told), *({one} for one in alone)):
        _join(groups, counties)
    untold: dict[int, set[str]] = defaultdict(set)
    number: Counter[int] = Counter()
    for one in told:
        group = id(groups[_county(min(one.atoms))])
        untold[group] |= one.untold
        number[group] += one.households
    found: dict[Atom, Whole | None] = {}
    for group, held in {id(held): frozenset(held) for held in groups.values()}.items():
        whole = Whole(held, number[group], frozenset(untold[group]))
        found |= dict.fromkeys(held, None if alone & held else whole)
    return found


def _county(atom: Atom) -> Atom:
    return county_atom(atom[0], county_in(atom))


def _join(groups: dict[Atom, list[Atom]], counties: Collection[Atom]) -> None:
    """Make one group of those that some counties are in."""
    held = list(dict.fromkeys(one for county in counties for one in (*groups.get(county, ()), county)))
    groups |= dict.fromkeys(held, held)


def by_atom(parts_of_years: Mapping[int, Iterable[Part]]) -> dict[Atom, Whole]:
    """What each village and year is told with."""
    wholes: dict[Atom, Whole] = {}
    for year, parts in parts_of_years.items():
        for part in parts:
            atoms = frozenset((year, path[-2], path[-1]) for path in part.paths)
            wholes |= dict.fromkeys(atoms, Whole(atoms, part.households, part.untold))
    return wholes


def _blocks(counties: Iterable[Mapping[Path, int]]) -> list[Part]:
    """The blocks of counties told together: those of the one that has enough, all others with its smallest."""
    limit = settings.SMALLEST_CELL
    nodes: dict[Path, dict[Path, int]] = defaultdict(dict)
    for cells in counties:
        for path, households in cells.items():
            nodes[path[: len(UPPER)]][path] = households
    few = [
        Part(number, frozenset({path}))
        for cells in nodes.values()
        if sum(cells.values()) < limit
        for path, number in cells.items()
    ]
    large = [cells for cells in nodes.values() if sum(cells.values()) >= limit]
    blocks = sorted((block for cells in large for block in blocks_of(cells, limit)), key=size_of)
    if not few:
        return blocks
    return [joined([*few, *blocks[:1]]), *blocks[1:]]


def _held(code: str, levels: Iterable[int]) -> list[str]:
    return [child_of(code, level) for level in levels]


def _add(found: dict[Atom, list[int]], atom: Atom, numbers: Iterable[int]) -> None:
    known = found.get(atom)
    found[atom] = [a + b for a, b in zip(known, numbers, strict=True)] if known else list(numbers)

"""Where it may be told how many are below, near and above a line, read from the kept sums alone.

A county is told by itself where, of each other band that it has, enough households live in villages that have many
above the line as well (`…_beside`): then no sums by village and by band, together, tell of anything that few are in.
Each of its blocks has enough in some band, and all bands hang together through those villages. Counties of which that
does not hold are told together with the others like them in their prefecture, else in their province, else in the
nation, where it holds of them together; else not at all. Inside a county that is told by itself regions are found as
for any cut (blocks.py), and where they leave villages over, the county is told as a whole. docs/disclosure.md.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from beneficiaries.models.bands import ABOVE, BANDS
from beneficiaries.models.cells import BESIDE_ABOVE, band_column
from beneficiaries.rollups.blocks import Path, regions_of
from beneficiaries.rollups.wholes import NAMED, Atom, Whole, Wholes, by_atom, county_atom

HOMES = "households"
OF_ABOVE = BANDS.index(ABOVE)


@dataclass(frozen=True)
class Unit:
    """Counties that are told together, and the places around them as far as they share them."""

    counties: tuple[str, ...]
    around: Path
    households: int
    numbers: tuple[int, ...]


UnitsOfYears = Mapping[int, Sequence[Unit]]


def of_counties(told: Wholes, kind: str, counties: Collection[str]) -> dict[Atom, Whole | None]:
    """What each of these whole counties, by year, is told with in bands; None where it is not told."""
    every = len(counties) > NAMED
    units = _units(told, kind, None if every else counties)
    found = _alone(units)
    if not any(whole is None for whole in found.values()):
        return found
    if every:
        return _together(units, found)
    units = _units(told, kind, None)
    return _together(units, _alone(units))


def of_villages(told: Wholes, kind: str, counties: Collection[str]) -> dict[Atom, Whole | None]:
    """What each village of these counties is told with in bands: the county's regions, else the county."""
    alone = {atom for atom, whole in _alone(_units(told, kind, counties)).items() if whole}
    weights: dict[int, dict[tuple[Path, str], int]] = defaultdict(dict)
    blocks = told.blocks(counties)
    paths = {path[-2:]: path for parts in blocks.values() for part in parts for path in part.paths}
    columns = [band_column(kind, band, HOMES) for band in BANDS]
    held = {county for of_year in told.groups(counties).values() for part in of_year for county in part}
    for (year, *village), numbers in told.counts(columns, held).items():
        weights[year] |= {(paths[tuple(village)], band): n for band, n in zip(BANDS, numbers, strict=True) if n}
    found: dict[Atom, Whole | None] = dict.fromkeys(by_atom(blocks))
    for year, groups in told.groups(counties).items():
        for group in groups:
            if county_atom(year, min(group)) in alone:
                inside = [part for part in blocks[year] if told.lies_in(part, group)]
                found |= _inside(year, inside, weights[year])
    return found


def _inside(year: int, blocks: Sequence[Any], weights: Mapping[tuple[Path, str], int]) -> dict[Atom, Whole | None]:
    """The regions among the blocks of a county; where they leave one over, or a band untold, all of it is one."""
    regions = regions_of(blocks, weights, settings.SMALLEST_CELL)
    covered = {path for part in regions for path in part.paths}
    if all(part.paths <= covered for part in blocks) and not any(part.untold for part in regions):
        return dict(by_atom({year: regions}))
    atoms = frozenset((year, path[-2], path[-1]) for part in blocks for path in part.paths)
    return dict.fromkeys(atoms, Whole(atoms, sum(part.households for part in blocks)))


def _alone(units_of_years: UnitsOfYears) -> dict[Atom, Whole | None]:
    """Each of these counties, with those it is always told with; None where its bands are not told so."""
    return {
        atom: whole if _tells(unit.numbers) else None
        for year, units in units_of_years.items()
        for unit in units
        for atom, whole in _whole(year, [unit]).items()
    }


def _together(units_of_years: UnitsOfYears, alone: Mapping[Atom, Whole | None]) -> dict[Atom, Whole | None]:
    """Every county of the nation: alone, or with the others of its prefecture, province or the nation."""
    found = dict(alone)
    for year, units in units_of_years.items():
        left = [unit for unit in units if alone[county_atom(year, unit.counties[0])] is None]
        for depth in (2, 1, 0):
            places: dict[Path, list[Unit]] = defaultdict(list)
            for unit in left:
                places[unit.around[:depth]].append(unit)
            told_of = {
                place
                for place, held in places.items()
                if len(place) == depth
                and _tells([sum(of_all) for of_all in zip(*(one.numbers for one in held), strict=True)])
            }
            for place in told_of:
                found |= _whole(year, places[place])
            left = [unit for unit in left if unit.around[:depth] not in told_of]
    return found


def _whole(year: int, units: Iterable[Unit]) -> dict[Atom, Whole]:
    held = list(units)
    atoms = frozenset(county_atom(year, county) for unit in held for county in unit.counties)
    return dict.fromkeys(atoms, Whole(atoms, sum(unit.households for unit in held)))


def _tells(numbers: Sequence[int]) -> bool:
    """Whether bands may be told of what has these numbers: of each band, and beside those above of each other band."""
    limit = settings.SMALLEST_CELL
    above = numbers[OF_ABOVE]
    others = (*numbers[:OF_ABOVE], *numbers[OF_ABOVE + 1 : len(BANDS)])
    beside = [of_both for number, of_both in zip(others, numbers[len(BANDS) :], strict=True) if number]
    return len(beside) + (above > 0) <= 1 or (above > 0 and min(beside) >= limit)


def _units(told: Wholes, kind: str, counties: Collection[str] | None) -> dict[int, list[Unit]]:
    """The counties of each year with those that each is always told with, and their numbers in each band."""
    columns = ["told_from", *(band_column(kind, band, HOMES) for band in BANDS)]
    columns += [f"{kind}_{band}_beside" for band in BESIDE_ABOVE]
    groups = told.groups(counties)
    named = {county for of_year in groups.values() for group in of_year for county in group}
    rows = told.of_counties_named(named if counties is not None and len(named) <= NAMED else None)
    numbers = {(year, county): row for year, county, *row in rows.values_list("year", "county", *columns)}
    return {
        year: [_unit(told, group, [numbers[year, county] for county in group]) for group in of_year]
        for year, of_year in groups.items()
    }


def _unit(told: Wholes, group: Mapping[str, int], rows: Sequence[Sequence[int]]) -> Unit:
    # As a rule it is one county, and of these there are some thousand a year.
    numbers = [row[1:] for row in rows]
    sums = [*numbers[0]] if len(rows) == 1 else [sum(of_all) for of_all in zip(*numbers, strict=True)]
    if any(row[0] != settings.SMALLEST_CELL for row in rows):
        # Added up for another limit: nothing is known to be beside.
        sums[len(BANDS) :] = [0] * len(BESIDE_ABOVE)
    first, *others = [told.node(county) for county in group]
    shared = next((depth for depth in (3, 2, 1) if all(node[:depth] == first[:depth] for node in others)), 0)
    return Unit(tuple(group), first[:shared], sum(group.values()), tuple(sums))

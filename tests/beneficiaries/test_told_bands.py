"""Which bands of counties may be told from the kept sums: whoever knows all that is told computes nothing of few."""

import random
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from beneficiaries.actions.cells import refresh_counties
from beneficiaries.models import CountyYear, VillageYear
from beneficiaries.models.bands import BANDS
from beneficiaries.models.cells import band_column
from beneficiaries.rollups import told_bands
from beneficiaries.rollups.wholes import Atom, Wholes, county_atom, county_in
from tests.beneficiaries.test_disclosure import LIMIT, Attacker, row_of, small_sets

YEAR, KIND = 2019, "poverty"
Weights = dict[tuple[str, str], int]


@pytest.fixture(autouse=True)
def _from_five_on(settings: Any, db: None) -> None:
    settings.SMALLEST_CELL = LIMIT


def recorded(weights: Weights) -> None:
    """Cells of villages with so many households in each band, and those of their counties."""
    villages: dict[str, dict[str, int]] = {}
    for (code, band), number in weights.items():
        villages.setdefault(code, {})[band_column(KIND, band, "households")] = number
    for number, (code, bands) in enumerate(villages.items()):
        facts = {"village_number": number, "code": code, "county": code[:6], "year": YEAR}
        VillageYear.objects.create(**facts, households=sum(bands.values()), **bands)
    refresh_counties([(county, YEAR) for county in sorted({code[:6] for code in villages})], version=1)


def random_weights(rng: random.Random) -> Weights:
    """Up to three counties of two prefectures, of up to two townships of up to two villages."""
    codes = [
        f"51{county}{town}20{village}"
        for county, town, village in product(("0101", "0102", "0201"), ("001", "002"), "12")
    ]
    most = rng.choice((3, 9, 20))
    bands = rng.sample(BANDS[:4], rng.choice((2, 3)))
    return {
        (code, band): number
        for code in codes
        if rng.random() < 0.7
        for band in bands
        if (number := rng.choice((0, rng.randint(1, most), rng.randint(1, most) if band == "above" else 0)))
    }


def is_told(wholes: dict[Atom, Any], atoms: dict[Atom, int]) -> bool:
    """As beneficiaries/rollups/disclosure.py decides of a sum over these villages, or counties."""
    found = {wholes.get(atom) for atom in atoms}
    return bool(atoms) and all(
        one and one.households >= LIMIT and one.atoms <= atoms.keys() and not one.untold for one in found
    )


def told_sums(weights: Weights) -> list[list[Fraction]]:
    """Each sum that is told, as a row over the cells: of places by themselves, and of their bands."""
    told, codes = Wholes(YEAR, YEAR), {code for code, _band in weights}
    households = {code: sum(n for (one, _band), n in weights.items() if one == code) for code in codes}
    villages = {(YEAR, code, code): number for code, number in households.items()}
    counties: dict[Atom, int] = {}
    for atom, number in villages.items():
        counties[county_atom(YEAR, county_in(atom))] = counties.get(county_atom(YEAR, county_in(atom)), 0) + number
    rows = []
    for length in (0, 2, 4, 6, 9, 12):
        atoms = counties if length <= 6 else villages
        names = {county_in(atom) for atom in atoms}
        plain = told.of_counties(atoms) if length <= 6 else told.of_villages(atoms)
        bands: Any = told_bands.of_counties if length <= 6 else told_bands.of_villages
        in_bands = bands(told, KIND, names)
        for place in {code[:length] for code in codes}:
            inside = {atom: number for atom, number in atoms.items() if atom[1].startswith(place)}
            if is_told(plain, inside):
                rows.append(row_of(weights, {cell for cell in weights if cell[0].startswith(place)}))
                if is_told(in_bands, inside):
                    for band in BANDS:
                        rows.append(
                            row_of(
                                weights, {cell for cell in weights if cell[0].startswith(place) and cell[1] == band}
                            )
                        )
    return rows


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(24))
def test_no_number_of_few_follows_from_the_bands_that_are_told(seed: int) -> None:
    weights = random_weights(random.Random(seed))
    recorded(weights)

    attacker = Attacker(told_sums(weights))

    assert [some for some in small_sets(weights) if attacker.computes(row_of(weights, some))] == []


def test_a_county_with_few_below_the_line_is_told_with_its_neighbour() -> None:
    few, many = "510101001201", "510102001201"
    recorded({(few, "above"): 20, (few, "below"): 2, (many, "above"): 20, (many, "below"): 4})
    told = Wholes(YEAR, YEAR)

    found = told_bands.of_counties(told, KIND, {few[:6]})

    both = {county_atom(YEAR, few[:6]), county_atom(YEAR, many[:6])}
    assert {atom: whole and set(whole.atoms) for atom, whole in found.items()} == dict.fromkeys(both, both)


def test_a_county_with_enough_of_each_is_told_by_itself() -> None:
    code = "510101001201"
    recorded({(code, "above"): 20, (code, "below"): 5, ("510102001201", "above"): 6, ("510102001201", "near"): 1})

    found = told_bands.of_counties(Wholes(YEAR, YEAR), KIND, {"510101", "510102"})

    own, other = county_atom(YEAR, "510101"), county_atom(YEAR, "510102")
    assert {atom: whole and set(whole.atoms) for atom, whole in found.items()} == {own: {own}, other: None}


def test_sums_of_another_limit_tell_no_band(settings: Any) -> None:
    code = "510101001201"
    recorded({(code, "above"): 20, (code, "below"): 9})
    settings.SMALLEST_CELL = LIMIT + 1

    assert list(told_bands.of_counties(Wholes(YEAR, YEAR), KIND, {"510101"}).values()) == [None]
    assert CountyYear.objects.get().told_from == LIMIT

"""How many households of the register stand how, as far as it is told to whoever may not see single ones.

A village's number of households is no secret; that one of them is on relief is. By category and cause such numbers are
told of whole regions alone: villages put together, up the tree of places, until the numbers by region and by code tell
of nothing that fewer than settings.SMALLEST_CELL households are in. By status they are told of whole counties, as what
is watched is (hardship.py), which is much the same number: two ways to put villages together would tell what each
keeps back. The same for whoever asks. docs/disclosure.md.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count

from alleviation.common.areas import covers
from alleviation.common.query import Query
from beneficiaries.models import Household
from beneficiaries.rollups.blocks import Part, Path, blocks_of, regions_of
from beneficiaries.rollups.disclosure import CUTS, is_small
from beneficiaries.rollups.few import hides_counts, kept
from beneficiaries.rollups.standing import told_code
from projects.choices import Level
from projects.rollups.funding import homes

COLUMN_OF = {"household_status": "status", "category": "category", "cause": "main_cause"}
# How many households a village has by their code.
Weights = Mapping[tuple[str, str], int]
# The region of each village; a village of none is in no number that is told.
Regions = Mapping[str, Part | None]


@dataclass(frozen=True)
class Told:
    """Whether the whole number is told; and for each village the code that its own is under, "" with others alone."""

    total: bool
    names: Mapping[str, str]


def told_of_cut(query: Query, villages: Iterable[str]) -> Told:
    """What is told of the register by the status, category or cause that a question asks for; nothing of two at once.

    Whoever sees single households, and whoever asks of no part of them, is told everything.
    """
    if not hides_counts(query):
        return Told(True, {code: code for code in villages})
    names = [name for name in CUTS if getattr(query, name)]
    if len(names) > 1:
        return Told(False, {})
    known = kept(query, ("regions of the register", names[0]), lambda: regions_by(names[0]))
    asked = {code for code in known if covers(query.user.area, code) and query.holds(code)}
    code = told_code(getattr(query, names[0]))
    return Told(tells(known, asked, code), {one: one if tells(known, {one}, code) else "" for one in villages})


def tells(known: Regions, villages: Collection[str], code: str) -> bool:
    """Whether it may be told how many households of some villages have a code."""
    return all(_is_whole(known.get(one), villages) and code not in _untold(known[one]) for one in villages)


def regions_by(name: str) -> Regions:
    """The regions of the register of the nation, by the status, the category or the cause of today."""
    rows = Household.objects.standing().order_by().values_list("village__code", COLUMN_OF[name])
    counted = {(village, code): number for village, code, number in rows.annotate(number=Count("pk"))}
    return counties(counted) if name == "household_status" else regions(counted)


def regions(weights: Weights) -> Regions:
    """Villages put together up the tree of places, until they may be told by code."""
    villages = {village for village, _code in weights}
    levels = [homes(villages, level) for level in Level.values]
    paths: dict[str, Path] = {code: (*(home[code] for home in levels), code) for code in villages}
    cells: Counter[Path] = Counter()
    for (village, _code), households in weights.items():
        cells[paths[village]] += households
    of_paths = {(paths[village], code): households for (village, code), households in weights.items()}
    limit = settings.SMALLEST_CELL
    found = {path[-1]: part for part in regions_of(blocks_of(cells, limit), of_paths, limit) for path in part.paths}
    return {village: found.get(village) for village in villages}


def counties(weights: Weights) -> Regions:
    """Villages put together by county; one that has few of any code is told by none."""
    home = homes({village for village, _code in weights}, Level.COUNTY)
    numbers: dict[str, Counter[str]] = defaultdict(Counter)
    for (village, code), households in weights.items():
        numbers[home[village]][code] += households
    parts = {
        county: Part(of_county.total(), frozenset((village,) for village, its in home.items() if its == county))
        for county, of_county in numbers.items()
        if not any(is_small(number) for number in of_county.values())
    }
    return {village: parts.get(county) for village, county in home.items()}


def _is_whole(part: Part | None, villages: Collection[str]) -> bool:
    if part is None or is_small(part.households):
        return False
    return {path[-1] for path in part.paths} <= set(villages)


def _untold(part: Part | None) -> Collection[str]:
    return part.untold if part else ()

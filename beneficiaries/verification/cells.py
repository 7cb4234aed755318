"""Each kept sum of incomes against the records themselves, added up one after the other in plain Python."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from alleviation.common.areas import prefix_of
from alleviation.common.checks import Sums, added, differences
from beneficiaries.actions.cells import villages_by_county
from beneficiaries.choices import CheckState, IncomeStatus, LineKind, MoveReason
from beneficiaries.models import CountyYear, HouseholdMove, IncomeRecord, MergedYear, PovertyLine, VillageYear
from beneficiaries.models.bands import ABOVE, BELOW, NEAR, OTHER_CONCEPT, WITHOUT_LINE, narrowness
from beneficiaries.models.cells import BESIDE, BESIDE_ABOVE, COMPONENTS, HOMES_IN_BANDS, MEASURES, band_column

CHUNK = 500
OF_MERGED = ("households", *HOMES_IN_BANDS)
Line = tuple[PovertyLine, str]
Moves = Mapping[int, Sequence[HouseholdMove]]


def cells_that_are_not_their_incomes() -> Iterator[str]:
    """Where a kept sum says something else than its records add up to, county by county."""
    lines = [(line, prefix_of(line.division.code) if line.division else "") for line in _by_narrowness()]
    for county, villages in sorted(villages_by_county().items()):
        of_villages: dict[Any, Counter[str]] = {}
        of_merged: dict[Any, Counter[str]] = {}
        numbers = sorted(set(villages))
        for some in (numbers[first : first + CHUNK] for first in range(0, len(numbers), CHUNK)):
            moves = _moves_into(some)
            for income in _incomes(some):
                told = contribution(income, lines)
                key = income.village_id, income.village.code, income.year
                _put(of_villages, key, told)
                if former := village_then(income, moves):
                    _put(of_merged, (*key[::2], former), {name: told[name] for name in OF_MERGED if name in told})
        split = {key[:2] for key in of_merged}
        whole = {key: (sums, not {(key[0], key[2])} & split) for key, sums in of_villages.items()}
        of_county = added(
            ((county, key[2]), {**sums, **beside(sums, is_whole)}) for key, (sums, is_whole) in whole.items()
        )
        yield from differences(gettext("village"), of_villages, _stored_villages(county, numbers))
        yield from differences(gettext("county"), of_county, _stored_county(county))
        yield from differences(gettext("merged village"), of_merged, _stored_merged(numbers))


def contribution(income: IncomeRecord, lines: Sequence[Line]) -> dict[str, int]:
    """What a record adds to each column of its cells, money in whole fen."""
    made_up = int(income.household.is_made_up)
    told: dict[str, int] = {"households": 1, "persons": income.persons, "made_up": made_up}
    told |= {name: int(getattr(income, name) * 100) for name in COMPONENTS}
    told |= {
        "unverified": int(income.state != CheckState.VERIFIED),
        "returned": int(income.state == CheckState.RETURNED),
    }
    is_expected = int(income.status == IncomeStatus.EXPECTED)
    told |= {"expected_households": is_expected, "expected_persons": is_expected * income.persons}
    for kind in LineKind.values:
        band = band_of(income, [one for one in lines if one[0].kind == kind])
        told |= {band_column(kind, band, name): told[name] for name in ("households", "persons", "made_up")}
    return told | {f"{income.concept}_{income.income_year}": 1}


def beside(sums: Mapping[str, int], is_whole: bool) -> dict[str, int]:
    """What a village adds to the columns of its county that say how many live beside many above the line."""
    told = {}
    for kind in LineKind.values:
        is_large = is_whole and sums.get(band_column(kind, ABOVE, "households"), 0) >= settings.SMALLEST_CELL
        for band in BESIDE_ABOVE:
            told[f"{kind}_{band}_beside"] = sums.get(band_column(kind, band, "households"), 0) if is_large else 0
    return told


def band_of(income: IncomeRecord, lines: Sequence[Line]) -> str:
    """The band of a record around the line of the smallest area around its village; the narrowest lines come first."""
    code = income.village.code
    line = next((line for line, area in lines if line.year == income.year and code.startswith(area)), None)
    if line is None:
        return WITHOUT_LINE
    if line.concept != income.concept:
        return OTHER_CONCEPT
    net, at_line = income.net_income, line.amount * income.persons
    if net < at_line:
        return BELOW
    return NEAR if 2 * net < 3 * at_line else ABOVE


def village_then(income: IncomeRecord, moves: Moves) -> str:
    """The code of the village that a record was of before mergers brought its household here; "" where none did."""
    ways = moves.get(income.household_id, ())
    here = [
        n for n, one in enumerate(ways) if one.to_village_id == income.village_id and one.moved_on.year <= income.year
    ]
    former = ""
    for one in reversed(ways[: here[-1] + 1] if here else ()):
        if one.reason != MoveReason.VILLAGE_MERGER:
            break
        former = one.from_village.code
    return former if former != income.village.code else ""


def _by_narrowness() -> list[PovertyLine]:
    return sorted(PovertyLine.objects.select_related("division"), key=narrowness, reverse=True)


def _incomes(villages: Sequence[int]) -> Iterator[IncomeRecord]:
    rows = IncomeRecord.objects.standing().filter(village__in=villages).select_related("village", "household")
    return rows.order_by().iterator(chunk_size=2000)


def _moves_into(villages: Sequence[int]) -> Moves:
    """All moves, in their order, of the households that a merger of villages brought into one of these."""
    came = HouseholdMove.objects.filter(to_village__in=villages, reason=MoveReason.VILLAGE_MERGER).order_by()
    rows = HouseholdMove.objects.filter(household__in=came.values("household")).select_related("from_village")
    found: dict[int, list[HouseholdMove]] = defaultdict(list)
    for one in rows.order_by("household", "moved_on", "id"):
        found[one.household_id].append(one)
    return found


def _put(sums: dict[Any, Counter[str]], key: Any, told: Mapping[str, int]) -> None:
    sums.setdefault(key, Counter()).update(told)


def _stored_villages(county: str, villages: Sequence[int]) -> Sums:
    """The cells of a county's villages; one that stands under another county counts as of none."""
    found: dict[Any, dict[str, int]] = {}
    for some in (villages[first : first + CHUNK] for first in range(0, len(villages), CHUNK)):
        for cell in VillageYear.objects.filter(village_number__in=some, county=county):
            found[cell.village_number, cell.code, cell.year] = _columns(cell, MEASURES)
    return found


def _stored_county(county: str) -> Sums:
    cells = CountyYear.objects.filter(county=county)
    return {(county, cell.year): _columns(cell, (*MEASURES, *BESIDE)) for cell in cells}


def _stored_merged(villages: Sequence[int]) -> Sums:
    found: dict[Any, dict[str, int]] = {}
    for some in (villages[first : first + CHUNK] for first in range(0, len(villages), CHUNK)):
        for cell in MergedYear.objects.filter(village_number__in=some):
            found[cell.village_number, cell.year, cell.former] = _columns(cell, OF_MERGED)
    return found


def _columns(cell: Any, names: Sequence[str]) -> dict[str, int]:
    """The columns of a cell, money in whole fen."""
    return {name: int(getattr(cell, name) * 100) if name in COMPONENTS else getattr(cell, name) for name in names}

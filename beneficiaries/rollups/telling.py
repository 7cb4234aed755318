"""What is told, to whoever asks, of figures that are made of the sums of several years or of one household."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.conf import settings

from alleviation.common.query import Query
from alleviation.common.years import FIRST_YEAR
from beneficiaries.choices import LineKind
from beneficiaries.models import IncomeRecord
from beneficiaries.rollups.bands import Bands, line_bands_by_area
from beneficiaries.rollups.boundaries import places_of
from beneficiaries.rollups.changes import Change, Received, income_changes
from beneficiaries.rollups.disclosure import codes_asked, is_cut, is_small, told_in_bands, withholds
from beneficiaries.rollups.incomes import per_capita_income
from beneficiaries.rollups.quantiles import RANKS, Quantiles, asked_of, chosen, income_quantiles
from projects.choices import Level
from projects.models import Division
from projects.rollups.places import child_level

# What a change is told of, beside the components: the whole, that of the same households, and each kind of benefit.
NET, SAME, ROLE = "net_income", "same", "role:"


@dataclass(frozen=True)
class Spread:
    """The quantiles of a year by their name, in yuan per person; None where this reader is not told.

    Of a cut by status, category or cause the numbers are withheld with them.
    """

    households: int | None
    persons: int | None
    told: Mapping[str, Decimal | None]
    made_up: int = 0
    key: Any = field(default=None, compare=False)


def told_years(query: Query) -> frozenset[int]:
    """The years asked for whose sums this reader is told."""
    key = ("told years", query)
    if key not in query.memory:
        query.memory[key] = frozenset(one.key for one in per_capita_income(query) if not one.withheld)
    found: frozenset[int] = query.memory[key]
    return found


def bands_by_area_told(
    query: Query, division: Division | None, kind: LineKind = LineKind.POVERTY
) -> dict[tuple[int, str], Bands]:
    """line_bands_by_area by their key, less those that this reader is not told."""
    bands = {one.key: one for one in line_bands_by_area(query, division, kind)}
    if not withholds(query.user):
        return bands
    level = child_level(division) or Level.VILLAGE
    home = places_of(query, codes_asked(query, level), level)
    told = told_in_bands(query, kind, lambda year, code: (year, home[code]), by=level)
    return {key: one for key, one in bands.items() if key in told}


def income_spread(query: Query) -> list[Spread]:
    """income_quantiles as far as this reader is told them; `key` is the year.

    Whoever sees single households is told all. Others are told a quantile where the sums of the year may be told and
    at least settings.SMALLEST_CELL households stand on either side of it: P10 of 50 households and more, the median
    of 10; it is the income of one of them. docs/disclosure.md.
    """
    is_open = not withholds(query.user)
    return [_spread(query, one, is_open, one.key in told_years(query)) for one in income_quantiles(query)]


def at_rank(query: Query, name: str) -> list[IncomeRecord]:
    """The record of each year whose household holds the person that a quantile asks for."""
    rows: Any = chosen(query).select_related("household", "village")
    return [one for one in rows if name in asked_of(one.so_far, one.persons, one.of_all)]


def changes_told(query: Query, *, matched: bool = False, benefits: bool = True) -> list[Change]:
    """income_changes, without the amounts of a year whose sums this reader is not told.

    The households that are recorded in two years are no whole block: who sees no single household is told no change
    of them.
    """
    wide = replace(query, first_year=max(query.first_year - 1, FIRST_YEAR))
    years = frozenset() if matched and withholds(query.user) else told_years(wide)
    changes = income_changes(query, matched=matched, benefits=benefits)
    if withholds(query.user):
        changes = [one if is_about_all(query) and not _is_of_few(one) else _without_benefits(one) for one in changes]
    return [_as_told(one, years) for one in changes]


def is_about_all(query: Query) -> bool:
    """Whether a question is about all that this reader may see, so that no other question is about a part of it."""
    own = query.prefixes is None or query.prefixes[:1] == (query.user.area,)
    narrower = (query.place_code, query.inside_code, query.above_level, query.boundaries, query.as_of)
    return own and not any(narrower) and not is_cut(query)


def _is_of_few(change: Change) -> bool:
    """Whether a kind of what projects brought is of few households."""
    both = (change.received_before, change.received_after)
    return any(is_small(number) for one in both for number in one.households.values())


def _without_benefits(change: Change) -> Change:
    """Without what projects brought: it is told of all alone, and where no kind of it is of few."""
    return replace(change, received_before=Received(), received_after=Received())


def _as_told(change: Change, years: frozenset[int]) -> Change:
    """Without the sums of the years that are withheld."""
    before = change.before
    return replace(
        change,
        before=before.hidden() if before and change.year - 1 not in years else before,
        after=change.after if change.year in years else change.after.hidden(),
    )


def _spread(query: Query, one: Quantiles, is_open: bool, is_told: bool) -> Spread:
    told = {
        name: getattr(one, name) if is_open or (is_told and _has_enough(one.households, rank)) else None
        for name, rank in RANKS.items()
    }
    if is_cut(query) and not is_open and not is_told:
        return Spread(None, None, told, key=one.key)
    return Spread(one.households, one.persons, told, one.made_up, one.key)


def _has_enough(households: int, rank: int) -> bool:
    return households * min(rank, 100 - rank) >= settings.SMALLEST_CELL * 100

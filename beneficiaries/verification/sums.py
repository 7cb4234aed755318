"""Each sum of incomes against the records themselves."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from django.utils.translation import gettext

from alleviation.accounts.trusted import trusted_reader
from alleviation.common.checks import Sums, added, differences
from alleviation.common.query import Query
from beneficiaries.rollups import (
    COMPONENTS,
    Income,
    income_by_area,
    income_by_year_and_area,
    income_total,
    per_capita_income,
)
from projects.models import Division
from projects.rollups import area_query
from projects.rollups.places import child_level
from projects.verification.sums import homes, places_of, rows

ROWS = """
    SELECT i.year, d.code, h.is_made_up, i.persons, i.wage_income, i.business_income, i.property_income,
    i.transfer_income, i.expenses FROM beneficiaries_incomerecord i JOIN projects_division d ON d.id = i.village_id
    JOIN beneficiaries_household h ON h.id = i.household_id WHERE i.superseded_at IS NULL"""
# A village is its own only row.
LOWEST = 5
Cells = dict[tuple[int, str], Counter[str]]


def incomes_that_do_not_add_up() -> Iterator[str]:
    """Where a roll-up of incomes says something else than the records that hold."""
    query = Query(user=trusted_reader("verify"))
    cells = added(contributions())
    by_place = added((place, sums) for (_year, place), sums in cells.items())
    compared = (
        (gettext("total"), added(("", sums) for sums in cells.values()), by_key([income_total(query)])),
        (
            gettext("by year"),
            added((year, sums) for (year, _), sums in cells.items()),
            by_key(per_capita_income(query)),
        ),
    )
    for what, slow, fast in compared:
        yield from differences(what, with_ratio(slow), fast)
    for place in (None, *places_of(by_place)):
        yield from area_faults(query, place, cells)


def area_faults(query: Query, place: Division | None, cells: Cells) -> Iterator[str]:
    """Where the sums of a place, of those right below it, or of both by year, are not those of the records."""
    asked, name = (area_query(query, place), place.code) if place else (query, gettext("all areas"))
    level = child_level(place) or LOWEST
    inside = {
        key: sums for key, sums in cells.items() if place is None or key[1].startswith(tuple(place.area_prefixes))
    }
    home = homes((code for _year, code in inside), level)
    total = added(("", sums) for sums in inside.values())
    yield from differences(name, with_ratio(total), by_key([income_total(asked)] if total else []))
    slow = added(((year, home[code]), sums) for (year, code), sums in inside.items())
    yield from differences(name, with_ratio(slow), by_key(income_by_year_and_area(asked, place)))
    if child_level(place):
        slow = added((home[code], sums) for (_year, code), sums in inside.items())
        yield from differences(name, with_ratio(slow), by_key(income_by_area(asked, place)))


def contributions() -> Iterator[tuple[tuple[int, str], dict[str, int]]]:
    """What each record adds to the sums of its year and village, money in whole fen."""
    for year, place, made_up, persons, *money in rows(ROWS):
        counted = {"households": 1, "persons": persons, "made_up": int(made_up)}
        yield (year, place), {**dict(zip(COMPONENTS, money, strict=True)), **counted}


def with_ratio(sums: Sums) -> Sums:
    """The sums with what follows from them: net income, and per capita in ten-thousandths of a fen, cut off."""
    return {key: {**one, **ratios(one)} for key, one in sums.items()}


def ratios(one: Mapping[str, int]) -> dict[str, int]:
    """Net income in fen; per capita, Σ net income ÷ Σ persons, in ten-thousandths of a fen, cut off."""
    net = sum(one[name] for name in COMPONENTS) - 2 * one["expenses"]
    sign = -1 if net < 0 else 1
    return {"net_income": net, "per_capita": sign * (abs(net) * 10_000 // one["persons"]) if one["persons"] else 0}


def by_key(found: Iterable[Income]) -> Sums:
    """A roll-up's sums in whole fen, by key."""
    return {one.key if one.key is not None else "": in_fen(one) for one in found if one.households}


def in_fen(one: Income) -> dict[str, int]:
    """The parts of a sum as `contributions` and `ratios` have them."""
    money = {name: int(getattr(one, name) * 100) for name in (*COMPONENTS, "net_income")}
    counted = {name: getattr(one, name) for name in ("households", "persons", "made_up")}
    return {**money, **counted, "per_capita": int((one.per_capita or 0) * 1_000_000)}

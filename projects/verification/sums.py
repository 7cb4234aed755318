"""Every sum of money again, the slow way: raw rows, whole fen, plain Python, and no roll-up but to compare with."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext

from alleviation.accounts.trusted import trusted_reader
from alleviation.common.areas import LEVEL_LENGTHS
from alleviation.common.checks import Sums, added, differences
from alleviation.common.query import Query
from alleviation.common.years import plan_period_of
from projects.models import Division
from projects.rollups import (
    Funding,
    area_query,
    funding_by_area,
    funding_by_kind,
    funding_by_plan,
    funding_by_project,
    funding_by_source,
    funding_by_year,
    funding_by_year_and_source,
    funding_total,
)
from projects.rollups.funding import SUMS
from projects.rollups.places import child_level

NAMES = {str(kind.value): name for name, kind in SUMS.items()}
# Money that was handed down stands in the ledger of both places, and counts at the lower one: it is taken off the
# place above. Of what is given back it is the upper entry that repeats, and it takes off its own.
ROWS = """
    SELECT e.kind, e.year, e.amount, e.is_made_up, s.code, p.code, p.kind, d.code, e.handed_down_from,
    ap.code, ap.kind, ad.code
    FROM projects_ledgerentry e JOIN projects_fundingsource s ON s.id = e.source_id
    JOIN projects_division d ON d.id = e.division_id LEFT JOIN projects_project p ON p.id = e.project_id
    LEFT JOIN projects_ledgerentry a ON e.handed_down_from <> '' AND a.state = 'posted'
    AND a.voucher = e.handed_down_from LEFT JOIN projects_division ad ON ad.id = a.division_id
    LEFT JOIN projects_project ap ON ap.id = a.project_id
    WHERE e.state = 'posted'"""
BECAME = """
    SELECT DISTINCT f.code, t.code FROM projects_succession s JOIN projects_division f ON f.id = s.predecessor_id
    JOIN projects_division t ON t.id = s.successor_id
    WHERE s.kind IN ('renamed', 'recoded', 'merged') AND f.code <> t.code ORDER BY f.code"""


class Cell(NamedTuple):
    """What the sums are told apart by."""

    year: int
    source: str
    project: str | None
    work: str | None
    place: str


Cells = dict[Cell, Counter[str]]


def funding_that_does_not_add_up() -> Iterator[str]:
    """Where a roll-up of booked money says something else than the rows of the ledger."""
    query = Query(user=trusted_reader("verify"))
    cells = added(contributions(rows(ROWS)))
    compared: list[tuple[str, Callable[[Cell], Any], Iterable[Funding], Callable[[Any], Any]]] = [
        (gettext("total"), lambda cell: "", [funding_total(query)], whole),
        (gettext("by year"), lambda cell: cell.year, funding_by_year(query), itself),
        (gettext("by plan"), lambda cell: plan_period_of(cell.year), funding_by_plan(query), itself),
        (gettext("by source"), lambda cell: cell.source, funding_by_source(query), first),
        (
            gettext("by year and source"),
            lambda cell: (cell.year, cell.source),
            funding_by_year_and_source(query),
            lambda key: tuple(key[:2]),
        ),
        (gettext("by kind of project"), lambda cell: cell.work, funding_by_kind(query), itself),
        (gettext("by project"), lambda cell: cell.project, funding_by_project(query), first),
    ]
    for what, slow_key, found, fast_key in compared:
        slow = added((slow_key(cell), sums) for cell, sums in cells.items())
        yield from differences(what, without_nothing(slow), by_key(found, fast_key))
    yield from areas_that_do_not_add_up(query, cells)


def contributions(found: Iterable[Any]) -> Iterator[tuple[Cell, dict[str, int]]]:
    """What each entry adds to its own cell, and takes off the one above."""
    for kind, year, amount, made_up, source, project, work, place, handed, *above in found:
        counted = {"entries": 1, "made_up": int(made_up)}
        yield Cell(year, source, project, work, place), {NAMES[kind]: amount, **counted}
        if handed:
            upper = (project, work, place) if NAMES[kind] == "refunded" else above
            yield Cell(year, source, *upper), {NAMES[kind]: -amount, **counted}


def areas_that_do_not_add_up(query: Query, cells: Cells) -> Iterator[str]:
    """Where the sums of a place, or of the places right below one, are not those of its rows."""
    by_place = added((cell.place, sums) for cell, sums in cells.items())
    for place in (None, *places_of(by_place)):
        asked, name = (area_query(query, place), place.code) if place else (query, gettext("all areas"))
        inside = within_prefixes(by_place, place.area_prefixes) if place else by_place
        total = added(("", sums) for sums in inside.values())
        yield from differences(name, without_nothing(total), by_key([funding_total(asked)], whole))
        if level := child_level(place):
            home = homes(inside, level)
            slow = added((home[code], sums) for code, sums in inside.items())
            yield from differences(name, without_nothing(slow), by_key(funding_by_area(asked, place), itself))


def places_of(sums: Iterable[str]) -> Iterator[Division]:
    """The places, as the latest list has them, that these codes lie in."""
    codes = {code[:length].ljust(12, "0") for code in sums if code for length in LEVEL_LENGTHS}
    listed = Division.objects.filter(code__in=codes).order_by("code", "-vintage", "level") if codes else []
    for _code, found in groupby(listed, key=lambda place: place.code):
        yield next(found)


def within_prefixes(sums: dict[Any, Counter[str]], prefixes: Iterable[str]) -> dict[Any, Counter[str]]:
    """The sums of the places inside."""
    return {code: one for code, one in sums.items() if code and code.startswith(tuple(prefixes))}


def homes(codes: Iterable[str], level: int) -> dict[str, str]:
    """For each code the place of one level that holds it, under its code of today; "" for a code above that level."""
    length, today = LEVEL_LENGTHS[level - 1], became()
    found: dict[str, str] = {}
    for code in codes:
        holder = code[:length].ljust(12, "0")
        own_length = next(n for n in LEVEL_LENGTHS if not code[n:].strip("0"))
        found[code] = today.get(holder, holder) if own_length >= length else ""
    return found


def became() -> dict[str, str]:
    """The code of today of each place that lives on whole in one other."""
    pairs = {
        former: [today for _former, today in found] for former, found in groupby(rows(BECAME), lambda row: row[0])
    }
    return {former: today[0] for former, today in pairs.items() if len(today) == 1}


def by_key(found: Iterable[Any], key: Callable[[Any], Any]) -> Sums:
    """A roll-up's sums in whole fen, by key."""
    return without_nothing(added((key(one.key), in_fen(one)) for one in found))


def in_fen(one: Funding) -> dict[str, int]:
    """The parts of a sum, money in whole fen."""
    money = {name: int(getattr(one, name) * 100) for name in SUMS}
    return {**money, "entries": one.entries, "made_up": one.made_up}


def without_nothing(sums: Sums) -> Sums:
    """The same without what is of no row: one says so, the other leaves it out."""
    return {key: one for key, one in sums.items() if any(one.values())}


def whole(_key: Any) -> str:
    return ""


def itself(key: Any) -> Any:
    return key


def first(key: Any) -> Any:
    return key[0]


def rows(question: str) -> Iterator[tuple[Any, ...]]:
    """The rows as the database has them."""
    with connection.cursor() as cursor:
        cursor.execute(question)
        while found := cursor.fetchmany(2000):
            yield from found

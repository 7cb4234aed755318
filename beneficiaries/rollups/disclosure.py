"""Which sums of incomes may be told to whoever may not see single households.

What is told is made of whole blocks. A block is a set of villages in a year with at least settings.SMALLEST_CELL
households: a village of enough of them is a block of its own, a smaller one is put together with the smallest beside
it, in its township, else its county, and so on up. A sum that is made of whole blocks, alone or against others like
it, tells of whole blocks and of nothing smaller; every other sum is withheld. docs/disclosure.md.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from beneficiaries.choices import LineKind
from beneficiaries.models import IncomeRecord
from beneficiaries.rollups import told_bands
from beneficiaries.rollups.blocks import Path, regions_of
from beneficiaries.rollups.boundaries import RECORDED, VILLAGE, VILLAGE_THEN, is_as_recorded, placed
from beneficiaries.rollups.standing import UNKNOWN, status_in_year
from beneficiaries.rollups.stored import cells, is_kept, is_of_counties
from beneficiaries.rollups.sums import Income, recorded
from beneficiaries.rollups.wholes import (
    HOMES,
    Atom,
    Whole,
    Wholes,
    by_atom,
    counts_of,
    county_atom,
    county_in,
    over_counties,
)
from projects.choices import Level

Found = TypeVar("Found")
# The sum, of all those asked for, that a year and village is in, on the boundaries asked for.
Key = Callable[[int, str], Hashable]
KeyOfCode = Callable[[int, str, str], Hashable]
ATOM = ("year", VILLAGE, VILLAGE_THEN)
# How households are cut, and what tells the code of each.
CUTS: Mapping[str, Callable[[], Any]] = {
    "household_status": status_in_year,
    "category": lambda: F("household__category"),
    "cause": lambda: F("household__main_cause"),
}
UNCUT: dict[str, Any] = dict.fromkeys(CUTS, "")


def withholds(user: Any) -> bool:
    """Whether this reader is told sums of at least SMALLEST_CELL households alone."""
    return settings.SMALLEST_CELL > 1 and not user.may(Right.VIEW_HOUSEHOLDS)


def is_small(households: int) -> bool:
    """Whether a sum over so many households could tell of one of them; of none there is nothing to tell."""
    return 0 < households < settings.SMALLEST_CELL


def as_public(query: Query) -> Query:
    """The same question, asked by somebody who may not see single households."""
    return replace(query, user=PublicReader(query.user), memory={})


def everywhere(query: Query) -> Query:
    """The question about all there is, of every area and year: what may be told of it is the same for all who ask."""
    return Query(user=Everybody(query.user))


def is_told(query: Query) -> bool:
    """Whether the sums over all that is asked for may be told to whoever asks."""
    return not withholds(query.user) or _is_all_told(query, None) or _tells(query, _atoms(query))


def is_told_in_bands(query: Query, kind: LineKind) -> bool:
    """Whether it may be told how many of those asked for are below, near and above a line, every band of them."""
    return not withholds(query.user) or _tells_bands(query, kind, _atoms(query))


def years_told_in_bands(query: Query, kind: LineKind) -> frozenset[int]:
    """The years asked for of which is_told_in_bands holds, each by itself."""
    if not withholds(query.user):
        return frozenset(range(query.first_year, query.last_year + 1))
    return told_in_bands(query, kind, lambda year, _code: year)


def told_in_bands(query: Query, kind: LineKind, key: Key, by: int | None = None) -> frozenset[Any]:
    """The keys of the sums of which is_told_in_bands holds, where sums are withheld; `key`, `by` as in `guarded`."""
    return frozenset(one for one, atoms in _by_key(query, key, by).items() if _tells_bands(query, kind, atoms, by))


def guarded(query: Query, sums: Iterable[Income], key: Key, by: int | None = None) -> list[Income]:
    """The sums, those that this reader is not told without amounts; `key` tells which one has a village and year.

    `by` is the level of the places that the keys tell apart: for counties and larger ones no village is looked at.

    Of a cut by status, category or cause the numbers of households and persons are withheld with the amounts, and
    whether there are any: that one family of a village is on relief says as much about it as what it lives on.
    """
    found = list(sums)
    if not withholds(query.user) or _is_all_told(query, by):
        return found
    of_part = is_cut(query)
    untold = {name for name, atoms in _by_key(query, key, by).items() if not _tells(query, atoms, by)}
    guards = [one.hidden(is_cut=of_part) if one.key in untold else one for one in found]
    if not of_part:
        return guards
    unseen = untold - {one.key for one in found}
    added = [replace(Income(), key=name).hidden(is_cut=True) for name in unseen]
    return sorted([*guards, *added], key=_in_order) if added else guards


def guarded_by_code(
    query: Query, name: str, codes: Iterable[str], sums: Iterable[Income], key: KeyOfCode
) -> list[Income]:
    """The sums of a cut, those withheld that the same question of their code would be, in no order.

    `name` is that of the cut in a question; `key` tells which sum holds a village, year and code; each key is the code
    or ends in it.
    """
    found = list(sums)
    if not withholds(query.user):
        return found
    guards: list[Income] = []
    for code in codes:
        of_cut: dict[str, Any] = {name: code or UNKNOWN}
        asked = replace(query, **of_cut)
        of_code = [one for one in found if _code_of(one) == code]
        guards += guarded(asked, of_code, lambda year, village, code=code: key(year, village, code))  # type: ignore[misc]
    return guards


def _in_order(one: Income) -> Any:
    """By the year, then the code; what belongs to no smaller place comes last."""
    parts = one.key if isinstance(one.key, tuple) else (one.key,)
    return [(part is None, part == "", part) for part in parts]


def own_name(query: Query) -> Callable[[int, str], str]:
    """The code of a village of which the sums of a year are told apart; "" where it is told with others alone."""
    if not withholds(query.user):
        return lambda _year, code: code
    atoms = _by_key(query, lambda year, code: (year, code), Level.VILLAGE)
    own = {key for key, held in atoms.items() if _tells(query, held, Level.VILLAGE)}
    return lambda year, code: code if (year, code) in own else ""


def codes_guarded(query: Query, by: int | None = None) -> set[str]:
    """The villages that the keys of a guard are asked for: also those in which no household stands as asked."""
    return codes_asked(query, by) if withholds(query.user) and not _is_all_told(query, by) else set()


def codes_asked(query: Query, by: int | None = None) -> set[str]:
    """The villages, or any one of each county, that a key is asked for, whoever asks."""
    return {then if is_as_recorded(query) else village for _year, village, then in _atoms(query, by)}


@dataclass(frozen=True, eq=False)
class PublicReader:
    """Whoever asks, less the right to see single households."""

    user: Any

    def may(self, right: Right) -> bool:
        """Whether whoever asks has a right, other than to see households."""
        return right is not Right.VIEW_HOUSEHOLDS and bool(self.user.may(right))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.user, name)


@dataclass(frozen=True, eq=False)
class Everybody:
    """Who sees the sums of every area: what may be told is the same for all, wherever they work."""

    user: Any
    area = ""

    def may(self, right: Right) -> bool:
        return True

    def __getattr__(self, name: str) -> Any:
        return getattr(self.user, name)


def _tells(query: Query, atoms: Mapping[Atom, int], by: int | None = None) -> bool:
    """Whether villages and years make whole parts, and nothing of them has changed since the day asked about."""
    if _is_all_told(query, by):
        return True
    cuts = _cuts(query)
    if len(cuts) > 1 or (cuts and query.as_of) or not _changed(query).isdisjoint(atom[:2] for atom in atoms):
        return False
    wholes = _wholes(query, cuts[0] if cuts else "", by)
    asked = {getattr(query, name) for name in cuts}
    touched = {wholes.get(atom) for atom in atoms}
    return all(_is_whole(one, atoms) and not one.untold & asked for one in touched if one) and None not in touched


def _tells_bands(query: Query, kind: LineKind, atoms: Mapping[Atom, int], by: int | None = None) -> bool:
    if _cuts(query) or query.as_of or not _tells(query, atoms, by):
        return False
    wholes = _wholes(query, kind, by)
    return all(whole and _is_whole(whole, atoms) and not whole.untold for whole in map(wholes.get, atoms))


def _is_whole(whole: Whole, atoms: Mapping[Atom, int]) -> bool:
    """Whether all of it is asked for, and it is not too small to be told itself."""
    if is_small(whole.households) or not whole.atoms <= atoms.keys():
        return False
    return sum(atoms[atom] for atom in whole.atoms) == whole.households


def _code_of(one: Income) -> str:
    return str(one.key[-1] if isinstance(one.key, tuple) else one.key)


def is_cut(query: Query) -> bool:
    """Whether it asks for a part of the households of its places, by how they stood."""
    return bool(_cuts(query))


def _cuts(query: Query) -> list[str]:
    return [name for name in CUTS if getattr(query, name)]


def _atoms(query: Query, by: int | None = None) -> Mapping[Atom, int]:
    """The households of each village, or county, and year asked for, whatever their status, category or cause."""
    uncut = replace(query, **UNCUT)
    of_counties = is_of_counties(uncut, by)
    return _kept(query, ("atoms", uncut, of_counties), lambda: _counted(uncut, by))


def _by_key(query: Query, key: Key, by: int | None) -> Mapping[Hashable, Mapping[Atom, int]]:
    found: dict[Hashable, dict[Atom, int]] = defaultdict(dict)
    for atom, households in _atoms(query, by).items():
        year, village, then = atom
        found[key(year, then if is_as_recorded(query) else village)][atom] = households
    return found


def _counted(query: Query, by: int | None) -> dict[Atom, int]:
    if is_of_counties(query, by):
        rows = cells(query, by).values_list("year", "county", "households")
        return {county_atom(year, county): households for year, county, households in rows}
    if is_kept(query):
        return {atom: households for atom, (households,) in counts_of(cells(query, Level.VILLAGE), HOMES).items()}
    found = _with_both_villages(recorded(query), query).order_by().values(*ATOM).annotate(households=Count("pk"))
    return {_atom_of(row): row["households"] for row in found}


def _with_both_villages(rows: QuerySet[IncomeRecord], query: Query) -> QuerySet[IncomeRecord]:
    """Records of a question, each with its village as that was when it was recorded."""
    return rows if is_as_recorded(query) else placed(rows, Query(user=query.user, boundaries=RECORDED))


def _atom_of(row: Mapping[str, Any]) -> Atom:
    year, village, then = (row[name] for name in ATOM)
    return year, village, then


def _changed(query: Query) -> set[tuple[int, str]]:
    """The villages and years of which an income was entered or corrected after the day asked about.

    As of two days, the sums of one village would differ by what was entered between them: one family's income.
    """
    if query.as_of is None:
        return set()
    asked = ("changed", query.first_year, query.last_year, query.as_of)
    return _kept(query, asked, lambda: _changed_since(query))


def _changed_since(query: Query) -> set[tuple[int, str]]:
    later = Q(recorded_at__gt=query.as_of) | Q(superseded_at__gt=query.as_of)
    rows = IncomeRecord.objects.of_years(query.first_year, query.last_year).filter(later).order_by()
    return set(rows.values_list("year", VILLAGE).distinct())


def _told(query: Query) -> Wholes:
    span = (query.first_year, query.last_year)
    return _kept(query, ("wholes", *span), lambda: Wholes(*span))


def _is_all_told(query: Query, by: int | None) -> bool:
    """Whether each county is told by itself, and nothing smaller is asked for: then all that is asked is told."""
    return not is_cut(query) and is_of_counties(query, by) and _told(query).is_plain


def _wholes(query: Query, cut: str | LineKind, by: int | None) -> Mapping[Atom, Whole | None]:
    """What each village and year asked for is told with: its block, or where incomes are cut, its region.

    The same for whoever asks, in every year asked for: blocks and regions are those of the whole nation.
    """
    span, uncut = (query.first_year, query.last_year), replace(query, **UNCUT)
    of_counties = is_of_counties(uncut, by)
    told = _told(query)
    if cut in CUTS:
        regions = _kept(query, ("regions", cut, *span), lambda: _regions(query, told, cut))
        return _kept(query, ("of counties", cut, *span), lambda: over_counties(regions)) if of_counties else regions
    asked = _atoms(query, by)
    if cut:
        bands = told_bands.of_counties if of_counties else told_bands.of_villages
        return _kept(query, ("bands", cut, uncut, of_counties), lambda: bands(told, cut, {*map(county_in, asked)}))
    find = told.of_counties if of_counties else told.of_villages
    return _kept(query, ("blocks", uncut, of_counties), lambda: find(asked))


def _regions(query: Query, told: Wholes, cut: str) -> Mapping[Atom, Whole | None]:
    """The regions of the nation in which incomes may be told by the codes of a cut."""
    blocks = _kept(query, ("all blocks", query.first_year, query.last_year), told.blocks)
    weights = _weights(query, cut)
    paths = {path[-2:]: path for parts in blocks.values() for part in parts for path in part.paths}
    of_years: dict[int, dict[tuple[Path, str], int]] = defaultdict(dict)
    for (year, *village), code, households in weights:
        of_years[year][paths[tuple(village)], code] = households
    limit = settings.SMALLEST_CELL
    regions = {year: regions_of(parts, of_years[year], limit) for year, parts in blocks.items()}
    return {**dict.fromkeys(by_atom(blocks)), **by_atom(regions)}


def _weights(query: Query, cut: str) -> Iterable[tuple[Atom, str, int]]:
    """The households of each village, year and code of a cut."""
    everywhere = Query(user=Everybody(query.user), first_year=query.first_year, last_year=query.last_year)
    records = recorded(everywhere).annotate(told_code=CUTS[cut]())
    rows = _with_both_villages(records, everywhere).order_by().values(*ATOM, "told_code")
    for row in rows.annotate(households=Count("pk")):
        yield _atom_of(row), row["told_code"] or UNKNOWN, row["households"]


def _kept(query: Query, name: Hashable, compute: Callable[[], Found]) -> Found:
    """What is read once for a page, however often it is asked."""
    key = ("disclosure", name)
    if key not in query.memory:
        query.memory[key] = compute()
    found: Found = query.memory[key]
    return found

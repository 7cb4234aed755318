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
from beneficiaries.rollups.bands import banded
from beneficiaries.rollups.blocks import Part, Path, blocks_of, regions_of
from beneficiaries.rollups.boundaries import RECORDED, VILLAGE, VILLAGE_THEN, is_as_recorded, placed
from beneficiaries.rollups.standing import UNKNOWN, status_in_year
from beneficiaries.rollups.sums import Income, recorded
from projects.choices import Level
from projects.rollups.funding import homes

Found = TypeVar("Found")
# A year, a village of today and what that village was when rows were recorded.
Atom = tuple[int, str, str]
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
    return not withholds(query.user) or _tells(query, _atoms(query))


def is_told_in_bands(query: Query, kind: LineKind) -> bool:
    """Whether it may be told how many of those asked for are below, near and above a line, every band of them."""
    return not withholds(query.user) or _tells_bands(query, kind, _atoms(query))


def years_told_in_bands(query: Query, kind: LineKind) -> frozenset[int]:
    """The years asked for of which is_told_in_bands holds, each by itself."""
    if not withholds(query.user):
        return frozenset(range(query.first_year, query.last_year + 1))
    return told_in_bands(query, kind, lambda year, _code: year)


def told_in_bands(query: Query, kind: LineKind, key: Key) -> frozenset[Any]:
    """The keys of the sums of which is_told_in_bands holds, where sums are withheld; `key` as in `guarded`."""
    return frozenset(one for one, atoms in _by_key(query, key).items() if _tells_bands(query, kind, atoms))


def guarded(query: Query, sums: Iterable[Income], key: Key) -> list[Income]:
    """The sums, those that this reader is not told without amounts; `key` tells which one has a village and year.

    Of a cut by status, category or cause the numbers of households and persons are withheld with the amounts, and
    whether there are any: that one family of a village is on relief says as much about it as what it lives on.
    """
    found = list(sums)
    if not withholds(query.user):
        return found
    of_part = is_cut(query)
    untold = {name for name, atoms in _by_key(query, key).items() if not _tells(query, atoms)}
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
    atoms = _by_key(query, lambda year, code: (year, code))
    own = {key for key, held in atoms.items() if _tells(query, held)}
    return lambda year, code: code if (year, code) in own else ""


def codes_guarded(query: Query) -> set[str]:
    """The villages that the keys of a guard are asked for: also those in which no household stands as asked."""
    return set(_by_key(query, lambda _year, code: code)) if withholds(query.user) else set()  # type: ignore[arg-type]


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


@dataclass(frozen=True)
class _Whole:
    """Villages and years that are told together or not at all, how many households are in them, and untold codes."""

    atoms: frozenset[Atom]
    households: int
    untold: frozenset[str]


def _tells(query: Query, atoms: Mapping[Atom, int]) -> bool:
    """Whether villages and years make whole parts, and nothing of them has changed since the day asked about."""
    cuts = _cuts(query)
    if len(cuts) > 1 or (cuts and query.as_of) or not _changed(query).isdisjoint(atom[:2] for atom in atoms):
        return False
    wholes = _wholes(query, cuts[0] if cuts else "")
    asked = {getattr(query, name) for name in cuts}
    touched = {wholes.get(atom) for atom in atoms}
    return all(_is_whole(one, atoms) and not one.untold & asked for one in touched if one) and None not in touched


def _tells_bands(query: Query, kind: LineKind, atoms: Mapping[Atom, int]) -> bool:
    if _cuts(query) or query.as_of or not _tells(query, atoms):
        return False
    wholes = _wholes(query, kind)
    return all(whole and _is_whole(whole, atoms) and not whole.untold for whole in map(wholes.get, atoms))


def _is_whole(whole: _Whole, atoms: Mapping[Atom, int]) -> bool:
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


def _atoms(query: Query) -> Mapping[Atom, int]:
    """The households of each village and year asked for, whatever their status, category or cause."""
    uncut = replace(query, **UNCUT)
    return _kept(query, uncut, lambda: _counted(uncut))


def _by_key(query: Query, key: Key) -> Mapping[Hashable, Mapping[Atom, int]]:
    found: dict[Hashable, dict[Atom, int]] = defaultdict(dict)
    for atom, households in _atoms(query).items():
        year, village, then = atom
        found[key(year, then if is_as_recorded(query) else village)][atom] = households
    return found


def _counted(query: Query) -> dict[Atom, int]:
    rows = _with_both_villages(recorded(query), query).order_by().values(*ATOM).annotate(households=Count("pk"))
    return {_atom_of(row): row["households"] for row in rows}


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


def _wholes(query: Query, cut: str | LineKind) -> Mapping[Atom, _Whole]:
    """What each village and year is told with: its block, or where incomes are cut, its region.

    The same for whoever asks: the blocks are those of the whole nation, of every year asked for.
    """
    span = (query.first_year, query.last_year)
    everywhere = Query(user=Everybody(query.user), first_year=span[0], last_year=span[1])
    blocks = _kept(query, ("blocks", *span), lambda: _blocks(everywhere))
    if not cut:
        return _kept(query, ("whole blocks", *span), lambda: _by_atom(blocks))
    return _kept(query, ("regions", cut, *span), lambda: _by_atom(_regions(everywhere, blocks, cut)))


def _blocks(everywhere: Query) -> dict[int, list[Part]]:
    """The blocks of each year."""
    counted = _counted(everywhere)
    paths = _paths(counted)
    cells: dict[int, dict[Path, int]] = defaultdict(dict)
    for atom, households in counted.items():
        cells[atom[0]][paths[atom[1:]]] = households
    return {year: blocks_of(of_year, settings.SMALLEST_CELL) for year, of_year in cells.items()}


def _paths(atoms: Iterable[Atom]) -> dict[tuple[str, ...], Path]:
    """The way down to each village: its places of each level as sums gather them today, then its own codes."""
    villages = {atom[1:] for atom in atoms}
    levels = [homes({code for code, _then in villages}, level) for level in Level.values]
    return {(code, then): (*(home[code] for home in levels), code, then) for code, then in villages}


def _regions(everywhere: Query, blocks: Mapping[int, list[Part]], cut: str | LineKind) -> dict[int, list[Part]]:
    """The regions of each year in which incomes may be told by the codes of a cut, or by bands of a line."""
    paths = {path[-2:]: path for parts in blocks.values() for part in parts for path in part.paths}
    weights: dict[int, dict[tuple[Path, str], int]] = defaultdict(dict)
    code, records = _coded(everywhere, cut)
    rows = _with_both_villages(records, everywhere).order_by().values(*ATOM, code)
    for row in rows.annotate(households=Count("pk")):
        year, *village = _atom_of(row)
        weights[year][paths[tuple(village)], row[code] or UNKNOWN] = row["households"]
    return {year: regions_of(parts, weights[year], settings.SMALLEST_CELL) for year, parts in blocks.items()}


def _coded(query: Query, cut: str | LineKind) -> tuple[str, QuerySet[IncomeRecord]]:
    """The records asked for, and the name of the column that tells their code of a cut, or band of a line."""
    if cut in CUTS:
        return "told_code", recorded(query).annotate(told_code=CUTS[cut]())
    return "band", banded(query, LineKind(cut))


def _by_atom(parts_of_years: Mapping[int, Iterable[Part]]) -> dict[Atom, _Whole]:
    wholes: dict[Atom, _Whole] = {}
    for year, parts in parts_of_years.items():
        for part in parts:
            atoms = frozenset((year, path[-2], path[-1]) for path in part.paths)
            wholes |= dict.fromkeys(atoms, _Whole(atoms, part.households, part.untold))
    return wholes


def _kept(query: Query, name: Hashable, compute: Callable[[], Found]) -> Found:
    """What is read once for a page, however often it is asked."""
    key = ("disclosure", name)
    if key not in query.memory:
        query.memory[key] = compute()
    found: Found = query.memory[key]
    return found

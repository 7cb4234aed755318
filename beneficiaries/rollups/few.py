"""What of enrolments is told to whoever may not see single households: no sum from which one household's could follow.

A cell is what one project gave in one year in one village. Cells are put together into blocks, each of at least
settings.SMALLEST_CELL households; amounts are told of whole blocks alone, so that no two sums differ by less than a
block. A village of few households is in one block with the others like it of its project and year, else with the
smallest village beside them; a year of few, with the smallest block of its project; a project of few, with the
smallest block of all. Blocks are the same for every question and reader. docs/reach.md.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from django.db.models import Count

from alleviation.common.query import Query
from beneficiaries.models import Enrolment
from beneficiaries.rollups.disclosure import is_small, withholds
from beneficiaries.rollups.reach import Reach, among_keys, enrolments, reach

# The key of what is gathered.
FEW_EACH = None
CELL = ("project_id", "year", "village__code")
Cell = tuple[int, int, str]
Blocks = list[set[Cell]]
Found = TypeVar("Found")


def hides_counts(query: Query) -> bool:
    """Whether numbers of few households are kept back too: that a village has one on relief names it."""
    is_cut = bool(query.household_status or query.category or query.cause)
    return is_cut and withholds(query.user)


def told(query: Query, one: Reach) -> Reach:
    """What a whole question reaches, without its amounts where this reader may not be told them."""
    return replace(one, withheld=withholds(query.user) and not _whole(query)[()])


def told_apart(query: Query, cells: Sequence[Reach], *names: str) -> list[Reach]:
    """`reach` by these columns, those whose amounts this reader is not told gathered in one, with the key FEW_EACH.

    The gathered one is the last; its households and persons count once. Whoever sees households has every row.
    """
    if not withholds(query.user):
        return list(cells)
    whole = _whole(query, *names)
    apart = [one.key for one in cells if not whole[one.key if len(names) > 1 else (one.key,)]]
    if not apart:
        return list(cells)
    gathered = replace(reach(query, among_keys(names, apart)), withheld=not _whole(query)[()], key=FEW_EACH)
    hidden = set(apart)
    return [*(one for one in cells if one.key not in hidden), gathered]


def blocks_of(households: Mapping[Cell, int]) -> Blocks:
    """The blocks that cells of so many households are put together in; none where nowhere are enough of them."""
    by_project: dict[int, Blocks] = defaultdict(list)
    few: dict[int, set[Cell]] = defaultdict(set)
    for (project, _year), cells in _grouped(households).items():
        small = {one for one in cells if is_small(households[one])}
        own = [{one} for one in sorted(cells - small)]
        if small and not is_small(sum(households[one] for one in small)):
            own.append(small)
        elif not _join(own, small, households):
            few[project] |= small
        by_project[project] += own
    alone = [cells for project, cells in few.items() if not _join(by_project[project], cells, households)]
    blocks = [block for own in by_project.values() for block in own]
    _join(blocks, set().union(*alone), households)
    return blocks


def _grouped(cells: Iterable[Cell]) -> dict[tuple[int, int], set[Cell]]:
    """The cells of each project and year."""
    found: dict[tuple[int, int], set[Cell]] = defaultdict(set)
    for project, year, village in sorted(cells):
        found[project, year].add((project, year, village))
    return found


def _join(blocks: Blocks, cells: set[Cell], households: Mapping[Cell, int]) -> bool:
    """Put cells to the smallest of some blocks; False where there is none."""
    if blocks and cells:
        min(blocks, key=lambda block: (sum(households[one] for one in block), min(block))).update(cells)
    return bool(blocks)


def _whole(query: Query, *names: str) -> Mapping[tuple[Any, ...], bool]:
    """For each cell of `reach` by these columns whether it is made of whole blocks; for () that of all together."""
    return kept(query, ("whole", names, query), lambda: _made_of_blocks(query, names))


def _made_of_blocks(query: Query, names: Sequence[str]) -> Mapping[tuple[Any, ...], bool]:
    everything = {cell: row["services"] for cell, row in _all_cells(query).items()}
    blocks = blocks_of({cell: row["households"] for cell, row in _all_cells(query).items()})
    number = {cell: n for n, block in enumerate(blocks) for cell in block}
    size = {n: sum(everything[cell] for cell in block) for n, block in enumerate(blocks)}
    held: dict[tuple[Any, ...], Counter[int | None]] = defaultdict(Counter)
    rows = enrolments(query).order_by().values(*dict.fromkeys((*names, *CELL))).annotate(services=Count("pk"))
    for row in rows:
        held[tuple(row[name] for name in names)][number.get(_cell(row))] += row["services"]
    told_of = {key: all(size.get(n) == services for n, services in one.items()) for key, one in held.items()}  # type: ignore[arg-type]
    if hides_counts(query):
        # That a whole block stands as asked would say of each of its households how it stands.
        return dict.fromkeys([(), *told_of], False)
    return {(): True, **told_of}


def _all_cells(query: Query) -> dict[Cell, dict[str, int]]:
    """The households and enrolments of every cell there is, whoever asks."""
    rows = Enrolment.objects.beyond("whether a few may be told is asked of whole cells").order_by().values(*CELL)
    counts = rows.annotate(households=Count("household", distinct=True), services=Count("pk"))
    return kept(query, "cells of enrolments", lambda: {_cell(row): row for row in counts})


def _cell(row: Mapping[str, Any]) -> Cell:
    project, year, village = (row[name] for name in CELL)
    return project, year, village


def kept(query: Query, key: Hashable, compute: Callable[[], Found]) -> Found:
    """What is asked several times for one page, computed once."""
    if key not in query.memory:
        query.memory[key] = compute()
    found: Found = query.memory[key]
    return found

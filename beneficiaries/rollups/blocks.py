"""Cells put together until none tells of fewer households than may be told; plain arithmetic on counts."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

# The way down to a cell, place by place; of one length in one tree.
Path = tuple[str, ...]
Weights = Mapping[tuple[Path, str], int]
# The same, each cell's own: a nation has too many to go through all of them for each.
OfCells = dict[Path, list[tuple[str, int]]]
# What each row shares with each column, and each column with each row.
Shared = dict[Hashable, dict[Hashable, int]]


@dataclass(frozen=True)
class Part:
    """Cells that are told together or not at all; by codes that are `untold` they are not told even so."""

    households: int
    paths: frozenset[Path]
    untold: frozenset[str] = frozenset()


def blocks_of(cells: Mapping[Path, int], limit: int) -> list[Part]:
    """The cells of a tree in blocks of at least `limit` households; a single smaller one where there are no more.

    From the leaves up: under each place what is small is put together, and, if that is small still, with the smallest
    block beside it. So each block lies as low as it can, and where no cell is small each is a block of its own.
    """
    return _below(sorted(cells.items()), 0, limit)


def regions_of(blocks: Iterable[Part], weights: Weights, limit: int) -> list[Part]:
    """Blocks put together until their cut by code may be told beside their own sums; what may never is left out.

    `weights` are the households of each cell and code. A region is the lowest place whose blocks and codes hang
    together; in what is left at the top, the rarest codes are put together until the others may be told.
    """
    cells: OfCells = defaultdict(list)
    for (path, code), households in weights.items():
        cells[path].append((code, households))
    found, rest = _regions(list(blocks), cells, 0, limit)
    last = _with_rare_codes_together(rest, cells, limit) if rest else None
    return [*found, last] if last else found


def hang_together(weights: Mapping[tuple[Hashable, Hashable], int], limit: int) -> bool:
    """Whether no sums by row and by column, together, tell of anything that fewer than `limit` are in.

    Such sums tell of the weights between any two halves of the rows and columns, and of nothing less. Two that share
    `limit` or more are in one half wherever less is told, so they count as one; at the end all must have become one,
    or share nothing.
    """
    shared: Shared = defaultdict(dict)
    for (one, other), weight in weights.items():
        if weight:
            shared[one][other] = shared[other][one] = weight
    heavy = [pair for pair, weight in weights.items() if weight and weight >= limit]
    while heavy:
        one, other = heavy.pop()
        if one in shared and other in shared:
            heavy += _merged(shared, one, other, limit)
    return not any(shared.values())


def _merged(shared: Shared, one: Hashable, other: Hashable, limit: int) -> list[tuple[Hashable, Hashable]]:
    """Make one of two rows or columns, under the name of what shares more; gives what by that shares enough."""
    kept, gone = (one, other) if len(shared[one]) >= len(shared[other]) else (other, one)
    heavy = []
    for end, weight in shared.pop(gone).items():
        del shared[end][gone]
        if end == kept:
            continue
        together = shared[kept].get(end, 0) + weight
        shared[kept][end] = shared[end][kept] = together
        if together >= limit:
            heavy.append((kept, end))
    return heavy


def _below(cells: Sequence[tuple[Path, int]], depth: int, limit: int) -> list[Part]:
    if len(cells) == 1:
        path, households = cells[0]
        return [Part(households, frozenset({path}))]
    groups = groupby(cells, key=lambda cell: cell[0][depth])
    return _pooled([part for _name, group in groups for part in _below(list(group), depth + 1, limit)], limit)


def _pooled(parts: list[Part], limit: int) -> list[Part]:
    """The parts, the small ones among them put together, with the smallest of the others where they need it."""
    small = [part for part in parts if part.households < limit]
    others = sorted((part for part in parts if part.households >= limit), key=size_of)
    if not small:
        return parts
    if sum(part.households for part in small) < limit:
        small, others = [*small, *others[:1]], others[1:]
    return [*others, joined(small)]


def size_of(part: Part) -> tuple[int, list[Path]]:
    """What tells a smaller block from a larger one; of two of one size, that which comes first."""
    return part.households, sorted(part.paths)


def joined(parts: Sequence[Part], untold: Iterable[str] = ()) -> Part:
    """Parts as one."""
    paths = frozenset(path for part in parts for path in part.paths)
    return Part(sum(part.households for part in parts), paths, frozenset(untold))


def _regions(blocks: list[Part], weights: OfCells, depth: int, limit: int) -> tuple[list[Part], list[Part]]:
    """The regions among blocks that lie in one place, and the blocks that are in none."""
    homes = {block: {path[depth : depth + 1] for path in block.paths} for block in blocks}
    across = [block for block, places in homes.items() if len(places) > 1]
    crossed = {place for block in across for place in homes[block]}
    found: list[Part] = []
    rest = list(across)
    for place in sorted({place for places in homes.values() for place in places}):
        inside = [block for block, places in homes.items() if places == {place}]
        regions, left = _regions(inside, weights, depth + 1, limit) if place else ([], inside)
        if left and place not in crossed and hang_together(_edges(left, weights), limit):
            regions, left = [*regions, joined(left)], []
        found, rest = found + regions, rest + left
    return found, rest


def _edges(blocks: Iterable[Part], weights: OfCells, pooled: Iterable[str] = ()) -> Counter[tuple[Hashable, Hashable]]:
    """The households that each block and code have in common; the codes that are pooled count as one."""
    together = frozenset(pooled)
    edges: Counter[tuple[Hashable, Hashable]] = Counter()
    for number, block in enumerate(blocks):
        for path in block.paths:
            for code, households in weights.get(path, ()):
                edges[f"row {number}", "pooled" if code in together else f"code {code}"] += households
    return edges


def _with_rare_codes_together(blocks: list[Part], weights: OfCells, limit: int) -> Part | None:
    paths = {path for block in blocks for path in block.paths}
    numbers: Counter[str] = Counter()
    for path in paths:
        numbers.update({code: households for code, households in weights.get(path, ()) if households})
    codes = sorted(numbers, key=lambda code: (numbers[code], code))
    for rare in range(len(codes)):
        if rare != 1 and hang_together(_edges(blocks, weights, codes[:rare]), limit):
            return joined(blocks, codes[:rare])
    return None

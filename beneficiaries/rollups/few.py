"""What of enrolments is told to whoever may not see single households: no sum from which one household's could follow.

A cell is what one project gave in one year in one village. Cells are put together into blocks, each of at least
settings.SMALLEST_CELL households; amounts are told of whole blocks alone, so that no two sums differ by less than a
block. A village of few households is in one block with the others like it of its project and year, else with the
smallest village beside them; a year of few, with the smallest block of its project; projects of few, with the smallest
block of the first project that has one. Blocks are the same for every question and reader, and of all but that first
project they follow from the project's own cells: no question about one reads the others. docs/reach.md.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from django.db.models import Count, Min, QuerySet

from alleviation.common.query import Query
from beneficiaries.models import Enrolment
from beneficiaries.rollups.disclosure import is_small, withholds
from beneficiaries.rollups.reach import Reach, among_keys, enrolments, reach

# The key of what is gathered.
FEW_EACH = None
# So many rows are looked at before all of a project's.
SHOWN = 100
CELL = ("project_id", "year", "village__code")
Cell = tuple[int, int, str]
Blocks = list[set[Cell]]
Cells = dict[Cell, dict[str, int]]
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
    first = min((project for project, own in by_project.items() if own), default=None)
    _join(by_project.get(first, []) if first else [], set().union(*alone), households)
    return [block for own in by_project.values() for block in own]


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
    rows = list(enrolments(query).order_by().values(*dict.fromkeys((*names, *CELL))).annotate(services=Count("pk")))
    cells = cells_with(query, frozenset(row["project_id"] for row in rows))
    blocks = blocks_of({cell: row["households"] for cell, row in cells.items()})
    number = {cell: n for n, block in enumerate(blocks) for cell in block}
    size = {n: sum(cells[cell]["services"] for cell in block) for n, block in enumerate(blocks)}
    held: dict[tuple[Any, ...], Counter[int | None]] = defaultdict(Counter)
    for row in rows:
        held[tuple(row[name] for name in names)][number.get(_cell(row))] += row["services"]
    told_of = {key: all(size.get(n) == services for n, services in one.items()) for key, one in held.items()}  # type: ignore[arg-type]
    if hides_counts(query):
        # That a whole block stands as asked would say of each of its households how it stands.
        return dict.fromkeys([(), *told_of], False)
    return {(): True, **told_of}


def cells_with(query: Query, projects: frozenset[int]) -> Cells:
    """Households and enrolments of each cell of these projects, whoever asks, and of each that is in a block with one.

    Others are read where projects of few are among these, and all are counted where the first is, which those join.
    """
    cells = kept(query, ("cells", projects), lambda: _cells_of(projects))
    first = kept(query, "first", _first_with_blocks)
    if first in projects:
        return cells | kept(query, "few", lambda: _cells_of(_projects_of_few()))
    if first and _few_of(cells):
        # They are in a block with some of the first, so that none of them is told by itself.
        return cells | _cells_of([first])
    return cells


def _every() -> QuerySet[Enrolment]:
    return Enrolment.objects.beyond("whether a few may be told is asked of whole cells").order_by()


def _cells_of(projects: Collection[int]) -> Cells:
    rows = _every().filter(project_id__in=projects).values(*CELL)
    counts = rows.annotate(households=Count("household", distinct=True), services=Count("pk"))
    return {_cell(row): row for row in counts}


def _few_of(cells: Cells) -> set[int]:
    """The projects among these whose households are too few in every year."""
    years = Counter[tuple[int, int]]()
    for (project, year, _village), row in cells.items():
        years[project, year] += row["households"]
    return {project for project, _year in years} - {
        one for (one, _year), number in years.items() if not is_small(number)
    }


def _first_with_blocks() -> int | None:
    """The project with the lowest number that has a block; None where there is none."""
    project = 0
    while project := _every().filter(project_id__gt=project).aggregate(next=Min("project_id"))["next"]:
        if _has_blocks(project):
            return project
    return None


def _has_blocks(project: int) -> bool:
    """Whether a project has households enough in a year; some rows show that of most, whatever their number is."""
    rows = _every().filter(project_id=project).values_list("year", "village_id", "household_id")
    shown = Counter(year for year, _village, _household in set(rows[:SHOWN]))
    return any(not is_small(number) for number in shown.values()) or not _few_of(_cells_of([project]))


def _projects_of_few() -> set[int]:
    """All projects whose households are too few in every year: one count of all enrolments, and the cells of few."""
    years = _every().values("project_id", "year").annotate(households=Count("household", distinct=True))
    found = list(years.values_list("project_id", "households"))
    # Who is in two villages of a year counts in both cells: there may be fewer such projects than these.
    likely = {one for one, _number in found} - {one for one, number in found if not is_small(number)}
    return _few_of(_cells_of(likely))


def _cell(row: Mapping[str, Any]) -> Cell:
    project, year, village = (row[name] for name in CELL)
    return project, year, village


def kept(query: Query, key: Hashable, compute: Callable[[], Found]) -> Found:
    """What is asked several times for one page, computed once."""
    if key not in query.memory:
        query.memory[key] = compute()
    found: Found = query.memory[key]
    return found

"""Incomes held against a line: who is below it, near it, above it, and who cannot be held against one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import reduce
from operator import add
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from alleviation.common.figures import Qualifier
from alleviation.common.query import Query
from beneficiaries.choices import LineKind
from beneficiaries.models import IncomeRecord, PovertyLine
from beneficiaries.models.bands import ABOVE, BANDS, BELOW, NEAR, in_bands
from beneficiaries.models.cells import HEADS, band_column
from beneficiaries.rollups.boundaries import place_field, places_of
from beneficiaries.rollups.lines import all_lines
from beneficiaries.rollups.lines_met import Lines
from beneficiaries.rollups.stored import PLACE, YEAR, added_up, is_kept
from beneficiaries.rollups.sums import recorded
from projects.choices import Level
from projects.models import Division
from projects.rollups.places import child_level


@dataclass(frozen=True)
class Heads:
    """Households, and the persons counted in them; `made_up` are the households of the made-up example among them."""

    households: int = 0
    persons: int = 0
    made_up: int = 0

    def __add__(self, other: "Heads") -> "Heads":
        return Heads(self.households + other.households, self.persons + other.persons, self.made_up + other.made_up)


@dataclass(frozen=True)
class Bands:
    """How many live below a line, near it (from the line to less than 1.5 times the line) and above that.

    `without_line` are those for whose year and place no line is recorded; `other_concept` those whose income is of
    another definition than the line is drawn for. Neither is below, nor is it above. `lines` are those that incomes
    were held against.
    """

    below: Heads = Heads()
    near: Heads = Heads()
    above: Heads = Heads()
    without_line: Heads = Heads()
    other_concept: Heads = Heads()
    lines: frozenset[PovertyLine] = frozenset()
    key: Any = field(default=None, compare=False)

    @property
    def compared(self) -> Heads:
        """Those held against a line: below + near + above."""
        return self.below + self.near + self.above

    @property
    def total(self) -> Heads:
        """All whose income is recorded: the five parts together."""
        return self.compared + self.without_line + self.other_concept

    @property
    def share_below(self) -> Decimal | None:
        """Σ persons below ÷ Σ persons held against a line; None where none is."""
        return _ratio(self.below.persons, self.compared.persons)

    @property
    def share_of_households_below(self) -> Decimal | None:
        """Households below ÷ households held against a line; None where none is."""
        return _ratio(self.below.households, self.compared.households)

    @property
    def is_about(self) -> bool:
        """Whether a line among them is only about known, so that who is just above or below it is not certain."""
        return any(line.qualifier == Qualifier.ABOUT for line in self.lines)

    def __add__(self, other: "Bands") -> "Bands":
        heads = {name: getattr(self, name) + getattr(other, name) for name in BANDS}
        return Bands(**heads, lines=self.lines | other.lines)


def line_bands(query: Query, kind: LineKind = LineKind.POVERTY) -> list[Bands]:
    """For each year that has a record, who is below, near and above the line; `key` is the year.

    A household is below where Σ net income < line × persons, near where 2 × Σ net income < 3 × line × persons, else
    above: whole fen, nothing rounded or divided. The line is that of the smallest area around the village of the
    record, of the record's year and of this kind. Unit: households, and the persons counted in the year.
    Source: docs/incomes.md.
    """
    return _gathered(_cells(query, kind, "year"), lambda key: key[0])


def line_bands_total(query: Query, kind: LineKind = LineKind.POVERTY) -> Bands:
    """line_bands over all the years asked for; a household counts once in each year."""
    return reduce(add, _cells(query, kind).values(), Bands())


def line_bands_by_area(query: Query, division: Division | None, kind: LineKind = LineKind.POVERTY) -> list[Bands]:
    """line_bands by year and place right below a place; `key` is (year, code), as in income_by_year_and_area."""
    level = child_level(division) or Level.VILLAGE
    cells = _cells(query, kind, "year", place_field(query), by=level)
    home = places_of(query, {code for _year, code in cells}, level)
    return _gathered(cells, lambda key: (key[0], home[key[1]]))


def below_line(query: Query, kind: LineKind = LineKind.POVERTY) -> QuerySet[IncomeRecord]:
    """The income records below the line that holds for them, each with its `line_number` and `line_amount`."""
    return banded(query, kind).filter(band=BELOW)


def banded(query: Query, kind: LineKind = LineKind.POVERTY) -> QuerySet[Any]:
    """The income records asked for, each with its `band`, and the id, amount and concept of the line that holds."""
    return _banded(query, _lines(query, kind))


def _banded(query: Query, lines: Sequence[PovertyLine]) -> QuerySet[Any]:
    return in_bands(recorded(query), lines)


def _lines(query: Query, kind: LineKind) -> list[PovertyLine]:
    """The lines that can hold for what is asked."""
    return [line for line in all_lines(query) if line.kind == kind]


def _cells(query: Query, kind: LineKind, *names: str, by: int | None = None) -> dict[tuple[Any, ...], Bands]:
    """The bands by these columns."""
    lines = {line.pk: line for line in _lines(query, kind)}
    if is_kept(query):
        return _kept(query, kind, list(lines.values()), names, by)
    rows = (
        _banded(query, list(lines.values()))
        .order_by()
        .values(*names, "line_number", "band")
        .annotate(
            households=Count("pk"), heads=Sum("persons"), made_up=Count("pk", filter=Q(household__is_made_up=True))
        )
    )
    cells: dict[tuple[Any, ...], Bands] = defaultdict(Bands)
    for row in rows:
        cells[tuple(row[name] for name in names)] += _one(row, lines)
    return cells


def _kept(
    query: Query, kind: LineKind, lines: Sequence[PovertyLine], names: Sequence[str], by: int | None
) -> dict[tuple[Any, ...], Bands]:
    """The bands by these columns, from the kept sums; which lines they were held against follows from the places."""
    columns = [band_column(kind, band, heads) for band in BANDS for heads in HEADS]
    parts = [name if name == YEAR else PLACE for name in names]
    held = Lines(query, kind, lines, by)
    cells: dict[tuple[Any, ...], Bands] = defaultdict(Bands)
    for key, row in added_up(query, columns, *(parts or [YEAR]), by=by).items():
        heads: dict[str, Any] = {band: Heads(*(row[band_column(kind, band, one)] for one in HEADS)) for band in BANDS}
        bands = Bands(**heads)
        against = held.met(*key) if bands.compared.households else frozenset()
        cells[key if parts else ()] += replace(bands, lines=against)
    return dict(cells)


def _one(row: dict[str, Any], lines: dict[int, PovertyLine]) -> Bands:
    """The households that are in one band against one line."""
    heads = Heads(row["households"], row["heads"], row["made_up"])
    against = frozenset({lines[row["line_number"]]}) if row["band"] in (BELOW, NEAR, ABOVE) else frozenset()
    return Bands(**{row["band"]: heads}, lines=against)


def _gathered(cells: dict[tuple[Any, ...], Bands], key: Any) -> list[Bands]:
    """Cells added up by another key, in its order; what belongs to no smaller place comes last in its year."""
    sums: dict[Any, Bands] = defaultdict(Bands)
    for cell, bands in cells.items():
        sums[key(cell)] += bands
    return [replace(sums[one], key=one) for one in sorted(sums, key=_order)]


def _order(key: Any) -> Any:
    return (key[0], not key[1], key[1]) if isinstance(key, tuple) else key


def _ratio(part: int, whole: int) -> Decimal | None:
    return Decimal(part) / whole if whole else None

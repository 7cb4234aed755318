"""A county in plain Python: who belonged where, what they earned, and every figure counted one row after the other."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

PARTS = ("wage_income", "business_income", "property_income", "transfer_income", "expenses")


@dataclass(frozen=True)
class Moved:
    """A household's way from one village to another; `merged`: its village was."""

    on: date
    came_from: str
    to: str
    merged: bool


@dataclass
class Stay:
    """A person in a household, from a day until the day before another."""

    key: int
    since: date = date.min
    until: date = date.max

    def in_year(self, year: int) -> bool:
        return self.since <= date(year, 12, 31) and self.until > date(year, 1, 1)


@dataclass
class Home:
    """A household: its ways, its members, where it stood since when."""

    number: str
    village: str
    statuses: list[tuple[date, str]]
    since: date = date.min
    until: date = date.max
    moves: list[Moved] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)

    @property
    def stands(self) -> bool:
        return self.until == date.max

    def lived_in(self, year: int) -> str:
        """Its village at the end of the year."""
        ways = [one.to for one in self.moves if one.on.year <= year]
        return ways[-1] if ways else self.village

    def lived_then(self, year: int) -> str:
        """The same, back through the mergers of villages by which it came there last."""
        ways = [one for one in self.moves if one.on.year <= year]
        village = self.lived_in(year)
        while ways and ways[-1].merged:
            village = ways.pop().came_from
        return village

    def status_in(self, year: int) -> str:
        return [status for on, status in self.statuses if on.year <= year][-1]

    def members(self, year: int) -> set[int]:
        return {one.key for one in self.stays if one.in_year(year)}

    def present(self) -> list[Stay]:
        return [one for one in self.stays if one.until == date.max]


@dataclass(frozen=True)
class Earned:
    """What a household lived on in a year, in yuan."""

    home: Home
    year: int
    persons: int
    amounts: tuple[int, ...]

    @property
    def net(self) -> int:
        return sum(self.amounts[:4]) - self.amounts[4]

    @property
    def per_head(self) -> Fraction:
        return Fraction(self.net, self.persons)


@dataclass(frozen=True)
class Part:
    """A part in a project: the whole household's, or that of the person with this key. Amounts in yuan."""

    home: Home
    project: str
    role: str
    year: int
    amount: int | None
    key: int | None

    def reached(self) -> set[int]:
        return self.home.members(self.year) if self.key is None else {self.key}


@dataclass
class County:
    """Everything that was entered; `heirs`: village → what it became part of; `lines`: (year, area, yuan)."""

    homes: list[Home] = field(default_factory=list)
    incomes: dict[tuple[str, int], Earned] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    lines: list[tuple[int, str, int]] = field(default_factory=list)
    heirs: dict[str, str] = field(default_factory=dict)

    def today(self, village: str) -> str:
        return self.became(village)[-1]

    def became(self, village: str) -> list[str]:
        """The village, what it became part of, and so on."""
        found = [village]
        while found[-1] in self.heirs:
            found.append(self.heirs[found[-1]])
        return found

    def place(self, row: Earned | Part, recorded: bool) -> str:
        """Where a row counts: in the village that its own became, or in the one that its household was of."""
        return row.home.lived_then(row.year) if recorded else self.today(row.home.lived_in(row.year))

    # --- incomes ----------------------------------------------------------------------------------------------

    def sums(self, key: Callable[[Earned], Any]) -> dict[Any, tuple[int, int, Decimal]]:
        """Households, persons and net income by a key."""
        found: dict[Any, Counter[str]] = defaultdict(Counter)
        for one in self.incomes.values():
            found[key(one)].update({"households": 1, "persons": one.persons, "net": one.net})
        return {name: (one["households"], one["persons"], Decimal(one["net"])) for name, one in found.items()}

    def bands(self) -> dict[tuple[int, str], tuple[int, int]]:
        """Households and persons below, near and above the line, by year."""
        return {name: one[:2] for name, one in self.sums(lambda one: (one.year, self.band(one))).items()}

    def band(self, one: Earned) -> str:
        """Against the line of the smallest place around the village of the year."""
        village = one.home.lived_in(one.year)
        around = [
            (len(area), yuan) for year, area, yuan in self.lines if year == one.year and village.startswith(area)
        ]
        if not around:
            return "without_line"
        line = max(around)[1]
        return "below" if one.per_head < line else "near" if one.per_head < Fraction(line) * 3 / 2 else "above"

    def changes(self, matched: bool) -> dict[int, dict[str, Fraction]]:
        """What each component adds to the rise over the year before; {} where nothing is known of that."""
        found: dict[int, dict[str, Fraction]] = {}
        for year in {one.year for one in self.incomes.values()}:
            before, after = ({one.home.number: one for one in self._of(when)} for when in (year - 1, year))
            if matched:
                both = before.keys() & after.keys()
                before, after = ({name: side[name] for name in both} for side in (before, after))
            if after:
                found[year] = _rise(list(before.values()), list(after.values())) if before else {}
        return found

    def _of(self, year: int) -> list[Earned]:
        return [one for one in self.incomes.values() if one.year == year]

    # --- reach ------------------------------------------------------------------------------------------------

    def reach(self, holds: Callable[[Part], bool]) -> tuple[int, int, int, Decimal, int]:
        """Households, persons, services, Σ known amounts, and how many are not known."""
        parts = [one for one in self.parts if holds(one)]
        known = [one.amount for one in parts if one.amount is not None]
        persons = set[int]().union(*(one.reached() for one in parts))
        homes = {one.home.number for one in parts}
        return len(homes), len(persons), len(parts), Decimal(sum(known)), len(parts) - len(known)


def _rise(before: Iterable[Earned], after: Iterable[Earned]) -> dict[str, Fraction]:
    def each(some: Iterable[Earned], n: int) -> Fraction:
        return Fraction(sum(one.amounts[n] for one in some), sum(one.persons for one in some))

    signs = (1, 1, 1, 1, -1)
    return {
        name: sign * (each(after, n) - each(before, n))
        for n, (name, sign) in enumerate(zip(PARTS, signs, strict=True))
    }

"""The ledger as plain Python: what may be done with an entry, and what everything sums to. Amounts in fen.

Written from the rules and not from the code, with nothing of a database in it, so that the two can disagree.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Values = dict[str, Any]
KINDS = ("allocation", "disbursement", "expenditure", "refund")
# The digits of a place that tell which it is, by level.
LEVELS = {2: 1, 4: 2, 6: 3, 9: 4, 12: 5}
# The uppermost level at which money of a source can be booked.
UPPERMOST = {"provincial": 1, "county": 3, "social": 1}


@dataclass
class Line:
    """One entry. `place` is the prefix of its place's code; the others name vouchers."""

    kind: str
    place: str
    year: int
    source: str
    amount: int
    allocation: str = ""
    above: str = ""
    reverses: str = ""
    replaces: str = ""
    booked_on: date | None = None
    state: str = "draft"
    voucher: str = ""
    number: int = 0
    # The row's columns when it was posted.
    posted_as: Values = field(default_factory=dict)

    @property
    def day(self) -> date:
        return self.booked_on or date(self.year, 6, 30)


@dataclass
class Book:
    """All entries, and the years that are closed."""

    lines: list[Line] = field(default_factory=list)
    closed: dict[tuple[str, int], Any] = field(default_factory=dict)

    # --- what may be done -----------------------------------------------------------------------------------------

    def is_closed(self, line: Line) -> bool:
        return any(year == line.year and line.place.startswith(area) for area, year in self.closed)

    def may_wait(self, line: Line) -> bool:
        """Whether an entry may be drafted or submitted as it is."""
        return not self.is_closed(line) and self._comes_from_somewhere(line)

    def may_be_posted(self, line: Line) -> bool:
        if line.state != "submitted" or self.is_closed(line):
            return False
        if line.reverses:
            return not self.drawn_on(line.reverses)
        if line.replaces and not self.is_reversed(line.replaces):
            return False
        return self._comes_from_somewhere(line, is_posting=True)

    def may_be_corrected(self, line: Line) -> bool:
        taken_back = any(one.reverses == line.voucher and one.state != "withdrawn" for one in self.lines)
        return line.state == "posted" and not line.reverses and not taken_back and not self.drawn_on(line.voucher)

    def is_replaced(self, voucher: str) -> bool:
        """Whether another entry stands for this one, or waits to."""
        return any(one.replaces == voucher and one.state != "withdrawn" for one in self.lines)

    def drawn_on(self, voucher: str) -> bool:
        """Whether somebody was paid out of an entry, and that stands."""
        return any(
            voucher in (one.allocation, one.above) and not one.reverses and not self.is_reversed(one.voucher)
            for one in self.posted()
        )

    def is_reversed(self, voucher: str) -> bool:
        return any(one.reverses == voucher for one in self.posted())

    def left(self, voucher: str, link: str, *, standing_for: str = "") -> int:
        """What can still be paid or handed down out of an entry; what a new entry stands for is taken as left."""
        amount = next(one.amount for one in self.posted() if one.voucher == voucher)
        drawn = [one for one in self.posted() if getattr(one, link) == voucher]
        if standing_for:
            drawn = [one for one in drawn if standing_for not in (one.voucher, one.reverses)]
        return amount - sum(one.amount for one in drawn)

    def _comes_from_somewhere(self, line: Line, *, is_posting: bool = False) -> bool:
        if LEVELS[len(line.place)] < UPPERMOST[line.source]:
            return False
        links = {"allocation": line.allocation, "above": line.above} if not line.reverses else {}
        standing_for = "" if is_posting else line.replaces
        for link, voucher in links.items():
            if not voucher:
                continue
            earlier = self._named(voucher, "allocation" if link == "allocation" else line.kind, line)
            if earlier is None or not self._is_on_the_way(line, earlier, link):
                return False
            if line.amount > self.left(voucher, link, standing_for=standing_for):
                return False
        return True

    def _named(self, voucher: str, kind: str, line: Line) -> Line | None:
        for one in self.posted():
            fits = one.voucher == voucher and one.kind == kind and one.source == line.source and not one.reverses
            if fits and one.day <= line.day and not self.is_reversed(voucher):
                return one
        return None

    def _is_on_the_way(self, line: Line, earlier: Line, link: str) -> bool:
        """An allocation pays for its place and what lies inside; shares go down; what is given back goes up."""
        if link == "allocation":
            return line.place.startswith(earlier.place)
        upper, lower = (line.place, earlier.place) if line.kind == "refund" else (earlier.place, line.place)
        return upper != lower and lower.startswith(upper)

    # --- what it sums to ------------------------------------------------------------------------------------------

    def posted(self) -> list[Line]:
        return [line for line in self.lines if line.state == "posted"]

    def parts(self) -> Iterator[tuple[str, Line, int]]:
        """(place, entry, amount): each posted entry at its own place, and off the place that had the money before."""
        at = {line.voucher: line.place for line in self.posted()}
        for line in self.posted():
            yield line.place, line, line.amount
            if line.above:
                yield (line.place if line.kind == "refund" else at[line.above]), line, -line.amount

    def sums(self, area: str = "", year: int | None = None, source: str = "") -> dict[str, int]:
        """Fen by kind, of an area, year and source."""
        found = dict.fromkeys(KINDS, 0)
        for place, line, amount in self.parts():
            if place.startswith(area) and year in (None, line.year) and source in ("", line.source):
                found[line.kind] += amount
        return found

    def vouchers(self) -> dict[tuple[str, int], int]:
        """How many vouchers each area and year has given."""
        found: dict[tuple[str, int], int] = defaultdict(int)
        for line in self.posted():
            found[line.place.ljust(12, "0")[:6], line.year] += 1
        return dict(found)


@dataclass
class Promised:
    """A promise with its versions: (first year, last year, fen), the first version first."""

    is_once: bool
    versions: list[tuple[int | None, int | None, int]]
    number: int = 0

    def years(self, until: int) -> dict[int, int]:
        """Fen by year: of the versions that name a year, the latest."""
        (first, last, amount), *revisions = self.versions
        assert first is not None
        found = dict.fromkeys(range(first, (first if self.is_once else last or until) + 1), amount)
        for since, to, revised in revisions:
            if self.is_once:
                found = dict.fromkeys([since or to] if since or to else list(found), revised)  # type: ignore[list-item]
            elif since is None and to is None:
                found = dict.fromkeys(found, revised)
            else:
                start = since if since is not None else min(found)
                end = to if to is not None else max(until, *found)
                found |= dict.fromkeys(range(start, end + 1), revised)
        return found

"""The ledger in plain Python: raw rows, filters and sums that share nothing with the code but the tables."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from projects.models import LedgerEntry, Project, Succession

LENGTHS = (2, 4, 6, 9, 12)
PLANS = {"12": (2011, 2015), "13": (2016, 2020), "14": (2021, 2025), "15": (2026, 2030)}
KINDS = {"allocated": "allocation", "disbursed": "disbursement", "spent": "expenditure", "refunded": "refund"}
WAITING = ("draft", "submitted", "returned")
Asked = dict[str, str]


@dataclass(frozen=True)
class Line:
    """An entry where it counts, or, `is_above`, off the place that had its money before."""

    kind: str
    amount: Decimal
    year: int
    code: str
    source: str
    level: str
    project: int | None
    state: str
    posted_at: datetime | None
    voucher: str
    is_made_up: bool
    is_above: bool = False


@dataclass
class Plain:
    """Every line, with what places became and what projects are."""

    lines: list[Line]
    today: dict[str, str]
    projects: dict[int, Project]
    kind_then: Callable[[Project], str]

    def posted(self, asked: Asked, area: str, as_of: datetime | None = None) -> list[Line]:
        """The lines that make a figure."""
        then = (one for one in self.lines if one.state == "posted" and _by(one.posted_at, as_of))
        return [one for one in then if self.holds(one, asked, area, as_of)]

    def in_state(self, states: Iterable[str], asked: Asked, area: str) -> list[Line]:
        """The lines of entries in these states."""
        wanted = set(states)
        return [one for one in self.lines if one.state in wanted and self.holds(one, asked, area)]

    def holds(self, one: Line, asked: Asked, area: str, as_of: datetime | None = None) -> bool:
        """Whether a line is asked for, and lies in the reader's area."""
        work = self.projects.get(one.project or 0)
        kind = (self.kind_then(work) if as_of else work.kind) if work else None
        return one.code.startswith(area) and all(
            (
                self._years(one, asked),
                self._places(one, asked),
                asked.get("kind") in (None, kind),
                asked.get("source") in (None, one.level),
                asked.get("source_code") in (None, one.source),
                asked.get("project") in (None, work and work.code),
                asked.get("project_id") in (None, str(one.project or 0)),
                "tied" not in asked or bool(work and _place_of(work).startswith(area)),
            )
        )

    def _years(self, one: Line, asked: Asked) -> bool:
        first, last = PLANS.get(asked.get("plan", ""), (asked.get("first", 0), asked.get("last", 9999)))
        planned = any(low <= one.year <= high for low, high in PLANS.values())
        is_year = asked.get("year") in (None, str(one.year))
        return is_year and int(first) <= one.year <= int(last) and not ("outside_plans" in asked and planned)

    def _places(self, one: Line, asked: Asked) -> bool:
        area, inside, above = asked.get("area", ""), asked.get("inside", ""), asked.get("above")
        areas = [area, *(former for former, place in self.today.items() if place == area)]
        return all(
            (
                any(one.code.startswith(significant(code)) for code in areas),
                not inside or self._home(one.code, len(significant(inside))) == inside,
                asked.get("at") in (None, one.code),
                above is None or len(significant(one.code)) < LENGTHS[int(above) - 1],
            )
        )

    def _home(self, code: str, length: int) -> str:
        """The place of a level that holds a code, under its code of today; empty for what lies above."""
        holder = code[:length].ljust(12, "0")
        return self.today.get(holder, holder) if len(significant(code)) >= length else ""


def added(lines: Iterable[Line], kind: str) -> Decimal:
    return sum((one.amount for one in lines if one.kind == kind), Decimal("0.00"))


def plain(kind_then: Callable[[Project], str] = lambda one: one.kind) -> Plain:
    """The tables as they stand."""
    entries = list(LedgerEntry.objects.select_related("division", "source"))
    named = {entry.voucher: entry for entry in entries if entry.voucher}
    lines = [_line(entry, entry) for entry in entries]
    for entry in entries:
        if entry.state == "posted" and entry.handed_down_from:
            # Of what is given back, the entry of the place above is the one that repeats.
            upper = entry if entry.kind == "refund" else named[entry.handed_down_from]
            lines.append(_line(entry, upper, sign=-1))
    became: dict[str, set[str]] = {}
    for one in Succession.objects.select_related("predecessor", "successor"):
        if one.kind in ("renamed", "recoded", "merged"):
            became.setdefault(one.predecessor.code, set()).add(one.successor.code)
    today = {code: min(places) for code, places in became.items() if len(places) == 1}
    return Plain(lines, today, {one.pk: one for one in Project.objects.select_related("division")}, kind_then)


def significant(code: str) -> str:
    return next((code[:n] for n in LENGTHS if not code[n:].strip("0")), code) if code else ""


def _line(entry: LedgerEntry, at: LedgerEntry, sign: int = 1) -> Line:
    return Line(
        kind=str(entry.kind),
        amount=sign * entry.amount,
        year=entry.year,
        code=at.division.code,
        source=entry.source.code,
        level=entry.source.level,
        project=at.project_id,
        state=entry.state,
        posted_at=entry.checked_at if entry.state == "posted" else None,
        voucher=entry.voucher,
        is_made_up=entry.is_made_up,
        is_above=sign < 0,
    )


def _by(posted_at: datetime | None, as_of: datetime | None) -> bool:
    return as_of is None or bool(posted_at and posted_at <= as_of)


def _place_of(project: Any) -> str:
    return str(project.division.code) if project.division else "-"

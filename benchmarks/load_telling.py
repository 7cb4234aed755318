"""What came of a load: requests by kind beside those of one person alone, shares of the processor, what is left."""

import os
from collections import Counter
from dataclasses import dataclass
from typing import Any

from benchmarks.load_people import DASHBOARD, EXPORT
from benchmarks.sheets import Sheet

MOST = 3
SHOWN = 5


@dataclass(frozen=True)
class Ran:
    """What people found, and the seconds of processor that each program used meanwhile."""

    told: dict[str, Any]
    used: dict[str, float]

    @property
    def requests(self) -> list[dict[str, Any]]:
        """What was asked; beside an import what began while it ran."""
        found: list[dict[str, Any]] = self.told["found"]
        if not self.told["importing"]:
            return found
        first, last = self.told["importing"]
        return [one for one in found if first <= one["at"] <= last]

    def times(self, kind: str) -> list[float]:
        """The milliseconds of requests of a kind, or of kinds that begin so, in order."""
        return sorted(one["seconds"] * 1000 for one in self.requests if one["kind"].startswith(kind))

    @property
    def faults(self) -> list[str]:
        """Whatever was wrong with any answer, whenever it came."""
        return [f"{one['kind']} {one['path']}: {one['fault']}" for one in self.told["found"] if one["fault"]]


def at(times: list[float], share: float) -> float:
    """The time within which so large a share was answered; nothing for none."""
    return times[min(len(times) - 1, int(len(times) * share))] if times else float("nan")


def tell_kinds(sheet: Sheet, idle: Ran, busy: Ran) -> None:
    """A line for each kind of request, and the target."""
    sheet.fact(
        f"{'milliseconds':<26} {'number':>7} {'errors':>6} {'p50':>7} {'p95':>7} {'p99':>7}   one person: p50, p95"
    )
    kinds = sorted({one["kind"] for one in [*busy.requests, *idle.requests]})
    for kind in [f"{DASHBOARD} ", f"{EXPORT} ", *kinds]:
        _tell_kind(sheet, kind, idle, busy)
    faults = [*idle.faults, *busy.faults]
    for fault in faults[:SHOWN]:
        sheet.fact(f"  {fault}")
    sheet.check("answers that were wrong, late or none", len(faults), 0)
    ratio = at(busy.times(DASHBOARD), 0.95) / at(idle.times(DASHBOARD), 0.95)
    sheet.figure("p95 of dashboards beside the import / one person alone", ratio, most=MOST)


def _tell_kind(sheet: Sheet, kind: str, idle: Ran, busy: Ran) -> None:
    times, alone = busy.times(kind), idle.times(kind)
    wrong = sum(1 for one in busy.requests if one["kind"].startswith(kind) and one["fault"])
    shown = f"all {kind.strip()}s" if kind.endswith(" ") else f"  {kind}"
    ends = " ".join(_told(times, share) for share in (0.5, 0.95, 0.99))
    beside = " ".join(_told(alone, share) for share in (0.5, 0.95))
    sheet.fact(f"{shown:<26} {len(times):>7,} {wrong:>6} {ends}   {beside}")


def _told(times: list[float], share: float) -> str:
    return f"{at(times, share):>7,.0f}" if times else f"{'-':>7}"


def tell_shares(sheet: Sheet, busy: Ran) -> None:
    """How much of the machine each program had, over the whole time."""
    seconds = busy.told["seconds"]
    sheet.figure("people were at work for", seconds / 60, "min")
    sheet.figure("requests a second", len(busy.told["found"]) / seconds)
    if busy.told["importing"]:
        first, last = busy.told["importing"]
        sheet.figure("rows imported a second", busy.told["imported"] / (last - first))
        sheet.figure("  the import took", (last - first) / 60, "min")
    whole = seconds * (os.cpu_count() or 1)
    for name, used in busy.used.items():
        sheet.figure(f"  processor, {name}", 100 * used / whole, "%")


def tell_what_is_left(sheet: Sheet, runs: list[Ran], left: dict[str, Any], rows: int) -> None:
    """Everything that was told to be saved is there, once; nothing else is."""
    saved = Counter(tag for run in runs for tag in run.told["saved"])
    posted = sorted(tag for run in runs for tag in run.told["posted"])
    imported = sum(run.told["imported"] for run in runs)
    sheet.fact(f"{len(saved):,} entries saved, {len(posted):,} posted, {imported:,} rows imported")
    sheet.check("entries in the database, each as often as it was saved", left["entries"], dict(saved))
    sheet.check("entries that are posted", left["posted"], posted)
    sheet.check("incomes that were imported", left["incomes"], imported)
    sheet.check("as many as were to be", imported >= rows, True)

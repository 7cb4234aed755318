"""What must be true of voucher numbers: for each area and year 1, 2, 3 … without a gap."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext

from alleviation.audit.models import AuditEvent, Verb
from alleviation.common.batches import named_runs
from projects.actions.vouchers import MADE_UP
from projects.models import LedgerEntry, VoucherSeries

# Numbers that were typed by hand, before entries were numbered when they are posted.
OLDER = "(before posting)"
NUMBERED = re.compile(rf"((?:{MADE_UP})?\d{{6}})-(\d{{4}})-(\d{{5}}|[1-9]\d{{5,}})", re.ASCII)
TOLD = ("voucher", "division__code", "year", "drafted_by", "is_made_up")


@dataclass
class Given:
    """The numbers of one area and year: those of posted entries, and those that stand in the way or went."""

    posted: list[int] = field(default_factory=list)
    other: set[int] = field(default_factory=set)


def vouchers_that_do_not_fit() -> Iterator[str]:
    """Vouchers that are not of their series, gaps, repeats, and series that say another last number."""
    series: dict[tuple[str, int], Given] = defaultdict(Given)
    posted = LedgerEntry.objects.posted().order_by("pk").values_list(*TOLD)
    for voucher, code, year, drafted_by, made_up in posted.iterator():
        area = f"{MADE_UP}{code[:6]}" if made_up else code[:6]
        place = series_of(voucher)
        if drafted_by == OLDER:
            if place:
                series[place[:2]].other.add(place[2])
        elif place is None or place[:2] != (area, year):
            words = {"voucher": voucher, "area": area, "year": year}
            yield gettext("%(voucher)s: this is no voucher of %(area)s in %(year)s") % words
        else:
            series[place[:2]].posted.append(place[2])
    for place in filter(None, map(series_of, removed_vouchers())):
        series[place[:2]].other.add(place[2])
    last = {(area, year): number for area, year, number in VoucherSeries.objects.values_list("area", "year", "last")}
    for area, year in sorted(series.keys() | last.keys()):
        yield from series_faults(f"{area}-{year}", series[area, year], last.get((area, year)))


def series_faults(name: str, given: Given, last: int | None) -> Iterator[str]:
    """Where one series has a number twice, lacks one, or ends elsewhere than it says."""
    there = set(given.posted)
    if len(there) < len(given.posted):
        twice = sorted(number for number in there if given.posted.count(number) > 1)
        yield gettext("%(series)s: given twice: %(numbers)s") % {
            "series": name,
            "numbers": ", ".join(named_runs(twice)),
        }
    end = max(there, default=0)
    if end > (last or 0):
        words = {"series": name, "last": last if last is not None else "—", "there": end}
        yield gettext("%(series)s: the series says %(last)s was the last, but there is %(there)s") % words
    if lacking := sorted(set(range(1, max(end, last or 0) + 1)) - there - given.other):
        yield gettext("%(series)s: missing: %(numbers)s") % {"series": name, "numbers": ", ".join(named_runs(lacking))}


def series_of(voucher: str) -> tuple[str, int, int] | None:
    """The area, year and number of a voucher; None for one that was typed by hand."""
    found = NUMBERED.fullmatch(voucher)
    return (found[1], int(found[2]), int(found[3])) if found else None


def removed_vouchers() -> Iterator[str]:
    """The vouchers of the made-up entries that were removed: no gap, since the trail tells of them."""
    removed = AuditEvent.objects.filter(subject_type=LedgerEntry._meta.label_lower, verb=Verb.REMOVED)
    for before in removed.order_by("pk").values_list("before", flat=True).iterator():
        if before.get("is_made_up"):
            yield str(before.get("voucher", ""))

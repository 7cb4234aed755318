"""Promised money by year again, the slow way: raw rows, year by year, and no roll-up but to compare with."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

from django.utils.timezone import localdate
from django.utils.translation import gettext

from alleviation.accounts.trusted import trusted_reader
from alleviation.common.checks import added, differences
from alleviation.common.query import Query
from alleviation.common.years import FIRST_YEAR, LAST_YEAR
from projects.models import Pledge
from projects.rollups import pledged_years
from projects.verification.sums import rows

# A revision comes right after the promise that it revises, in the order in which they were made.
ROWS = """
    SELECT COALESCE(p.revises_id, p.id), p.id, p.basis, p.first_year, p.last_year, p.low, p.high,
    COALESCE(d.published_on, d.event_on)
    FROM projects_pledge p LEFT JOIN projects_document d ON d.id = p.stated_in_id ORDER BY 1, 2"""


class Version(NamedTuple):
    """A promise, or a revision of one, as its row has it; money in whole fen."""

    promise: int
    number: int
    basis: str
    first: int | None
    last: int | None
    low: int | None
    high: int | None
    stated: Any


def pledges_that_do_not_add_up() -> Iterator[str]:
    """Where the promised money of a year is another than the versions of its promises say."""
    until = localdate().year
    slow: dict[Any, Counter[str]] = {}
    for _promise, versions in groupby((Version(*row) for row in rows(ROWS)), key=lambda one: one.promise):
        for year, one in due(list(versions), until).items():
            slow.setdefault(year, Counter()).update(promises=1, low=one.low or 0, high=one.high or 0)
    found = pledged_years(Query(user=trusted_reader("verify")), until=until)
    fast = added(
        (one.year, {"promises": 1, "low": fen(one.pledge.low), "high": fen(one.pledge.high)}) for one in found
    )
    yield from differences(gettext("promised"), slow, fast)


def due(versions: list[Version], until: int) -> dict[int, Version]:
    """The version that holds in each year: the last of those that name it."""
    first, *revisions = versions
    start = first.first or (int(str(first.stated)[:4]) if first.stated else None)
    end = start if first.basis == "once" else first.last or until
    holds = {} if start is None else dict.fromkeys(range(start, (end or start) + 1), first)
    for revision in revisions:
        if first.basis == "once":
            year = revision.first or revision.last
            holds = dict.fromkeys(holds if year is None else [year], revision)
            continue
        named = [year for year in range(FIRST_YEAR, LAST_YEAR + 1) if names(revision, year, holds, until)]
        holds = {**holds, **dict.fromkeys(named, revision)}
    return holds


def names(revision: Version, year: int, holds: dict[int, Version], until: int) -> bool:
    """Whether a revision of a yearly payment is about this year, given the years there were."""
    if revision.first is None and revision.last is None:
        return year in holds
    first = revision.first if revision.first is not None else min(holds, default=LAST_YEAR + 1)
    last = revision.last if revision.last is not None else max([until, *holds])
    return first <= year <= last


def parts(pledge: Pledge) -> dict[str, int]:
    """What a promise adds to its year, money in whole fen."""
    return {"promises": 1, "low": fen(pledge.low), "high": fen(pledge.high)}


def fen(amount: Any) -> int:
    """Yuan in whole fen, nothing for an amount that is not stated."""
    return int(amount * 100) if amount is not None else 0

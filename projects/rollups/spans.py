"""When money was booked for projects, from which sources, and when the last of it was posted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Min, QuerySet

from projects.models import LedgerEntry


@dataclass(frozen=True)
class Span:
    """The first day that money was booked on, the moment the last of it was posted, and the ids of its sources."""

    first: date
    posted_at: datetime | None
    sources: frozenset[int]

    def __or__(self, other: "Span") -> "Span":
        moments = [one for one in (self.posted_at, other.posted_at) if one]
        return Span(min(self.first, other.first), max(moments, default=None), self.sources | other.sources)


def spans_of(rows: Iterable[tuple[QuerySet[LedgerEntry], str]]) -> dict[int | None, Span]:
    """The span of each project, by its id, over entries with the column that names their project; None: no project.

    In: the entries given, reversals too. Unit: days and moments; nothing is added up.
    """
    spans: dict[int | None, Span] = {}
    for entries, project in rows:
        found: Any = entries.order_by().values_list(project, "source_id")
        for number, source, first, posted in found.annotate(Min("booked_on"), Max("checked_at")):
            one = Span(first, posted, frozenset({source}))
            spans[number] = spans[number] | one if number in spans else one
    return spans

"""How many income records somebody else has looked at, and how many tell what is only expected."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet

from alleviation.common.query import Query
from beneficiaries.choices import CheckState, IncomeStatus
from beneficiaries.models import IncomeRecord
from beneficiaries.rollups.stored import YEAR, added_up, is_kept
from beneficiaries.rollups.sums import recorded

# What the columns of a cell are called here.
KEPT: Mapping[str, str] = {
    "households": "records",
    "unverified": "unverified",
    "returned": "returned",
    "expected_households": "expected",
    "made_up": "made_up",
}


@dataclass(frozen=True)
class Checked:
    """How many income records there are, nobody has verified yet, were returned, and are expected in part.

    A returned record is one of those that are not verified. `made_up` counts records of the made-up example.
    """

    records: int
    unverified: int
    returned: int
    expected: int
    made_up: int
    key: Any = field(default=None, compare=False)


def checked_total(query: Query) -> Checked:
    """The records asked for, counted by where their verification stands. Unit: income records.

    As of a past day a record counts as verified, or returned, that somebody had checked by then.
    """
    if is_kept(query):
        return _kept(added_up(query, tuple(KEPT))[()], None)
    return Checked(**recorded(query).order_by().aggregate(**_counts(query)))


def checked_by_year(query: Query) -> list[Checked]:
    """checked_total for each year that has a record; `key` is the year."""
    if is_kept(query):
        return [_kept(row, year) for (year,), row in sorted(added_up(query, tuple(KEPT), YEAR).items())]
    rows: Any = recorded(query).order_by().values("year").annotate(**_counts(query)).order_by("year")
    return [Checked(key=row.pop("year"), **row) for row in rows]


def unverified(query: Query) -> QuerySet[IncomeRecord]:
    """The records asked for that nobody had verified."""
    return recorded(query).filter(_in_state(query)["unverified"])


def returned(query: Query) -> QuerySet[IncomeRecord]:
    """The records asked for that somebody had returned with a note."""
    return recorded(query).filter(_in_state(query)["returned"])


def expected(query: Query) -> QuerySet[IncomeRecord]:
    """The records asked for of which a part has not been received yet."""
    return recorded(query).filter(_in_state(query)["expected"])


# The records that each number of Checked counts.
CHECKS: Mapping[str, Callable[[Query], QuerySet[IncomeRecord]]] = {
    "unverified": unverified,
    "returned": returned,
    "expected": expected,
}


def _kept(row: Mapping[str, int], key: Any) -> Checked:
    return Checked(**{name: row[column] for column, name in KEPT.items()}, key=key)


def _in_state(query: Query) -> dict[str, Q]:
    by_then = Q() if query.as_of is None else Q(checked_at__lte=query.as_of)
    return {
        "unverified": ~(Q(state=CheckState.VERIFIED) & by_then),
        "returned": Q(state=CheckState.RETURNED) & by_then,
        "expected": Q(status=IncomeStatus.EXPECTED),
    }


def _counts(query: Query) -> dict[str, Count]:
    counts = {name: Count("id", filter=filter_) for name, filter_ in _in_state(query).items()}
    return counts | {"records": Count("id"), "made_up": Count("id", filter=Q(household__is_made_up=True))}
